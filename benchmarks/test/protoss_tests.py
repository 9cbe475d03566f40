"""Tests of the metrics that Protoss is measured with, on structures of a few atoms."""

import unittest

import gemmi

from benchmarks.protoss.contacts import between_metal_and_ligand, count, metals, protein_places
from benchmarks.protoss.experiment import compare, sites
from benchmarks.protoss.flips import as_deposited, side_chains, turn
from benchmarks.protoss.structures import main_conformer, to_atoms


def structure(*rows: str) -> gemmi.Structure:
    """
    :param rows: atom name, altloc or '-', residue name and number, x, y, z, occupancy, element
    :returns: a structure with one chain
    """
    lines = []
    for serial, row in enumerate(rows, start=1):
        name, altloc, residue, number, x, y, z, occupancy, element = row.split()
        padded = name if len(name) == 4 else f' {name:<3}'
        lines.append(
            f'ATOM  {serial:>5} {padded}{altloc.replace("-", " ")}{residue:>3} A{number:>4}    '
            f'{float(x):8.3f}{float(y):8.3f}{float(z):8.3f}{float(occupancy):6.2f}{10:6.2f}          {element:>2}'
        )
    return gemmi.read_pdb_string('\n'.join(lines))


def hydroxyl(x: float, y: float, z: float, occupancy: float = 1) -> gemmi.Structure:
    """
    :param x: of the hydrogen
    :param y: of the hydrogen
    :param z: of the hydrogen
    :param occupancy: of the oxygen
    :returns: a hydroxyl group along z, and a backbone oxygen at x = 2.8
    """
    oxygen = f'O - GLY 5 2.8 0 0.3 {occupancy} O'
    return structure('CB - SER 1 0 0 -1.4 1 C', 'OG - SER 1 0 0 0 1 O', f'HG - SER 1 {x} {y} {z} 1 H', oxygen)


ASN = (
    'CB - ASN 1 -1.5 0 0 1 C', 'CG - ASN 1 0 0 0 1 C', 'OD1 - ASN 1 0.6 1.07 0 1 O', 'ND2 - ASN 1 0.7 -1.13 0 1 N'
)  # fmt: skip


class ExperimentTests(unittest.TestCase):
    """Placed hydrogens against those of an experiment."""

    def test_a_rotor_is_judged_by_its_turn_and_has_a_partner(self) -> None:
        """A hydroxyl turned by 90 degrees is 90 degrees off, and its partner is the oxygen it pointed at."""
        experiment = sites(hydroxyl(0.9, 0, 0.3))
        site, values = compare(experiment, to_atoms(hydroxyl(0, 0.9, 0.3))).values[0]
        self.assertEqual((site.kind, site.partner), ('rotor', 'O of GLY_A_5 1.9'))
        self.assertAlmostEqual(values[0], 90, places=3)

    def test_a_partner_that_is_missing_in_some_molecules_is_told_apart(self) -> None:
        """There the hydrogen points elsewhere, and the experiment shows the mean."""
        comparison = compare(sites(hydroxyl(0.9, 0, 0.3, 0.65)), to_atoms(hydroxyl(0.9, 0, 0.3)))
        self.assertEqual(comparison.values[0][0].partner, 'O of GLY_A_5 (65 %) 1.9')
        self.assertEqual(
            (comparison.share('rotor', 30.0), comparison.share('rotor', 30.0, firm=True)), ((1, 1), (0, 0))
        )

    def test_a_rotor_that_points_nowhere_has_no_partner(self) -> None:
        """The acceptor lies on the other side."""
        self.assertEqual(sites(hydroxyl(-0.9, 0, 0.3))[0].partner, '')

    def test_bond_lengths_do_not_count(self) -> None:
        """Another length in the same direction is no difference, and a hydrogen not placed is one."""
        amide = ('N - ALA 2 0 0 0 1 N', 'C - GLY 1 -1.1 0.7 0 1 C', 'CA - ALA 2 1.2 0.8 0 1 C')
        experiment = sites(structure(*amide, 'H - ALA 2 0 -1.03 0 1 D'))
        short = compare(experiment, to_atoms(structure(*amide, 'H - ALA 2 0 -0.86 0 1 H')))
        self.assertEqual(short.share('fixed', 0.01), (1, 1))
        self.assertEqual(compare(experiment, to_atoms(structure(*amide))).share('fixed', 9.0), (0, 1))


class FlipTests(unittest.TestCase):
    """Side chains turned over."""

    def test_a_backbone_donor_at_the_oxygen_decides(self) -> None:
        """The deposited orientation is supported; turned over, the same side chain is contradicted."""
        deposited = structure(*ASN, 'N - GLY 7 1.6 3.6 0 1 N')
        chain = side_chains(deposited)[0]
        self.assertTrue(chain.unambiguous)
        turned, labels = next(pair for pair in (turn(deposited, [chain], seed) for seed in range(20)) if pair[1])
        self.assertEqual(labels, {'ASN_A_1'})
        self.assertFalse(side_chains(turned)[0].supports)
        self.assertTrue(side_chains(turned)[0].contradicts)
        self.assertEqual(
            (as_deposited(chain, to_atoms(deposited)), as_deposited(chain, to_atoms(turned))), (True, False)
        )

    def test_a_water_decides_nothing(self) -> None:
        """Water donates and accepts."""
        chain = side_chains(structure(*ASN, 'O - HOH 7 1.6 3.6 0 1 O'))[0]
        self.assertFalse(chain.supports or chain.contradicts)


class ContactTests(unittest.TestCase):
    """Contacts that should not be."""

    def test_hydrogens_of_two_residues_overlap_by_distance(self) -> None:
        """Two CH hydrogens 1.6 A apart overlap; 2.2 A apart they do not."""
        for distance, expected in ((1.6, 1), (2.2, 0)):
            with self.subTest(distance=distance):
                x = 1.09 + distance
                atoms = ('CA - ALA 1 0 0 0 1 C', 'HA - ALA 1 1.09 0 0 1 H')
                other = (f'CA - ALA 9 {x + 1.09} 0 0 1 C', f'HA - ALA 9 {x} 0 0 1 H')
                whole = structure(*atoms, *other)
                self.assertEqual(count(whole, protein_places(to_atoms(whole), False)).hydrogens, expected)

    def test_a_hydrogen_between_two_oxygens_makes_them_a_bond(self) -> None:
        """Without it they are two acceptors in contact."""
        pair = ('OD1 - ASP 1 0 0 0 1 O', 'O - GLY 9 2.7 0 0 1 O')
        places = protein_places(to_atoms(structure(*pair)), False)
        bare, bonded = (count(structure(*pair, *more), places) for more in ((), ('HD1 - ASP 1 0.98 0 0 1 H',)))
        self.assertEqual((bare.acceptors, bonded.acceptors), (1, 0))

    def test_donors_that_face_each_other_are_counted(self) -> None:
        """Two NH groups nose to nose."""
        rows = ('N - ALA 1 0 0 0 1 N', 'H - ALA 1 1.01 0 0 1 H', 'N - ALA 9 3 0 0 1 N', 'H - ALA 9 1.99 0 0 1 H')
        whole = structure(*rows)
        self.assertEqual(count(whole, protein_places(to_atoms(whole), False)).donors, 1)


class MetalTests(unittest.TestCase):
    """Hydrogens at metals."""

    def test_only_a_hydrogen_on_the_metals_side_is_a_fault(self) -> None:
        """A nitrogen bound to zinc must not carry one; a water's hydrogens point away."""
        zinc = 'ZN - ZN 9 0 0 0 1 ZN'
        bad = structure('ND1 - HIS 1 2.1 0 0 1 N', 'HD1 - HIS 1 1.1 0 0 1 H', zinc)
        good = structure('O - HOH 2 0 2.1 0 1 O', 'H1 - HOH 2 0.8 2.6 0 1 H', zinc)
        self.assertEqual(between_metal_and_ligand(metals(bad), to_atoms(bad)), (1, ['ND1 of HIS_A_1 to ZN_A_9']))
        self.assertEqual(between_metal_and_ligand(metals(good), to_atoms(good)), (1, []))


class MainConformerTests(unittest.TestCase):
    """One conformer for all programs."""

    def test_the_conformer_with_the_highest_occupancy_stays(self) -> None:
        """Of atoms as of residues that share a position."""
        rows = (
            'CA A SER 1 0 0 0 0.4 C',
            'CA B SER 1 0.5 0 0 0.6 C',
            'CA A PRO 2 3 0 0 0.7 C',
            'CA B SER 2 3.5 0 0 0.3 C',
        )
        kept = main_conformer(structure(*rows))
        found = [(cra.residue.name, cra.atom.pos.x, cra.atom.has_altloc()) for cra in kept[0].all()]
        self.assertEqual(found, [('SER', 0.5, False), ('PRO', 3.0, False)])
