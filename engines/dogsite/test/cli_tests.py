"""The command line on real structures: what it writes, and what it refuses."""

import json
import unittest
from pathlib import Path
from typing import Any

import gemmi
import numpy as np

from engines.dogsite.cli import command
from engines.dogsite.columns import COLUMNS
from engines.test.utils import CommandResult, Workspace, dictionary_path, run_command, structure_path, structure_text

_WRITE = ('--writeSiteResiduesEDF', '--writeGridCCP4', '--writeDescToFile')
_COARSE = '--spacing=1.0'


class DogsiteTestCase(unittest.TestCase):
    """Runs the engine in a folder of its own."""

    def setUp(self) -> None:
        """Make the folder."""
        self.workspace = Workspace()
        self.addCleanup(self.workspace.close)
        self.folder = self.workspace.path

    def run_engine(self, protein: Path, *arguments: str) -> CommandResult:
        """
        Run the engine with all outputs, named ``x``.

        :param protein: structure file
        :param arguments: further ones
        :returns: what it did
        """
        given = [f'--proteinFile={protein}', f'--outputName={self.folder}/x', f'--ccd={dictionary_path()}', *_WRITE]
        return run_command(command, [*given, f'--notes={self.folder}/notes.json', *arguments])

    def find(self, protein: Path, *arguments: str) -> list[dict[str, str]]:
        """
        Run the engine and read its table.

        :param protein: structure file
        :param arguments: further ones
        :returns: the rows
        """
        result = self.run_engine(protein, *arguments)
        self.assertEqual(result.code, 0, result.stderr)
        lines = (self.folder / 'x_desc.txt').read_text().splitlines()
        self.assertEqual(lines[0].split('\t'), [column.name for column in COLUMNS])
        return [dict(zip(lines[0].split('\t'), line.split('\t'), strict=True)) for line in lines[1:]]

    def notes(self) -> dict[str, str]:
        """
        The notes of the last run.

        :returns: messages by code
        """
        content: list[dict[str, Any]] = json.loads((self.folder / 'notes.json').read_text())
        return {note['code']: note['message'] for note in content}


class PocketTests(DogsiteTestCase):
    """What is found in HIV protease with its inhibitor."""

    def test_the_first_pocket_holds_the_inhibitor_and_its_files_agree(self) -> None:
        """Table, site and grid tell the same; the grid lies where the ligand is, positive inside and 0 outside."""
        rows = self.find(structure_path('1hvr.pdb'), '--refLigName=XK2')
        first = rows[0]
        self.assertEqual((first['name'], first['lig_name']), ('P_1', 'XK2_A_263'))
        self.assertGreater(float(first['lig_cov']), 80)
        self.assertGreater(float(first['poc_cov']), 25)
        for name in (row['name'] for row in rows):
            self.assertTrue((self.folder / f'x_{name}.edf').is_file())
            self.assertTrue((self.folder / f'x_{name}.ccp4').is_file())
        density = gemmi.read_ccp4_map(str(self.folder / 'x_P_1.ccp4'), setup=True).grid
        values = np.array(density.array)
        self.assertGreaterEqual(float(values.min()), 0.0)
        self.assertAlmostEqual(int((values > 0).sum()) * 0.8**3, float(first['volume']), places=2)
        structure = gemmi.read_pdb_string(structure_text('1hvr.pdb'))
        ligand = [a.pos for c in structure[0] for r in c if r.name == 'XK2' for a in r]
        self.assertGreater(np.mean([density.interpolate_value(position) > 0 for position in ligand]), 0.8)
        site = (self.folder / 'x_P_1.edf').read_text().splitlines()
        self.assertTrue(site[0].startswith('REFERENCE '))
        self.assertIn('RESIDUE ASP A 25', site)
        self.assertIn('RESIDUE ASP B 25', site)

    def test_the_identities_of_the_descriptors_hold(self) -> None:
        """Sums and ratios within a row."""
        for row in self.find(structure_path('1hvr.pdb'), _COARSE):
            number = {key: float(value) for key, value in row.items() if key not in ('name', 'lig_name')}
            self.assertEqual(number['siteAtms'], sum(number[f'{element}s'] for element in 'CNOSX'))
            polar = number['accept'] + number['donor'] + number['hydrophobic_interactions']
            self.assertAlmostEqual(number['hydrophobicity'], number['hydrophobic_interactions'] / polar, places=3)
            self.assertAlmostEqual(number['surf/vol'], number['surface'] / number['volume'], places=3)
            self.assertEqual(row['lig_name'], '')
            for score in ('simpleScore', 'drugScore', 'enclosure'):
                self.assertTrue(0 <= number[score] <= 1)

    def test_subpockets_follow_their_pocket_and_fill_it(self) -> None:
        """Their volumes add up; without the option there are none."""
        structure = structure_path('1ake.cif')
        rows = self.find(structure, _COARSE, '--subpocDetect')
        names = [row['name'] for row in rows]
        self.assertEqual(names[:3], ['P_1', 'P_1_1', 'P_1_2'])
        parts = [float(row['volume']) for row in rows if row['name'].startswith('P_1_')]
        self.assertAlmostEqual(sum(parts), float(rows[0]['volume']), places=2)
        whole = [row['name'] for row in self.find(structure, _COARSE)]
        self.assertEqual(whole, [name for name in names if name.count('_') == 1])

    def test_a_ligand_that_touches_no_pocket_is_told_from_none(self) -> None:
        """The name is ``non`` in each such row."""
        names = [row['lig_name'] for row in self.find(structure_path('1ake.cif'), _COARSE, '--refLigName=AP5')]
        self.assertIn('non', names)
        self.assertTrue({'AP5_A_215', 'AP5_B_215'} <= set(names))

    def test_a_ligand_file_is_compared_and_bias_makes_its_pocket_hold_it(self) -> None:
        """With bias more of the ligand is inside, however open the site is."""
        ligand = self.workspace.write(
            'l.sdf', structure_text('1g9v_RQ3_ligands.sdf').split('$$$$', maxsplit=1)[0] + '$$$$\n'
        )
        options = (f'--ligandFile={ligand}', _COARSE)
        protein = structure_path('4hhb.pdb')
        plain = max(float(row['lig_cov']) for row in self.find(protein, *options))
        biased = max(float(row['lig_cov']) for row in self.find(protein, *options, '--useLigandsToAnnotateGrid'))
        self.assertGreaterEqual(biased, plain)
        self.assertGreater(biased, 80)

    def test_one_chain_can_be_looked_at_alone(self) -> None:
        """Residues of the other are in no site."""
        self.find(structure_path('1hvr.pdb'), _COARSE, '--chain=A')
        sites = ''.join(path.read_text() for path in self.folder.glob('*.edf'))
        self.assertNotIn(' B ', sites)
        self.assertIn(' A ', sites)


class InputTests(DogsiteTestCase):
    """Structures of all kinds."""

    def test_a_structure_without_pocket_gives_an_empty_table(self) -> None:
        """A success with a note and no further file."""
        self.assertEqual(self.find(structure_path('1yjp.cif')), [])
        self.assertIn('dogsite.no_pocket', self.notes())
        self.assertEqual(list(self.folder.glob('x_P*')), [])

    def test_nucleic_acids_and_models(self) -> None:
        """The first model counts, which a note says."""
        for name in ('7nwd.pdb', '1lcd.pdb'):
            with self.subTest(name):
                self.find(structure_path(name), _COARSE)
                self.assertIn('first', self.notes()['structure.models'])

    def test_unsure_residues_of_a_prediction_are_left_out(self) -> None:
        """Below a pLDDT of 50, and only if the file says that it is a prediction."""
        structure = gemmi.read_pdb_string(structure_text('1ubi.pdb'))
        for residue in structure[0]['A']:
            for atom in residue:
                atom.b_iso = 30.0 if (residue.seqid.num or 0) > 40 else 90.0
        text = structure.make_pdb_string()
        self.find(self.workspace.write('plain.pdb', text), _COARSE)
        self.assertNotIn('structure.low_confidence', self.notes())
        title = 'TITLE     ALPHAFOLD V2.0 PREDICTION FOR UBIQUITIN\n'
        lines = [line for line in text.splitlines(keepends=True) if not line.startswith('TITLE')]
        self.find(self.workspace.write('model.pdb', title + ''.join(lines)), _COARSE)
        self.assertIn('36 residues of 76', self.notes()['structure.low_confidence'])

    def test_metals_of_the_protein_stay_and_ligands_go(self) -> None:
        """The calcium of the LDL receptor module; its sulphate is a ligand."""
        self.find(structure_path('1ajj.pdb'), _COARSE)
        self.assertIn('CA', self.notes()['structure.metals_kept'])
        self.assertIn('SO4', self.notes()['structure.ligands_removed'])


class RefusalTests(DogsiteTestCase):
    """What is refused, with a code, and writes nothing."""

    def test_wrong_choices_are_refused(self) -> None:
        """Chains and ligands that are not there, spacings that make no sense."""
        cases = {
            '--chain=Q': 'structure.no_chain', '--refLigName=QQQ': 'ligand.unknown',
            '--spacing=0.01': 'dogsite.spacing', '--spacing=nan': 'dogsite.spacing',
        }  # fmt: skip
        for argument, code in cases.items():
            with self.subTest(argument):
                result = self.run_engine(structure_path('1ubi.pdb'), argument)
                self.assertEqual((result.code, result.error['code']), (65, code))
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_atoms_that_are_endlessly_far_apart_are_refused(self) -> None:
        """No grid of terabytes is tried."""
        lines = structure_text('1ubi.pdb').splitlines()
        far = next(line for line in lines if line.startswith('ATOM'))
        far = f'{far[:30]}{" 700.000" * 3}{far[54:]}'
        text = '\n'.join([far, *(line for line in lines if line.startswith('ATOM'))][:400]) + '\n'
        result = self.run_engine(self.workspace.write('far.pdb', text))
        self.assertEqual((result.code, result.error['code']), (65, 'dogsite.too_large'))

    def test_a_structure_of_waters_is_refused(self) -> None:
        """There is nothing to look for pockets in."""
        water = 'HETATM    1  O   HOH A   1      10.000  10.000  10.000  1.00 10.00           O  \n'
        result = self.run_engine(self.workspace.write('water.pdb', water))
        self.assertEqual((result.code, result.error['code']), (65, 'structure.no_protein'))

    def test_no_arguments_is_wrong_usage(self) -> None:
        """As sites probe a binary."""
        self.assertEqual(run_command(command, []).code, 64)
