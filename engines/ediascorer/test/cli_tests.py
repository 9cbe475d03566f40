"""The command line: what it writes, and what it refuses."""

import csv
import json
import unittest
from pathlib import Path
from typing import Any

import gemmi
import numpy as np
from rdkit import Chem

from engines.ediascorer.cli import command
from engines.ediascorer.output import ids
from engines.ediascorer.test.samples import Header, Spot, ccp4, model, noise, structure, water
from engines.structure.sdf import sdf_record
from engines.test.utils import CommandResult, Workspace, dictionary_path, run_command, structure_path

_ATOM_FIELDS = 11
_MAP = structure_path('5wkd_2fofc.ccp4')


class EdiaTestCase(unittest.TestCase):
    """Runs the engine in a folder of its own."""

    def setUp(self) -> None:
        """Make the folder."""
        self.workspace = Workspace()
        self.addCleanup(self.workspace.close)
        self.folder = self.workspace.path / 'out'

    def run_engine(self, target: Path, density: Path = _MAP, *arguments: str) -> CommandResult:
        """
        :param target: structure file
        :param density: density file
        :param arguments: further ones
        :returns: what the engine did
        """
        given = [f'--target={target}', f'--densitymap={density}', f'--outputfolder={self.folder}']
        return run_command(command, [*given, f'--ccd={dictionary_path()}', f'--notes={self.folder}/n.json', *arguments])

    def score(self, target: Path, density: Path = _MAP, *arguments: str) -> None:
        """
        :param target: structure file
        :param density: density file
        :param arguments: further ones
        :raises AssertionError: if the engine fails
        """
        result = self.run_engine(target, density, *arguments)
        self.assertEqual(result.code, 0, result.stderr)

    def table(self, name: str) -> list[dict[str, str]]:
        """
        :param name: end of the name of a table
        :returns: its rows
        """
        (file,) = self.folder.glob(f'*{name}.csv')
        return list(csv.DictReader(file.read_text().splitlines()))

    def notes(self) -> dict[str, str]:
        """:returns: the notes of the last run, messages by code"""
        found: list[dict[str, Any]] = json.loads((self.folder / 'n.json').read_text())
        return {note['code']: note['message'] for note in found}

    def structure_file(self, target: gemmi.Structure, name: str = 'x.cif') -> Path:
        """
        :param target: a structure
        :param name: of the file
        :returns: the file
        """
        text = target.make_mmcif_document().as_string() if name.endswith('.cif') else target.make_pdb_string()
        return self.workspace.write(name, text)


class OutputTests(EdiaTestCase):
    """Tables and structure."""

    def test_tables_and_structure_tell_the_same(self) -> None:
        """Serials of the file in all of them; the structure has atom records only, with the scores as B factors."""
        self.score(structure_path('5wkd.pdb'))
        atoms, residues = self.table('atomscores'), self.table('structurescores')
        self.assertEqual((len(atoms), len(residues), {len(row) for row in atoms}), (50, 7, {_ATOM_FIELDS}))
        self.assertEqual({row['Structure specifier'] for row in atoms}, {'r', 'w'})
        self.assertEqual({row['Element'] for row in atoms}, {'Carbon', 'Nitrogen', 'Oxygen'})
        lines = (self.folder / '5wkd.pdb').read_text().splitlines()
        self.assertEqual({line[:6].strip() for line in lines}, {'CRYST1', 'ATOM', 'HETATM', 'END'})
        scored = [line for line in lines if line[:6] in ('ATOM  ', 'HETATM')]
        for line, row in zip(scored, atoms, strict=True):
            self.assertEqual(line[6:11].strip(), row['Infile id'])
            self.assertEqual((line[12:16].strip(), line[17:20], line[21]),
                             (row['Atom name'], row['Substructure name'], row['Chain']))  # fmt: skip
            self.assertAlmostEqual(float(line[60:66]), float(row['EDIA']), delta=0.0051)
        first = next(row for row in residues if row['ID'] == '301')
        own = [float(row['EDIA']) for row in atoms if row['Substructure id'] == '301']
        self.assertEqual((float(first['Min EDIA']), float(first['Max EDIA'])), (min(own), max(own)))
        self.assertEqual((first['Name'], first['Chain'], first['Atoms']), ('ASN', 'A', '8'))
        self.assertGreater(float(first['RSCC']), 0.9)
        twin = gemmi.read_structure(str(self.folder / '5wkd.cif'))
        factors = [cra.atom.b_iso for cra in twin[0].all()]
        np.testing.assert_allclose(factors, [float(line[60:66]) for line in scored], atol=0.0051)

    def test_regions_are_around_what_is_worst_supported(self) -> None:
        """In units of sigma, so that a page can draw them at one level; the names are keys of the scores."""
        self.score(structure_path('5wkd.pdb'), _MAP, f'--regions={self.folder}/regions')
        names = json.loads((self.folder / 'regions' / 'regions.json').read_text())
        worst = min(self.table('structurescores'), key=lambda row: float(row['EDIAm']))
        self.assertEqual(names, ['{Name}_{Chain}_{ID}'.format(**worst)])
        content_ = gemmi.read_ccp4_map(str(self.folder / 'regions' / '1.ccp4'))
        content_.setup(0.0)
        place = structure('5wkd.pdb')[0]['A'][worst['ID']][0]['CA'][0].pos
        self.assertGreater(content_.grid.interpolate_value(place), 1.5)

    def test_map_computed_of_reflections_is_written(self) -> None:
        """It can be had nowhere else; a map that was given is not written again."""
        self.score(structure_path('5wkd.pdb'), structure_path('5wkd-sf.cif'))
        self.assertTrue((self.folder / 'density.ccp4').is_file())

    def test_residues_of_one_number_are_told_apart(self) -> None:
        """Microheterogeneity by its names, insertion codes by their letters, all others by a running number."""
        spots = [water(5, 3), water(6, 6), water(5, 9)]
        target = model([*spots, water(7, 3, 3)._replace(residue='GLY'), water(7, 3, 3.2)._replace(residue='SER')], 20.0)
        target[0]['A'][1].seqid = gemmi.SeqId(5, 'A')
        self.assertEqual(ids(target), ['5', '5A', '5_2', '7', '7'])
        density = self.workspace.write('m', ccp4(noise(20, 20, 20), target.cell))
        target[0]['A'][3][0].altloc, target[0]['A'][4][0].altloc = 'A', 'B'
        self.score(self.structure_file(target, 'x.pdb'), density)
        rows = [(row['Substructure name'], row['Substructure id']) for row in self.table('atomscores')]
        self.assertLessEqual({('HOH', '5'), ('HOH', '5A'), ('GLY', '7'), ('SER', '7')}, set(rows))
        self.assertEqual(len({row['Infile id'] for row in self.table('atomscores')}), 5)

    def test_atoms_outside_the_map_have_no_score(self) -> None:
        """An empty cell, a B factor that no score has, and a note; hydrogens show the score of their atom."""
        spots = [water(1, 3), water(2, 12), water(1, 3)._replace(name='H1', element='H', place=(3.5, 10, 10.8))]
        target = model([spots[0], spots[2], spots[1]], 16.0)
        values = np.zeros((32, 32, 32), np.float32)
        values[6, 20, 20] = 9
        density = self.workspace.write('m', ccp4(values[:20], target.cell, Header(sampling=(32, 32, 32))))
        self.score(self.structure_file(target, 'x.pdb'), density)
        self.assertEqual([row['EDIA'] == '' for row in self.table('atomscores')], [False, True])
        factors = [float(line[60:66]) for line in (self.folder / 'x.pdb').read_text().splitlines() if 'HOH' in line]
        self.assertEqual((factors[0], factors[2]), (factors[1], -1.0))
        self.assertIn('1 atom of 2', self.notes()['map.outside'])

    def test_map_of_microscopy_is_a_box(self) -> None:
        """The density of the model is calculated in the box, too, wherever that is."""
        places = [(4.0, 8.0, 8.0), (8.0, 7.0, 8.0), (12.0, 9.0, 8.0)]
        axis = np.arange(32) / 2
        grid = np.stack(np.meshgrid(axis, axis, axis, indexing='ij'), -1)
        values = sum(np.exp(-((grid - place) ** 2).sum(-1) / 0.6) for place in places)
        target = model([water(number, *(x + 50 for x in place)) for number, place in enumerate(places, 1)])
        cell, header = gemmi.UnitCell(16, 16, 16, 90, 90, 90), Header(origin=(50.0, 50.0, 50.0))
        density = self.workspace.write('m', ccp4(np.array(values, np.float32), cell, header))
        result = self.run_engine(self.structure_file(target), density, '--resolution=1.5')
        self.assertGreater(json.loads(result.stdout)['rscc'], 0.9)
        self.assertEqual(list(self.notes()), ['map.box'])
        self.assertEqual(len([row for row in self.table('atomscores') if row['EDIA']]), 3)

    def test_structure_beyond_the_old_format_is_mmcif_only(self) -> None:
        """With all of its scores."""
        target = structure('5wkd.pdb')
        target[0]['A'].name = 'LONG'
        self.score(self.structure_file(target))
        self.assertEqual([file.name for file in self.folder.glob('x.*')], ['x.cif'])
        self.assertIn('structure.no_pdb', self.notes())
        self.assertEqual({row['Chain'] for row in self.table('atomscores')}, {'LONG'})


class LigandTests(EdiaTestCase):
    """Molecules of a file."""

    def records(self, *titles: str, shift: float = 0.0, order: tuple[int, ...] = (0, 1, 2, 3, 4, 5)) -> str:
        """
        Glycerol beside the peptide.

        :param titles: of the records
        :param order: of the atoms, which begin with the oxygen of an end
        :param shift: from one record to the next, Angstrom
        :returns: SDF
        """
        places = [(5.9, 1.6, 5.0), (6.4, 2.9, 5.2), (7.8, 3.0, 4.6), (8.5, 1.9, 5.1), (8.4, 4.3, 5.0), (9.7, 4.3, 4.6)]
        mol = Chem.MolFromSmiles('OCC(O)CO')
        text = ''
        for number, title in enumerate(titles):
            conformer = Chem.Conformer(6)
            for index, (x, y, z) in enumerate(places):
                conformer.SetAtomPosition(index, (x, y, z + number * shift))
            mol.RemoveAllConformers()
            mol.AddConformer(conformer)
            text += sdf_record(Chem.RenumberAtoms(mol, order), title)
        return text

    def test_molecules_are_scored_beside_the_structure(self) -> None:
        """Named after their titles and the dictionary; poses that overlap are alternatives and do not clash."""
        alone = self.workspace.write('alone.sdf', self.records('GOL_A_500'))
        self.score(structure_path('5wkd.pdb'), _MAP, f'--ligand={alone}')
        first = [row['EDIA fault analysis'] for row in self.table('atomscores')[-6:]]
        file = self.workspace.write('l.sdf', self.records('GOL_A_500', 'GOL_A_500', 'pose', shift=0.5))
        self.score(structure_path('5wkd.pdb'), _MAP, f'--ligand={file}')
        rows = [row for row in self.table('atomscores') if row['Structure specifier'] == 'm']
        self.assertEqual(len(rows), 18)
        wanted = [str(cra.atom.serial) for cra in structure('5wkd.pdb')[0].all()]
        self.assertEqual([row['Infile id'] for row in self.table('atomscores')][: len(wanted)], wanted)
        names = {row['Atom name'] for row in rows if row['Substructure id'] == '500'}
        self.assertEqual(names, {'C1', 'C2', 'C3', 'O1', 'O2', 'O3'})
        keys = ['{Name}_{Chain}_{ID}'.format(**row) for row in self.table('structurescores')][-3:]
        self.assertEqual(keys, ['GOL_A_500', 'GOL_A_501', 'LIG__1'])
        self.assertEqual([row['EDIA fault analysis'] for row in rows[:6]], first)
        self.assertIn('GOL_A_501', self.notes()['ligand.from_file'])
        text = (self.folder / '5wkd.pdb').read_text()
        self.assertEqual(sum('GOL' in line for line in text.splitlines()), 12)
        self.assertTrue(all(line.startswith('HETATM') for line in text.splitlines() if 'GOL' in line))

    def test_atoms_in_the_order_of_the_dictionary_keep_their_names(self) -> None:
        """Both ends of glycerol are alike; the file of the preprocessor tells them apart by its order."""
        file = self.workspace.write('l.sdf', self.records('GOL_A_500', order=(1, 0, 2, 3, 4, 5)))
        self.score(structure_path('5wkd.pdb'), _MAP, f'--ligand={file}')
        lines = [line for line in (self.folder / '5wkd.pdb').read_text().splitlines() if 'GOL' in line]
        self.assertEqual([line[12:16].strip() for line in lines], ['C1', 'O1', 'C2', 'O2', 'C3', 'O3'])
        self.assertEqual(lines[1][30:38].strip(), '5.900')

    def test_molecule_that_is_there_already_is_not_scored_twice(self) -> None:
        """As when the ligands of a stored structure come with the structure that has them."""
        file = self.workspace.write('l.sdf', self.records('GOL_A_500', 'GOL_A_500'))
        self.score(structure_path('5wkd.pdb'), _MAP, f'--ligand={file}')
        self.assertEqual(len(self.table('atomscores')), 56)
        self.assertIn('GOL_A_500', self.notes()['ligand.known'])


class RefusalTests(EdiaTestCase):
    """What cannot be scored."""

    def refused(self, *arguments: str, target: Path | None = None, density: Path = _MAP) -> str:
        """
        :param arguments: further ones
        :param target: structure file
        :param density: density file
        :returns: code of the error
        """
        result = self.run_engine(target or structure_path('5wkd.pdb'), density, *arguments)
        self.assertEqual(result.code, 65, result.stderr)
        self.assertFalse(self.folder.exists())
        return result.error['code']

    def test_input_that_cannot_be_used_writes_nothing(self) -> None:
        """Each has its own code."""
        self.assertEqual(self.refused('--resolution=0.1'), 'edia.resolution')
        self.assertEqual(self.refused('--resolution=nan'), 'edia.resolution')
        self.assertEqual(self.refused(density=structure_path('5e5z_2fofc.ccp4')), 'map.wrong')
        self.assertEqual(self.refused(density=self.workspace.write('x', b'x')), 'map.unreadable')
        self.assertEqual(self.refused(target=self.workspace.write('x', b'x')), 'structure.no_atoms')
        self.assertEqual(self.refused(f'--ligand={self.workspace.write("l", b"")}'), 'ligand.empty')
        hydrogen = model([water(1, 3)._replace(name='H', element='H')])
        self.assertEqual(self.refused(target=self.structure_file(hydrogen, 'h.pdb')), 'structure.no_atoms')

    def test_map_of_another_place_is_told(self) -> None:
        """The cell is right, the density is not."""
        density = self.workspace.write('m', ccp4(noise(90, 8, 30), structure('5wkd.pdb').cell))
        self.score(structure_path('5wkd.pdb'), density)
        self.assertIn('map.unrelated', self.notes())

    def test_heavy_atom_that_outshines_its_sphere_is_told(self) -> None:
        """Its low score says nothing against it."""
        target = model([water(1, 5.0), Spot('IOD', 2, 'I', 'I', (14.0, 10.0, 10.0))], cell=20)
        calculator = gemmi.DensityCalculatorX()
        calculator.d_min = 1.5
        calculator.set_grid_cell_and_spacegroup(target)
        calculator.put_model_density_on_grid(target[0])
        density = self.workspace.write('m', ccp4(np.array(calculator.grid), target.cell))
        target.write_pdb(str(self.workspace.path / 't.pdb'))
        self.score(self.workspace.path / 't.pdb', density)
        self.assertIn('I of IOD_A_2:', self.notes()['edia.heavy_atom'])

    def test_resolution_beyond_the_radii_is_told(self) -> None:
        """Scores are given all the same."""
        self.score(structure_path('5wkd.pdb'), _MAP, '--resolution=3.4')
        self.assertIn('3.4 Å', self.notes()['map.low_resolution'])

    def test_first_of_several_models_is_scored(self) -> None:
        """And that is told."""
        target = structure('5wkd.pdb')
        second = target[0].clone()
        second.num = 2
        target.add_model(second)
        self.score(self.structure_file(target))
        self.assertEqual(len(self.table('atomscores')), 50)
        self.assertIn('structure.first_model', self.notes())

    def test_wrong_usage_and_version(self) -> None:
        """As of all engines."""
        self.assertEqual(run_command(command, []).code, 64)
        self.assertEqual(run_command(command, ['--target=x']).code, 64)
        self.assertIn('ediascorer', run_command(command, ['--version']).stdout)
