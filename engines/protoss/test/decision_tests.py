"""Tests of single decisions in complexes of a few atoms."""

from unittest import TestCase

import numpy as np

from engines.protoss.placement import unit
from engines.protoss.test.examples import chain_of, hydrogens, ideal, run, state_of, structure
from engines.test.utils import Workspace, structure_path


class DecisionCase(TestCase):
    """A test with a folder."""

    def setUp(self) -> None:
        """Make the folder."""
        self.space = Workspace()
        self.addCleanup(self.space.close)

    def decide(self, residues, *arguments, cell=None):  # type: ignore[no-untyped-def]
        """
        Run the engine on a few residues.

        :param residues: names and atoms
        :param arguments: further arguments
        :param cell: edges of a P1 cell
        :returns: the outcome
        """
        return run(self.space, self.space.write('in.pdb', structure(residues, cell)), *arguments)


class HistidineTests(DecisionCase):
    """Histidine beside metals and polar atoms."""

    def _lone_pair(self, atoms, atom: str, first: str, second: str, reach: float) -> np.ndarray:  # type: ignore[no-untyped-def]
        """
        :param atoms: positions of a histidine
        :param atom: a ring atom
        :param first: a neighbour
        :param second: the other neighbour
        :param reach: Angstrom
        :returns: a point in the direction of its lone pair or hydrogen
        """
        return atoms[atom] + reach * unit(2 * atoms[atom] - atoms[first] - atoms[second])

    def test_the_nitrogen_at_a_metal_carries_no_hydrogen(self) -> None:
        """Zinc at ND1 leaves the hydrogen to NE2, and zinc at NE2 to ND1."""
        ring = ideal('HIS')
        for metal, state, bare in ((('ND1', 'CG', 'CE1'), 'HIE', 'ND1'), (('NE2', 'CD2', 'CE1'), 'HID', 'NE2')):
            zinc = self._lone_pair(ring, *metal, 2.06)
            outcome = self.decide([('HIS', ring), ('ZN', {'ZN': zinc})])
            row = state_of(outcome, 'HIS_A_1')
            self.assertEqual((row['state'], row['flipped']), (state, False))
            self.assertEqual(hydrogens(outcome, 'A', bare), [])
            self.assertEqual(row['partners'], ['ZN of ZN_B_2 2.1'])

    def test_a_ring_with_its_carbon_at_a_metal_is_turned_over(self) -> None:
        """Zinc at CD2 can only be a ring modelled the wrong way round."""
        ring = ideal('HIS')
        zinc = self._lone_pair(ring, 'CD2', 'CG', 'NE2', 2.05)
        row = state_of(self.decide([('HIS', ring), ('ZN', {'ZN': zinc})]), 'HIS_A_1')
        self.assertEqual((row['state'], row['flipped']), ('HIE', True))

    def test_a_ring_between_two_carboxylates_takes_both_hydrogens(self) -> None:
        """At a pH near its pKa two salt bridges decide for the cation."""
        ring = ideal('HIS')
        residues = [('HIS', ring)]
        for atom, first, second in (('ND1', 'CG', 'CE1'), ('NE2', 'CD2', 'CE1')):
            oxygen = self._lone_pair(ring, atom, first, second, 2.75)
            out = unit(oxygen - ring[atom])
            across = unit(np.cross(out, (0.3, 0.5, 0.8)))
            carbon = oxygen + 1.25 * unit(out + 1.2 * across)
            other, methyl = carbon + 1.25 * unit(out - 0.2 * across), carbon + 1.5 * unit(across)
            residues.append(('ACT', {'C': carbon, 'O': oxygen, 'OXT': other, 'CH3': methyl}))
        self.assertEqual(state_of(self.decide(residues, '--ph', '6.0'), 'HIS_A_1')['state'], 'HIP')

    def test_alone_the_ring_is_neutral_at_neutral_ph_and_charged_in_acid(self) -> None:
        """Free histidine has a pKa of 6.5."""
        residues = [('HIS', ideal('HIS'))]
        self.assertEqual(state_of(self.decide(residues), 'HIS_A_1')['state'], 'HIE')
        self.assertEqual(state_of(self.decide(residues, '--ph', '3'), 'HIS_A_1')['state'], 'HIP')


class AmideTests(DecisionCase):
    """Asparagine between a donor and an acceptor."""

    def _surroundings(self, swapped: bool):  # type: ignore[no-untyped-def]
        """
        :param swapped: whether oxygen and nitrogen are modelled the wrong way round
        :returns: asparagine with acetate at its nitrogen and a lysine at its oxygen
        """
        atoms = ideal('ASN')
        amide, carbon = atoms['ND2'], atoms['CG']
        trans = unit(amide - carbon + unit(atoms['OD1'] - carbon) * 1.33)
        oxygen = amide + 2.85 * trans
        residues = [('ASN', dict(atoms))]
        side = unit(np.cross(trans, atoms['OD1'] - carbon))
        acid = oxygen + 1.25 * unit(trans + side)
        residues.append(
            ('ACT', {'C': acid, 'O': oxygen, 'OXT': acid + 1.25 * trans, 'CH3': acid + 1.5 * side})
        )  # fmt: skip
        if swapped:
            residues[0][1]['OD1'], residues[0][1]['ND2'] = atoms['ND2'], atoms['OD1']
        return residues

    def test_the_end_at_an_acceptor_is_the_nitrogen(self) -> None:
        """Modelled right it stays, modelled wrong it is turned over and ends at the same place."""
        right = self.decide(self._surroundings(swapped=False))
        self.assertEqual(right.report['flips'], [])
        wrong = self.decide(self._surroundings(swapped=True))
        self.assertEqual(wrong.report['flips'], ['ASN_A_1'])
        self.assertIn('ASN_A_1', wrong.notes['protoss.flips'])
        for name in ('OD1', 'ND2'):
            places = [o.structure[0]['A'][0][name][0].pos for o in (right, wrong)]
            self.assertLess(places[0].dist(places[1]), 0.002)

    def test_the_end_at_a_metal_is_the_oxygen(self) -> None:
        """A nitrogen modelled beside magnesium gives its place to the oxygen; an oxygen that is there stays."""
        atoms = ideal('ASN')
        for name, flips in (('ND2', ['ASN_A_1']), ('OD1', [])):
            metal = atoms[name] + 2.1 * unit(atoms[name] - atoms['CG'])
            outcome = self.decide([('ASN', atoms), ('MG', {'MG': metal})])
            self.assertEqual(outcome.report['flips'], flips)
            self.assertEqual(len(hydrogens(outcome, 'A', 'ND2')), 2)


def _holder(outcome, hydrogen) -> str:  # type: ignore[no-untyped-def]
    """
    :param outcome: of a run on a chain with phosphoserine
    :param hydrogen: one of its hydrogens
    :returns: name of the phosphate oxygen that holds it, or empty
    """
    residue = outcome.structure[0]['A'][1]
    near = [a.name for a in residue if a.name in ('O1P', 'O2P', 'O3P') and a.pos.dist(hydrogen.pos) < 1.2]
    return near[0] if near else ''


class AcidTests(DecisionCase):
    """Carboxylates and amines."""

    def test_two_carboxylates_that_touch_share_a_proton(self) -> None:
        """The aspartates 25 of HIV protease hold one proton between them."""
        outcome = run(self.space, structure_path('1hpv.pdb'))
        states = [state_of(outcome, f'ASP_{chain}_25')['state'] for chain in 'AB']
        self.assertEqual(sorted(states), ['ASH', 'ASP'])

    def test_ph_decides_about_what_stands_alone(self) -> None:
        """Acids lose their charge at pH 1, amines at pH 13."""
        residues = [('ASP', ideal('ASP')), ('LYS', {n: p + 30 for n, p in ideal('LYS').items()})]
        for ph, acid, amine in (('1', 'ASH', 'LYS'), ('7', 'ASP', 'LYS'), ('13', 'ASP', 'LYN')):
            outcome = self.decide(residues, '--ph', ph)
            self.assertEqual(state_of(outcome, 'ASP_A_1')['state'], acid)
            self.assertEqual(state_of(outcome, 'LYS_B_2')['state'], amine)
            self.assertEqual(len(hydrogens(outcome, 'B', 'NZ')), 3 if amine == 'LYS' else 2)

    def test_modified_residues_of_a_chain_have_states_of_their_own(self) -> None:
        """Phosphoserine between two alanines: no proton at pH 8.5, one at pH 3; a row of the report."""
        for ph, number in (('8.5', 0), ('3', 1)):
            path = self.space.write('chain.pdb', chain_of(('ALA', 'SEP', 'ALA')))
            outcome = run(self.space, path, '--ph', ph)
            protons = [h for h in outcome.structure[0]['A'][1] if h.is_hydrogen() and _holder(outcome, h) != '']
            self.assertEqual(len(protons), number)
            self.assertEqual(
                [row['residue'] for row in outcome.report['residues'] if row['name'] == 'SEP'], ['SEP_A_2']
            )

    def test_a_thiol_at_zinc_is_a_thiolate(self) -> None:
        """Alone it keeps its hydrogen."""
        atoms = ideal('CYS')
        zinc = atoms['SG'] + 2.3 * unit(atoms['SG'] - atoms['CB'] + np.array((0.5, 0.4, 0.3)))
        self.assertEqual(state_of(self.decide([('CYS', atoms), ('ZN', {'ZN': zinc})]), 'CYS_A_1')['state'], 'CYM')
        self.assertEqual(state_of(self.decide([('CYS', atoms)]), 'CYS_A_1')['state'], 'CYS')


def _beyond_hydroxyl(atoms) -> np.ndarray:  # type: ignore[no-untyped-def]
    """
    :param atoms: positions of a serine
    :returns: a point 3.1 Angstrom from OG, at 110 degrees to its bond and gauche to CA
    """
    axis, side = unit(atoms['OG'] - atoms['CB']), atoms['CA'] - atoms['CB']
    side = unit(side - (side @ axis) * axis)
    around = 0.5 * side + 0.866 * np.cross(axis, side)
    return np.array(atoms['OG'] + 3.1 * (0.342 * axis + 0.94 * around))


class RotorTests(DecisionCase):
    """Hydroxyls and waters."""

    def test_a_hydroxyl_points_at_the_only_acceptor(self) -> None:
        """A chloride 3.1 Angstrom from OG of serine gets its hydrogen."""
        atoms = ideal('SER')
        chloride = _beyond_hydroxyl(atoms)
        outcome = self.decide([('SER', atoms), ('CL', {'CL': chloride})])
        (hydrogen,) = hydrogens(outcome, 'A', 'OG')
        self.assertLess(float(np.linalg.norm(hydrogen - chloride)), 2.5)

    def test_of_two_waters_one_gives_its_hydrogen_to_the_other(self) -> None:
        """Exactly one hydrogen lies between the oxygens."""
        waters = [('HOH', {'O': np.array((0.0, 0, 0))}), ('HOH', {'O': np.array((2.8, 0, 0))})]
        outcome = self.decide([('ASP', {n: p + 20 for n, p in ideal('ASP').items()}), *waters])
        between = [h for chain in 'BC' for h in hydrogens(outcome, chain, 'O') if abs(h[0] - 1.4) < 0.6 > abs(h[1])]
        self.assertEqual(len(between), 1)

    def test_waters_turn_their_hydrogens_away_from_metals(self) -> None:
        """Magnesium at 2.1 Angstrom: both hydrogens on the far side."""
        metal = np.zeros(3)
        outcome = self.decide(
            [
                ('ASP', {n: p + 20 for n, p in ideal('ASP').items()}),
                ('MG', {'MG': metal}),
                ('HOH', {'O': metal + np.array((2.1, 0, 0))}),
            ]
        )
        for hydrogen in hydrogens(outcome, 'C', 'O'):
            self.assertGreater(float(np.linalg.norm(hydrogen - metal)), 2.5)

    def test_neighbours_in_the_crystal_count(self) -> None:
        """A chloride across the cell face draws the hydrogen only when there is a cell."""
        atoms = {n: p + 5 for n, p in ideal('SER').items()}
        target = _beyond_hydroxyl(atoms)
        residues = [('SER', atoms), ('CL', {'CL': target + np.array((25.0, 0, 0))})]
        found = []
        for cell in ((25.0, 40.0, 40.0), None):
            (hydrogen,) = hydrogens(self.decide(residues, cell=cell), 'A', 'OG')
            found.append(float(np.linalg.norm(hydrogen - target)))
        self.assertLess(found[0], 2.5)
        self.assertGreater(found[1], 2.5)

    def test_crowded_methyls_turn(self) -> None:
        """An alanine whose methyl meets a methyl of another one head-on leaves the staggered position or gives way."""
        first = ideal('ALA')
        out = unit(first['CB'] - first['CA'])
        middle = first['CB'] + out * 1.55
        second = {name: 2 * middle - point for name, point in first.items()}
        outcome = self.decide([('ALA', first), ('ALA', second)])
        pairs = [(a, b) for a in hydrogens(outcome, 'A', 'CB') for b in hydrogens(outcome, 'B', 'CB')]
        self.assertGreater(min(float(np.linalg.norm(a - b)) for a, b in pairs), 1.6)

    def test_bond_lengths_can_be_those_of_x_ray_structures(self) -> None:
        """O-H 0.97 by neutrons, 0.84 by X-rays, in the same direction."""
        residues = [('SER', ideal('SER'))]
        found = []
        for lengths, expected in (('neutron', 0.97), ('xray', 0.84)):
            outcome = self.decide(residues, '--bond_lengths', lengths)
            (hydrogen,) = hydrogens(outcome, 'A', 'OG')
            bond = hydrogen - np.array(outcome.structure[0]['A'][0]['OG'][0].pos.tolist())
            self.assertAlmostEqual(float(np.linalg.norm(bond)), expected, places=2)
            found.append(unit(bond))
        self.assertGreater(float(found[0] @ found[1]), 0.999)
