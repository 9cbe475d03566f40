"""What the page of a job shows."""

import json
from typing import Any
from unittest import TestCase

from molecule_handler.models import Ligand
from proteins_plus.test.samples import METHANE, stored_protein
from proteins_plus.test.utils import ApiTestCase, media_files, remove_new_media
from protoss.models import ProtossJob
from protoss.result import decision_row, ligand_row
from web import scenes
from web.results import Place, Result, result_of

from .samples import working_protoss


def residue(name: str = 'HIS_A_57', state: str = 'HIS', **fields: Any) -> dict[str, Any]:
    """
    :param name: of the residue
    :param state: the chosen one
    :param fields: others of the row
    :returns: a residue of a report
    """
    component, chain, position = name.split('_')
    row = {'residue': name, 'name': component, 'chain': chain, 'position': position, 'altloc': '', 'state': state}
    usual = {'group': 'side chain', 'flipped': False, 'score': -1.14, 'pka': None, 'alternatives': [], 'partners': []}
    return {**row, **usual, **fields}


def ligand(name: str = 'XK2_A_263', charge: int = 0, **fields: Any) -> dict[str, Any]:
    """
    :param name: of the ligand
    :param charge: of the chosen form
    :param fields: others of the row
    :returns: a ligand of a report
    """
    state = {'smiles': 'CC', 'charge': charge, 'label': 'likeliest'}
    row = {'name': name, 'origin': 'found', 'state': state, 'score': 12.45, 'penalty': 0}
    return {**row, 'alternatives': [], 'partners': [], **fields}


class Rows(TestCase):
    """Rows of the tables."""

    def test_decision_says_how_sure_it_is_and_what_comes_next(self) -> None:
        """A margin close to 0 means that the structure does not decide."""
        others = [{'state': 'HIE', 'flipped': True, 'score': -1.26}, {'state': 'HIP', 'flipped': False, 'score': -9.0}]
        row = decision_row(residue('HIS_A_57', 'HID', pka=6.54, alternatives=others, partners=['a 2.7', 'b 2.9']))
        wanted = {
            'state': 'HID',
            'in_words': 'hydrogen on ND1',
            'pka': '6.5',
            'margin': '1.3',
            'next_best': 'HIE, turned over',
            'partners': 'a 2.7; b 2.9',
        }
        self.assertEqual({name: row.cells[name] for name in wanted}, wanted)
        self.assertEqual(row.places, (Place('A', 57),))

    def test_tie_has_the_margin_zero_and_what_has_no_alternative_has_none(self) -> None:
        """No number is made up."""
        tie = [{'state': 'GLN', 'flipped': True, 'score': 0.0}]
        self.assertEqual(decision_row(residue(alternatives=tie)).cells['margin'], '0.0')
        alone = decision_row(residue()).cells
        self.assertEqual((alone['margin'], alone['next_best'], alone['pka'], alone['in_words']), ('', '', '', ''))

    def test_flip_says_which_way_round_the_next_best_is(self) -> None:
        """'Not flipped' is the way it was modelled."""
        modelled = [{'state': 'GLN', 'flipped': False, 'score': -13.2}]
        row = decision_row(residue('GLN_B_7A', 'GLN', flipped=True, alternatives=modelled))
        self.assertEqual((row.cells['flipped'], row.cells['next_best']), ('yes', 'GLN, as modelled'))
        self.assertEqual(row.places, (Place('B', 7, 'A'),))

    def test_ligand_has_its_form_and_the_others_with_charge_and_margin(self) -> None:
        """The tautomers that a chemist asks for."""
        other = {'state': {'smiles': 'C', 'charge': 1, 'label': 'amine'}, 'score': -4.25, 'penalty': 2.0}
        row = ligand_row(ligand(charge=-2, alternatives=[other]))
        self.assertEqual((row.cells['charge'], row.cells['margin']), ('-2', '4.2'))
        self.assertEqual(row.cells['alternatives'], 'amine (charge +1, 4.2)')
        self.assertEqual((row.places, ligand_row(ligand('aspirin')).places), ((Place('A', 263),), ()))
        self.assertEqual(row.cells['origin'], 'found in the structure')


class Results(ApiTestCase):
    """Results of runs of a stand-in for the engine."""

    def setUp(self) -> None:
        """Leave no file behind."""
        super().setUp()
        self.addCleanup(remove_new_media, media_files())

    def result(self, residues: list[dict[str, Any]], ligands: list[dict[str, Any]]) -> Result:
        """
        :param residues: of the report
        :param ligands: of the report, which the protein has too
        :returns: the result of a job
        """
        protein = stored_protein()
        for row in ligands:
            Ligand.objects.create(name=row['name'], protein=protein, file_string=METHANE)
        report = {'ph': 7.0, 'residues': residues, 'ligands': ligands, 'flips': [], 'removed': []}
        with working_protoss(f"cat > report.json <<'END'\n{json.dumps(report)}\nEND"):
            answer = self.run_job('protoss/', {'protein_id': str(protein.pk)})
        return result_of(ProtossJob.objects.get(pk=answer['id']))

    def colours(self, result: Result) -> dict[tuple[str, int], int]:
        """
        :param result: of a job
        :returns: chain and number of the residues that are sticks, and the colour of their carbon
        """
        found = {}
        for model in result.scenes[0].build().to_dict()['root']['children'][0]['children'][0]['children']:
            for part in model['children']:
                if isinstance(part['params']['selector'], list):
                    (color,) = part['children'][0]['children']
                    carbon = color['custom']['molstar_color_theme_params']['carbonColor']['params']
                    for place in part['params']['selector']:
                        found[place['auth_asym_id'], place['auth_seq_id']] = carbon.get('value')
        return found

    def test_flips_unusual_states_and_partners_of_ligands_are_marked(self) -> None:
        """What was turned over matters more than what is unusual, and that more than what is near."""
        beside = ['OD1 of ASP_A_25 2.9', 'N of GLY_B_27 3.1', "O5' of XK2_A_263 3.0"]
        rows = [
            residue('HIS_A_69', 'HIE', flipped=True),
            residue('ASP_A_25', 'ASH'),
            residue('LYS_A_14', 'LYS'),
        ]
        result = self.result(rows, [ligand(partners=beside)])
        _, flipped, _, unusual = scenes.COLOURS[:4]
        wanted = {('A', 69): flipped, ('A', 25): unusual, ('B', 27): scenes.GREY}
        self.assertEqual(self.colours(result), {place: int(colour[1:], 16) for place, colour in wanted.items()})
        words = [text.removesuffix(' (1)') for _, text in result.scenes[0].legend]
        marked = ['side chain turned over', 'state that is unusual in water', 'partner of a ligand']
        self.assertEqual(words, ['ligand', *marked])

    def test_scene_looks_at_the_ligand_with_most_partners(self) -> None:
        """Additives come first in many files; a crowd of them would show the whole protein."""
        rows = [ligand('GOL_A_1'), ligand('XK2_A_263', partners=['N of GLY_B_27 3.1'])]
        drawn = self.result([], rows).scenes[0].build().model_dump_json(exclude_none=True)
        self.assertEqual(drawn.count('"kind":"focus"'), 1)
        ligand_part = drawn[drawn.index('XK2_A_263') - 600 :]
        self.assertIn('"kind":"focus"', ligand_part)

    def test_structure_in_which_all_is_as_usual_says_so(self) -> None:
        """An empty legend would look like a fault."""
        result = self.result([residue()], [])
        self.assertEqual(result.sentences, ('All states are as usual in water at neutral pH.',))
        self.assertEqual(result.scenes[0].text, 'gly with hydrogens: all states as usual.')
        self.assertEqual([table.key for table in result.tables], ['decisions'])
        self.assertEqual([file.name for file in result.files], ['protein.pdb', 'report.json'])

    def test_ligands_have_hydrogens_and_pictures(self) -> None:
        """The stand-in gives back what it gets, without pictures."""
        result = self.result([], [ligand()])
        held = {file.name: file.read() for file in result.files}
        self.assertTrue(held['ligands.sdf'].startswith(b'XK2_A_263\n'))
        self.assertEqual(json.loads(held['report.json'])['ligands'][0]['name'], 'XK2_A_263')
        self.assertEqual(result.pictures, ())
