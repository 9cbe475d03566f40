"""a. The definition: atoms in ideal density, ownership, EDIAm."""

from decimal import Decimal, getcontext
from pathlib import Path
from unittest.mock import patch

import numpy as np

from engines.ediascorer import scoring
from engines.ediascorer.atoms import gather
from engines.ediascorer.maps import Density, Floats
from engines.ediascorer.radii import RADII, RESOLUTIONS, derived, radius
from engines.ediascorer.scoring import Lattice, add_up
from engines.ediascorer.summary import ediam
from engines.ediascorer.test.samples import Painted, Spot, literal_edia, model, sphere, water

from .. import harness
from .pairs import Array, edia, own_map, pair

ELEMENTS = ('C', 'O', 'S', 'Zn')
PEAKS = (2, 3, 4, 6)
_B = {1.0: 14.49, 1.5: 20.88, 2.0: 27.71, 2.5: 55.64}
CASES = 60
VECTORS = 200


def section(data: Path, verdicts: list[harness.Verdict]) -> str:
    """
    :param data: folder with ``density``
    :param verdicts: gets the answers
    :returns: the section
    """
    return '\n\n'.join(('## a. Does it do what is defined?', _atoms(verdicts), _proteins(data, verdicts),
                        _ownership(verdicts), _power_mean(verdicts), _radii(verdicts)))  # fmt: skip


def _atoms(verdicts: list[harness.Verdict]) -> str:
    """
    :param verdicts: gets the answers
    :returns: on atoms alone
    """
    centre, r = (10.0, 10.0, 10.0), radius('O', 0, 1.5)
    atom = model([water(1, 10.0)])
    inside = float(edia(atom, sphere(centre, r))[0])
    away = max(
        float(edia(model([water(1, 10.0 + x, 10.0 + y, 10.0 + z)]), sphere(centre, r))[0]) for x, y, z in _AROUND
    )
    verdicts += [
        harness.Verdict('an atom in a sphere of one sigma that ends with its radius', '1.00', f'{inside:.3f}',
                        abs(inside - 1) < 0.005),
        harness.Verdict('the same, 1 Angstrom off in 26 directions', 'at most 0.15', f'{away:.3f}', away <= 0.15),
    ]  # fmt: skip
    rows: list[tuple[object, ...]] = []
    for element in ELEMENTS:
        for resolution, factor in _B.items():
            cells = [_single(element, resolution, factor, peak) for peak in PEAKS]
            rows.append((element, f'{resolution:.1f}', *(f'{here:.2f} / {off:.2f}' for here, off in cells)))
    text = (
        'One atom alone in its own density, cut off at the resolution, with a usual B factor; the sigma of the map is '
        'chosen so that the peak is 2 to 6 sigma high. EDIA in place / 1 Å beside it. In a protein the neighbours own '
        'most of what lies around an atom, so these are the lowest scores of perfect atoms: the density of a lone atom '
        'reaches beyond its sphere, where it counts against it, the more the higher its peak.'
    )
    heads = ('element', 'resolution, Å', *(f'{peak} sigma' for peak in PEAKS))
    return '\n\n'.join(('### Atoms alone', text, harness.table(heads, rows)))


_AROUND = [
    np.array(step) / np.linalg.norm(step)
    for step in np.ndindex(3, 3, 3)
    for step in [tuple(x - 1 for x in step)]
    if any(step)
]


def _single(element: str, resolution: float, factor: float, peak: float) -> tuple[float, float]:
    """
    :param element: symbol
    :param resolution: Angstrom
    :param factor: B factor, square Angstrom
    :param peak: height in sigma
    :returns: EDIA in place, and 1 Angstrom beside it
    """
    here, off = (model([water(1, x)._replace(element=element)], 24.0) for x in (10.0, 11.0))
    for structure in (here, off):
        structure[0]['A'][0][0].b_iso = factor
    own = own_map(here, resolution)
    density = Density(own.grid, 0.0, float(np.array(own.grid).max()) / peak, resolution)
    return float(edia(here, density)[0]), float(edia(off, density)[0])


def _proteins(data: Path, verdicts: list[harness.Verdict]) -> str:
    """
    :param data: folder with ``density``
    :param verdicts: gets the answers
    :returns: on all atoms of a protein in its own density
    """
    structure = pair(data, '8a6g').structure
    atoms = [cra for cra in structure[0].all() if not cra.atom.is_hydrogen()]
    plain = np.array([not cra.atom.has_altloc() and cra.residue.name != 'HOH' for cra in atoms])
    waters = np.array([not cra.atom.has_altloc() and cra.residue.name == 'HOH' for cra in atoms])
    rows: list[tuple[object, ...]] = []
    for resolution in (1.0, structure.resolution, 2.0, 2.5, 3.0):
        found = edia(structure, own_map(structure, resolution))
        rows.append((f'{resolution:.2f}', *(_spread(found[kind]) for kind in (plain, waters))))
        if resolution == structure.resolution:
            middle = float(np.median(found[plain]))
            good = 0.95 <= middle <= 1.1
            verdicts.append(harness.Verdict('median of the protein atoms of 8A6G in their own density', 'about 1',
                                            f'{middle:.2f}', good))  # fmt: skip
    text = (
        'All atoms of 8A6G with one conformer in the density calculated from the model at several resolutions, with '
        'its B factors: median, and 5 % to 95 % of the atoms. At 2.5 Å and beyond the spheres are so wide that atoms '
        'share with the partners of their partners, so that even a perfect model scores below 0.8.'
    )
    return '\n\n'.join(('### A protein in its own density', text,
                        harness.table(('resolution, Å', 'protein', 'waters'), rows)))  # fmt: skip


def _spread(values: Array) -> str:
    """
    :param values: scores
    :returns: median and range
    """
    low, middle, high = np.percentile(values, [5, 50, 95])
    return f'{middle:.2f} ({low:.2f} to {high:.2f})'


def _ownership(verdicts: list[harness.Verdict]) -> str:
    """
    :param verdicts: gets the answers
    :returns: on shared density
    """
    random = np.random.default_rng(7)
    worst, number = 0.0, 0
    lattice = Lattice.of_spacing(1 / 3, 1 / 2)
    for _ in range(CASES):
        spots = [
            Spot('LIG' if i < 3 else 'HOH', 1 if i < 3 else i, f'X{i}', str(random.choice(['C', 'N', 'O', 'S', 'Zn'])),
                 tuple(random.uniform(0, 4.5, 3).tolist()), str(random.choice(['', '', 'A', 'B'])),
                 float(random.choice([0.5, 1.0])))
            for i in range(7)
        ]  # fmt: skip
        wave, phase = random.uniform(-1.5, 1.5, 3), random.uniform(0, 6)

        def paint(points: Array, wave: Array = wave, phase: float = phase) -> Floats:
            """:returns: a density that varies"""
            return np.clip(0.6 + 0.7 * np.sin(points @ wave + phase), 0, 1.2).astype(np.float32)

        density = Painted.by(paint)
        atoms = gather(model(spots, 7.0, 'P 21 21 21'), 1.5)
        with patch.multiple(scoring, INNER_SPACING=1 / 3, RING_SPACING=1 / 2):
            found = add_up(atoms, density).edia
        for index in range(0, len(spots), 3):
            worst = max(worst, abs(float(found[index]) - literal_edia(atoms, density, index, lattice)))
            number += 1
    verdicts.append(harness.Verdict('ownership: difference from the definition, point by point', 'below 0.001',
                                    f'{worst:.6f}', worst < 0.001))  # fmt: skip
    return (
        f'### Ownership\n\n{CASES} heaps of seven atoms at random, bonded or not, with conformers, in P212121 with a '
        f'cell of 7 Å, so that copies crowd around; {number} atoms scored by a second program that goes through the '
        f'points and the sets S, D and I one by one. Largest difference: {worst:.6f}.'
    )


def _power_mean(verdicts: list[harness.Verdict]) -> str:
    """
    :param verdicts: gets the answers
    :returns: on EDIAm
    """
    getcontext().prec = 30
    random = np.random.default_rng(3)
    worst = 0.0
    for _ in range(VECTORS):
        values = [round(float(x), 3) for x in random.uniform(0, 1.2, int(random.integers(1, 40)))]
        total = sum((1 / (Decimal(str(x)) + Decimal('0.1')) ** 2 for x in values), Decimal()) / len(values)
        worst = max(worst, abs(ediam(values) - float(1 / total.sqrt() - Decimal('0.1'))))
    verdicts.append(
        harness.Verdict(
            f'EDIAm of {VECTORS} vectors against decimal arithmetic', '3 decimals', f'{worst:.1e}', worst < 5e-4
        )
    )
    rows: list[tuple[object, ...]] = [
        (', '.join(map(str, values)), f'{ediam(values):.3f}')
        for values in ((1.0, 1.0), (1.0, 0.3), (0.9, 0.9, 0.9, 0.9, 0.2), (0.4, 0.4, 0.4, 1.0, 1.0, 1.0), (0.0, 1.2))
    ]
    return '\n\n'.join(('### EDIAm', f'Largest difference: {worst:.1e}. Some values to look at:',
                        harness.table(('EDIA', 'EDIAm'), rows)))  # fmt: skip


def _radii(verdicts: list[harness.Verdict]) -> str:
    """
    :param verdicts: gets the answers
    :returns: on the radii of elements that the table lacks
    """
    rows: list[tuple[object, ...]] = []
    errors = []
    for (element, charge), listed in RADII.items():
        found = [derived(element, index) - value for index, value in enumerate(listed)]
        errors += [abs(x) for x in found[1:]] if charge == 0 else []
        rows.append((f'{element}{charge:+d}' if charge else element, *(f'{x:+.2f}' for x in found)))
    text = (
        'Elements that the table of radii lacks get the radius within which their density, of the neutral atom at the '
        'usual B factor, holds the mean share of the electrons that those of the table hold. Used on the listed '
        'elements the rule differs from the table by, in Å (the table has steps of 0.03):'
    )
    mean = float(np.mean(errors))
    verdicts.append(
        harness.Verdict('radii by rule, neutral atoms, 1 to 3 Angstrom: mean difference from the table', 'below 0.03',
                        f'{mean:.3f}, {max(errors):.2f} at most', mean < 0.03)
    )  # fmt: skip
    heads = ('element', *(f'{resolution:.1f} Å' for resolution in RESOLUTIONS))
    return '\n\n'.join(('### Radii', text, harness.table(heads, rows)))
