"""Tests of the ligands that the preprocessor finds in real structures, through its command line."""

import unittest
from xml.etree import ElementTree

import gemmi
from rdkit import Chem

from engines.preprocessor.cli import command
from engines.preprocessor.reference import canonical
from engines.preprocessor.test.output import preprocess, processed
from engines.test.utils import Workspace, dictionary_path, run_command, structure_text


def bare_pdb(text: str) -> str:
    """
    The atom lines of a structure.

    :param text: PDB or mmCIF
    :returns: PDB of its atom lines alone
    """
    structure = gemmi.read_structure_string(text)
    lines = structure.make_pdb_string().splitlines(keepends=True)
    return ''.join(line for line in lines if line.startswith(('ATOM', 'HETATM')))


def bare_mmcif(text: str) -> str:
    """
    The columns of ``_atom_site`` that no program leaves out.

    :param text: PDB or mmCIF
    :returns: mmCIF of one category
    """
    block = gemmi.read_structure_string(text).make_mmcif_document().sole_block()
    columns = [
        'group_PDB', 'id', 'type_symbol', 'label_atom_id', 'label_alt_id', 'label_comp_id', 'label_asym_id', 'Cartn_x',
        'Cartn_y', 'Cartn_z', 'occupancy', 'B_iso_or_equiv', 'auth_seq_id', 'auth_asym_id', 'pdbx_PDB_ins_code',
    ]  # fmt: skip
    document = gemmi.cif.Document()
    loop = document.add_new_block('bare').init_loop('_atom_site.', columns)
    for row in block.find('_atom_site.', columns):
        loop.add_row(list(row))
    return document.as_string()


class LigandDetectionTests(unittest.TestCase):
    """Which residues become ligands, and what they are called."""

    def test_ligands_of_real_entries(self) -> None:
        """Names are HET, chain, number, in the order of the file; metals, waters and polymers are none."""
        for name, ligands in (
            ('1afs.pdb', ['NAP_A_324', 'TES_A_325', 'NAP_B_324', 'TES_B_325']),
            ('4x21.cif', ['3WH_A_501', '3WH_B_501']),
            ('1hvr.pdb', ['XK2_A_263']),
            ('1hpv.pdb', ['478__200']),
            ('4laz.pdb', ['NAP_A_401', '1WW_A_402']),
            ('1ake.cif', ['AP5_A_215', 'AP5_B_215']),
            ('4hhb.pdb', ['HEM_A_142', 'PO4_B_147', 'HEM_B_148', 'HEM_C_142', 'PO4_D_147', 'HEM_D_148']),
            ('1ajj.pdb', ['SO4_A_72']),
            ('1crn.pdb', []), ('1ubi.pdb', []), ('1a8o.cif', []), ('7nwd.pdb', []), ('1lcd.pdb', []), ('3jqh.cif', []),
        ):  # fmt: skip
            with self.subTest(name):
                output = processed(name)
                self.assertEqual(output.ligands, ligands)
                self.assertEqual(sorted(f'{n}.sdf' for n in ligands), [f for f in output.files if f.endswith('.sdf')])
                self.assertEqual(sorted(f'{n}.svg' for n in ligands), [f for f in output.files if f.endswith('.svg')])

    def test_additives_are_ligands_and_marked(self) -> None:
        """4E43: DMSO, acetate, glycerol and mercaptoethanol around a peptide."""
        output = processed('4e43.pdb')
        self.assertEqual(len(output.ligands), 16)
        self.assertEqual(set(output.noted('ligand.additive')), set(output.ligands))
        self.assertIn('cryoprotectant', output.noted('ligand.additive')['GOL_A_104'])
        self.assertIn('reducing agent', output.noted('ligand.additive')['BME_B_103'])

    def test_peptide_chain_of_its_own_stays_with_the_protein(self) -> None:
        """4E43 chain C."""
        output = processed('4e43.pdb')
        self.assertIn('6 residues', output.noted('polymer.peptide_chain')['C'])
        self.assertIn('C', {chain.name for chain in output.protein()[0]})

    def test_modified_residues_stay_in_the_polymer(self) -> None:
        """Selenomethionine as HETATM; a nucleotide with a pyrene at the end of a DNA chain."""
        self.assertIn('MET', processed('1a8o.cif').noted('polymer.modified_residue')['MSE'])
        self.assertIn('MSE_A_151', processed('1a8o.cif').noted('polymer.modified_residue')['MSE'])
        self.assertIn('UTB_A_1', processed('7nwd.pdb').noted('polymer.modified_residue')['UTB'])

    def test_metals_ions_and_waters_stay(self) -> None:
        """Calcium of 1AJJ, chloride of 4X21."""
        for name, kept in (('1ajj.pdb', {'CA': 1, 'HOH': 30}), ('4x21.cif', {'CL': 2, 'HOH': 342})):
            residues = [residue.name for chain in processed(name).protein()[0] for residue in chain]
            self.assertEqual({code: residues.count(code) for code in kept}, kept)
            message = processed(name).noted('structure.waters_and_metals')['']
            self.assertIn(f'{kept["HOH"]} waters', message)

    def test_peptide_like_ligand_is_one_molecule_of_one_conformer(self) -> None:
        """Echinomycin of 1PFE: ten residues, two quinoxalines, one thioacetal bridge, in two orientations."""
        output = processed('1pfe.cif')
        self.assertEqual(output.ligands, ['DSN_B_1'])
        self.assertIn('10 bonded residues', output.noted('ligand.multi_residue')['DSN_B_1'])
        self.assertIn('ligand.peptide_like', {note['code'] for note in output.notes})
        mol = output.mol('DSN_B_1')
        self.assertEqual(len(Chem.GetMolFrags(mol)), 1)
        self.assertTrue(mol.HasSubstructMatch(Chem.MolFromSmarts('[CX4][SX2][CX4]')))
        self.assertEqual(len(mol.GetSubstructMatches(Chem.MolFromSmarts('c1ccc2nccnc2c1'))), 2)

    def test_covalent_ligands_are_noted_with_bond_and_residue(self) -> None:
        """Acyl enzymes of 1GBT and 1PWC; leaving atoms of the component are not missing."""
        for name, ligand, words in (
            ('1gbt.cif', 'GBS_A_704', ('SER_A_195', 'OG', 'CD', '1.24')),
            ('1pwc.pdb', 'PNM_A_400', ('SER_A_62', 'OG', 'C7')),
        ):  # fmt: skip
            output = processed(name)
            for word in words:
                self.assertIn(word, output.noted('ligand.covalent')[ligand])
            self.assertNotIn(ligand, output.noted('ligand.missing_atoms'))
        self.assertIn('GBS_A_704', processed('1gbt.cif').noted('ligand.renamed_atoms'))

    def test_covalent_bond_without_a_record_is_found_by_distance(self) -> None:
        """1PWC without its LINK records."""
        workspace = Workspace()
        self.addCleanup(workspace.close)
        lines = structure_text('1pwc.pdb').splitlines(keepends=True)
        path = workspace.write('bare.pdb', ''.join(line for line in lines if not line.startswith(('LINK', 'CONECT'))))
        self.assertIn('found by distance', preprocess(path).noted('ligand.covalent')['PNM_A_400'])

    def test_overlap_is_no_covalent_bond(self) -> None:
        """In 1AKE a conformer of AP5 and one of Arg167 stand in each other's way."""
        self.assertEqual(processed('1ake.cif').noted('ligand.covalent'), {})

    def test_glycans(self) -> None:
        """Single sugars and a chain of three on asparagine; the chain is one molecule."""
        output = processed('3hsy.pdb')
        self.assertIn('3 sugar residues', output.noted('ligand.glycan')['NAG_C_1'])
        self.assertIn('ASN_A_349', output.noted('ligand.covalent')['NAG_C_1'])
        self.assertIn('NAG_C_1, NAG_C_2, BMA_C_3', output.noted('ligand.multi_residue')['NAG_C_1'])
        mol = output.mol('NAG_C_1')
        self.assertEqual(len(Chem.GetMolFrags(mol)), 1)
        self.assertEqual(len(processed('3o21.cif').noted('ligand.glycan')), 9)

    def test_missing_ligand_atoms_are_named(self) -> None:
        """1WZE lacks the adenosine of NAD."""
        output = processed('1wze_A.pdb')
        self.assertIn('C1B', output.noted('ligand.missing_atoms')['NAD_A_1334'])
        self.assertEqual(output.noted('ligand.covalent'), {})

    def test_models_of_another_stereoisomer_are_noted(self) -> None:
        """Malate of 2DFD against the D-malate it is named, cis fumarate of 1UXH, flat rings of 1XIV."""
        self.assertIn('C2', processed('2dfd_A.pdb').noted('ligand.stereo_differs')['MLT_A_3104'])
        self.assertIn('C3=C2', processed('1uxh_A.pdb').noted('ligand.stereo_differs')['FMR_A_1311'])
        self.assertIn('C13', processed('1xiv_A.pdb').noted('ligand.stereo_uncertain')['RB2_A_500'])
        for output in (processed('1afs.pdb'), processed('4laz.pdb')):
            self.assertEqual(output.noted('ligand.stereo_differs'), {})

    def test_conformer_of_the_ligand_is_noted(self) -> None:
        """AP5 of 1AKE."""
        self.assertIn('conformer A', processed('1ake.cif').noted('ligand.altlocs')['AP5_A_215'])

    def test_ligand_unknown_to_the_dictionary_is_perceived_and_marked(self) -> None:
        """Users call their compounds LIG or UNL; ATOM records or HETATM, before TER or after."""
        workspace = Workspace()
        self.addCleanup(workspace.close)
        text = structure_text('1hvr.pdb').replace('XK2 A', 'Q_X A').replace('CSO', 'CYS')
        path = workspace.write('own.pdb', text)
        output = preprocess(path)
        self.assertIn('perceived', output.noted('ligand.not_in_ccd')['Q_X_A_263'])
        expected = Chem.MolToSmiles(processed('1hvr.pdb').mol('XK2_A_263'))
        self.assertEqual(Chem.MolToSmiles(output.mol('Q_X_A_263')), expected)

    def test_ligand_inside_a_chain_is_no_polymer(self) -> None:
        """Modelling programs write one TER at the end of everything."""
        workspace = Workspace()
        self.addCleanup(workspace.close)
        lines = structure_text('1afs.pdb').splitlines(keepends=True)
        atoms = [
            line for line in lines if line.startswith(('ATOM', 'HETATM')) and line[21] == 'A' and line[17:20] != 'HOH'
        ]
        path = workspace.write('flat.pdb', ''.join(line.replace('HETATM', 'ATOM  ') for line in atoms) + 'TER\nEND\n')
        self.assertEqual(preprocess(path).ligands, ['NAP_A_324', 'TES_A_325'])

    def test_files_with_atoms_alone(self) -> None:
        """What drawing and modelling programs write: no header, no SEQRES, no TER, no LINK, no entities."""
        for name, ligands in (
            ('1afs.pdb', ['NAP_A_324', 'TES_A_325', 'NAP_B_324', 'TES_B_325']),
            ('7nwd.pdb', []),
            ('1pwc.pdb', ['PNM_A_400']),
            ('1gbt.cif', ['SO4_A_702', 'SO4_A_703', 'GBS_A_704']),
            ('4x21.cif', ['3WH_A_501', '3WH_B_501']),
            ('1pfe.cif', ['DSN_B_1']),
        ):
            for content in (bare_pdb(structure_text(name)), bare_mmcif(structure_text(name))):
                workspace = Workspace()
                with self.subTest(name, content=content[:6]):
                    self.assertEqual(preprocess(workspace.write('bare', content)).ligands, ligands)
                workspace.close()

    def test_waters_of_simulation_programs_stay(self) -> None:
        """TIP3 and its kin are no ligands; nor is a residue of one hydrogen."""
        workspace = Workspace()
        self.addCleanup(workspace.close)
        text = structure_text('1ajj.pdb').replace('HOH A', 'SOL A')
        lone = 'HETATM 9999  H   XXX A 999      11.104  96.134  -6.504  1.00  0.00           H\n'
        output = preprocess(workspace.write('md.pdb', text.replace('END  ', lone + 'END  ')))
        self.assertEqual(output.ligands, ['SO4_A_72'])
        self.assertIn('30 waters', output.noted('structure.waters_and_metals')[''])

    def test_halves_of_a_ligand_in_two_places_are_joined(self) -> None:
        """Some files list a part of a residue at the end."""
        workspace = Workspace()
        self.addCleanup(workspace.close)
        lines = structure_text('1hvr.pdb').splitlines(keepends=True)
        ligand = [line for line in lines if line[:6] == 'HETATM' and line[17:20] == 'XK2']
        rest = [line for line in lines if line[:6] in ('ATOM  ', 'HETATM') and line not in ligand]
        half = len(ligand) // 2
        output = preprocess(workspace.write('a.pdb', ''.join([*ligand[:half], *rest, *ligand[half:]])))
        self.assertIn('XK2_A_263', output.noted('structure.split_residues')[''])
        self.assertEqual(output.mol('XK2_A_263').GetNumAtoms(), len(ligand))

    def test_two_ligands_of_one_name_and_number_are_refused(self) -> None:
        """One of them would be lost."""
        workspace = Workspace()
        self.addCleanup(workspace.close)
        text = structure_text('1afs.pdb').replace('TES A 325', 'TES A 900').replace('TES B 325', 'TES A 900')
        given = ['--protein', str(workspace.write('a.pdb', text)), '--outdir', str(workspace.path / 'out')]
        result = run_command(command, [*given, '--ccd', str(dictionary_path())])
        self.assertEqual((result.code, result.error['code']), (65, 'structure.duplicate_residues'))

    def test_insertion_code_is_part_of_the_name(self) -> None:
        """And is noted."""
        workspace = Workspace()
        self.addCleanup(workspace.close)
        path = workspace.write('i.pdb', structure_text('1hvr.pdb').replace('XK2 A 263 ', 'XK2 A 263C'))
        output = preprocess(path)
        self.assertEqual(output.ligands, ['XK2_A_263C'])
        self.assertIn('XK2_A_263C', output.noted('ligand.insertion_code'))


class SdfTests(unittest.TestCase):
    """The ligand files."""

    def test_record_can_be_read_by_every_reader(self) -> None:
        """Title is the name; with and without removal of hydrogens; V2000; delimiter and newline at the end."""
        for name in ('1afs.pdb', '4x21.cif', '4hhb.pdb', '3hsy.pdb', '1pfe.cif'):
            output = processed(name)
            for ligand in output.ligands:
                text = output.files[f'{ligand}.sdf']
                self.assertEqual(text.split('\n', 1)[0], ligand)
                self.assertTrue(text.endswith('M  END\n$$$$\n'))
                self.assertIn(' V2000\n', text)
                with_hydrogens, without = (Chem.MolFromMolBlock(text, removeHs=remove) for remove in (False, True))
                self.assertGreaterEqual(with_hydrogens.GetNumAtoms(), without.GetNumAtoms())
                stereo = name != '4hhb.pdb'  # in a haem RDKit finds ring stereo only where it sees the hydrogens
                self.assertEqual(*(canonical(mol, stereo) for mol in (with_hydrogens, without)))

    def test_coordinates_are_those_of_the_model(self) -> None:
        """Testosterone of 1AFS, atom by atom."""
        lines = [line for line in structure_text('1afs.pdb').splitlines() if line.startswith('HETATM')]
        model = {tuple(float(line[i : i + 8]) for i in (30, 38, 46)) for line in lines if line[17:26] == 'TES A 325'}
        mol = processed('1afs.pdb').mol('TES_A_325')
        written = {tuple(round(x, 3) for x in xyz) for xyz in mol.GetConformer().GetPositions().tolist()}
        self.assertEqual(written, model)

    def test_published_molecules(self) -> None:
        """SMILES from the literature, written down by hand."""
        testosterone = 'C[C@]12CC[C@H]3[C@@H](CCC4=CC(=O)CC[C@]34C)[C@@H]1CC[C@@H]2O'
        mol = processed('1afs.pdb').mol('TES_A_325')
        self.assertEqual(Chem.MolToSmiles(mol), Chem.CanonSmiles(testosterone))

    def test_pictures_are_well_formed(self) -> None:
        """Each ligand has one."""
        for ligand in processed('4laz.pdb').ligands:
            root = ElementTree.fromstring(processed('4laz.pdb').files[f'{ligand}.svg'])  # noqa: S314  # our own output
            self.assertTrue(root.tag.endswith('svg'))
