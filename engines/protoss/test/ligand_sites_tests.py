"""Tests of the sites of ligands: surroundings, size, and what must never change."""

import gzip
import itertools
import subprocess
import sys
import time
from unittest import TestCase

from rdkit import Chem

from engines.protoss.ligand.states import SITE_LIMIT, ligand_states
from engines.protoss.test.ligand_examples import canonical, component, hydrogens, of
from engines.structure.sdf import parse_record, split_records
from engines.test.utils import structure_path


class SurroundingsTests(TestCase):
    """Metals and covalent bonds to the protein restrict what is possible."""

    def test_metal_bound_atoms_carry_no_hydrogen(self) -> None:
        """The proton goes elsewhere, or away, even from an alcohol."""
        for smiles, bare, expected in (
            ('c1c[nH]cn1', [2], 'c1cnc[nH]1'),
            ('c1c[nH]cn1', [2, 4], 'c1c[n-]cn1'),
            ('CCS', [2], 'CC[S-]'),
            ('CCO', [2], 'CC[O-]'),
            ('CC(=O)NO', [2, 4], 'CC(=O)N[O-]'),
            ('Oc1ccccc1O', [0, 7], '[O-]c1ccccc1[O-]'),
        ):
            found = of(smiles, without_h=bare)
            self.assertEqual(Chem.MolToSmiles(found.states[0].mol), canonical(expected))
            if smiles != 'CC(=O)NO':
                self.assertTrue(all(hydrogens(s.mol)[i] == 0 for s in found.states for i in bare), smiles)

    def test_what_cannot_be_bare_is_told(self) -> None:
        """An amine keeps two hydrogens rather than three, and a note says so."""
        found = of('CCN', without_h=[2])
        self.assertEqual([Chem.MolToSmiles(s.mol) for s in found.states], ['CCN'])
        self.assertIn('N3', found.notes[0])
        self.assertEqual(of('CCN').notes, [])

    def test_bonds_to_the_protein_take_a_hydrogens_place(self) -> None:
        """Acyl, hemiketal, boronate, disulphide and amine."""
        for smiles, index, expected in (
            ('O=CCC', 1, 'CC[C]=O'),
            ('CC(C)=O', 1, 'C[C](C)O'),
            ('OB(O)c1ccccc1', 1, 'O[B-](O)c1ccccc1'),
            ('CCS', 2, 'CC[S]'),
            ('CC[S-]', 2, 'CC[S]'),
            ('CCN', 2, 'CC[NH]'),
        ):
            states = of(smiles, bound=[index]).states
            self.assertEqual([Chem.MolToSmiles(s.mol) for s in states], [canonical(expected)])


class SizeTests(TestCase):
    """Sites keep large ligands bounded; combinations come best first."""

    def test_large_ligands_stay_bounded(self) -> None:
        """A peptide, polyamine, polyphosphate and polyguanidine take well under three seconds each."""
        for mol in (
            Chem.MolFromSequence('KHRDE' * 4),
            Chem.MolFromSmiles('N' + 'CCN' * 20),
            Chem.MolFromSmiles('OP(=O)(O)' * 20 + 'O'),
            Chem.MolFromSmiles('NC(=N)' * 13 + 'N'),
        ):
            begun = time.process_time()
            found = ligand_states(mol, limit=32)
            self.assertEqual(len(found.states), 32)
            self.assertTrue(found.truncated)
            self.assertLess(time.process_time() - begun, 3.0)
            self.assertLessEqual(max(len(site.states) for site in found.sites), SITE_LIMIT + 1)

    def test_sites_are_disjoint_and_combine_freely(self) -> None:
        """Every combination is a valid molecule whose charge and penalty add up."""
        found = ligand_states(component('MTX'), limit=8)
        atoms = list(itertools.chain.from_iterable(site.atoms for site in found.sites))
        self.assertEqual(len(atoms), len(set(atoms)))
        for choice in itertools.product(*(range(len(site.states)) for site in found.sites)):
            state = found.state(choice)
            expected = sum(s.states[i].penalty for s, i in zip(found.sites, choice, strict=True))
            self.assertAlmostEqual(state.penalty, expected)
            self.assertEqual(state.charge, Chem.GetFormalCharge(state.mol))
            for site, index in zip(found.sites, choice, strict=True):
                self.assertEqual(
                    tuple(hydrogens(state.mol)[i] for i in site.atoms), site.states[index].hydrogens
                )  # fmt: skip

    def test_states_come_best_first_and_match_the_full_product(self) -> None:
        """The first states are those of lowest sum; all are there if the limit allows."""
        found = ligand_states(component('CIT'), limit=100)
        values = [state.penalty for state in found.states]
        products = sorted(
            sum(site.states[i].penalty for site, i in zip(found.sites, choice, strict=True))
            for choice in itertools.product(*(range(len(site.states)) for site in found.sites))
        )
        self.assertFalse(found.truncated)
        self.assertEqual(found.count, len(values))
        for one, other in zip(values, products, strict=True):
            self.assertAlmostEqual(one, other)

    def test_input_state_is_always_among_them(self) -> None:
        """Also if it is unlikely, and the limit small."""
        for smiles in ('CC[O-]', 'OP(O)(=O)OP(O)(O)=O', 'N=c1cccc[nH]1', '[NH3+]c1ccccc1', 'CC(O)=NC'):
            mol = Chem.MolFromSmiles(smiles)
            found = ligand_states(mol, limit=2)
            self.assertIn(hydrogens(mol), [hydrogens(state.mol) for state in found.states], smiles)
            self.assertEqual(hydrogens(found.state(found.given).mol), hydrogens(mol))

    def test_impossible_valence_is_left_as_it_is(self) -> None:
        """A molecule that cannot be sanitised has its own state alone, and a note."""
        mol = Chem.MolFromSmiles('CC(C)(C)(C)CC(=O)O', sanitize=False)
        mol.UpdatePropertyCache(strict=False)
        found = ligand_states(mol)
        self.assertEqual([hydrogens(s.mol) for s in found.states], [hydrogens(mol)])
        self.assertEqual(len(found.notes), 1)

    def test_equal_input_gives_equal_output_in_any_process(self) -> None:
        """Hash seeds do not matter."""
        code = (
            'from rdkit import Chem; from engines.protoss.ligand.states import ligand_states as f;'
            "r = f(Chem.MolFromSmiles('NC(CCC(=O)O)C(=O)NCc1nc2[nH]cnc2c(=O)[nH]1'), limit=40);"
            'print([(Chem.MolToMolBlock(s.mol), s.penalty, s.label) for s in r.states])'
        )
        outputs = {
            subprocess.run(
                [sys.executable, '-c', code], env={'PYTHONHASHSEED': seed}, capture_output=True, check=True
            ).stdout
            for seed in ('1', '2')
        }
        self.assertEqual(len(outputs), 1)


class IdentityTests(TestCase):
    """What is no matter of protons stays as it is."""

    def check(self, mol: Chem.Mol) -> None:
        """
        Compare all states with the input.

        :param mol: molecule with coordinates
        """
        elements = [a.GetAtomicNum() for a in mol.GetAtoms() if a.GetAtomicNum() != 1]
        places = [i for i, a in enumerate(mol.GetAtoms()) if a.GetAtomicNum() != 1]
        expected = mol.GetConformer().GetPositions()[places]
        stereo = self.carbon_stereo(mol)
        for state in ligand_states(mol, limit=12).states:
            self.assertEqual([a.GetAtomicNum() for a in state.mol.GetAtoms()], elements)
            self.assertEqual(abs(state.mol.GetConformer().GetPositions() - expected).max(), 0.0)
            self.assertEqual(Chem.SanitizeMol(Chem.Mol(state.mol)), Chem.SanitizeFlags.SANITIZE_NONE)
            self.assertEqual(self.carbon_stereo(state.mol), stereo)

    @staticmethod
    def carbon_stereo(mol: Chem.Mol) -> list[bool]:
        """
        Which carbons are stereocentres.

        :param mol: a molecule
        :returns: one value a carbon
        """
        return [
            a.GetChiralTag() != Chem.ChiralType.CHI_UNSPECIFIED for a in mol.GetAtoms() if a.GetSymbol() == 'C'
        ]  # fmt: skip

    def test_cofactors_keep_atoms_coordinates_and_stereocentres(self) -> None:
        """ATP, NAD, haem, biotin, methotrexate, FAD and CoA."""
        for name in ('ATP', 'NAD', 'HEM', 'BTN', 'MTX', 'FAD', 'COA'):
            with self.subTest(name):
                self.check(component(name))

    def test_cofactors_have_their_charge(self) -> None:
        """Total charges at pH 7 of the likeliest state; haem counts its iron as neutral."""
        text = 'ATP-4 ADP-3 NAD-1 NAP-3 NAI-2 FAD-2 COA-4 BTN-1 MTX-2 HEM-2 CIT-3 PO4-2 SO4-2 SAM+1 AGS-4 PLP-2 STI+1'
        charges = {word[:3]: int(word[3:]) for word in text.split()}
        found = {name: ligand_states(component(name)).states[0].charge for name in charges}
        self.assertEqual(found, charges)

    def test_poses_of_sdf_files_keep_what_they_have(self) -> None:
        """Crystal poses with hydrogens in the file."""
        for name in ('1g9v_RQ3_ligands.sdf', '1ia1_TQ3.sdf'):
            for record in split_records(gzip.decompress(structure_path(name).read_bytes()).decode()):
                self.check(parse_record(record, name))

    def test_labels_use_the_atom_names(self) -> None:
        """A changed group is named by its atoms."""
        labels = [state.label for state in ligand_states(component('ATP'), limit=6).states]
        self.assertEqual(labels[0], 'likeliest')
        self.assertEqual(labels[1:4], [f'proton on O{n}G' for n in (1, 2, 3)])
        self.assertIn('N1 protonated', labels[4])
