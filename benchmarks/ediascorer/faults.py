"""d. Deliberate faults: they lower the scores of the right atoms, and of no others."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import gemmi
import numpy as np

from engines.ediascorer.maps import Density
from engines.ediascorer.scoring import score
from engines.structure.neighbours import Indices
from engines.structure.reading import read_structure

from .. import harness
from .pairs import Array, own_map, pair, positions, with_grid

SAMPLES = 12
_NOISE, _SPHERE = 2.5, 4.0
"""Of every grid point, in sigma, and Angstrom; more would raise the sigma of the whole map."""
LIGANDS = {'4agm': 'P86', '2izf': 'BTN', '1afs': 'TES'}
_FAR = 5.0
"""Angstrom from everything that was changed; there no sphere of interest touches a changed one."""
_DROP, _SAME, _WELL = 0.2, 0.02, 0.8
_WANTED = {
    'shifted residue': (0.4, 0.95), 'wrong rotamer': (0.4, 0.95), 'deleted side-chain density': (0.4, 0.95),
    'swapped ligand': (0.4, 0.95), 'wrong second conformer': (0.4, 0.95), 'noise': (0.1, 0.5),
}  # fmt: skip
"""Drop of the median of the right atoms that is asked for, and share of them that must be lowered."""


@dataclass(frozen=True)
class Case:
    """
    A fault.

    :param before: the model as it was, and its map
    :param after: the faulty model, and its map
    :param wrong: heavy atoms of the faulty model whose support is gone
    :param touched: places that were changed, Angstrom, shape (n, 3)
    """

    before: tuple[gemmi.Structure, Density]
    after: tuple[gemmi.Structure, Density]
    wrong: Indices
    touched: Array


def section(data: Path, verdicts: list[harness.Verdict]) -> str:
    """
    :param data: folder with ``density`` and ``entries``
    :param verdicts: gets the answers
    :returns: the section
    """
    kinds: dict[str, Callable[[Path], Iterator[Case]]] = {
        'shifted residue': _shifted, 'wrong rotamer': _rotamers, 'deleted side-chain density': _deleted,
        'swapped ligand': _ligands, 'wrong second conformer': _altlocs, 'noise': _noise,
    }  # fmt: skip
    rows: list[tuple[object, ...]] = []
    for kind, cases in kinds.items():
        rows.append(_row(kind, list(cases(data)), verdicts))
    text = (
        f'Faults put into 8A6G with its measured map, {SAMPLES} residues for each kind, all of their atoms well '
        'supported before (EDIA of 0.8 or more) and without conformers: a residue moved by 1.2 Å; a side chain turned '
        'by 120° about CA-CB; the density of a side chain beyond CB replaced by the mean of the map; a second '
        f'conformer, turned by 120°, that has no density; noise of {_NOISE} sigma at every grid point in a sphere of '
        f'{_SPHERE:.0f} Å. Ligands: those of 4AGM, 2IZF and 1AFS turned by 180° about their middle in the calculated '
        'density of the complex. "Right atoms": those without support after the fault, farther than 1 Å from every '
        'atom that was there before; of noise, those in the sphere. "Others": atoms farther than '
        f'{_FAR:.0f} Å from what was changed and from its copies in the crystal.'
    )
    heads = ('fault', 'cases', 'right atoms', 'EDIA before', 'after', f'lowered by {_DROP} or below 0.8',
             'fault code 0 / 1 / 2 / 3', 'others', f'others changed by more than {_SAME}', 'largest')  # fmt: skip
    return '\n\n'.join(('## d. Are faults found, and where they are?', text, harness.table(heads, rows)))


def _row(kind: str, cases: list[Case], verdicts: list[harness.Verdict]) -> tuple[object, ...]:
    """
    :param kind: of fault
    :param cases: of it
    :param verdicts: gets the answers
    :returns: a row of the table
    """
    before, after, codes, others = [], [], [], []
    known: dict[int, _Scored] = {}
    for case in cases:
        if id(case.before[1]) not in known:
            known[id(case.before[1])] = _by_name(*case.before)
        old, new = known[id(case.before[1])], _by_name(*case.after)
        for name in (list(new.places)[i] for i in case.wrong.tolist()):
            before.append(old.scores.get(name, old.scores.get((*name[:3], ''), math.nan)))
            after.append(new.scores[name])
            codes.append(new.faults[name])
        away = _nearest(case.after[0], np.array(list(new.places.values())), case.touched)
        far = [name for name, distance in zip(new.places, away, strict=True) if distance > _FAR]
        others += [abs(new.scores[name] - old.scores[name]) for name in far if name in old.scores]
    lowered = float(np.mean([n < _WELL or o - n >= _DROP for o, n in zip(before, after, strict=True)]))
    changed = sum(x > _SAME for x in others)
    high, low = float(np.nanmedian(before)), float(np.median(after))
    wanted, share = _WANTED[kind]
    verdicts += [
        harness.Verdict(
            f'{kind}: the right atoms are lowered', f'median by {wanted}, {100 * share:.0f} % of them',
            f'{high:.2f} to {low:.2f}, {100 * lowered:.0f} %', high - low >= wanted and lowered >= share,
        ),
        harness.Verdict(
            f'{kind}: no others are', f'none by more than {_SAME}', f'{changed} of {len(others)}', changed == 0
        ),
    ]  # fmt: skip
    faults = ' / '.join(str(codes.count(code)) for code in range(4))
    return (
        kind, len(cases), len(after), f'{high:.2f}', f'{low:.2f}', f'{100 * lowered:.0f} %', faults, len(others),
        changed, f'{max(others):.3f}',
    )  # fmt: skip


def _nearest(structure: gemmi.Structure, places: Array, touched: Array) -> Array:
    """
    :param structure: with its crystal
    :param places: of atoms, Angstrom, shape (n, 3)
    :param touched: what was changed, Angstrom, shape (m, 3)
    :returns: of each atom the distance to the nearest copy of what was changed, Angstrom
    """
    to_cell = np.array(structure.cell.frac.mat.tolist())
    own, result = places @ to_cell.T, np.full(len(places), np.inf)
    for operation in structure.find_spacegroup().operations():
        copies = np.array([operation.apply_to_xyz(place) for place in (touched @ to_cell.T).tolist()])
        for part in np.array_split(np.arange(len(own)), max(1, len(own) // 500)):
            apart = own[part, None] - copies
            apart = (apart - np.round(apart)) @ np.linalg.inv(to_cell).T
            result[part] = np.minimum(result[part], np.linalg.norm(apart, axis=2).min(1))
    return result


Name = tuple[str, str, str, str]


@dataclass(frozen=True)
class _Scored:
    """Places, scores and faults of atoms by chain, residue, name and conformer."""

    places: dict[Name, Array]
    scores: dict[Name, float]
    faults: dict[Name, int]


def _by_name(structure: gemmi.Structure, density: Density) -> _Scored:
    """
    :param structure: a model
    :param density: its map
    :returns: its scores
    """
    found = score(structure, density)
    names = [(item.residue[0], str(item.residue[1:]), item.name, item.altloc) for item in found]
    places = dict(zip(names, positions(structure), strict=True))
    return _Scored(places, {n: i.edia or 0.0 for n, i in zip(names, found, strict=True)},
                   {n: i.fault for n, i in zip(names, found, strict=True)})  # fmt: skip


def _good(structure: gemmi.Structure, density: Density, needed: str) -> list[int]:
    """
    :param structure: the model
    :param density: its map
    :param needed: name of an atom that they have
    :returns: indices of well supported residues without conformers, spread over the chain
    """
    by_residue: dict[int, list[float]] = {}
    for item in score(structure, density):
        by_residue.setdefault(item.group, []).append(item.edia or 0)
    residues = [residue for chain in structure[0] for residue in chain]
    fine = [
        index for index, residue in enumerate(residues)
        if residue.entity_type == gemmi.EntityType.Polymer and needed in [atom.name for atom in residue]
        and not any(atom.has_altloc() for atom in residue) and min(by_residue[index]) >= 0.8
    ]  # fmt: skip
    return fine[:: max(1, len(fine) // SAMPLES)][:SAMPLES]


def _residue(structure: gemmi.Structure, index: int) -> gemmi.Residue:
    """
    :param structure: the model
    :param index: of the residue
    :returns: it
    """
    return [residue for chain in structure[0] for residue in chain][index]


def _unsupported(before: gemmi.Structure, after: gemmi.Structure, among: set[tuple[float, ...]]) -> Indices:
    """
    :param before: the model
    :param after: the faulty model
    :param among: places of its atoms that count
    :returns: indices of those that are farther than 1 Angstrom from every atom of the model
    """
    old, new = positions(before), positions(after)
    found = [i for i, place in enumerate(new) if tuple(place.round(3)) in among
             and np.linalg.norm(old - place, axis=1).min() > 1.0]  # fmt: skip
    return np.array(found, np.intp)


def _places(atoms: list[gemmi.Atom]) -> Array:
    """
    :param atoms: some atoms
    :returns: where they are, Angstrom, shape (n, 3)
    """
    return np.array([atom.pos.tolist() for atom in atoms]).reshape(-1, 3)


def _moved(
    before: gemmi.Structure, density: Density, index: int, move: Callable[[gemmi.Residue], list[gemmi.Atom]]
) -> Case:
    """
    :param before: the model
    :param density: its map
    :param index: of a residue
    :param move: moves it, and tells which atoms
    :returns: the case
    """
    after = before.clone()
    residue = _residue(after, index)
    old = _places(list(residue))
    moved = _places(move(residue))
    among = {tuple(place.round(3)) for place in moved}
    return Case((before, density), (after, density), _unsupported(before, after, among), np.concatenate((old, moved)))


def _shifted(data: Path) -> Iterator[Case]:
    """
    :param data: folder with ``density``
    :returns: residues moved by 1.2 Angstrom
    """
    given = pair(data, '8a6g')
    random = np.random.default_rng(5)
    for index in _good(given.structure, given.density, 'CB'):
        way = random.normal(size=3)
        way *= 1.2 / np.linalg.norm(way)

        def move(residue: gemmi.Residue, way: Array = way) -> list[gemmi.Atom]:
            """:returns: all atoms"""
            for atom in residue:
                atom.pos += gemmi.Position(*way)
            return list(residue)

        yield _moved(given.structure, given.density, index, move)


def _turned(residue: gemmi.Residue) -> list[gemmi.Atom]:
    """
    Turn a side chain.

    :param residue: changed in place
    :returns: the atoms that moved
    """
    first, second = (np.array(residue[name][0].pos.tolist()) for name in ('CA', 'CB'))
    axis = (second - first) / np.linalg.norm(second - first)
    side = [atom for atom in residue if atom.name not in ('N', 'CA', 'C', 'O', 'CB', 'OXT')]
    for atom in side:
        atom.pos = gemmi.Position(*(second + _rotated(np.array(atom.pos.tolist()) - second, axis, 2 * math.pi / 3)))
    return side


def _rotated(vector: Array, axis: Array, angle: float) -> Array:
    """
    :param vector: to be turned
    :param axis: unit vector
    :param angle: radian
    :returns: the vector, turned (Rodrigues)
    """
    cos, sin = math.cos(angle), math.sin(angle)
    result: Array = vector * cos + np.cross(axis, vector) * sin + axis * (axis @ vector) * (1 - cos)
    return result


def _rotamers(data: Path) -> Iterator[Case]:
    """
    :param data: folder with ``density``
    :returns: side chains turned about CA-CB
    """
    given = pair(data, '8a6g')
    for index in _good(given.structure, given.density, 'CD1'):
        yield _moved(given.structure, given.density, index, _turned)


def _deleted(data: Path) -> Iterator[Case]:
    """
    :param data: folder with ``density``
    :returns: maps without the density of a side chain
    """
    given = pair(data, '8a6g')
    for index in _good(given.structure, given.density, 'CD1'):
        residue = _residue(given.structure, index)
        side = [atom for atom in residue if atom.name not in ('N', 'CA', 'C', 'O', 'CB', 'OXT')]
        grid = given.density.grid.clone()
        for atom in side:
            grid.set_points_around(atom.pos, 1.5, given.density.mean)
        grid.symmetrize_min()
        names = [id_ for id_, place in enumerate(positions(given.structure)) if
                 np.linalg.norm(_places(side) - place, axis=1).min() < 0.01]  # fmt: skip
        yield Case((given.structure, given.density), (given.structure, with_grid(given.density, grid)),
                   np.array(names, np.intp), _places(side))  # fmt: skip


def _ligands(data: Path) -> Iterator[Case]:
    """
    :param data: folder with ``entries``
    :returns: ligands turned about their middle
    """
    for entry, name in LIGANDS.items():
        files = sorted((data / 'entries').glob(f'{entry}.*'))
        structure = read_structure(files[0]).structure
        density = own_map(structure, structure.resolution)
        residues = [residue for chain in structure[0] for residue in chain]
        for index in [i for i, residue in enumerate(residues) if residue.name == name]:

            def turn(residue: gemmi.Residue) -> list[gemmi.Atom]:
                """:returns: all atoms, turned by 180 degrees about the axis of least extent through their middle"""
                places = _places(list(residue))
                middle = places.mean(0)
                axis = np.linalg.svd(places - middle)[2][2]
                for atom, place in zip(residue, places, strict=True):
                    atom.pos = gemmi.Position(*(middle + _rotated(place - middle, axis, math.pi)))
                return list(residue)

            yield _moved(structure, density, index, turn)


def _altlocs(data: Path) -> Iterator[Case]:
    """
    :param data: folder with ``density``
    :returns: residues with a second conformer that has no density
    """
    given = pair(data, '8a6g')
    for index in _good(given.structure, given.density, 'CD1'):

        def split(residue: gemmi.Residue) -> list[gemmi.Atom]:
            """:returns: the atoms of the second conformer"""
            other = residue.clone()
            turned = _turned(other)
            names = {atom.name for atom in turned}
            for atom in residue:
                if atom.name in names:
                    atom.altloc, atom.occ = 'A', 0.5
            for atom in turned:
                atom.altloc, atom.occ = 'B', 0.5
                residue.add_atom(atom)
            return [atom for atom in residue if atom.altloc == 'B']

        yield _moved(given.structure, given.density, index, split)


def _noise(data: Path) -> Iterator[Case]:
    """
    :param data: folder with ``density``
    :returns: maps with noise in a sphere
    """
    given = pair(data, '8a6g')
    random = np.random.default_rng(11)
    places = positions(given.structure)
    ball = np.argwhere(np.ones((11, 11, 11))) - 5.0
    ball = ball[np.linalg.norm(ball, axis=1) <= _SPHERE]
    for index in _good(given.structure, given.density, 'CB'):
        centre = _residue(given.structure, index)['CA'][0].pos
        mask = gemmi.FloatGrid(*given.density.grid.shape)
        mask.copy_metadata_from(given.density.grid)
        mask.set_points_around(centre, _SPHERE, 1)
        noise = np.array(mask, copy=False)
        noise *= random.normal(0, _NOISE * given.density.sigma, noise.shape).astype(np.float32)
        mask.symmetrize_sum()
        grid = given.density.grid.clone()
        values = np.array(grid, copy=False)
        values += noise
        inside = np.flatnonzero(np.linalg.norm(places - centre.tolist(), axis=1) < _SPHERE - 1)
        yield Case((given.structure, given.density), (given.structure, with_grid(given.density, grid)), inside,
                   ball + centre.tolist())  # fmt: skip
