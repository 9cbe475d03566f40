"""Parts c and d: backbones and side chains beside ramalyze and tortoize, and the geometry of residues."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from engines.structure.classification import Kind
from engines.structure.reading import read_structure
from engines.structureprofiler import polymer_geometry
from engines.structureprofiler.backbone import Torsions, torsions
from engines.structureprofiler.rotamers import FAR, side_chains
from engines.structureprofiler.subject import Complex, read_complex

from ..harness import Verdict, section, table
from .peers import ramalyze, tortoize

ENTRIES = (
    '4agm', '1a3e', '1ake', '1bd2', '1bhl', '1fmo_protein', '1hpv', '1hvr', '1osm', '1pwc', '2izf', '3enl', '3hsy',
    '3kpr', '3o21', '3pwp', '4e43', '4hhb', '4jsv', '4laz', '4x21', '4zhl', '5a7u', '9x2o', 'AF-A0A024B5K5', '2beg',
)  # fmt: skip
SHARP = ('1ejg', '1us0_protein', '3u7t', '4laz', '1pwc', '4agm', '2izf')
"""Entries at 1.6 A and better, whose geometry is trustworthy."""


def entry(data: Path, name: str) -> Path:
    """
    :param data: folder of structures
    :param name: of an entry
    :returns: its file
    """
    files = (file for folder in ('entries', 'docking') for file in sorted((data / folder).iterdir()))
    return next(file for file in files if file.name.split('.')[0] == name)


def report(data: Path, work: Path, ccd: Path, python: Path, verdicts: list[Verdict]) -> str:
    """
    :param data: folder of structures
    :param work: folder for files
    :param ccd: component dictionary
    :param python: of the peers' environment
    :param verdicts: gets those of this part
    :returns: the section on backbones and side chains
    """
    rows: list[tuple[object, ...]] = []
    differences: list[str] = []
    residues = equal = 0
    scores: dict[bool | None, list[float]] = {True: [], False: [], None: []}
    for name in ENTRIES:
        path = _single(entry(data, name), work / f'{name}.pdb')
        complex_ = read_complex(path, ccd, None)
        ours = {_place(complex_, t.owner): t for t in torsions(complex_)}
        theirs = {(row[0], row[1]): row for row in ramalyze(python, path)}
        common = ours.keys() & theirs.keys()
        same = {place for place in common if _outcome(ours[place]) == _their_outcome(theirs[place])}
        differences += [
            f'{name} {"".join(place)}: {_outcome(ours[place])} here, {_their_outcome(theirs[place])} there'
            for place in sorted(common - same)
        ]
        residues, equal = residues + len(common), equal + len(same)
        outliers = sum(t.is_outlier for t in ours.values())
        alone = f'{len(ours.keys() - common)} / {len(theirs.keys() - common)}'
        rows.append((name, len(common), len(same), alone, outliers))
        z = tortoize(path)
        for chain in side_chains(complex_):
            score = (z or {}).get(_place(complex_, chain.owner))
            if score is not None:
                scores[chain.distance > FAR].append(score)
                if chain.distance > FAR and chain.inner > FAR:
                    scores[None].append(score)
    share = 100 * equal / residues
    verdicts.append(Verdict('equal Ramachandran outcomes of ramalyze', '>= 99.5 %', f'{share:.2f} %', share >= 99.5))
    text = (
        'Each program got the first model in its most occupied conformer. The reference distributions are those of '
        'ramalyze, so this compares torsions, classes of residues, neighbours and interpolation. Alone: residues that '
        'only one of them judges, here / there.'
    )
    said = f'Differences: {"; ".join(differences[:40]) or "none"}.'
    heads = ('entry', 'residues', 'equal', 'alone', 'outliers here')
    return section(
        'c. Backbones beside ramalyze (cctbx 2025.11), side chains beside tortoize',
        text, table(heads, rows), said, _rotamers(scores),
    )  # fmt: skip


def _rotamers(scores: dict[bool | None, list[float]]) -> str:
    """
    :param scores: Z-scores of tortoize of outliers, of the other side chains, and of outliers in the first two torsions
    :returns: what they say
    """
    outliers, others, inner = (np.array(scores[key]) for key in (True, False, None))
    if not inner.size:
        return 'tortoize is not installed (Debian: tortoize), so side chains were not compared.'
    areas = [100 * (1 - (np.searchsorted(np.sort(others), some) / len(others)).mean()) for some in (outliers, inner)]
    return (
        f'Side chains: {len(outliers)} of {len(outliers) + len(others)} are outliers here. In tortoize, whose '
        'distributions are those of PDB-REDO, which looks at the first two torsions and knows the secondary structure, '
        f'an outlier has a lower Z-score than another side chain in {areas[0]:.0f} % of pairs, one of the '
        f'{len(inner)} in the first two torsions in {areas[1]:.0f} %; the median is {np.median(inner):.2f}, that '
        f'of the others {np.median(others):.2f}. This tells that both see the same, not that they draw the line alike.'
    )


def _single(file: Path, path: Path) -> Path:
    """
    :param file: a structure
    :param path: to write
    :returns: PDB file of its first model, with one conformer of every residue
    """
    structure = read_structure(file).structure
    while len(structure) > 1:
        del structure[-1]
    structure.remove_alternative_conformations()
    structure.remove_hydrogens()
    structure.shorten_chain_names()
    head = f'HEADER    {"PROTEIN":<40}01-JAN-00   1XXX'  # tortoize asks for it
    path.write_text(f'{head:<80}\n{structure.make_minimal_pdb()}', encoding='utf-8')
    return path


def _place(complex_: Complex, owner: int) -> tuple[str, str]:
    """
    :param complex_: a complex
    :param owner: a residue
    :returns: its chain, and its number with the insertion code
    """
    chain, number, icode, _ = complex_.system.members[owner].key
    return chain, f'{number}{icode}'


def _outcome(item: Torsions) -> str:
    """
    :param item: a residue
    :returns: our outcome
    """
    return 'outlier' if item.is_outlier else 'favored' if item.is_favored else 'allowed'


def _their_outcome(row: list[object]) -> str:
    """
    :param row: of ramalyze
    :returns: its outcome
    """
    return {0: 'outlier', 1: 'allowed', 2: 'favored'}.get(int(str(row[3])), str(row[3]))


def geometry(data: Path, ccd: Path, verdicts: list[Verdict]) -> str:
    """
    :param data: folder of structures
    :param ccd: component dictionary
    :param verdicts: gets those of this part
    :returns: the section on bond lengths and angles of residues
    """
    found: dict[tuple[str, ...], list[float]] = defaultdict(list)
    for name in SHARP:
        complex_ = read_complex(entry(data, name), ccd, None)
        for label, deviation in _deviations(complex_):
            found[label].append(deviation)
    rows: list[tuple[object, ...]] = []
    for size, kind in ((2, 'lengths'), (3, 'angles')):
        values = np.concatenate([v for k, v in found.items() if len(k) == size + 1])
        beyond = int((np.abs(values) > 5).sum())
        rows.append((kind, len(values), f'{values.std():.2f}', f'{beyond} ({100 * beyond / len(values):.2f} %)'))
        share = 100 * beyond / len(values)
        verdicts.append(Verdict(f'{kind} of sharp entries beyond 5 sigma', '<= 0.1 %', f'{share:.3f} %', share <= 0.1))
    biased = {k: float(np.median(v)) for k, v in found.items() if len(v) >= 20 and abs(np.median(v)) > 2}
    named = '; '.join(f'{" ".join(k)} {v:.1f}' for k, v in biased.items()) or 'none'
    text = (
        f'Entries at 1.6 A and better: {", ".join(SHARP)}. If the ideal values and their deviations are right, hardly '
        'anything lies beyond five of them.'
    )
    return section(
        'd. Bond lengths and angles of residues', text,
        table(('kind', 'number', 'spread, sigma', 'beyond 5 sigma'), rows),
        f'Kinds whose median is more than two sigma off: {named}.',
    )  # fmt: skip


def _deviations(complex_: Complex) -> Iterator[tuple[tuple[str, ...], float]]:
    """
    :param complex_: a complex
    :returns: iterator over residue and atom names, and deviation in sigma
    """
    system = complex_.system
    owners = {i for i, member in enumerate(system.members) if member.kind is Kind.POLYMER}
    for atoms, ideal in polymer_geometry.ideals(complex_, owners):
        points = [system.positions[a] for a in atoms]
        length = float(np.linalg.norm(points[0] - points[1]))
        value = length if len(points) == 2 else polymer_geometry.angle_of(*points)
        residue = system.members[system.owner[atoms[0]]].key[3]
        yield (residue, *(system.names[a] for a in atoms)), (value - ideal.value) / ideal.sigma
