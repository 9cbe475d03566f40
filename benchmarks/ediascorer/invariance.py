"""c. The same density and the same crystal, written in another way."""

from collections.abc import Iterator
from pathlib import Path

import gemmi
import numpy as np

from engines.ediascorer.atoms import gather
from engines.ediascorer.fit import calculated, fit_of
from engines.ediascorer.maps import Density, Floats, read_density
from engines.ediascorer.pipeline import UNRELATED
from engines.ediascorer.test.samples import Header, ccp4

from .. import harness
from .pairs import MODELS, Array, Pair, edia, pair, with_grid

ASKED = 0.02


def section(data: Path, work: Path, verdicts: list[harness.Verdict]) -> str:
    """
    :param data: folder with ``density``
    :param work: folder for files
    :param verdicts: gets the answers
    :returns: the section
    """
    work.mkdir(parents=True, exist_ok=True)
    rows: list[tuple[object, ...]] = []
    changes: dict[str, list[tuple[str, float]]] = {}
    for name in MODELS:
        given = pair(data, name)
        wanted = edia(given.structure, given.density)
        for change, found in _changed(given, work):
            away = np.abs(found - wanted)
            rows.append((name.upper(), change, len(wanted), f'{away.max():.4f}', f'{away.mean():.4f}'))
            changes.setdefault(change, []).append((name.upper(), float(away.max())))
    for change, found_in in changes.items():
        name, most = max(found_in, key=lambda item: item[1])
        verdicts.append(harness.Verdict(f'{change}: largest change of an atom', f'within {ASKED}',
                                        f'{most:.4f} ({name})', most <= ASKED))  # fmt: skip
    text = (
        'EDIA of every heavy atom, beside that with the map as its program wrote it. The finer grid is the Fourier '
        'interpolation of the map to twice as many points along each axis, which leaves the density as it is; 8A6G was '
        'written with 2.5 points for the shortest wave length, fewer than programs usually take. Symmetry operations '
        'move the model onto its copies.'
    )
    heads = ('entry', 'change', 'atoms', 'largest', 'mean')
    head = '## c. Does it matter how it is written?'
    return '\n\n'.join((head, text, harness.table(heads, rows), _agreement(data, verdicts)))


def _agreement(data: Path, verdicts: list[harness.Verdict]) -> str:
    """
    :param data: folder with ``density``
    :param verdicts: gets the answers
    :returns: on maps that do not belong to their model
    """
    rows: list[tuple[object, ...]] = []
    right, wrong = [], []
    for name in MODELS:
        given = pair(data, name)
        found = [_correlation(given.structure, given.density)]
        for step in (0.21, 0.37):
            moved = given.structure.clone()
            way = given.structure.cell.orthogonalize(gemmi.Fractional(step, step / 2, step / 3))
            for cra in moved[0].all():
                cra.atom.pos += way
            found.append(_correlation(moved, given.density))
        right.append(found[0])
        wrong += found[1:]
        rows.append((name.upper(), *(f'{value:.2f}' for value in found)))
    verdicts.append(harness.Verdict(
        'the note that map and model are unrelated', f'right pairs above {UNRELATED}, wrong ones below',
        f'{min(right):.2f} and above, {max(wrong):.2f} and below', min(right) > UNRELATED > max(wrong),
    ))  # fmt: skip
    text = (
        'Correlation of map and model around all atoms, of the model as it is and moved through the cell, as a model '
        f'is with the map of another crystal form or another origin. Below {UNRELATED} the engine says so.'
    )
    heads = ('entry', 'as it is', 'moved by 0.21 a', 'moved by 0.37 a')
    return '\n\n'.join(('### A map that is not that of the model', text, harness.table(heads, rows)))


def _correlation(structure: gemmi.Structure, density: Density) -> float:
    """
    :param structure: a model
    :param density: a map
    :returns: correlation around the atoms
    """
    return fit_of(gather(structure, density.resolution), density, calculated(structure, density)).overall


def _changed(given: Pair, work: Path) -> Iterator[tuple[str, Array]]:
    """
    :param given: model and map
    :param work: folder for files
    :returns: what was changed, and the scores
    """
    values: Floats = np.array(given.density.grid)
    cell = given.density.grid.unit_cell
    a, b, c = (n // part for n, part in zip(values.shape, (3, 4, 5), strict=True))
    shift = (a, b, c)
    moved = np.roll(values, [-n for n in shift], (0, 1, 2))
    for change, raw in (
        ('other order of the axes', ccp4(values, cell, Header(order=(2, 0, 1)))),
        ('shifted origin', ccp4(moved, cell, Header(start=shift))),
        ('other scale', ccp4((12.5 * values + 3).astype(np.float32), cell)),
        ('other byte order', ccp4(values, cell, Header(endian='>'))),
    ):
        file = work / 'changed.ccp4'
        file.write_bytes(raw)
        yield change, edia(given.structure, read_density(file, given.structure))
    yield 'finer grid', edia(given.structure, with_grid(given.density, _finer(given.density)))
    for number, operation in enumerate(given.structure.find_spacegroup().operations()):
        if number:
            yield f'symmetry operation {number}', edia(_moved(given.structure, operation), given.density)


def _finer(density: Density) -> gemmi.FloatGrid:
    """
    :param density: a map
    :returns: the same with twice as many points along each axis
    """
    waves = gemmi.transform_map_to_f_phi(density.grid).prepare_asu_data()
    return waves.transform_f_phi_to_map(exact_size=[2 * n for n in density.grid.shape])


def _moved(structure: gemmi.Structure, operation: gemmi.Op) -> gemmi.Structure:
    """
    :param structure: a model
    :param operation: of its space group
    :returns: the model, moved by it and by a cell
    """
    result = structure.clone()
    for cra in result[0].all():
        place = operation.apply_to_xyz(structure.cell.fractionalize(cra.atom.pos).tolist())
        cra.atom.pos = structure.cell.orthogonalize(gemmi.Fractional(place[0] + 1, place[1], place[2] - 1))
    return result
