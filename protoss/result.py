"""What the page of a job shows: every decision as a table, and the structure with the chosen hydrogens."""

import re
from typing import Any

from molviewspec import State, create_builder

from molecule_handler.models import Protein
from web import molecules, scenes
from web.results import Column, Place, Result, Row, Scene, Table, place_of

from .models import ProtossJob
from .words import UNUSUAL, charge, sentences

_LIGAND, _FLIPPED, _UNUSUAL = scenes.COLOURS[2], scenes.COLOURS[1], scenes.COLOURS[3]
#: ``OD1 of ASP_A_189 2.7``
_PARTNER = re.compile(r'.* of (.*) [0-9.]+')
_ORIGINS = {'placed': 'given', 'other': 'of the stored protein', 'found': 'found in the structure'}
_SCORE = 'kJ/mol'
_AS_USUAL = 'All states are as usual in water at neutral pH.'
_MARGIN = 'what the best total loses if the next best state is forced; close to 0 the structure does not decide'
_DECISIONS = (
    Column('residue', 'Residue', meaning='name, chain and number'),
    Column('altloc', 'Conformer', meaning='empty for the only one', shown=False),
    Column('group', 'Group', meaning='side chain, or an end of the chain'),
    Column('state', 'State', meaning='which hydrogens it has'),
    Column('in_words', 'In words', meaning='where the state is not the usual one of water at neutral pH'),
    Column('flipped', 'Flipped', meaning='whether the side chain was turned over'),
    Column('pka', 'pKa', meaning='of PROPKA', numeric=True),
    Column('margin', 'Margin', _SCORE, _MARGIN, numeric=True),
    Column('next_best', 'Next best', meaning='the state that comes closest'),
    Column('score', 'Score', _SCORE, 'what the group and its contacts contribute', numeric=True, shown=False),
    Column('partners', 'Partners', meaning='hydrogen bonds and metals, with the distance of heavy atoms in \u00c5'),
)
_LIGANDS = (
    Column('name', 'Ligand'),
    Column('origin', 'Origin', meaning='where it came from'),
    Column('charge', 'Charge', meaning='of the chosen form', numeric=True),
    Column('state', 'Form', meaning='what differs from the likeliest form in water'),
    Column('smiles', 'SMILES', meaning='of the chosen form', shown=False),
    Column('penalty', 'Penalty', _SCORE, 'how unlikely this form is by itself at this pH', numeric=True),
    Column('margin', 'Margin', _SCORE, _MARGIN, numeric=True),
    Column('alternatives', 'Other forms', meaning='the best first, each with its charge and its margin'),
    Column('score', 'Score', _SCORE, 'what the ligand and its contacts contribute', numeric=True, shown=False),
    Column('partners', 'Partners', meaning=_DECISIONS[-1].meaning),
)


def result(job: ProtossJob) -> Result:
    """
    :param job: that has succeeded
    :returns: its decisions
    """
    protein = molecules.stored_protein(molecules.given(job.output_protein_id))
    report = molecules.given(job.output_report).report
    ligands = molecules.ligands_of(protein)
    names = [ligand.name for ligand in ligands]
    tables = (
        Table('ligands', 'Ligands', _LIGANDS, tuple(map(ligand_row, report['ligands']))),
        Table('decisions', 'Decisions', _DECISIONS, tuple(map(decision_row, report['residues']))),
    )
    return Result(
        sentences=tuple(sentences(report)) or (_AS_USUAL,),
        scenes=(_scene(protein, names, report),),
        tables=tuple(table for table in tables if table.rows),
        pictures=molecules.pictures(ligands),
        files=(
            *molecules.complex_files(protein, ligands, 'with hydrogens'),
            molecules.json_file('report', 'Every decision, its alternatives and partners', report),
        ),
    )


def decision_row(entry: dict[str, Any]) -> Row:
    """
    :param entry: a residue of the report
    :returns: its row
    """
    others = entry['alternatives']
    cells = {
        'residue': entry['residue'],
        'altloc': entry['altloc'],
        'group': entry['group'],
        'state': entry['state'],
        'in_words': UNUSUAL.get(entry['state'], ''),
        'flipped': 'yes' if entry['flipped'] else '',
        'pka': '' if entry['pka'] is None else f'{entry["pka"]:.1f}',
        'margin': _margin(others),
        'next_best': _next_best(entry),
        'score': str(entry['score']),
        'partners': '; '.join(entry['partners']),
    }
    return Row(cells, (_place(entry),))


def ligand_row(entry: dict[str, Any]) -> Row:
    """
    :param entry: a ligand of the report
    :returns: its row
    """
    others = entry['alternatives']
    cells = {
        'name': entry['name'],
        'origin': _ORIGINS.get(entry['origin'], entry['origin']),
        'charge': charge(entry['state']),
        'state': entry['state']['label'],
        'smiles': entry['state']['smiles'],
        'penalty': str(entry['penalty']),
        'margin': _margin(others),
        'alternatives': '; '.join(_other_form(other) for other in others),
        'score': str(entry['score']),
        'partners': '; '.join(entry['partners']),
    }
    return Row(cells, molecules.ligand_places(entry['name']))


def _other_form(other: dict[str, Any]) -> str:
    """
    :param other: an alternative of a ligand
    :returns: it in words
    """
    return f'{other["state"]["label"]} (charge {charge(other["state"])}, {-other["score"]:.1f})'


def _next_best(entry: dict[str, Any]) -> str:
    """
    :param entry: a residue of the report
    :returns: the best of its alternatives
    """
    if not entry['alternatives']:
        return ''
    best = entry['alternatives'][0]
    turned = '' if best['flipped'] == entry['flipped'] else ', turned over' if best['flipped'] else ', as modelled'
    return f'{best["state"]}{turned}'


def _margin(others: list[dict[str, Any]]) -> str:
    """
    :param others: the alternatives, the best first
    :returns: what the best of them costs
    """
    return f'{max(0.0, -others[0]["score"]):.1f}' if others else ''


def _place(entry: dict[str, Any]) -> Place:
    """
    :param entry: a residue of the report
    :returns: where it is
    """
    return molecules.place(entry['chain'], entry['position'])


def _scene(protein: Protein, ligands: list[str], report: dict[str, Any]) -> Scene:
    """
    :param protein: with hydrogens
    :param ligands: names of the records of ``ligands.sdf``
    :param report: what was decided
    :returns: what was turned over, what is not as usual and what the ligands touch, each with its hydrogens
    """
    flipped = {_place(entry) for entry in report['residues'] if entry['flipped']}
    unusual = {_place(entry) for entry in report['residues'] if entry['state'] in UNUSUAL} - flipped
    kinds = (
        (_FLIPPED, 'side chain turned over', flipped),
        (_UNUSUAL, 'state that is unusual in water', unusual),
        (scenes.GREY, 'partner of a ligand', _partners(report['ligands']) - flipped - unusual),
    )
    sticks = [(colour, sorted(places)) for colour, _, places in kinds if places]
    legend = [(colour, f'{words} ({len(places)})') for colour, words, places in kinds if places]
    text = f'{protein.name} with hydrogens: {"; ".join(words for _, words in legend) or "all states as usual"}.'
    return Scene(
        'hydrogens',
        'Hydrogens',
        text,
        lambda: _drawn(protein, ligands, sticks, _focus(report), text),
        (*([(_LIGAND, 'ligand')] if ligands else []), *legend),
    )


def _partners(ligands: list[dict[str, Any]]) -> set[Place]:
    """
    :param ligands: of the report
    :returns: where the residues, waters and metals are that share a hydrogen bond or more with one of them
    """
    found = (_PARTNER.fullmatch(partner) for ligand in ligands for partner in ligand['partners'])
    places = (place_of(match[1]) for match in found if match)
    return {place for place in places if place} - {place_of(ligand['name']) for ligand in ligands}


def _focus(report: dict[str, Any]) -> str:
    """
    :param report: what was decided
    :returns: the ligand with most partners, which is seldom an additive; empty if there is none
    """
    best = max(report['ligands'], key=lambda ligand: len(ligand['partners']), default={'name': ''})
    return str(best['name'])


def _drawn(protein: Protein, ligands: list[str], sticks: list[tuple[str, list[Place]]], focus: str, text: str) -> State:
    """
    :param protein: with hydrogens
    :param ligands: names of the records of ``ligands.sdf``
    :param sticks: colours of carbon, and residues that have them
    :param focus: the ligand that is looked at; the residues if there is none
    :param text: what the scene shows
    :returns: the scene
    """
    scene = create_builder()
    cartoon = scenes.protein(scene, molecules.protein_url(protein), protein.file_type, scenes.GREY)
    shown = dict(zip(ligands, scenes.ligands(scene, molecules.LIGANDS_URL, ligands, _LIGAND), strict=True))
    residues = [scenes.residues(cartoon, places, colour) for colour, places in sticks]
    for component in [shown[focus]] if focus in shown else residues:
        scenes.look_at(component)
    return scenes.finish(scene, 'Hydrogens', text)
