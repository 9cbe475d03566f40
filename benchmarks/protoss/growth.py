"""How time grows with the number of atoms where nothing but that number changes: lumps of the same crystals."""

from collections.abc import Iterator

import gemmi
import numpy as np
from numpy.typing import NDArray

from engines.protoss.pka import ATOM_LIMIT

from ..harness import Verdict, table
from .bench import Bench
from .programs import ALONE, ENGINE, Run
from .structures import without_hydrogens

#: Entries with their crystal, and numbers of copies; the last of 4AGM is beyond what PROPKA is run on.
LUMPS = {'1hel': (1, 2, 4, 8), '4agm': (1, 2, 3, 6, 12)}
NEARLY_LINEAR = 1.2
"""Highest exponent that counts as close to 1: twice the atoms take at most 2.3 times as long."""
_NAMES = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
_TEXT = """Files differ in more than their size: ligands, waters and resolution decide how much there is to choose. So
lumps of one crystal were cut out for it: the asymmetric unit with its nearest neighbours, whole and in contact, as many
as the table says, each lump without a cell. They ran one after the other: the engine itself, and, up to the number of
atoms beyond which it is left out, with PROPKA, some of whose time grows with the square."""

Vector = NDArray[np.float64]


def section(bench: Bench) -> str:
    """
    :param bench: data and programs; gets a verdict for each crystal
    :returns: text and table
    """
    rows: list[tuple[object, ...]] = []
    for name, numbers in LUMPS.items():
        points: dict[str, list[tuple[int, float]]] = {ENGINE: [], ALONE: []}
        for copies, heavy, runs in _runs(bench, name, numbers):
            rows.append((name.upper(), copies, heavy, *_cells(runs[ALONE], heavy), *_cells(runs.get(ENGINE), heavy)))
            for program, run in runs.items():
                points[program] += [] if run.error else [(heavy, run.cpu)]
        _judge(bench, name, points, len(numbers))
    both = ('CPU s', 'ms per atom', 'MB')
    heads = ('crystal', 'copies', 'heavy atoms', *both, *(f'{head}, with PROPKA' for head in both))
    return f'{_TEXT}\n\n{table(heads, rows)}'


def _runs(bench: Bench, name: str, numbers: tuple[int, ...]) -> Iterator[tuple[int, int, dict[str, Run]]]:
    """
    :param bench: data and programs
    :param name: of an entry
    :param numbers: of copies
    :returns: number of copies, heavy atoms, and runs by program
    """
    structure = without_hydrogens(bench.single(name))
    for copies in numbers:
        piece = lump(structure, copies)
        heavy, path = piece[0].count_atom_sites(), bench.write(piece, f'{name}_times_{copies}')
        programs = (ALONE, ENGINE) if heavy <= ATOM_LIMIT else (ALONE,)
        yield copies, heavy, {program: bench.programs.run(program, path, 'growth') for program in programs}


def _cells(run: Run | None, heavy: int) -> tuple[str, str, str]:
    """
    :param run: None if there was none
    :param heavy: number of its heavy atoms
    :returns: what the table shows of it
    """
    if run is None:
        return '', '', ''
    return f'{run.cpu:.2f}', run.error or f'{1000 * run.cpu / heavy:.2f}', f'{run.megabytes:.0f}'


def _judge(bench: Bench, name: str, points: dict[str, list[tuple[int, float]]], expected: int) -> None:
    """
    :param bench: gets the verdicts: of the engine itself, and with PROPKA over the lumps on which that runs
    :param name: of the crystal
    :param points: heavy atoms and seconds by program
    :param expected: number of lumps
    """
    for words, program in (('', ALONE), (', with PROPKA', ENGINE)):
        exponent = power(points[program])
        bench.verdicts.append(
            Verdict(
                f'exponent of CPU time over atoms, lumps of {name.upper()}{words}', f'at most {NEARLY_LINEAR}',
                f'{exponent:.2f}', len(points[ALONE]) == expected and exponent <= NEARLY_LINEAR,
            )
        )  # fmt: skip


def power(points: list[tuple[int, float]]) -> float:
    """
    :param points: sizes and times
    :returns: exponent of time over size by least squares of the logarithms; not a number with fewer than two points
    """
    if len(points) < 2:
        return float('nan')
    x, y = np.log(np.array(points, dtype=float)).T
    return float(np.polyfit(x, y, 1)[0])


def lump(structure: gemmi.Structure, copies: int) -> gemmi.Structure:
    """
    :param structure: one model with its crystal
    :param copies: number of asymmetric units
    :returns: that many of them around the first, the nearest by their centres, chains renamed, without a cell
    """
    cell, group = structure.cell, structure.find_spacegroup()
    centre = structure[0].calculate_center_of_mass()
    places = [
        (cell.orthogonalize(gemmi.Fractional(*_apply(operation, shift, cell.fractionalize(centre)))).dist(centre),
         operation, shift)
        for operation in group.operations() for shift in np.ndindex(5, 5, 5)
    ]  # fmt: skip
    result = structure.clone()
    del result[0]
    model = result.add_model(gemmi.Model(1))
    for number, (_, operation, shift) in enumerate(sorted(places, key=lambda place: place[0])[:copies]):
        for chain in structure[0]:
            copied = chain.clone()
            copied.name = _NAMES[number] + chain.name
            for residue in copied:
                for atom in residue:
                    there = _apply(operation, shift, cell.fractionalize(atom.pos))
                    atom.pos = cell.orthogonalize(gemmi.Fractional(*there))
            model.add_chain(copied)
    result.cell = gemmi.UnitCell()
    result.connections.clear()
    result.cispeps.clear()
    return result


def _apply(operation: gemmi.Op, shift: tuple[int, ...], point: gemmi.Fractional) -> Vector:
    """
    :param operation: of the space group
    :param shift: cells to go, 2 for none
    :param point: fractional coordinates
    :returns: where it comes to lie
    """
    turned: Vector = np.array(operation.apply_to_xyz(point.tolist())) + np.array(shift) - 2
    return turned
