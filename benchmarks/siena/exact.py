"""Parts c and d: are pairs, RMSDs and names right, and do shuffled sequences give nothing."""

import math
import random
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import gemmi

from engines.siena.chains import Chain
from engines.siena.database.reader import Index
from engines.siena.filters import occurrence_passes
from engines.siena.occurrence import GAP, Occurrence
from engines.siena.options import Options
from engines.siena.search import Search
from engines.structure.reading import read_structure

from ..harness import Verdict, section
from .corpus import Archive
from .growth import new_index, write_chain
from .recall import Answer

_BACKBONE = ('N', 'CA', 'C', 'O')
_RIGID = 0.8
"""TM-score from which a fold counts as rigid."""
_LAX = Options(minimal_site_identity=0.3, minimal_site_coverage=0.3)
_COMPARED = 4
"""Hits of each site that are given to TM-align: spread over the ranks."""
Residues = dict[tuple[str, str], gemmi.Residue]


class _Named(NamedTuple):
    """What was compared of the cells of an alignment with the files."""

    cells: int
    wrong: list[str]
    worst: float
    pairs: int
    mutations: int
    insertions: int


def report(archive: Archive, answers: list[Answer], verdicts: list[Verdict], tmalign: Path | None) -> str:
    """
    :param archive: the archive
    :param answers: of all sites
    :param verdicts: gets two, with TM-align three
    :param tmalign: the program, None if it is not there
    :returns: part c of the report
    """
    named = _named(archive, answers)
    verdicts.append(
        Verdict(
            'largest difference of an RMSD from that of gemmi', '0.001 Å', f'{named.worst:.6f} Å', named.worst <= 0.001
        )
    )
    verdicts.append(
        Verdict('residues that are not what the file has at their chain, number and insertion code', 'none',
                f'{len(named.wrong)} of {named.cells:,}', not named.wrong)
    )  # fmt: skip
    parts = [
        f'For each of {named.pairs:,} hits the residues that the alignment names were read anew from the two files by '
        'gemmi alone, by chain, number and insertion code, and superposed with `gemmi.superpose_positions`; '
        f'{named.mutations:,} of the {named.cells:,} are mutations and {named.insertions:,} have an insertion code. '
        f'Wrong: {"; ".join(named.wrong[:10]) or "none"}.',
        _numbering(answers),
    ]
    if tmalign:
        parts.append(_structural(archive, answers, tmalign, verdicts))
    return section('c. Are pairs, RMSDs and names right?', *parts)


def _named(archive: Archive, answers: list[Answer]) -> _Named:
    """
    :param archive: the archive
    :param answers: of all sites
    :returns: what was compared
    """
    cells = pairs = mutations = insertions = 0
    wrong: list[str] = []
    worst = 0.0
    files: dict[Path, Residues] = {}
    for each in answers:
        own = _residues(each.site.file)
        for occurrence in each.passing:
            path = archive.folder / occurrence.properties.file
            if path not in files:
                files[path] = _residues(path)
            there = files[path]
            pairs += 1
            first, second = [], []
            for before, after in zip(each.site.query.cells(), occurrence.cells(), strict=True):
                if after == GAP:
                    continue
                cells += 1
                mutations += before[0] != after[0]
                insertions += bool(re.search(r'-\d+[A-Za-z]+-', after))
                for cell, residues in ((before, own), (after, there)):
                    letter, position, chain = _parts(cell)
                    residue = residues.get((chain, position))
                    if residue is None or _letter(residue) != letter:
                        wrong.append(f'{each.site.name}: {cell}')
                one, other = own.get(_parts(before)[:0:-1]), there.get(_parts(after)[:0:-1])
                if one and other:
                    names = [name for name in _BACKBONE if name in one and name in other]
                    first += [_position(one, name) for name in names]
                    second += [_position(other, name) for name in names]
            reference = gemmi.superpose_positions(first, second).rmsd
            worst = max(worst, abs(reference - occurrence.backbone_rmsd))
    return _Named(cells, wrong, worst, pairs, mutations, insertions)


def _parts(cell: str) -> tuple[str, str, str]:
    """
    :param cell: of an alignment: ``H-57A-L``
    :returns: amino acid, position and chain
    """
    letter, _, rest = cell.partition('-')
    position, _, chain = rest.rpartition('-')
    return letter, position, chain


def _letter(residue: gemmi.Residue) -> str:
    """
    :param residue: of a file
    :returns: its one-letter code
    """
    return gemmi.find_tabulated_residue(residue.name).one_letter_code.upper()


def _residues(path: Path) -> Residues:
    """
    :param path: of a structure
    :returns: residues of its first model that have an N or a CA, by chain and position; of several at one place that
        which is occupied most
    """
    found: Residues = {}
    for chain in read_structure(path).structure[0]:
        for residue in chain:
            key = (chain.name, str(residue.seqid))
            if ('CA' in residue or 'N' in residue) and residue.name != 'CA' and len(residue) > 1:
                known = found.get(key)
                if known is None or _weight(residue) > _weight(known):
                    found[key] = residue
    return found


def _weight(residue: gemmi.Residue) -> float:
    """
    :param residue: of a file
    :returns: the occupancy of its most occupied conformer
    """
    weights: dict[str, float] = {}
    for atom in residue:
        weights[atom.altloc] = weights.get(atom.altloc, 0.0) + atom.occ
    return max(weights.values())


def _position(residue: gemmi.Residue, name: str) -> gemmi.Position:
    """
    :param residue: of a file
    :param name: of an atom
    :returns: where its most occupied conformer is: that of the conformer with the largest sum of occupancies
    """
    weights: dict[str, float] = {}
    for atom in residue:
        if atom.has_altloc() and not atom.is_hydrogen():
            weights[atom.altloc] = weights.get(atom.altloc, 0.0) + atom.occ
    best = min(weights, key=lambda label: (-round(weights[label], 3), label), default='')
    atoms = list(residue[name])
    return max(atoms, key=lambda atom: (atom.altloc == best, not atom.has_altloc(), atom.occ)).pos


def _numbering(answers: list[Answer]) -> str:
    """
    :param answers: of all sites
    :returns: how pairs of trypsins agree with the numbering that their authors share
    """
    same = number = 0
    for each in answers:
        if each.site.family != 'trypsins':
            continue
        for occurrence in each.passing:
            cells = [
                (_parts(before)[1], _parts(after)[1])
                for before, after in zip(each.site.query.cells(), occurrence.cells(), strict=True)
                if after != GAP
            ]
            if sum(one == other for one, other in cells) > len(cells) / 2:  # numbered like chymotrypsin at all
                number += len(cells)
                same += sum(one == other for one, other in cells)
    return (
        'Serine proteases are mostly numbered like chymotrypsin, which was done by structure. Of pairs in files that '
        f'follow that, {same:,} of {number:,} ({same / max(number, 1):.1%}) have the same number and insertion code; '
        'most others are around 218 to 223, where numberings differ.'
    )


def _structural(archive: Archive, answers: list[Answer], tmalign: Path, verdicts: list[Verdict]) -> str:
    """
    :param archive: the archive
    :param answers: of all sites
    :param tmalign: the program
    :param verdicts: gets one
    :returns: how pairs agree with those of a structural alignment of whole chains
    """
    agreed = number = hits = 0
    distances = []
    for each in answers:
        chosen = each.passing[:: max(len(each.passing) // _COMPARED, 1)][:_COMPARED]
        for occurrence in chosen:
            for place, part in occurrence.parts.items():
                query = each.site.query.chains[place]
                found = _tm_pairs(tmalign, archive.folder.parent, query, part.chain)
                if found is None:
                    continue
                score, value, pairs = found
                if score < _RIGID:
                    continue
                hits += 1
                distances.append(abs(occurrence.backbone_rmsd - value))
                for (chain, residue), pair in zip(each.site.query.site, occurrence.pairs, strict=True):
                    if chain == place and pair:
                        number += 1
                        agreed += pairs.get(residue) == pair[1]
    share = agreed / max(number, 1)
    verdicts.append(
        Verdict('pairs that TM-align makes, too, where the fold is rigid', '99 %', f'{share:.1%}', share >= 0.99)
    )
    return (
        f'TM-align superposed {hits} of these pairs of chains as a whole with a TM-score of {_RIGID} or more, without '
        f'looking at their sequences: {agreed:,} of {number:,} pairs of the sites ({share:.2%}) are the same.'
    )


def _tm_pairs(program: Path, work: Path, first: Chain, second: Chain) -> tuple[float, float, dict[int, int]] | None:
    """
    :param program: TM-align
    :param work: folder
    :param first: a chain
    :param second: another one
    :returns: TM-score normalised by the first, RMSD, and its pairs as indices of residues; None if it fails
    """
    files = []
    for name, chain in (('one', first), ('two', second)):
        file = work / f'{name}.pdb'
        lines = [
            f'ATOM  {i:5d}  CA  {"GLY" if len(chain.names[i]) != 3 else chain.names[i]} A{i + 1:4d}    '
            f'{x:8.3f}{y:8.3f}{z:8.3f}  1.00  0.00           C'
            for i, (x, y, z) in enumerate(chain.backbone[:, 1].tolist())
            if math.isfinite(x)
        ]
        file.write_text('\n'.join([*lines, 'TER', 'END', '']))
        files.append(str(file))
    done = subprocess.run([str(program), *files], capture_output=True, text=True, check=False)
    text = done.stdout
    scores = re.findall(r'TM-score= *([0-9.]+)', text)
    value = re.search(r'RMSD= *([0-9.]+)', text)
    rows = text.split('(":" denotes')[-1].splitlines()[1:4]
    if len(scores) < 2 or value is None or len(rows) < 3:
        return None
    pairs, i, j = {}, 0, 0
    places = [[k for k in range(len(c.names)) if math.isfinite(c.backbone[k, 1, 0])] for c in (first, second)]
    for one, other in zip(rows[0], rows[2], strict=False):
        if one != '-' and other != '-':
            pairs[places[0][i]] = places[1][j]
        i += one != '-'
        j += other != '-'
    return float(scores[0]), float(value[1]), pairs


def decoys(archive: Archive, answers: list[Answer], work: Path, verdicts: list[Verdict]) -> str:
    """
    :param archive: the archive
    :param answers: of all sites
    :param work: folder for another index
    :param verdicts: gets one
    :returns: part d of the report
    """
    target = work / 'decoys.sqlite'
    with new_index(target) as connection:
        for number, (_, _, properties, chain) in enumerate(archive.chains):
            letters = list(chain.letters)
            random.Random(number).shuffle(letters)
            shuffled = iter(letters)
            segments = ''.join(letter if letter == '-' else next(shuffled) for letter in chain.segments)
            write_chain(connection, f'{properties.code}.{number}', chain, segments)
    index = Index(target)
    found = {'default': list(_hits(index, answers, Options())), 'laxest': list(_hits(index, answers, _LAX))}
    index.close()
    total = sum(map(len, found.values()))
    verdicts.append(Verdict('hits in sequences that were shuffled', 'none', str(total), not total))
    about = (
        f'The sequence of each of the {len(archive.chains):,} chains was shuffled; composition, coordinates and chain '
        'breaks stayed. '
        + ' '.join(f'With the {kind} filters: {"; ".join(names) or "nothing"}.' for kind, names in found.items())
    )
    return section('d. Do shuffled sequences give nothing?', about)


def _hits(index: Index, answers: list[Answer], options: Options) -> Iterator[str]:
    """
    :param index: of decoys
    :param answers: of all sites
    :param options: of the search
    :returns: what passes
    """
    for each in answers:
        hits: list[Occurrence] = Search(index, each.site.query, options).run().occurrences
        yield from (f'{each.site.name}: {hit.properties.code}' for hit in hits if occurrence_passes(hit, options))
