"""A report in sentences: what a reader wants to know first."""

from collections.abc import Callable, Iterator
from typing import Any

#: What is worth a word: histidines always, all others where they are not as in water at neutral pH.
UNUSUAL = {
    'HIE': 'hydrogen on NE2',
    'HID': 'hydrogen on ND1',
    'HIP': 'hydrogen on both nitrogens, charged',
    'ASH': 'neutral acid',
    'GLH': 'neutral acid',
    'COOH': 'neutral carboxyl terminus',
    'LYN': 'neutral amine',
    'NH2': 'neutral amino terminus',
    'CYM': 'thiolate',
    'TYM': 'phenolate',
}


def decisions(get: Callable[[str], dict[str, Any]], job: dict[str, Any]) -> Iterator[str]:
    """
    For ``manage.py demo``.

    :param get: reads a route below ``/api/v2/``
    :param job: a successful job as clients see it
    :returns: sentences
    """
    yield from sentences(get(f'protoss/reports/{job["output_report"]}/')['report'])


def sentences(report: dict[str, Any]) -> Iterator[str]:
    """
    :param report: of a run
    :returns: one for each ligand and each state that is worth a word; flips are told by the notes
    """
    for ligand in report['ligands']:
        state, partners = ligand['state'], len(ligand['partners'])
        form = f'{state["label"]} form, charge {charge(state)}'
        yield f'{ligand["name"]}: {form}, {partners} polar contacts{_margin(ligand)}.'
    for residue in report['residues']:
        if residue['state'] in UNUSUAL:
            pka = '' if residue['pka'] is None else f', pKa {residue["pka"]:.1f}'
            yield f'{residue["residue"]}: {UNUSUAL[residue["state"]]}{pka}{_margin(residue)}.'


def charge(state: dict[str, Any]) -> str:
    """
    :param state: of a ligand
    :returns: its charge, with a sign if it has one
    """
    return f'{state["charge"]:+d}' if state['charge'] else '0'


def _margin(entry: dict[str, Any]) -> str:
    """
    :param entry: a residue or ligand of a report
    :returns: how sure the decision is
    """
    others = [other['score'] for other in entry['alternatives'] if other['score'] < 0]
    return f'; the next best costs {-max(others):.1f}' if others else ''
