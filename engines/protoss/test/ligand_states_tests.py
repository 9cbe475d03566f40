"""Tests of the states of ligands: what is offered, and what it costs."""

from unittest import TestCase

from rdkit import Chem
from rdkit.Chem import AllChem
from rdkit.Chem.MolStandardize import rdMolStandardize

from engines.protoss.ligand.graph import apply
from engines.protoss.ligand.pka import UNIT, proton_cost, rules, titrations
from engines.protoss.ligand.states import ligand_states
from engines.protoss.test.ligand_examples import best, canonical, hydrogens, of, penalties


class ProtomerTests(TestCase):
    """Acids and bases have the charge that a chemist expects."""

    KNOWN = {
        'acetic acid': ('CC(=O)O', 'CC(=O)[O-]'),
        'glycine': ('NCC(=O)O', '[NH3+]CC(=O)[O-]'),
        'benzamidine': ('NC(=N)c1ccccc1', 'NC(=[NH2+])c1ccccc1'),
        'arginine': ('NC(CCCNC(N)=N)C(=O)O', '[NH3+]C(CCCNC(N)=[NH2+])C(=O)[O-]'),
        'metformin': ('CN(C)C(=N)NC(N)=N', 'CN(C)C(N)=NC(N)=[NH2+]'),
        'spermine': ('NCCCNCCCCNCCCN', '[NH3+]CCC[NH2+]CCCC[NH2+]CCC[NH3+]'),
        'piperazine': ('C1CNCCN1', 'C1CNCC[NH2+]1'),
        'aniline': ('Nc1ccccc1', 'Nc1ccccc1'),
        'acetamide': ('CC(N)=O', 'CC(N)=O'),
        'urea': ('NC(N)=O', 'NC(N)=O'),
        'phenol': ('Oc1ccccc1', 'Oc1ccccc1'),
        '2,4-dinitrophenol': ('Oc1ccc(N(=O)=O)cc1N(=O)=O', 'O=[N+]([O-])c1ccc([O-])c([N+](=O)[O-])c1'),
        'benzenesulphonamide': ('NS(=O)(=O)c1ccccc1', 'NS(=O)(=O)c1ccccc1'),
        'taurine': ('NCCS(=O)(=O)O', '[NH3+]CCS(=O)(=O)[O-]'),
        'sulphuric acid': ('OS(=O)(=O)O', 'O=S(=O)([O-])[O-]'),
        'phenyltetrazole': ('c1ccccc1-c1nn[nH]n1', 'c1ccccc1-c1nnn[n-]1'),
        'pyridine': ('c1ccncc1', 'c1ccncc1'),
        '4-aminopyridine': ('Nc1ccncc1', 'Nc1cc[nH+]cc1'),
        'chloroquine': ('CCN(CC)CCCC(C)Nc1ccnc2cc(Cl)ccc12', 'CC[NH+](CC)CCCC(C)Nc1cc[nH+]c2cc(Cl)ccc12'),
        'dihydronicotinamide': ('CN1C=CCC(=C1)C(N)=O', 'CN1C=CCC(=C1)C(N)=O'),
        'pyridoxal': ('Cc1ncc(CO)c(C=O)c1O', 'Cc1[nH+]cc(CO)c(C=O)c1[O-]'),
        'choline': ('C[N+](C)(C)CCO', 'C[N+](C)(C)CCO'),
        'nitromethane': ('CN(=O)=O', 'C[N+](=O)[O-]'),
        'methyl azide': ('CN=[N+]=[N-]', 'CN=[N+]=[N-]'),
        'pyridine oxide': ('[O-][n+]1ccccc1', '[O-][n+]1ccccc1'),
        'thiol': ('CCS', 'CCS'),
        'glycerol': ('OCC(O)CO', 'OCC(O)CO'),
        'boronic acid': ('OB(O)c1ccccc1', 'OB(O)c1ccccc1'),
    }

    def test_known_molecules_have_their_charge_at_ph_7(self) -> None:
        """The likeliest states of well-known molecules are the textbook ones."""
        for name, (smiles, expected) in self.KNOWN.items():
            with self.subTest(name):
                self.assertEqual(best(smiles), canonical(expected))

    def test_charged_input_gives_what_neutral_input_gives(self) -> None:
        """However the charges were drawn, the states and their penalties are the same."""
        for one, other in (
            ('CC(=O)O', 'CC(=O)[O-]'),
            ('NCC(=O)O', '[NH3+]CC(=O)[O-]'),
            ('CCNC(N)=N', 'CCNC(N)=[NH2+]'),
            ('CCNC(N)=N', 'CC[NH+]=C(N)N'),
            ('Cn1ccnc1', 'Cn1cc[nH+]c1'),
            ('COP(=O)(O)O', 'CO[P+]([O-])([O-])O'),
        ):
            with self.subTest(other):
                first, second = penalties(one, ceiling=25.0), penalties(other, ceiling=25.0)
                common = [s for s in first if s in second and min(first[s] + second[s]) < 25.0]
                self.assertEqual(best(one), best(other))
                self.assertTrue(common)
                for smiles in common:
                    self.assertAlmostEqual(min(first[smiles]), min(second[smiles]), places=6)

    def test_every_oxygen_of_an_acid_can_carry_the_proton(self) -> None:
        """Symmetric placements are states of their own, and share the population of the acid."""
        states = of('COP(=O)(O)O').states
        singly = [state for state in states if state.charge == -1]
        self.assertEqual(len(singly), 3)
        self.assertEqual(len({tuple(hydrogens(state.mol)) for state in singly}), 3)
        self.assertEqual(len([s for s in of('CC(=O)O').states if s.charge == 0]), 2)

    def test_penalty_follows_the_ph(self) -> None:
        """Each unit of pH favours the base; far from the pKa the other form is not offered."""
        self.assertEqual(best('Cc1c[nH]cn1', ph=4.0), canonical('Cc1c[nH]c[nH+]1'))
        self.assertEqual(best('CCN', ph=13.0), 'CCN')
        self.assertEqual(best('OP(=O)(O)O', ph=0.0), canonical('OP(=O)(O)O'))
        self.assertEqual(best('OP(=O)(O)O', ph=14.0), canonical('[O-]P(=O)([O-])[O-]'))
        self.assertEqual({state.charge for state in of('CCN', ph=2.0).states[:1]}, {1})
        first, second = (penalties('CC(=O)O', ph=ph)['CC(=O)O'][0] for ph in (5.0, 6.0))
        self.assertGreater(second, first)

    def test_cost_of_a_proton_is_rt_ln10_a_unit_and_softer_for_vague_values(self) -> None:
        """A sharp pKa costs 5.7 kJ/mol a unit, one with a spread less, at the pKa nothing."""
        self.assertAlmostEqual(proton_cost(8.0, 7.0, 0.0), UNIT)
        self.assertAlmostEqual(proton_cost(7.0, 7.0, 1.0), 0.0)
        self.assertLess(proton_cost(8.0, 7.0, 1.0), 0.6 * UNIT)
        self.assertEqual(proton_cost(8.0, 7.0, 1.0), proton_cost(8.0, 7.0, 3.0))

    def test_near_amines_repel(self) -> None:
        """The second proton of a piperazine is less likely than that of a long diamine."""
        dication = penalties('C1CNCCN1')[canonical('C1C[NH2+]CC[NH2+]1')]
        self.assertGreater(min(dication), 0.0)
        self.assertEqual(best('NCCCCCCN'), canonical('[NH3+]CCCCCC[NH3+]'))


class TautomerTests(TestCase):
    """Mobile hydrogens go where they can, at the price they have in water."""

    def test_preferred_tautomers(self) -> None:
        """Oxo and amino forms prevail, aromaticity is kept, whichever form the input has."""
        for given, expected in (
            ('Oc1ccccn1', 'O=c1cccc[nH]1'),
            ('Oc1ccncc1', 'O=c1cc[nH]cc1'),
            ('Sc1ccccn1', 'S=c1cccc[nH]1'),
            ('Oc1ccnc(O)n1', 'O=c1cc[nH]c(=O)[nH]1'),
            ('N=c1cccc[nH]1', 'Nc1ccccn1'),
            ('N=c1cc[nH]c(=O)[nH]1', 'Nc1cc[nH]c(=O)n1'),
            ('Nc1nc(O)c2[nH]cnc2n1', 'Nc1nc2[nH]cnc2c(=O)[nH]1'),
            ('N=c1nc[nH]c2[nH]cnc12', 'Nc1ncnc2[nH]cnc12'),
            ('c1nnc[nH]1', 'c1nc[nH]n1'),
            ('CC(O)=NC', 'CNC(C)=O'),
            ('CC(=N)NO', 'CC(N)=NO'),
        ):
            with self.subTest(given):
                self.assertEqual(best(given), canonical(expected))

    def test_symmetric_and_asymmetric_placements_are_offered(self) -> None:
        """Both nitrogens of an imidazole, all of a tetrazole, both oxygens that a betaine can use."""
        neutral = [s for s in of('Cc1c[nH]cn1').states if s.charge == 0]
        self.assertEqual(len(neutral), 2)
        self.assertEqual(len([s for s in of('Cc1nn[nH]n1').states if s.charge == 0]), 4)
        self.assertIn(canonical('[O-]c1ccc[nH+]c1'), penalties('Oc1cccnc1'))
        amidine = [s for s in of('NC(=N)c1ccccc1', ph=11.0).states if s.charge == 0]
        self.assertEqual(len(amidine), 2)

    def test_unlikely_tautomers_are_dear(self) -> None:
        """Imidic acids stand above the ceiling, hydroxypyridines below; a higher ceiling admits more."""
        self.assertEqual(list(penalties('CC(=O)NC')), [canonical('CC(=O)NC')])
        self.assertAlmostEqual(penalties('O=c1cccc[nH]1')['Oc1ccccn1'][0], 17.0)
        self.assertNotIn('N=c1cccc[nH]1', penalties('Nc1ccccn1', ceiling=20.0))
        self.assertIn('N=c1cccc[nH]1', penalties('Nc1ccccn1', ceiling=40.0))

    def test_hydrogens_of_carbon_never_move(self) -> None:
        """No keto-enol changes, whatever RDKit would enumerate."""
        for smiles in ('CC(=O)CC(C)=O', 'O=C1CC(=O)NC(=O)N1', 'Cc1cc(=O)[nH][nH]1', 'CC(O)=CC(C)=O'):
            mol = Chem.MolFromSmiles(smiles)
            carbons = [a.GetIdx() for a in mol.GetAtoms() if a.GetSymbol() == 'C']
            for state in ligand_states(mol, ceiling=200.0).states:
                self.assertEqual(
                    [hydrogens(state.mol)[i] for i in carbons], [hydrogens(mol)[i] for i in carbons], smiles
                )

    def test_no_tautomer_of_rdkit_is_missed(self) -> None:
        """Of two moves at most and without carbon, RDKit's enumeration is contained in ours."""
        enumerator = rdMolStandardize.TautomerEnumerator()
        for smiles in (
            'Cc1c[nH]cn1', 'Cc1cc[nH]n1', 'Cc1c[nH]nn1', 'O=c1cccc[nH]1', 'O=c1cc[nH]c(=O)[nH]1', 'Nc1cc[nH]c(=O)n1',
            'Nc1ncnc2[nH]cnc12', 'CNC(=N)NCC', 'c1ccc2[nH]ncc2c1', 'Nc1nc2nccnc2c(=O)[nH]1', 'O=c1cc[nH]c(=S)[nH]1',
        ):  # fmt: skip
            mol = Chem.MolFromSmiles(smiles)
            carbons = sorted(n for n, a in zip(hydrogens(mol), mol.GetAtoms(), strict=True) if a.GetSymbol() == 'C')
            theirs = {
                canonical(Chem.MolToSmiles(other, isomericSmiles=False))
                for other in enumerator.Enumerate(mol)
                if carbons
                == sorted(n for n, a in zip(hydrogens(other), other.GetAtoms(), strict=True) if a.GetSymbol() == 'C')
            }
            self.assertGreater(len(theirs), 1)
            self.assertLessEqual(theirs, set(penalties(smiles, limit=500, ceiling=1000.0)), smiles)

    def test_twisted_bond_is_not_made_double(self) -> None:
        """An arylguanidine whose C-N bond stands across in the model keeps that bond single."""
        mol = Chem.AddHs(Chem.MolFromSmiles('NC(=N)NC'))
        AllChem.EmbedMolecule(mol, randomSeed=7)
        path = mol.GetSubstructMatch(Chem.MolFromSmarts('[NH2]C(=N)[NX3][CH3]'))
        for degrees, allowed in ((90.0, False), (180.0, True)):
            AllChem.SetDihedralDeg(mol.GetConformer(), path[0], path[1], path[3], path[4], degrees)
            states = ligand_states(mol, ph=12.0).states
            self.assertEqual(any('CN=C' in Chem.MolToSmiles(s.mol) for s in states), allowed, degrees)


class TableTests(TestCase):
    """The tables of pKa values."""

    def test_all_patterns_are_valid(self) -> None:
        """Every pattern compiles, and its titratable atoms exist."""
        self.assertGreater(len(rules()), 100)
        for rule in rules():
            self.assertIsNotNone(rule.pattern, rule.name)
            for index, _, sd in rule.values:
                self.assertLess(index, rule.pattern.GetNumAtoms(), rule.name)
                self.assertGreaterEqual(sd, 0.0, rule.name)

    def test_measured_constants_are_met(self) -> None:
        """The own classes give the measured pKa of their parents within 0.7 units."""
        for smiles, pka in (
            ('c1c[nH]cn1', 7.0), ('c1ccc2[nH]cnc2c1', 5.5), ('Nc1ccccn1', 6.9), ('Nc1ccncc1', 9.1), ('c1ccncc1', 5.2),
            ('Nc1cc[nH]c(=O)n1', 4.5), ('c1cscn1', 2.5), ('Nc1nccs1', 5.4), ('CN(C)c1ccccc1', 5.1), ('NCC(=O)O', 9.6),
            ('COc1cc(Cc2cnc(N)nc2N)cc(OC)c1OC', 7.1), ('NCCN', 10.0), ('NCC', 10.6), ('OCCN', 9.5), ('c1cc[nH]n1', 2.5),
        ):  # fmt: skip
            bases = [t.pka for t in titrations(Chem.MolFromSmiles(smiles)) if not t.is_acid]
            self.assertAlmostEqual(max(bases), pka, delta=0.7, msg=smiles)

    def test_site_states_apply_to_a_molecule(self) -> None:
        """A caller can set single sites on a molecule of its own."""
        found = of('CC(=O)O')
        mol = Chem.RWMol(Chem.MolFromSmiles('CC(=O)O'))
        apply(mol, found.sites[0], found.sites[0].states[0])
        Chem.SanitizeMol(mol)
        self.assertEqual(Chem.MolToSmiles(mol), 'CC(=O)[O-]')
