"""The command line on real structures: what it writes, and what it refuses."""

import gzip
import json
import unittest
from pathlib import Path
from typing import Any

import gemmi
from rdkit import Chem

from engines.structure.reading import read_structure
from engines.structureprofiler.cli import command
from engines.structureprofiler.columns import ACTIVE_SITES, COMPLEX, LIGANDS, TABLES
from engines.test.utils import CommandResult, Workspace, dictionary_path, run_command, structure_path


class ProfilerTestCase(unittest.TestCase):
    """Runs the engine in a folder of its own."""

    def setUp(self) -> None:
        """Make the folder."""
        self.workspace = Workspace()
        self.addCleanup(self.workspace.close)
        self.folder = self.workspace.path

    def run_engine(self, structure: Path, *arguments: str) -> CommandResult:
        """
        Run the engine.

        :param structure: structure file
        :param arguments: further ones
        :returns: what it did
        """
        given = [f'--complex={structure}', f'--outputDir={self.folder}/out', f'--ccd={dictionary_path()}']
        return run_command(command, [*given, f'--notes={self.folder}/notes.json', *arguments])

    def profile(self, structure: Path, *arguments: str) -> dict[str, Any]:
        """
        Run the engine and read what it wrote.

        :param structure: structure file
        :param arguments: further ones
        :returns: content of profile.json
        """
        result = self.run_engine(structure, *arguments)
        self.assertEqual(result.code, 0, result.stderr)
        content: dict[str, Any] = json.loads((self.folder / 'out' / 'profile.json').read_text())
        return content

    def table(self, stem: str, end: str) -> dict[str, list[str]]:
        """
        Read a table as clients do.

        :param stem: start of its name
        :param end: of its name
        :returns: cells by the name of the line
        """
        lines = (self.folder / 'out' / f'{stem}{end}.csv').read_text().splitlines()
        return {name: cells for name, *cells in (line.split('\t') for line in lines)}

    def notes(self) -> set[str]:
        """
        The notes of the last run.

        :returns: their codes
        """
        return {note['code'] for note in json.loads((self.folder / 'notes.json').read_text())}

    def refused(self, structure: Path, *arguments: str) -> str:
        """
        Run the engine on something that it cannot use.

        :param structure: structure file
        :param arguments: further ones
        :returns: code of the error
        """
        result = self.run_engine(structure, *arguments)
        self.assertEqual(result.code, 65, result.stderr)
        self.assertFalse((self.folder / 'out').exists())
        code: str = json.loads(result.stderr.splitlines()[-1])['code']
        return code


class OutputTests(ProfilerTestCase):
    """Tables and JSON."""

    def test_tables_have_a_line_for_each_column_and_a_cell_for_each_object(self) -> None:
        """Ligands and sites belong together, and the JSON says the same."""
        content = self.profile(structure_path('4laz.pdb'))
        for table, number in ((COMPLEX, 1), (ACTIVE_SITES, 2), (LIGANDS, 2)):
            lines = self.table('4laz', table.file)
            self.assertEqual(list(lines), [column.name for column in table.columns])
            self.assertEqual({len(cells) for cells in lines.values()}, {number})
        self.assertEqual(self.table('4laz', 'Ligands')['name'], self.table('4laz', 'ActiveSites')['ligand'])
        self.assertEqual(list(content['ligands']), ['1', '2'])
        self.assertEqual(content['ligands']['1']['name'], 'NAP_A_401')
        self.assertEqual(content['active_sites']['1']['uniprotID'], 'P15121')
        self.assertEqual(content['complex']['resolution'], 0.85)
        self.assertEqual(self.table('4laz', 'Complex')['resolutionTest'], ['passed'])

    def test_values_have_the_types_of_their_columns(self) -> None:
        """Verdicts are booleans, counts are whole numbers."""
        content = self.profile(structure_path('1ajj.pdb'))
        types: dict[str, type | tuple[type, ...]] = {
            'text': str,
            'number': (int, float),
            'integer': int,
            'boolean': bool,
        }
        for table in TABLES:
            rows = [content[table.key]] if table is COMPLEX else list(content[table.key].values())
            for row in rows:
                for column in table.columns:
                    if column.name in row:
                        self.assertIsInstance(row[column.name], types[column.type], column.name)

    def test_without_ligand_there_are_no_columns(self) -> None:
        """The lines hold their names alone; what the file does not tell is left out, not false."""
        content = self.profile(structure_path('1crn.pdb'))
        self.assertEqual((content['ligands'], content['active_sites']), ({}, {}))
        self.assertEqual(self.table('1crn', 'Ligands')['name'], [])
        self.assertNotIn('DPITest', content['complex'])
        self.assertNotIn('residueEDIATest', content['complex'])
        self.assertLessEqual({'profiler.no_header', 'structure.no_ligands'}, self.notes())

    def test_without_map_and_cell_nothing_is_said_about_them(self) -> None:
        """A chain of a family set: no header, no cell, no map."""
        ligand = self.profile(structure_path('1xiv_A.pdb'))['ligands']['1']
        for name in ('EDIAm', 'EDIAmTest', 'crystalContactDistance', 'noCrystalContacts'):
            self.assertNotIn(name, ligand)
        self.assertIn('profiler.no_cell', self.notes())

    def test_prediction_has_a_confidence_and_no_b_factors(self) -> None:
        """The column of B factors holds the pLDDT; a ligand that somebody has put in has none."""
        path = self.folder / 'model.pdb'
        text = gzip.decompress(structure_path('1ajj.pdb').read_bytes()).decode()
        path.write_text('TITLE     ALPHAFOLD MONOMER V2.0 PREDICTION\n' + text)
        content = self.profile(path)
        self.assertTrue(0 < content['complex']['pLDDT'] < 100)
        self.assertIs(content['complex']['pLDDTTest'], content['complex']['pLDDT'] >= 70)
        self.assertNotIn('OWAB', content['ligands']['1'])
        self.assertNotIn('bFactorRatio', content['active_sites']['1'])
        self.assertIn('profiler.prediction', self.notes())

    def test_first_of_several_models_counts(self) -> None:
        """And nothing of an NMR structure is missing that it cannot have."""
        content = self.profile(structure_path('1lcd.pdb'))
        self.assertIn('structure.first_model', self.notes())
        self.assertIn('NMR', content['complex']['method'])


class ThresholdTests(ProfilerTestCase):
    """Presets, and thresholds of one's own."""

    def own(self, text: str) -> str:
        """
        :param text: content of a file of thresholds
        :returns: the argument that hands it over
        """
        path = self.folder / 'own.json'
        path.write_text(text)
        return f'--thresholds={path}'

    def test_preset_makes_its_own_tests(self) -> None:
        """Astex asks for the resolution and not for the DPI, Iridium the other way round."""
        astex = self.profile(structure_path('1ajj.pdb'), '--preset=astex')['complex']
        iridium = self.profile(structure_path('1ajj.pdb'), '--preset=iridium')['complex']
        self.assertTrue('resolutionTest' in astex and 'DPITest' not in astex)
        self.assertTrue('resolutionTest' not in iridium and 'DPITest' in iridium)
        self.assertIn('DPI', astex)

    def test_own_values_take_the_place_of_those_of_the_preset(self) -> None:
        """One is made stricter, another one left out."""
        own = self.own('{"complex": {"resolutionThreshold": 1.5, "DPIThreshold": null}}')
        found = self.profile(structure_path('1ajj.pdb'), own)['complex']
        self.assertIs(found['resolutionTest'], False)
        self.assertEqual(found['resolutionThreshold'], 1.5)
        self.assertNotIn('DPITest', found)
        self.assertIn('overfittingTest', found)

    def test_nonsense_is_refused(self) -> None:
        """With a code for each kind, and nothing written."""
        for text, code in (
            ('{"complex": {"resolution": 1}}', 'thresholds.unknown'),
            ('{"site": {}}', 'thresholds.unknown'),
            ('{"complex": 3}', 'thresholds.unknown'),
            ('{"complex": {"resolutionThreshold": NaN}}', 'thresholds.value'),
            ('{"complex": {"resolutionThreshold": 1e999}}', 'thresholds.value'),
            ('{"complex": {"resolutionThreshold": %s}}' % ('9' * 400), 'thresholds.value'),
            ('{"complex": {"resolutionThreshold": true}}', 'thresholds.value'),
            ('{"complex": {"resolutionThreshold": "2"}}', 'thresholds.value'),
            ('[1]', 'thresholds.unreadable'),
            ('{', 'thresholds.unreadable'),
            ('[' * 50_000, 'thresholds.unreadable'),
        ):
            self.assertEqual(self.refused(structure_path('1ajj.pdb'), self.own(text)), code, text[:40])

    def test_unknown_preset_is_wrong_usage(self) -> None:
        """Like any other argument that cannot be."""
        self.assertEqual(self.run_engine(structure_path('1ajj.pdb'), '--preset=mine').code, 64)


class LigandFileTests(ProfilerTestCase):
    """Ligands that are brought along."""

    def test_ligand_of_the_file_comes_after_those_of_the_structure(self) -> None:
        """It is profiled without the one whose place it takes, and what SD files lack is unknown."""
        sdf = structure_path('1hpv_478_in_1hvr.sdf')
        content = self.profile(structure_path('1hvr.pdb'), f'--ligand={sdf}')
        self.assertEqual((len(content['ligands']), len(content['active_sites'])), (2, 2))
        placed, site = content['ligands']['2'], content['active_sites']['2']
        self.assertNotIn('maxAtomBFactor', placed)
        self.assertNotIn('bFactorRatio', site)
        self.assertGreater(site['residues'], 15)
        self.assertGreater(site['intermolecularDistance'], 0.5)
        self.assertLessEqual({'ligand.gave_way', 'ligand.from_file'}, self.notes())

    def test_ligand_far_from_the_protein_has_an_empty_site(self) -> None:
        """Which is told, and fails no test of residues."""
        text = gzip.decompress(structure_path('1ia1_TQ3.sdf').read_bytes()).decode()
        mol = Chem.MolFromMolBlock(text, removeHs=False)
        conformer = mol.GetConformer()
        for i in range(mol.GetNumAtoms()):
            point = conformer.GetAtomPosition(i)
            conformer.SetAtomPosition(i, (point.x + 300, point.y, point.z))
        path = self.folder / 'far.sdf'
        path.write_text(Chem.MolToMolBlock(mol) + '$$$$\n')
        content = self.profile(structure_path('1crn.pdb'), f'--ligand={path}')
        self.assertEqual(content['active_sites']['1']['residues'], 0)
        self.assertNotIn('bondLengthsTest', content['active_sites']['1'])
        self.assertIn('site.empty', self.notes())

    def test_broken_ligand_file_is_refused(self) -> None:
        """With the code that the other engines use."""
        path = self.folder / 'broken.sdf'
        path.write_text('no molecule\n')
        self.assertEqual(self.refused(structure_path('1crn.pdb'), f'--ligand={path}'), 'ligand.unreadable')


class DensityTests(ProfilerTestCase):
    """Tests that need electron density."""

    def setUp(self) -> None:
        """Calculate a map from a small structure."""
        super().setUp()
        self.structure = read_structure(structure_path('1ajj.pdb')).structure
        calculator = gemmi.DensityCalculatorX()
        calculator.d_min, calculator.rate = 1.7, 1.5
        calculator.grid.setup_from(self.structure)
        calculator.put_model_density_on_grid(self.structure[0])
        density = gemmi.Ccp4Map()
        density.grid = calculator.grid
        density.update_ccp4_header(2, True)
        self.map = self.folder / 'model.ccp4'
        density.write_ccp4_map(str(self.map))

    def sulphate(self, shift: float) -> Path:
        """
        :param shift: Angstrom
        :returns: SDF of the sulphate of the structure, moved
        """
        atoms = [cra.atom for cra in self.structure[0].all() if cra.residue.name == 'SO4']
        mol = Chem.RWMol(Chem.MolFromSmiles('S(=O)(=O)([O-])[O-]'))
        conformer = Chem.Conformer(5)
        for i, atom in enumerate(sorted(atoms, key=lambda a: a.name != 'S')):
            conformer.SetAtomPosition(i, (atom.pos.x + shift, atom.pos.y, atom.pos.z))
        conformer.Set3D(True)
        mol.AddConformer(conformer)
        path = self.folder / f'moved_{shift}.sdf'
        path.write_text(Chem.MolToMolBlock(mol) + '$$$$\n')
        return path

    def test_placed_ligand_scores_as_the_one_of_the_structure(self) -> None:
        """And one beside the density lacks it, with its atoms named."""
        content = self.profile(structure_path('1ajj.pdb'), f'--density={self.map}', f'--ligand={self.sulphate(0.0)}')
        own, placed = (content['ligands'][number]['EDIAm'] for number in '12')
        self.assertGreater(own, 0.5)
        self.assertAlmostEqual(own, placed, delta=0.05)
        self.assertIn('residueEDIAm', content['active_sites']['1'])
        content = self.profile(structure_path('1ajj.pdb'), f'--density={self.map}', f'--ligand={self.sulphate(2.5)}')
        self.assertLess(content['ligands']['2']['EDIAm'], 0.3)
        self.assertIs(content['ligands']['2']['EDIAmTest'], False)
        self.assertTrue(content['offenders']['ligands']['2']['EDIAmTest'])

    def test_map_that_is_none_is_refused(self) -> None:
        """Before anything is written."""
        path = self.folder / 'none.ccp4'
        path.write_bytes(b'x' * 2000)
        self.assertTrue(self.refused(structure_path('1ajj.pdb'), f'--density={path}').startswith('map.'))
