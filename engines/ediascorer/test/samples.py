"""Models, painted densities, and EDIA word for word as it is defined, one point at a time."""

import gzip
import io
import os
import struct
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import gemmi
import numpy as np

from engines.ediascorer.atoms import Atoms
from engines.ediascorer.maps import Density, Floats, Points
from engines.ediascorer.scoring import Lattice
from engines.structure.reading import read_structure
from engines.test.utils import structure_path


class Spot(NamedTuple):
    """An atom of a model: residue name and number, atom name, element, place, label of its conformer, occupancy."""

    residue: str
    number: int
    name: str
    element: str
    place: tuple[float, float, float]
    altloc: str = ''
    occupancy: float = 1.0


def water(number: int, x: float, y: float = 10.0, z: float = 10.0, **changed: Any) -> Spot:
    """
    :param number: of the residue
    :param x: Angstrom
    :param y: Angstrom
    :param z: Angstrom
    :param changed: fields of the spot
    :returns: a water
    """
    return Spot('HOH', number, 'O', 'O', (x, y, z))._replace(**changed)


def model(spots: Sequence[Spot], cell: float = 0.0, group: str = 'P 1', resolution: float = 1.5) -> gemmi.Structure:
    """
    A structure of one chain.

    :param spots: its atoms, those of a residue one after the other
    :param cell: edge of a cubic cell, Angstrom; 0 for none
    :param group: space group
    :param resolution: Angstrom
    :returns: the structure
    """
    structure = gemmi.Structure()
    structure.resolution = resolution
    if cell:
        structure.cell, structure.spacegroup_hm = gemmi.UnitCell(cell, cell, cell, 90, 90, 90), group
    chain = gemmi.Chain('A')
    for serial, spot in enumerate(spots, 1):
        if not len(chain) or (chain[-1].seqid.num, chain[-1].name) != (spot.number, spot.residue):
            residue = gemmi.Residue()
            residue.name, residue.seqid = spot.residue, gemmi.SeqId(str(spot.number))
            chain.add_residue(residue)
        atom = gemmi.Atom()
        atom.name, atom.element, atom.pos = spot.name, gemmi.Element(spot.element), gemmi.Position(*spot.place)
        atom.occ, atom.b_iso, atom.serial = spot.occupancy, 20.0, serial
        if spot.altloc:
            atom.altloc = spot.altloc
        chain[-1].add_atom(atom)
    content = gemmi.Model(1)
    content.add_chain(chain)
    structure.add_model(content)
    structure.setup_entities()
    return structure


class Painted(Density):
    """A density of which a function tells the scores."""

    paint: Callable[[Points], Floats]

    @classmethod
    def by(cls, paint: Callable[[Points], Floats], resolution: float = 1.5) -> 'Painted':
        """
        :param paint: takes points of shape (n, 3), gives their density scores
        :param resolution: Angstrom
        :returns: the density
        """
        result = cls(gemmi.FloatGrid(1, 1, 1), 0.0, 1.0, resolution)
        object.__setattr__(result, 'paint', paint)
        return result

    def scores(self, points: Points) -> Floats:
        """
        :param points: shape (n, 3)
        :returns: their scores
        """
        return self.paint(points).astype(np.float32)


def level(value: float) -> Painted:
    """
    :param value: density score
    :returns: a density that has it everywhere
    """
    return Painted.by(lambda points: np.full(len(points), value))


def sphere(centre: tuple[float, float, float], radius: float, value: float = 1.0) -> Painted:
    """
    :param centre: Angstrom
    :param radius: Angstrom
    :param value: density score inside
    :returns: a density that is 0 outside
    """
    return Painted.by(lambda points: value * (np.linalg.norm(points - centre, axis=1) < radius))


def literal_edia(atoms: Atoms, density: Density, index: int, lattice: Lattice) -> float:
    """
    EDIA of an atom as it is defined, with the sets S, D and I of each point.

    :param atoms: the atoms
    :param density: the density
    :param index: of the atom
    :param lattice: points around it
    :returns: the score, not cut off
    """
    here, radius = atoms.positions[index], atoms.radii[index]
    pairs = atoms.neighbours
    own = pairs.first == index
    bonded = set(pairs.second[own & pairs.bonded].tolist())
    never = set(pairs.second[own & pairs.apart].tolist())
    others = [i for i in range(len(atoms.positions)) if i != index]
    total = 0.0
    for points, weights in ((lattice.inner, lattice.inner_weights), (lattice.ring, lattice.ring_weights)):
        for step, weight in zip(points, weights, strict=True):
            point = here + radius * step
            score = float(density.scores(point[None])[0])
            mine = float(np.linalg.norm(point - here))
            distances = {i: float(np.linalg.norm(point - atoms.positions[i])) for i in others}
            inside = {i: d for i, d in distances.items() if d < atoms.radii[i]}
            if mine < radius:
                rivals = [d for i, d in inside.items() if i not in bonded | never]
            elif inside:
                continue
            else:
                rivals = [d for i, d in distances.items() if d < 2 * atoms.radii[i]]
            total += weight * score * (1 - mine / (mine + sum(rivals)) if rivals else 1)
    return total


def structure(name: str) -> gemmi.Structure:
    """
    :param name: of a structure among the test files, without ``.gz``
    :returns: it
    """
    return read_structure(structure_path(name)).structure


def content(name: str) -> bytes:
    """
    :param name: of a test file, without ``.gz``
    :returns: its content, unpacked
    """
    return gzip.decompress(structure_path(name).read_bytes())


class Header(NamedTuple):
    """What is written into a map: grid points by axis, where they begin, axis order, origin, group, sampling."""

    start: tuple[int, int, int] = (0, 0, 0)
    order: tuple[int, int, int] = (0, 1, 2)
    origin: tuple[float, float, float] = (0.0, 0.0, 0.0)
    group: int = 1
    sampling: tuple[int, int, int] | None = None
    endian: str = '<'


_PLAIN = Header()


def ccp4(values: Floats, cell: gemmi.UnitCell, header: Header = _PLAIN) -> bytes:
    """
    A map of any convention.

    :param values: by x, y and z, from the start on
    :param cell: its cell
    :param header: the convention
    :returns: content of the file
    """
    sampling = header.sampling or values.shape
    order = header.order
    head = bytearray(1024)
    put = struct.pack_into
    put(f'{header.endian}10i', head, 0, *(values.shape[axis] for axis in order), 2,
        *(header.start[axis] for axis in order), *sampling)  # fmt: skip
    put(f'{header.endian}6f', head, 40, *cell.parameters)
    put(f'{header.endian}3i', head, 64, *(axis + 1 for axis in order))
    put(f'{header.endian}i', head, 88, header.group)
    put(f'{header.endian}3f', head, 196, *header.origin)
    head[208:212] = b'MAP '
    head[212:216] = b'\x44\x41\0\0' if header.endian == '<' else b'\x11\x11\0\0'
    # Columns run fastest: they are the last axis of the array.
    block = np.transpose(values, order[::-1]).astype(f'{header.endian}f4')
    return bytes(head) + block.tobytes()


def packed(raw: bytes) -> bytes:
    """
    :param raw: any bytes
    :returns: gzipped
    """
    stream = io.BytesIO()
    with gzip.GzipFile(fileobj=stream, mode='wb', mtime=0) as file:
        file.write(raw)
    return stream.getvalue()


def whole_cell(raw: bytes, folder: Path) -> tuple[Floats, gemmi.UnitCell]:
    """
    :param raw: content of a map
    :param folder: to write it to
    :returns: its values over the cell, and the cell
    """
    path = folder / 'whole.ccp4'
    path.write_bytes(raw)
    grid = gemmi.read_ccp4_map(os.fspath(path), setup=True).grid
    return np.array(grid), grid.unit_cell


def noise(*shape: int) -> Floats:
    """
    :param shape: of the grid
    :returns: a map of nothing
    """
    return np.random.default_rng(1).random(shape).astype(np.float32)
