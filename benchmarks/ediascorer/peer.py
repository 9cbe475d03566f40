"""b. Beside density-fitness, an implementation of the same scores by others (an optional Debian program)."""

import gzip
import json
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from pathlib import Path

import gemmi
import numpy as np

from engines.ediascorer.atoms import gather
from engines.ediascorer.fit import Fit, calculated, fit_of
from engines.ediascorer.maps import Density, Floats, Points, read_density
from engines.ediascorer.scoring import scores_of
from engines.ediascorer.summary import ResidueScore, residue_scores
from engines.structure.reading import read_structure

from .. import harness
from .pairs import Array

PROGRAM = 'density-fitness'
ENTRY = '8a6g'
Peer = dict[tuple[str, int, str, str], dict[str, float | None]]
_KEYS = {'EDIAm': 'EDIAm', 'OPIA': 'OPIA', 'RSCC': 'RSCCS', 'RSR': 'RSR'}


class Cut(Density):
    """A map of which what is below one sigma counts nothing, as libpdb-redo takes it."""

    def scores(self, points: Points) -> Floats:
        """
        :param points: Angstrom, shape (n, 3)
        :returns: their density scores
        """
        found = super().scores(points)
        found[found < 1] = 0
        return found


def section(data: Path, work: Path, verdicts: list[harness.Verdict]) -> str:
    """
    :param data: folder with ``density``
    :param work: folder for files
    :param verdicts: gets the answers
    :returns: the section
    """
    head = '## b. Beside another program'
    if shutil.which(PROGRAM) is None:
        return f'{head}\n\n{PROGRAM} is not installed (apt-get install density-fitness libcifpp-data): not measured.'
    peer = run_peer(data, work)
    structure = read_structure(data / 'density' / '8a6g.pdb').structure
    density = read_density(data / 'density' / '8a6g_sigmaa.mtz', structure)
    atoms = gather(structure, density.resolution)
    amplitudes = _map_of_amplitudes(data / 'density' / '8a6g_sigmaa.mtz', density)
    usual, peers_own = (fit_of(atoms, density, other) for other in (calculated(structure, density), amplitudes))
    cut = Cut(**{field.name: getattr(density, field.name) for field in fields(density)})
    plain = residue_scores(scores_of(atoms, density), usual)
    rows = [
        *_rows('as it is', plain, peer, ('EDIAm', 'OPIA', 'RSCC', 'RSR')),
        *_rows('nothing below one sigma', residue_scores(scores_of(atoms, cut), usual), peer, ('EDIAm', 'OPIA')),
        *_rows('model map of the peer', _refitted(plain, peers_own), peer, ('RSCC', 'RSR')),
    ]
    for row in rows[:1] + rows[2:3]:
        worth = float(str(row[3]))
        verdicts.append(harness.Verdict(f'{row[1]} of residues, correlation with {PROGRAM}', '>= 0.9', f'{worth:.3f}',
                                        worth >= 0.9))  # fmt: skip
    text = (
        f'{ENTRY.upper()}, {len(plain)} residues and waters, on the same coefficients to {density.resolution:.2f} Å. '
        f'{PROGRAM} gets the columns FREE, FC_ALL, PHIC_ALL and PHIC beside them, without which it ends, and the '
        'definitions of the residues, without which it scores waters only; its option to read maps is not used, since '
        'it gave correlations below 0 on the same data.'
    )
    why = (
        'Why they differ. (1) Its library takes density below one sigma as none; with that rule the engine agrees '
        'with it almost residue by residue (second block), and it is why its EDIAm of weakly supported side '
        'chains is so low. (2) It goes through the points within the radius in each direction only, so that '
        'density in the outer part of the ring counts in the corners of that box; this changes little. (3) It '
        'compares the map with one that its coefficients give, the amplitudes as measured with the phases of the '
        'model including bulk solvent, and the engine with what the coordinates alone give; on the same model map '
        'the correlations agree (third block) for waters, too, and their means are equal. (4) RSR depends on how '
        'both maps are brought to one scale.'
    )
    heads = ('engine', 'score', 'residues and waters', 'r, residues', 'r, all', 'mean', 'mean of the peer')
    return '\n\n'.join((head, text, harness.table(heads, rows), why))


def run_peer(data: Path, work: Path) -> Peer:
    """
    :param data: folder with ``density`` and the components
    :param work: folder for files
    :returns: its scores by residue
    """
    work.mkdir(parents=True, exist_ok=True)
    components, output = work / 'components.cif', work / 'peer.json'
    components.write_bytes(gzip.decompress((data / 'ccd_subset.cif.gz').read_bytes()))
    files = [str(data / 'density' / name) for name in ('8a6g_sigmaa.mtz', '8a6g.pdb')]
    argv = [str(shutil.which(PROGRAM)), *files, str(output), '--use-auth-ids', '--components', str(components)]
    subprocess.run(argv, check=True, capture_output=True, timeout=300)
    result: Peer = {}
    for row in json.loads(output.read_text(encoding='utf-8')):
        place = row['pdb']
        result[place['strandID'], place['seqNum'], place['insCode'].strip(), place['compID']] = row
    return result


def _map_of_amplitudes(file: Path, density: Density) -> Density:
    """
    :param file: MTZ with both kinds of coefficients
    :param density: the 2mFo-DFc map
    :returns: that less the difference map: measured amplitudes with phases of the model
    """
    mtz = gemmi.read_mtz_file(str(file))
    difference = mtz.transform_f_phi_to_map('DELFWT', 'PHDELWT', sample_rate=4)
    grid = density.grid.clone()
    values = np.array(grid, copy=False)
    values -= np.array(difference)
    return Density(grid, float(values.mean()), float(values.std()), density.resolution)


def _refitted(scores: Sequence[ResidueScore], fit: Fit) -> list[ResidueScore]:
    """
    :param scores: of residues
    :param fit: to another model map
    :returns: the scores with its RSCC and RSR
    """
    return [replace(item, rscc=fit.rscc.get(item.group), rsr=fit.rsr.get(item.group)) for item in scores]


def _rows(label: str, scores: Sequence[ResidueScore], peer: Peer, names: Sequence[str]) -> list[tuple[object, ...]]:
    """
    :param label: which engine
    :param scores: of residues
    :param peer: scores of the peer
    :param names: what is compared
    :returns: a row for each
    """
    pick: dict[str, Callable[[ResidueScore], float | None]] = {
        'EDIAm': lambda x: x.ediam, 'OPIA': lambda x: x.opia, 'RSCC': lambda x: x.rscc, 'RSR': lambda x: x.rsr,
    }  # fmt: skip
    waters = np.array([item.residue[3] == 'HOH' for item in scores])
    rows: list[tuple[object, ...]] = []
    for name in names:
        own = np.array([pick[name](item) for item in scores], np.float64)
        other = np.array([peer[item.residue].get(_KEYS[name]) for item in scores], np.float64)
        there = np.isfinite(own) & np.isfinite(other)
        parts = [_correlation(own[kind], other[kind]) for kind in (there & ~waters, there)]
        number = f'{(there & ~waters).sum()} + {(there & waters).sum()}'
        rows.append((label, name, number, *parts, f'{own[there].mean():.3f}', f'{other[there].mean():.3f}'))
    return rows


def _correlation(first: Array, second: Array) -> str:
    """
    :param first: values
    :param second: values
    :returns: Pearson's correlation
    """
    return f'{np.corrcoef(first, second)[0, 1]:.3f}'
