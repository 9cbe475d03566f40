"""Tests of the engine on whole structures: chains, crystals, ligands, and the command line."""

import gzip
import json
from unittest import TestCase

import gemmi
import numpy as np
from rdkit import Chem
from rdkit.Chem import AllChem

from engines.protoss.cli import command
from engines.protoss.test.examples import Outcome, ideal, run, state_of, structure
from engines.structure.sdf import sdf_record, split_records
from engines.test.utils import Workspace, dictionary_path, run_command, structure_path, structure_text

Places = dict[tuple[str, str, str, str, str], tuple[float, ...]]


def heavy_atoms(source: gemmi.Structure) -> Places:
    """
    :param source: a structure
    :returns: positions of the heavy atoms of the first model by chain, number, residue, name and altloc
    """
    return {
        (cra.chain.name, str(cra.residue.seqid), cra.residue.name, cra.atom.name, cra.atom.altloc): tuple(
            round(x, 3) for x in cra.atom.pos.tolist()
        )
        for cra in source[0].all()
        if not cra.atom.is_hydrogen()
    }


def structure_without(name: str, ligand: str) -> str:
    """
    :param name: of a structure
    :param ligand: residue name
    :returns: the structure without it, as PDB
    """
    given = gemmi.read_structure(str(structure_path(name)))
    for chain in given[0]:
        for index in reversed([i for i, residue in enumerate(chain) if residue.name == ligand]):
            del chain[index]
    return str(given.make_pdb_string())


class StructureCase(TestCase):
    """Tests that share one run."""

    entry = ''
    arguments: tuple[str, ...] = ()
    outcome: Outcome
    given: gemmi.Structure

    @classmethod
    def setUpClass(cls) -> None:
        """Run the engine once."""
        space = Workspace()
        cls.addClassCleanup(space.close)
        cls.given = gemmi.read_structure(str(structure_path(cls.entry)))
        cls.outcome = run(space, structure_path(cls.entry), *cls.arguments)


class CrystalTests(StructureCase):
    """BPTI, whose hydrogens are known from neutrons (5PTI): placement, order of the output, repeatability."""

    entry = '5pti.cif'

    def test_heavy_atoms_stay_where_they_are(self) -> None:
        """All of them, ligands in the SDF; nothing is turned over here."""
        self.assertEqual(self.outcome.report['flips'], [])
        left = heavy_atoms(self.outcome.structure)
        gone = {k: v for k, v in heavy_atoms(self.given).items() if k not in left}
        self.assertEqual({k[2] for k in gone}, {'PO4'})
        self.assertEqual({k: v for k, v in heavy_atoms(self.given).items() if k in left}, left)

    def test_backbone_hydrogens_are_where_neutrons_see_them(self) -> None:
        """Amide hydrogens within 15 degrees for nine of ten."""
        angles = []
        chain = self.outcome.structure[0]['A']
        for residue in self.given[0]['A']:
            own = {a.name: a for a in residue}
            seen = own.get('D') or own.get('H')
            if seen is None or 'N' not in own or residue.name == 'PRO' or residue.seqid.num == 1:
                continue
            found = chain[str(residue.seqid)][0]['H'][0].pos - own['N'].pos
            measured = seen.pos - own['N'].pos
            angles.append(np.degrees(np.arccos(found.dot(measured) / (found.length() * measured.length()))))
        self.assertGreater(len(angles), 45)
        self.assertGreater(np.mean(np.array(angles) < 15), 0.9)

    def test_hydrogens_of_the_input_are_replaced(self) -> None:
        """No deuterium is left, and every water has its two hydrogens."""
        atoms = list(self.outcome.structure[0].all())
        self.assertNotIn('D', {cra.atom.element.name for cra in atoms})
        waters = [r for c in self.outcome.structure[0] for r in c if r.name in ('HOH', 'DOD')]
        self.assertTrue(waters)
        for water in waters:
            self.assertEqual(sum(a.is_hydrogen() for a in water), 2)

    def test_turned_over_amides_are_turned_back(self) -> None:
        """Asn 43 and Asn 44 lie inside the protein; exchanged ends are found out and end where they were."""
        turned = gemmi.read_structure(str(structure_path(self.entry)))
        for number in ('43', '44'):
            residue = turned[0]['A'][number][0]
            first, second = residue['OD1'][0], residue['ND2'][0]
            first.pos, second.pos = gemmi.Position(second.pos), gemmi.Position(first.pos)
        space = Workspace()
        self.addCleanup(space.close)
        path = space.path / 'turned.cif'
        turned.make_mmcif_document().write_file(str(path))
        outcome = run(space, path)
        self.assertEqual(outcome.report['flips'], ['ASN_A_43', 'ASN_A_44'])
        self.assertEqual(heavy_atoms(outcome.structure), heavy_atoms(self.outcome.structure))

    def test_equal_input_gives_equal_bytes(self) -> None:
        """PDB, mmCIF, SDF and report of a second run in another process."""
        space = Workspace()
        self.addCleanup(space.close)
        run(space, structure_path(self.entry))
        for name in ('out.pdb', 'out.cif', 'out.sdf', 'report.json'):
            self.assertEqual((space.path / name).read_bytes(), (self.outcome.folder / name).read_bytes(), name)

    def test_the_network_is_solved_exactly(self) -> None:
        """Score and bound agree, and the chosen states have no better alternative."""
        report = self.outcome.report
        self.assertEqual(report['score'], report['bound'])
        self.assertEqual(report['components']['bounded'], [])
        for row in report['residues']:
            self.assertTrue(all(a['score'] <= 0 for a in row['alternatives']), row)


class PolymerTests(StructureCase):
    """Chain ends, conformers, nucleic acids, metals."""

    entry = '1ajj.pdb'

    def test_metal_ligands_carry_no_hydrogen_towards_the_metal(self) -> None:
        """Calcium of the LDL receptor: carboxylates stay charged, no hydrogen within 2.4 Angstrom."""
        model = self.outcome.structure[0]
        calcium = next(cra.atom for cra in model.all() if cra.atom.element.name == 'Ca')
        near = [cra.atom for cra in model.all() if cra.atom.is_hydrogen() and cra.atom.pos.dist(calcium.pos) < 2.4]
        self.assertEqual(near, [])
        held = [row for row in self.outcome.report['residues'] if any('CA of CA' in p for p in row['partners'])]
        self.assertTrue(held)
        self.assertEqual({row['state'] for row in held} - {'ASP', 'GLU'}, set())

    def test_disulphides_have_no_thiol(self) -> None:
        """All six cysteines are bound to each other, so none is a site."""
        self.assertEqual([r for r in self.outcome.report['residues'] if r['name'] == 'CYS'], [])
        names = {(cra.residue.name, cra.atom.name) for cra in self.outcome.structure[0].all()}
        self.assertNotIn(('CYS', 'HG'), names)

    def test_every_conformer_gets_hydrogens_with_its_label(self) -> None:
        """3JQH has alternative conformers; each holds as many hydrogens as the residue needs."""
        space = Workspace()
        self.addCleanup(space.close)
        outcome = run(space, structure_path('3jqh.cif'))
        checked = 0
        for chain in outcome.structure[0]:
            for residue in chain:
                labels = {a.altloc for a in residue if a.has_altloc() and not a.is_hydrogen()}
                if len(labels) > 1:
                    names = {
                        label: {a.name for a in residue if a.is_hydrogen() and a.altloc in (label, '\0')}
                        for label in labels
                    }
                    sets = list(names.values())
                    self.assertTrue(all(s == sets[0] for s in sets), (residue, names))
                    checked += 1
        self.assertGreater(checked, 0)

    def test_chains_begin_with_ammonium_unless_the_model_lacks_their_beginning(self) -> None:
        """Where the sequence goes on before the model, the nitrogen is that of an amide."""
        space = Workspace()
        self.addCleanup(space.close)
        text = structure_text('1ubi.pdb').splitlines(keepends=True)
        cut = [line for line in text if not (line.startswith(('ATOM', 'ANISOU')) and int(line[22:26]) < 3)]
        for lines, names in ((text, {'H1', 'H2', 'H3'}), (cut, {'H'})):
            outcome = run(space, space.write('in.pdb', ''.join(lines)))
            found = {a.name for a in outcome.structure[0]['A'][0]}
            self.assertEqual(found & {'H', 'H1', 'H2', 'H3'}, names)
            self.assertEqual('protoss.chain_gap' in outcome.notes, names == {'H'})

    def test_only_the_first_model_is_used_and_phosphates_are_charged(self) -> None:
        """1LCD: three models of protein and DNA."""
        space = Workspace()
        self.addCleanup(space.close)
        outcome = run(space, structure_path('1lcd.pdb'))
        self.assertEqual(len(outcome.structure), 1)
        self.assertIn('structure.first_model', outcome.notes)
        for cra in outcome.structure[0].all():
            if cra.atom.name in ('OP1', 'OP2'):
                near = [a for a in cra.residue if a.is_hydrogen() and a.pos.dist(cra.atom.pos) < 1.3]
                self.assertEqual(near, [])
        starts = [c[0] for c in outcome.structure[0] if c[0].name.startswith('D')]
        self.assertTrue(starts)
        self.assertTrue(all(any(a.name == "HO5'" for a in residue) for residue in starts))


class LigandTests(StructureCase):
    """Trypsin with a covalent guanidinobenzoyl group (1GBT), and placed ligands."""

    entry = '1gbt.cif'

    def test_states_of_ligands_follow_their_surroundings(self) -> None:
        """The guanidinium at Asp 189 is charged, and the serine that carries the ligand has no hydrogen."""
        (row,) = [r for r in self.outcome.report['ligands'] if r['name'].startswith('GBS')]
        self.assertEqual(row['state']['charge'], 1)
        self.assertTrue(any('OD1 of ASP' in p for p in row['partners']))
        residue = self.outcome.structure[0]['A']['195'][0]
        self.assertNotIn('HG', {a.name for a in residue})

    def test_ligands_leave_as_records_with_all_hydrogens(self) -> None:
        """Title, charge and heavy atoms of the record are those of the report and of the input."""
        records = split_records(self.outcome.ligands)
        self.assertEqual([r.split('\n')[0] for r in records], [r['name'] for r in self.outcome.report['ligands']])
        mol = Chem.MolFromMolBlock(records[-1], removeHs=False, sanitize=False)
        self.assertEqual(sum(a.GetFormalCharge() for a in mol.GetAtoms()), 1)
        self.assertGreater(sum(a.GetAtomicNum() == 1 for a in mol.GetAtoms()), 5)
        points = mol.GetConformer().GetPositions()[[a.GetAtomicNum() > 1 for a in mol.GetAtoms()]]
        given = [cra.atom.pos.tolist() for cra in self.given[0].all() if cra.residue.name == 'GBS']
        apart = np.linalg.norm(points[:, None] - np.array(given)[None], axis=-1)
        self.assertLess(float(apart.min(1).max()), 0.001)

    def test_without_a_file_for_them_ligands_stay_in_the_protein(self) -> None:
        """With their hydrogens, and under names that differ."""
        space = Workspace()
        self.addCleanup(space.close)
        arguments = ['--input', str(structure_path(self.entry)), '--output', f'{space.path}/o.pdb']
        self.assertEqual(run_command(command, [*arguments, '--ccd', str(dictionary_path())]).code, 0)
        found = gemmi.read_structure(f'{space.path}/o.pdb')
        (residue,) = [r for c in found[0] for r in c if r.name == 'GBS']
        names = [a.name for a in residue if a.is_hydrogen()]
        self.assertGreater(len(names), 5)
        self.assertEqual(len(names), len(set(names)))

    def test_what_stands_where_a_ligand_is_placed_gives_way(self) -> None:
        """A placed molecule comes first; ligands and a water below it are removed and named."""
        acid, water = ideal('ACT', ()), {'O': np.array((0.3, 0.4, 0.2))}
        far = {n: p + 15 for n, p in ideal('GOL', ()).items()}
        text = structure(
            [('SER', {n: p + 8 for n, p in ideal('SER').items()}), ('ACT', acid), ('HOH', water), ('GOL', far)]
        )
        placed, other = _molecule('CCO', np.zeros(3)), _molecule('CO', np.array((0.5, 0, 0)))
        space = Workspace()
        self.addCleanup(space.close)
        first = space.write('placed.sdf', sdf_record(placed, 'mine'))
        second = space.write(
            'other.sdf', sdf_record(other, 'own') + sdf_record(_molecule('CN', np.full(3, -15.0)), 'kept')
        )
        path = space.write('in.pdb', text)
        outcome = run(space, path, '--ligand_input', str(first), '--other_ligands', str(second))
        self.assertEqual(outcome.report['removed'], ['own', 'ACT_B_2', 'HOH_C_3'])
        self.assertIn('ACT_B_2', outcome.notes['ligand.gave_way'])
        self.assertEqual([r.split('\n')[0] for r in split_records(outcome.ligands)], ['mine', 'kept', 'GOL_D_4'])
        self.assertEqual({r['name']: r['state']['charge'] for r in outcome.report['ligands']}['kept'], 1)

    def test_a_ligand_given_apart_is_the_same_ligand(self) -> None:
        """Stored proteins come without their ligands: 1HVR and its XK2, as the preprocessor takes them apart."""
        space = Workspace()
        self.addCleanup(space.close)
        whole = run(space, structure_path('1hvr.pdb'))
        record, apart = space.write('own.sdf', whole.ligands), structure_without('1hvr.pdb', 'XK2')
        parted = run(space, space.write('apart.pdb', apart), '--ligand_input', str(record))
        self.assertNotIn('ligand.metal', parted.notes)
        partners = [' '.join(state_of(outcome, 'ASP_A_25')['partners']) for outcome in (whole, parted)]
        self.assertTrue(all('XK2_A_263' in text for text in partners), partners)
        # The two halves of the dimer are alike, so which of the two acids holds the proton is a matter of a hair.
        acids = [{state_of(outcome, f'ASP_{chain}_25')['state'] for chain in 'AB'} for outcome in (whole, parted)]
        self.assertEqual(acids, [{'ASP', 'ASH'}] * 2)
        self.assertNotIn('record', json.dumps(parted.report))

    def test_titratable_residues_know_their_pka(self) -> None:
        """His 57 of trypsin is listed with PROPKA's value and its alternatives."""
        row = state_of(self.outcome, 'HIS_A_57')
        self.assertIsInstance(row['pka'], float)
        self.assertGreaterEqual(len(row['alternatives']), 3)


def _molecule(smiles: str, centre: np.ndarray) -> Chem.Mol:
    """
    :param smiles: a molecule
    :param centre: where its middle is to be, Angstrom
    :returns: the molecule in 3D
    """
    mol = Chem.AddHs(Chem.MolFromSmiles(smiles))
    AllChem.EmbedMolecule(mol, randomSeed=1)
    conformer = mol.GetConformer()
    points = conformer.GetPositions()
    for index, point in enumerate(points - points.mean(0) + centre):
        conformer.SetAtomPosition(index, [float(x) for x in point])
    return mol


class CommandTests(TestCase):
    """The command line."""

    def setUp(self) -> None:
        """Make a folder."""
        self.space = Workspace()
        self.addCleanup(self.space.close)

    def _run(self, *arguments: str) -> tuple[int, str]:
        """
        :param arguments: of the command line
        :returns: exit code and code of the error
        """
        result = run_command(command, [*arguments, '--ccd', str(dictionary_path())] if arguments else [])
        return result.code, result.error.get('code', '')

    def test_wrong_usage_ends_with_64(self) -> None:
        """No arguments, a missing option, a pH beyond the scale."""
        self.assertEqual(self._run()[0], 64)
        self.assertEqual(self._run('--input', 'x.pdb')[0], 64)
        for ph in ('15', '-1', 'nan', 'acid'):
            self.assertEqual(self._run('--input', 'x.pdb', '--output', 'y.pdb', '--ph', ph)[0], 64)

    def test_input_that_cannot_be_used_ends_with_65_and_writes_nothing(self) -> None:
        """A missing file, no atoms, a ligand file without a molecule."""
        out = ('--output', f'{self.space.path}/o.pdb')
        good = str(structure_path('1yjp.cif'))
        empty = self.space.write('empty.pdb', 'HEADER\nEND\n')
        bad = self.space.write('bad.sdf', 'no molecule\n')
        self.assertEqual(self._run('--input', f'{self.space.path}/none.pdb', *out), (65, 'input.unreadable'))
        self.assertEqual(self._run('--input', str(empty), *out), (65, 'structure.no_atoms'))
        self.assertEqual(self._run('--input', good, '--ligand_input', str(bad), *out), (65, 'ligand.unreadable'))
        self.assertFalse((self.space.path / 'o.pdb').exists())

    def test_the_smallest_peptide_works(self) -> None:
        """1YJP: seven residues, waters; PDB and mmCIF hold the same atoms."""
        outcome = run(self.space, structure_path('1yjp.cif'))
        twin = gemmi.read_structure(str(outcome.folder / 'out.cif'))
        self.assertEqual(heavy_atoms(outcome.structure), heavy_atoms(twin))
        numbers = [s[0].count_atom_sites() for s in (outcome.structure, twin)]
        self.assertEqual(numbers[0], numbers[1])
        self.assertEqual(outcome.report['ph'], 7.0)

    def test_what_pdb_cannot_hold_is_written_as_mmcif_alone(self) -> None:
        """A chain with a long name, told in a note."""
        source = gemmi.read_structure(str(structure_path('1yjp.cif')))
        source[0][0].name = 'LONG'
        path = self.space.path / 'long.cif'
        source.make_mmcif_document().write_file(str(path))
        outcome = run(self.space, path)
        self.assertIn('structure.no_pdb', outcome.notes)
        self.assertFalse((outcome.folder / 'out.pdb').exists())

    def test_packed_input_is_read(self) -> None:
        """Test files are gzipped, and the summary on stdout is JSON."""
        self.assertEqual(gzip.decompress(structure_path('1yjp.cif').read_bytes())[:5], b'data_')
        result = run_command(
            command, ['--input', str(structure_path('1yjp.cif')), '--output', f'{self.space.path}/o.cif', '--ccd',
                      str(dictionary_path())],
        )  # fmt: skip
        self.assertEqual(json.loads(result.stdout)['ligands'], 0)
