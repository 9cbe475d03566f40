"""Interactions of real complexes, against what their papers and their geometry say."""

import unittest

import gemmi
import numpy as np

from engines.interactions.assembly import read_assembly
from engines.interactions.interaction import Kind, Role
from engines.interactions.perception import perceive
from engines.interactions.test.sites import of_ligand, site, told, whole
from engines.interactions.thresholds import limits
from engines.protoss.cutting import near_residues
from engines.structure.sdf import sdf_record
from engines.test.utils import Workspace, dictionary_path, structure_path


class HydrogenBondTests(unittest.TestCase):
    """Hydrogen bonds and water bridges."""

    def test_cyclic_urea_bonds_flaps_and_aspartates(self) -> None:
        """1HVR (Lam et al. 1994): the urea oxygen takes the place of the water at the flaps."""
        assembly = whole('1hvr.pdb')
        found = of_ligand(assembly, 'XK2_A_263')
        pairs = told(assembly, found, Kind.HYDROGEN_BOND)
        partners = {other for own, other in pairs if own == 'O1'}
        self.assertEqual(partners, {'ILE50.N'})
        self.assertEqual(
            sum(i.kind is Kind.HYDROGEN_BOND and assembly.name(i.focus.atoms[0]).name == 'O1' for i in found), 2
        )
        self.assertLessEqual({other[:5] for own, other in pairs if own in ('O4', 'O5')}, {'ASP25'})
        self.assertEqual({own for own, _ in pairs}, {'O1', 'O4', 'O5'})

    def test_flap_water_bridges_amprenavir(self) -> None:
        """1HPV: one water ties two oxygens of the inhibitor to both flaps."""
        assembly = whole('1hpv.pdb')
        found = of_ligand(assembly, '478__200')
        self.assertEqual(told(assembly, found, Kind.WATER_BRIDGE), {('O2', 'ILE50.N'), ('O5', 'ILE50.N')})
        for item in found:
            if item.kind is Kind.WATER_BRIDGE:
                self.assertIsNotNone(item.through)
                self.assertIs(item.through and item.through.role, Role.WATER)
                self.assertLess(max(item.lengths.values()), limits('hydrogen_bond')['distance'])

    def test_distances_are_those_of_the_coordinates(self) -> None:
        """Each pair of atoms is as far apart as it says, and a donor has its hydrogen."""
        assembly = whole('1hvr.pdb')
        for item in of_ligand(assembly, 'XK2_A_263'):
            first, second = item.focus.atoms[0], item.partner.atoms[0]
            apart = float(np.linalg.norm(assembly.positions[first] - assembly.positions[second]))
            self.assertAlmostEqual(item.distance, apart, 6)
            donor = first if item.focus.role is Role.DONOR else second
            if item.kind is Kind.HYDROGEN_BOND:
                self.assertTrue(len(assembly.hydrogens[donor]))

    def test_sulphur_without_its_oxygens_accepts_nothing(self) -> None:
        """1GBT has sulphates of one atom next to amide hydrogens."""
        self.assertEqual(of_ligand(whole('1gbt.cif'), 'SO4_A_702'), [])


class ContactTests(unittest.TestCase):
    """All other kinds."""

    def test_benzamidine_like_ligand_is_bound_and_charged(self) -> None:
        """1GBT: acyl enzyme at Ser195, guanidinium at Asp189 of trypsin."""
        assembly = whole('1gbt.cif')
        found = of_ligand(assembly, 'GBS_A_704')
        self.assertEqual(told(assembly, found, Kind.COVALENT), {('CD', 'SER195.OG')})
        bridge = next(item for item in found if item.kind is Kind.SALT_BRIDGE)
        self.assertEqual([assembly.name(a).name for a in bridge.focus.atoms], ['NE', 'NH1', 'NH2'])
        self.assertEqual({assembly.name(a).name for a in bridge.partner.atoms}, {'OD1', 'OD2'})
        self.assertEqual(assembly.name(bridge.partner.atoms[0]).key[1], 189)

    def test_atoms_beside_a_bond_are_no_contact(self) -> None:
        """CB of the serine that the ligand is bound to is two bonds away from it."""
        assembly = whole('1gbt.cif')
        partners = {other for _, other in told(assembly, of_ligand(assembly, 'GBS_A_704'), Kind.HYDROPHOBIC)}
        self.assertNotIn('SER195.CB', partners)

    def test_quinoxaline_stacks_on_bases(self) -> None:
        """1PFE: echinomycin intercalates; both its quinoxalines lie on guanine."""
        assembly = whole('1pfe.cif')
        stacks = [i for i in of_ligand(assembly, 'DSN_B_1') if i.kind is Kind.PI_PARALLEL]
        self.assertLessEqual({'DG'}, {assembly.name(i.partner.atoms[0]).key[3] for i in stacks})
        for item in stacks:
            self.assertLess(item.angles['tilt'], limits('pi_stacking')['tilt'])
            self.assertTrue(3.0 < item.distance < limits('pi_stacking')['distance'])

    def test_amides_between_residues_of_a_ligand_keep_their_hydrogen(self) -> None:
        """1PFE: serine and alanine of echinomycin bind the minor groove by their amides; methylated ones have none."""
        assembly = whole('1pfe.cif')
        amides = {
            assembly.name(a).key[3] + assembly.name(a).name: len(assembly.hydrogens[a]) for a in assembly.atoms[0]
        }
        self.assertEqual([amides[name] for name in ('DSNN', 'ALAN', 'MVAN')], [1, 1, 0])
        self.assertTrue(told(assembly, of_ligand(assembly, 'DSN_B_1'), Kind.HYDROGEN_BOND))

    def test_iodine_bonds_sulphur_of_methionine(self) -> None:
        """4X21: iodine and Met146 of JNK3 (Lange et al. 2015); told once, not as an apolar contact too."""
        assembly = site('4x21.cif', 'A', 501)
        found = of_ligand(assembly, '3WH_A_501')
        self.assertEqual(told(assembly, found, Kind.HALOGEN_BOND), {('I17', 'MET146.SD')})
        self.assertNotIn(('I17', 'MET146.SD'), told(assembly, found, Kind.HYDROPHOBIC))
        self.assertEqual(told(assembly, found, Kind.HYDROGEN_BOND), {('N12', 'MET149.O'), ('N19', 'MET149.N')})

    def test_what_is_cut_out_is_decided_as_in_the_whole(self) -> None:
        """1GBT: bonds of the ligand to its surroundings within 12 Angstrom are those in the whole trypsin."""
        assembly = whole('1gbt.cif')
        number = next(i for i, molecule in enumerate(assembly.molecules) if molecule.name == 'GBS_A_704')
        space = Workspace()
        self.addCleanup(space.close)
        record = space.write('ligand.sdf', sdf_record(assembly.mols[number], 'GBS'))
        part = read_assembly(structure_path('1gbt.cif'), dictionary_path(), record, around=12.0)
        self.assertLess(len(part.positions), len(assembly.positions) / 2)
        for kind in (Kind.HYDROGEN_BOND, Kind.SALT_BRIDGE, Kind.COVALENT):
            partners = [{other for _, other in told(a, of_ligand(a, n), kind)} for a, n in
                        ((assembly, 'GBS_A_704'), (part, 'GBS'))]  # fmt: skip
            self.assertEqual(*partners)

    def test_symmetry_copies_are_cut_out_too(self) -> None:
        """Two atoms at opposite ends of a cell are neighbours."""
        space = Workspace()
        self.addCleanup(space.close)
        source = gemmi.read_structure(str(structure_path('1ubi.pdb')))
        corner = np.array([a.pos.tolist() for c in source[0] for r in c for a in r]).max(0)
        keys = near_residues(source, corner[None] + 3.0, 8.0)
        alone = source.clone()
        alone.cell = gemmi.UnitCell()
        self.assertLess(near_residues(alone, corner[None] + 3.0, 8.0), keys)

    def test_haem_iron_has_its_histidine(self) -> None:
        """4HHB: proximal histidine F8 of the alpha chain."""
        assembly = site('4hhb.pdb', 'A', 142)
        self.assertEqual(told(assembly, of_ligand(assembly, 'HEM_A_142'), Kind.METAL), {('FE', 'HIS87.NE2')})

    def test_cofactor_stacks_and_holds_its_substrate(self) -> None:
        """1AFS: nicotinamide on Tyr216, adenine under Arg276, testosterone on the nicotinamide."""
        assembly = site('1afs.pdb', 'A', 324)
        found = of_ligand(assembly, 'NAP_A_324')
        rings = {assembly.name(i.partner.atoms[0]).key[1] for i in found if i.kind is Kind.PI_PARALLEL}
        self.assertEqual(rings, {216})
        cations = {assembly.name(i.partner.atoms[0]).key[1] for i in found if i.kind is Kind.CATION_PI}
        self.assertEqual(cations, {276})
        charged = {assembly.name(i.partner.atoms[0]).key[1] for i in found if i.kind is Kind.SALT_BRIDGE}
        self.assertEqual(charged, {270, 276})
        self.assertIn(('C4N', 'TES325.C2'), told(assembly, found, Kind.HYDROPHOBIC))

    def test_either_side_of_a_pair_tells_the_same(self) -> None:
        """What the residue sees in the ligand, the ligand sees in the residue."""
        assembly = site('1afs.pdb', 'A', 324)
        own = set(assembly.atoms[0])
        residue = [a for a, owner in enumerate(assembly.system.owner) if assembly.name(a).key[1] == 270 and owner >= 0]
        there = [
            i for i in perceive(assembly, own) if assembly.name(i.partner.atoms[0]).key[1] == 270 and not i.through
        ]
        back = [i for i in perceive(assembly, residue) if own.issuperset(i.partner.atoms) and not i.through]
        seen = {(i.kind, i.focus.atoms, i.partner.atoms, round(i.distance, 6)) for i in there}
        self.assertTrue(seen)
        self.assertEqual(seen, {(i.kind, i.partner.atoms, i.focus.atoms, round(i.distance, 6)) for i in back})


class SymmetryTests(unittest.TestCase):
    """Symmetry copies, and equal output for equal input."""

    def test_strands_are_tied_across_the_crystal(self) -> None:
        """1YJP (Nelson et al. 2005): the peptide bonds nothing but its own copies, backbone to backbone."""
        assembly = whole('1yjp.cif')
        every = [a for a in range(len(assembly.system)) if assembly.name(a).key[3] != 'HOH']
        self.assertEqual([i for i in perceive(assembly, every) if not i.partner.image], perceive(assembly, every))
        found = [i for i in perceive(assembly, every, symmetry=True) if i.kind is Kind.HYDROGEN_BOND]
        backbone = [i for i in found if {assembly.name(p.atoms[0]).name for p in (i.focus, i.partner)} == {'N', 'O'}]
        self.assertGreaterEqual(len(backbone), 6)
        for item in backbone:
            self.assertGreater(item.partner.image, 0)
            apart = np.array(item.focus.centre) - np.array(item.partner.centre)
            self.assertAlmostEqual(float(np.linalg.norm(apart)), item.distance, 6)

    def test_order_is_stable(self) -> None:
        """The same complex gives the same list, sorted by kind."""
        assembly = site('1afs.pdb', 'A', 324)
        first, second = perceive(assembly), perceive(assembly)
        self.assertEqual(first, second)
        kinds = [list(Kind).index(i.kind) for i in of_ligand(assembly, 'NAP_A_324')]
        self.assertEqual(kinds, sorted(kinds))

    def test_limits_have_sources(self) -> None:
        """Every table of limits says where they come from, and none is empty."""
        import tomllib

        from engines.interactions import thresholds

        tables = tomllib.loads(thresholds._FILE.read_text(encoding='utf-8'))
        for name, table in tables.items():
            self.assertGreater(len(table['source']), 20, name)
            self.assertTrue(limits(name), name)
