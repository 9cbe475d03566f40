"""Tests of the protein that the preprocessor leaves, and of ligands that the user brings along."""

import gzip
import unittest
from typing import Any

import gemmi
from rdkit import Chem

from engines.preprocessor.cli import command
from engines.preprocessor.test.output import preprocess, processed
from engines.structure.reading import read_structure
from engines.structure.test.reading_tests import hybrid36
from engines.test.utils import Workspace, dictionary_path, run_command, structure_path, structure_text


class ProteinTests(unittest.TestCase):
    """The protein without its ligands."""

    def test_nothing_names_the_ligands(self) -> None:
        """No atoms, HET, HETNAM, FORMUL, SITE, LINK, CONECT or remark."""
        for name, codes in (
            ('1afs.pdb', ('NAP', 'TES')),
            ('4laz.pdb', ('NAP', '1WW')),
            ('1pwc.pdb', ('PNM',)),
            ('3hsy.pdb', ('NAG', 'SO4', 'BMA')),
        ):
            output = processed(name)
            for line in [*output.text('.pdb').splitlines(), *output.text('.cif').splitlines()]:
                if not line.startswith(('TITLE', 'KEYWDS', '_struct', 'REMARK   1')):
                    self.assertTrue(set(codes).isdisjoint(line.split()), line)
            self.assertNotIn('CONECT', output.text('.pdb'))

    def test_every_other_atom_is_kept_exactly(self) -> None:
        """Chain, number, insertion code, altloc, occupancy, B factor and coordinates, in both formats."""
        for name in ('1afs.pdb', '4x21.cif', '1pwc.pdb', '4zhl.cif', '3jqh.cif', '5pti.cif', '1lcd.pdb', '4e43.pdb'):
            output = processed(name)
            ligands = {tuple(ligand.split('_')) for ligand in output.ligands}
            expected = [
                row for row in self.rows(read_structure(structure_path(name)).structure) if row[1:4] not in ligands
            ]
            for text in (output.text('.cif'), output.text('.pdb')):
                workspace = Workspace()
                written = read_structure(workspace.write('x', text)).structure
                workspace.close()
                with self.subTest(name, format=text[:5]):
                    self.assertEqual(sorted(self.rows(written)), sorted(expected))

    def rows(self, structure: gemmi.Structure) -> list[tuple[Any, ...]]:
        """
        All atoms as plain values.

        :param structure: a structure
        :returns: one tuple an atom
        """
        return [
            (
                number, cra.residue.name, cra.chain.name, str(cra.residue.seqid), cra.atom.name, cra.atom.altloc,
                round(cra.atom.occ, 2), round(cra.atom.b_iso, 2), *(round(x, 3) for x in cra.atom.pos.tolist()),
            )
            for number, model in enumerate(structure)
            for cra in model.all()
        ]  # fmt: skip

    def test_serials_of_a_pdb_file_are_kept(self) -> None:
        """Later tools name atoms by them."""
        source = {line[6:27] for line in structure_text('1afs.pdb').splitlines() if line.startswith('ATOM')}
        written = {line[6:27] for line in processed('1afs.pdb').text('.pdb').splitlines() if line.startswith('ATOM')}
        self.assertEqual(written, source)

    def test_crystal_and_quality_are_kept(self) -> None:
        """Cell, space group, resolution, R values, disulphides, secondary structure."""
        for name, resolution, group in (('1afs.pdb', 2.5, 'P 21 21 2'), ('4x21.cif', 1.95, 'P 21 21 2')):
            protein, source = processed(name).protein(), read_structure(structure_path(name)).structure
            self.assertEqual(protein.cell.parameters, source.cell.parameters)
            self.assertEqual((protein.spacegroup_hm, protein.resolution), (group, resolution))
            self.assertEqual(len(protein.helices), len(source.helices))
            self.assertGreater(len(protein.helices), 0)
        text = processed('4e43.pdb').text('.pdb')
        self.assertIn('REMARK   2 RESOLUTION.    1.54 ANGSTROMS.', text)
        self.assertIn('FREE R VALUE', text)
        from_mmcif = gemmi.read_pdb_string(processed('4x21.cif').text('.pdb'))
        (refinement,) = from_mmcif.meta.refinement
        self.assertEqual((from_mmcif.resolution, refinement.r_work, refinement.r_free), (1.95, 0.1998, 0.2235))
        self.assertIn('SSBOND', processed('1crn.pdb').text('.pdb'))
        self.assertIn('SEQRES', processed('1crn.pdb').text('.pdb'))

    def test_links_between_what_stays_are_kept(self) -> None:
        """Calcium of 1AJJ, modified cysteines of 1HVR; the glycans of 3HSY take their links with them."""
        for name, links, modified, disulphides in (
            ('1ajj.pdb', 6, 0, 3),
            ('1hvr.pdb', 4, 2, 0),
            ('3hsy.pdb', 0, 3, 2),
            ('1pwc.pdb', 0, 0, 1),
        ):
            lines = [line[:6] for line in processed(name).text('.pdb').splitlines()]
            found = tuple(lines.count(record) for record in ('LINK  ', 'MODRES', 'SSBOND'))
            with self.subTest(name):
                self.assertEqual(found, (links, modified, disulphides))
                connections = processed(name).protein().connections
                self.assertEqual(len(connections), links + disulphides)

    def test_all_models_are_kept(self) -> None:
        """1LCD has three, and the user is told."""
        self.assertEqual(processed('1lcd.pdb').text('.pdb').count('ENDMDL'), 3)
        self.assertIn('3 models', processed('1lcd.pdb').noted('structure.models')[''])
        self.assertIn('B, C', processed('1lcd.pdb').noted('structure.nucleic_acid')[''])

    def test_microheterogeneity_altlocs_and_insertion_codes_are_noted(self) -> None:
        """3JQH and 4ZHL."""
        self.assertIn('PRO/SER at A 1', processed('3jqh.cif').noted('structure.microheterogeneity')[''])
        self.assertIn('GLN_A_11', processed('3jqh.cif').noted('structure.altlocs')[''])
        self.assertIn('ARG_U_37A', processed('4zhl.cif').noted('structure.insertion_codes')[''])

    def test_gaps_of_the_model_are_noted(self) -> None:
        """4X21: 31 residues a chain and many side chains."""
        notes = processed('4x21.cif')
        self.assertIn('62 residues', notes.noted('structure.missing_residues')[''])
        self.assertIn('19 between', notes.noted('structure.missing_residues')[''])
        self.assertIn('GLU_A_52 (CD, CG, OE1, OE2)', notes.noted('structure.missing_atoms')[''])
        self.assertEqual(processed('1ubi.pdb').noted('structure.missing_atoms'), {})

    def test_structure_beyond_the_pdb_format_is_written_as_mmcif_only(self) -> None:
        """A synthetic structure of 100,000 atoms in hybrid-36."""
        workspace = Workspace()
        self.addCleanup(workspace.close)
        rows = (
            f'ATOM  {hybrid36(n, 5)}  CA  GLY {"ABCDEFGHIJK"[n // 9999]}{n % 9999 + 1:4d}    '
            f'{n % 1000:8.3f}{n // 1000 * 4:8.3f}{0:8.3f}  1.00  0.00           C\n'
            for n in range(100_001)
        )
        output = preprocess(workspace.write('big.pdb', ''.join(rows)))
        self.assertEqual(sorted(output.files), ['big.cif', 'notes.json'])
        self.assertIn('99,999 atoms', output.noted('structure.no_pdb')[''])
        self.assertIn('structure.hybrid36', {note['code'] for note in output.notes})

    def test_equal_input_gives_equal_bytes(self) -> None:
        """Results are cached by content."""
        for name in ('1afs.pdb', '1gbt.cif'):
            self.assertEqual(preprocess(structure_path(name)).files, processed(name).files)

    def test_notes_are_sentences(self) -> None:
        """Code, subject, message, for all test files used here."""
        for name in ('1gbt.cif', '3hsy.pdb', '1pfe.cif', '4e43.pdb', '7nwd.pdb', '1hpv.pdb'):
            for note in processed(name).notes:
                self.assertEqual(list(note), ['code', 'subject', 'message'])
                self.assertRegex(note['code'], r'^(structure|polymer|ligand)\.[a-z0-9_]+$')
                self.assertRegex(note['message'], r'^\S.*\.$')


class CustomLigandTests(unittest.TestCase):
    """Ligands that the user brings along."""

    def setUp(self) -> None:
        """Make a directory."""
        self.workspace = Workspace()
        self.addCleanup(self.workspace.close)
        self.record = processed('1afs.pdb').files['TES_A_325.sdf']

    def test_one_record_replaces_all_ligands(self) -> None:
        """Those of the structure are taken out all the same."""
        path = self.workspace.write('own.sdf', self.record.replace('TES_A_325', 'my ligand/1', 1))
        output = preprocess(structure_path('1afs.pdb'), '--ligand', str(path))
        self.assertEqual(output.ligands, ['my_ligand_1'])
        self.assertEqual(output.files['my_ligand_1.sdf'].split('\n')[0], 'my_ligand_1')
        self.assertEqual(output.text('.pdb'), processed('1afs.pdb').text('.pdb'))
        self.assertIn('NAP_A_324', output.noted('ligand.from_file')[''])

    def test_two_records_are_two_ligands(self) -> None:
        """Equal titles get different names; the records are kept; packed files are read."""
        path = self.workspace.write('own.sdf.gz', gzip.compress((self.record * 2).encode()))
        output = preprocess(structure_path('1afs.pdb'), '--ligand', str(path))
        self.assertEqual(output.ligands, ['TES_A_325', 'TES_A_325_2'])
        self.assertEqual(output.files['TES_A_325.sdf'], self.record)
        self.assertEqual(output.files['TES_A_325_2.sdf'], self.record.replace('TES_A_325', 'TES_A_325_2', 1))

    def test_record_without_title(self) -> None:
        """It is called by its number."""
        path = self.workspace.write('own.sdf', self.record.replace('TES_A_325', '', 1))
        self.assertEqual(preprocess(structure_path('1crn.pdb'), '--ligand', str(path)).ligands, ['ligand_1'])

    def test_real_file_with_two_poses(self) -> None:
        """RQ3 of 1G9V."""
        path = structure_path('1g9v_RQ3_ligands.sdf')
        self.assertEqual(len(preprocess(structure_path('1crn.pdb'), '--ligand', str(path)).ligands), 2)

    def test_files_that_are_no_ligands_are_refused(self) -> None:
        """With a code, a sentence, and nothing written."""
        flat = Chem.MolToMolBlock(Chem.MolFromSmiles('CCO'))
        broken = self.record.replace(' 0999 V2000', ' 0999 V9000')
        for content, code in (
            ('', 'ligand.empty'), ('\n\n\n', 'ligand.empty'), ('hello', 'ligand.unreadable'), (flat, 'ligand.no_3d'),
            (broken, 'ligand.unreadable'), (self.record + flat, 'ligand.no_3d'),
            (b'\xff\xfe\x00', 'structure.not_text'),
            (self.record * 1001, 'ligand.too_many'), ('x' * 10**6, 'ligand.unreadable'),
        ):  # fmt: skip
            with self.subTest(code, length=len(content)):
                path = self.workspace.write('own.sdf', content)
                out = self.workspace.path / 'out'
                given = ['--protein', str(structure_path('1crn.pdb')), '--outdir', str(out), '--ligand', str(path)]
                result = run_command(command, [*given, '--ccd', str(dictionary_path())])
                self.assertEqual((result.code, result.error.get('code')), (65, code))
                self.assertFalse(out.exists())
