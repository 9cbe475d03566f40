"""Tests of ligand chemistry: from residues to molecules, SDF records and pictures."""

import re
import unittest
from xml.etree import ElementTree

import gemmi
from rdkit import Chem
from rdkit.Chem import rdDepictor, rdMolDescriptors

from engines.errors import EngineError
from engines.preprocessor.reference import canonical, component_molecule
from engines.structure.bonding import ResidueBond
from engines.structure.chirality import compare_double_bonds, compare_handedness
from engines.structure.components import Component
from engines.structure.conformers import ChosenResidue, best_label, choose
from engines.structure.ligands import MAX_PERCEIVED, ODD_VALENCE, LigandBuilder, LigandMolecule
from engines.structure.pictures import draw_svg
from engines.structure.sdf import parse_record, sdf_record, split_records
from engines.structure.writing import pdb_obstacle
from engines.test.utils import dictionary

_KEY = ('A', 1, '', 'LIG')


def ideal_residue(component: Component, leave_out: set[str] | None = None, hydrogens: bool = False) -> ChosenResidue:
    """
    A residue at the ideal coordinates of its component.

    :param component: the component
    :param leave_out: names of atoms that the model lacks
    :param hydrogens: whether the model has hydrogens
    :returns: the residue
    """
    atoms = []
    for row, xyz in zip(component.atoms, component.ideal, strict=True):
        atom = gemmi.Atom()
        atom.name, atom.element, atom.pos = row.name, gemmi.Element(row.element), gemmi.Position(*xyz)
        if row.name not in (leave_out or ()):
            atoms.append(atom)
    heavy = tuple(atom for atom in atoms if not atom.is_hydrogen())
    light = tuple(atom for atom in atoms if atom.is_hydrogen())
    return ChosenResidue((*_KEY[:3], component.id), heavy, light if hydrogens else ())


class LigandTestCase(unittest.TestCase):
    """Opens the dictionary once."""

    @classmethod
    def setUpClass(cls) -> None:
        """Open the dictionary."""
        cls.dictionary = dictionary()
        cls.addClassCleanup(cls.dictionary.close)

    def component(self, name: str) -> Component:
        """
        A component that must be known.

        :param name: residue name
        :returns: the component
        """
        component = self.dictionary.get(name)
        assert component is not None
        return component

    def build(self, residue: ChosenResidue, known: bool = True) -> LigandMolecule:
        """
        Build one residue.

        :param residue: the residue
        :param known: whether its component may be looked up
        :returns: the molecule
        """
        name = residue.key[3]
        return LigandBuilder([]).build([residue], {name: self.component(name)} if known else {})

    def smiles(self, result: LigandMolecule) -> str:
        """
        Canonical SMILES of what a reader finds in the SDF.

        :param result: the molecule
        :returns: SMILES
        """
        return canonical(Chem.MolFromMolBlock(sdf_record(result.mol, 'x')))


class KnownLigandTests(LigandTestCase):
    """Components of the dictionary."""

    def test_bond_orders_charges_and_stereo_survive_the_sdf(self) -> None:
        """Kinds of chemistry that go wrong first: charges, phosphates, haem, steroid, nitrate, boron, sulphonate."""
        for name in ('NAP', 'ATP', 'HEM', 'TES', 'BTN', 'FAD', 'NO3', 'P86', 'XK2', '478', 'HIS', 'OLA', 'BO4', 'MES'):
            component = self.component(name)
            with self.subTest(name):
                result = self.build(ideal_residue(component))
                self.assertEqual(self.smiles(result), canonical(component_molecule(component)))
                self.assertEqual(result.missing[_KEY[0], 1, '', name], [])
                self.assertEqual(Chem.GetFormalCharge(result.mol), sum(atom.charge for atom in component.atoms))

    def test_published_values_of_two_molecules(self) -> None:
        """SMILES written down by hand, so that dictionary and engine cannot err together."""
        for name, smiles in (
            ('P86', 'CCN(CC)C1CCN(Cc2cc(I)cc(I)c2O)CC1'),
            ('BTN', 'O=C1N[C@H]2CS[C@@H](CCCCC(=O)O)[C@H]2N1'),
            ('NO3', 'O=[N+]([O-])O'),
        ):
            self.assertEqual(
                self.smiles(self.build(ideal_residue(self.component(name)))), canonical(Chem.MolFromSmiles(smiles))
            )

    def test_hydrogens_are_placed_with_coordinates(self) -> None:
        """The number is the component's, at the length of a bond."""
        component = self.component('TES')
        mol = self.build(ideal_residue(component)).mol
        hydrogens = [atom for atom in mol.GetAtoms() if atom.GetAtomicNum() == 1]
        self.assertEqual(len(hydrogens), sum(atom.element == 'H' for atom in component.atoms))
        positions = mol.GetConformer().GetPositions()
        for atom in hydrogens:
            (partner,) = atom.GetNeighbors()
            length = ((positions[atom.GetIdx()] - positions[partner.GetIdx()]) ** 2).sum() ** 0.5
            self.assertTrue(0.9 < length < 1.2, length)

    def test_hydrogens_of_the_model_stay_where_they_are(self) -> None:
        """Their positions are measured ones."""
        residue = ideal_residue(self.component('GOL'), hydrogens=True)
        mol = self.build(residue).mol
        modelled = {tuple(round(x, 3) for x in atom.pos.tolist()) for atom in residue.hydrogens}
        written = {
            tuple(round(x, 3) for x in mol.GetConformer().GetAtomPosition(a.GetIdx()))
            for a in mol.GetAtoms()
            if a.GetAtomicNum() == 1
        }
        self.assertEqual(written, modelled)

    def test_protonation_of_a_model_with_hydrogens_counts(self) -> None:
        """An acid without its hydrogen in a model that has all others is a carboxylate."""
        component = self.component('BTN')
        acid = next(a.name for a in component.atoms if a.element == 'H' and a.name.startswith('HO'))
        result = self.build(ideal_residue(component, {acid}, hydrogens=True))
        self.assertEqual(Chem.GetFormalCharge(result.mol), -1)
        self.assertEqual(self.smiles(result), canonical(component_molecule(component)))

    def test_deuterium_is_kept_as_isotope(self) -> None:
        """Neutron structures."""
        residue = ideal_residue(self.component('GOL'), hydrogens=True)
        for atom in residue.hydrogens:
            atom.element = gemmi.Element('D')
        mol = self.build(residue).mol
        self.assertEqual({a.GetIsotope() for a in mol.GetAtoms() if a.GetAtomicNum() == 1}, {2})

    def test_missing_atoms_are_named_and_the_rest_keeps_its_valences(self) -> None:
        """A lipid of which the end is not seen; a sulphate of which only the sulphur is."""
        component = self.component('PLM')
        gone = {'CG', 'CF', 'CE', 'CD'}
        result = self.build(ideal_residue(component, gone))
        self.assertEqual(set(next(iter(result.missing.values()))), gone)
        self.assertEqual(self.smiles(result), 'CCCCCCCCCCCC(=O)O')
        lone = self.build(ideal_residue(self.component('SO4'), {'O1', 'O2', 'O3', 'O4'}))
        self.assertEqual(self.smiles(lone), 'S')

    def test_mirrored_model_stays_mirrored(self) -> None:
        """The SDF shows the model, not the dictionary."""
        component = self.component('BTN')
        residue = ideal_residue(component)
        for atom in residue.heavy:
            atom.pos = gemmi.Position(-atom.pos.x, atom.pos.y, atom.pos.z)
        self.assertEqual(
            self.smiles(self.build(residue)), canonical(Chem.MolFromSmiles('O=C1N[C@@H]2CS[C@H](CCCCC(=O)O)[C@@H]2N1'))
        )

    def test_handedness_and_double_bonds_are_compared_with_the_ideal_coordinates(self) -> None:
        """Same coordinates agree, mirrored ones do not, flattened ones are called flat."""
        component = self.component('BTN')
        ideal = {i: gemmi.Position(*xyz) for i, xyz in enumerate(component.ideal)}
        mirror = {i: gemmi.Position(-p.x, p.y, p.z) for i, p in ideal.items()}
        flat = {i: gemmi.Position(p.x, p.y, 0.05 * p.z) for i, p in ideal.items()}
        self.assertEqual(compare_handedness(component, ideal), ([], []))
        self.assertEqual(sorted(compare_handedness(component, mirror)[0]), ['C2', 'C4', 'C5'])
        self.assertEqual(compare_handedness(component, flat)[0], [])
        fumarate = self.component('FMR')
        trans = {i: gemmi.Position(*xyz) for i, xyz in enumerate(fumarate.ideal)}
        self.assertEqual(compare_double_bonds(fumarate, trans), [])
        names = [atom.name for atom in fumarate.atoms]
        (bond,) = [b for b in fumarate.bonds if b.stereo == 'E']
        end = next(
            b for b in fumarate.bonds if bond.second in b[:2] and b[:2] != bond[:2] and 'H' not in names[b.second]
        )
        atom = end.first if end.second == bond.second else end.second
        axis = (trans[bond.first] - trans[bond.second]).normalized()
        arm = trans[atom] - trans[bond.second]
        along = axis * arm.dot(axis)
        turned = {**trans, atom: trans[bond.second] + gemmi.Position(*(along + along - arm).tolist())}
        self.assertEqual(len(compare_double_bonds(fumarate, turned)), 1)

    def test_renamed_atoms_are_matched_by_structure(self) -> None:
        """A file whose atom names the dictionary does not know."""
        component = self.component('TES')
        residue = ideal_residue(component)
        for number, atom in enumerate(residue.heavy):
            atom.name = f'{atom.element.name}{90 - number}'
        result = self.build(residue)
        self.assertEqual(result.renamed, [residue.key])
        self.assertEqual(self.smiles(result), canonical(component_molecule(component)))

    def test_names_from_before_2007_are_known(self) -> None:
        """NADP with asterisks."""
        component = self.component('NAP')
        old = {atom.name: atom.old_name for atom in component.atoms}
        residue = ideal_residue(component)
        for atom in residue.heavy:
            atom.name = old[atom.name]
        result = self.build(residue)
        self.assertEqual((result.renamed, self.smiles(result)), ([], canonical(component_molecule(component))))

    def test_linked_residues_become_one_molecule(self) -> None:
        """A glycosidic bond takes the place of the leaving hydroxyl and of a hydrogen."""
        nag = self.component('NAG')
        first, second = ideal_residue(nag, {'O1'}), ideal_residue(nag)
        second = ChosenResidue(('A', 2, '', 'NAG'), second.heavy, ())
        for atom in second.heavy:
            atom.pos = gemmi.Position(atom.pos.x + 9, atom.pos.y, atom.pos.z)
        bond = ResidueBond(first.key, 'C1', second.key, 'O4', 1.4, True)
        result = LigandBuilder([bond]).build([first, second], {'NAG': nag})
        self.assertEqual(len(Chem.GetMolFrags(result.mol)), 1)
        self.assertEqual(rdMolDescriptors.CalcMolFormula(result.mol), 'C16H28N2O11')
        self.assertEqual([names for names in result.missing.values() if names], [])

    def test_impossible_valences_are_kept_and_marked(self) -> None:
        """The dictionary holds clusters that the octet rule does not explain; they are written all the same."""
        result = self.build(ideal_residue(self.component('6BP')))
        self.assertTrue(result.mol.HasProp(ODD_VALENCE))
        self.assertIn('V2000', sdf_record(result.mol, 'x'))
        self.assertIn('</svg>', draw_svg(result.mol))


class PerceptionTests(LigandTestCase):
    """Residues that the dictionary does not know."""

    def test_bonds_are_perceived_from_heavy_atoms_alone(self) -> None:
        """Aromatic rings, amides, acids, nitriles, nitro and sulphonyl groups, guanidine, azide, phosphate."""
        for name in (
            'P86',
            'TES',
            'BTN',
            '478',
            'BEN',
            'SAL',
            'STI',
            'NBZ',
            'CIT',
            'XK2',
            'AZI',
            'IBP',
            'CLR',
            'AMP',
            'DMS',
        ):
            component = self.component(name)
            with self.subTest(name):
                result = self.build(ideal_residue(component), known=False)
                self.assertEqual(result.perceived, [(*_KEY[:3], name)])
                self.assertEqual(self.smiles(result), canonical(component_molecule(component)))

    def test_hydrogens_of_the_model_help(self) -> None:
        """With all hydrogens the saturation of each atom is known."""
        for name in ('P86', 'TES', 'STI', 'NBZ', 'MTX'):
            component = self.component(name)
            with self.subTest(name):
                result = self.build(ideal_residue(component, hydrogens=True), known=False)
                self.assertEqual(self.smiles(result), canonical(component_molecule(component)))

    def test_residue_beyond_the_limit_is_refused(self) -> None:
        """Comparing all pairs of atoms of a whole structure named LIG would never end."""
        atoms = []
        for number in range(MAX_PERCEIVED + 1):
            atom = gemmi.Atom()
            atom.name, atom.element, atom.pos = f'C{number}', gemmi.Element('C'), gemmi.Position(1.5 * number, 0, 0)
            atoms.append(atom)
        with self.assertRaises(EngineError) as caught:
            LigandBuilder([]).build([ChosenResidue(_KEY, tuple(atoms), ())], {})
        self.assertEqual(caught.exception.code, 'ligand.too_large')


class ConformerTests(unittest.TestCase):
    """Choice among alternative positions."""

    def residue(self, *atoms: tuple[str, str, float]) -> gemmi.Residue:
        """
        A residue.

        :param atoms: name, conformer label and occupancy of each atom
        :returns: the residue
        """
        residue = gemmi.Residue()
        residue.name = 'LIG'
        for name, label, occupancy in atoms:
            atom = gemmi.Atom()
            atom.name, atom.altloc, atom.occ, atom.element = name, label or '\0', occupancy, gemmi.Element('C')
            residue.add_atom(atom)
        return residue

    def labels(self, residue: gemmi.Residue) -> list[str]:
        """
        The labels of the chosen atoms.

        :param residue: the residue
        :returns: name and label of each
        """
        (chosen,) = choose([(_KEY, residue)], best_label([residue]))
        return [f'{atom.name}{atom.altloc}'.rstrip('\0') for atom in chosen.heavy]

    def test_most_occupied_conformer_wins(self) -> None:
        """Whatever the order in the file."""
        residue = self.residue(('C1', '', 1.0), ('C2', 'A', 0.3), ('C2', 'B', 0.7))
        self.assertEqual(self.labels(residue), ['C1', 'C2B'])

    def test_of_equals_the_first_label_wins(self) -> None:
        """Ties are common and must not depend on the order."""
        residue = self.residue(('C2', 'B', 0.5), ('C2', 'A', 0.5))
        self.assertEqual(self.labels(residue), ['C2A'])

    def test_atom_without_the_label_keeps_its_best_position(self) -> None:
        """Labels need not be the same for all atoms."""
        residue = self.residue(('C1', 'A', 0.9), ('C1', 'B', 0.1), ('C2', 'B', 0.4), ('C2', 'C', 0.6))
        self.assertEqual(self.labels(residue), ['C1A', 'C2C'])

    def test_residue_of_another_conformer_is_left_out(self) -> None:
        """Two compounds at one place."""
        first, second = self.residue(('C1', 'A', 0.6)), self.residue(('C1', 'B', 0.4))
        chosen = choose([(_KEY, first), ((*_KEY[:3], 'XYZ'), second)], best_label([first, second]))
        self.assertEqual([residue.key for residue in chosen], [_KEY])


class SdfTests(unittest.TestCase):
    """Records and pictures."""

    def test_records_end_with_delimiter_and_newline_and_split_back(self) -> None:
        """Two records in a row must not fuse delimiter and title."""
        record = sdf_record(Chem.AddHs(Chem.MolFromSmiles('CO')), 'MOH_A_1')
        self.assertTrue(record.endswith('M  END\n$$$$\n'))
        self.assertEqual(record.split('\n', 1)[0], 'MOH_A_1')
        parts = split_records(record + record)
        self.assertEqual([part.split('\n', 1)[0] for part in parts], ['MOH_A_1', 'MOH_A_1'])
        self.assertEqual([f'{part}$$$$\n' for part in parts], [record, record])

    def test_last_record_may_lack_its_delimiter(self) -> None:
        """A plain mol file is a record too."""
        self.assertEqual(split_records('a\nM  END\n'), ['a\nM  END\n'])
        self.assertEqual(split_records('\n\n'), [])

    def test_flat_and_unplaced_molecules_are_refused(self) -> None:
        """A drawing has no pose."""
        drawing = Chem.MolFromSmiles('c1ccccc1O')
        rdDepictor.Compute2DCoords(drawing)
        unplaced = Chem.MolFromSmiles('CCO')
        unplaced.AddConformer(Chem.Conformer(3))
        for mol in (drawing, unplaced):
            with self.assertRaises(EngineError) as caught:
                parse_record(sdf_record(mol, 'x'), 'Record 1')
            self.assertEqual(caught.exception.code, 'ligand.no_3d')

    def test_picture_is_self_contained(self) -> None:
        """No script, no link, no style sheet, no font or picture from elsewhere."""
        picture = draw_svg(Chem.AddHs(Chem.MolFromSmiles('CCN(CC)C1CCN(Cc2cc(I)cc(I)c2O)CC1')))
        root = ElementTree.fromstring(picture)  # noqa: S314  # our own output
        tags = {element.tag.rsplit('}', 1)[-1] for element in root.iter()}
        self.assertLessEqual(tags, {'svg', 'path', 'rect', 'text', 'tspan', 'ellipse'})
        names = {name.rsplit('}', 1)[-1].lower() for element in root.iter() for name in element.attrib}
        self.assertFalse({name for name in names if name.startswith('on') or name in ('href', 'src')})
        self.assertFalse(re.search(r'url\(|@import|<!ENTITY|<\?xml-stylesheet', picture))


class WritingTests(unittest.TestCase):
    """What does not fit the PDB format."""

    def test_reasons(self) -> None:
        """Each limit of the format."""
        for change, words in (
            (lambda m: m[0].__setattr__('name', 'AA'), 'chain AA'),
            (lambda m: m[0][0].__setattr__('name', 'A1LYZ'), 'A1LYZ'),
            (lambda m: m[0][0].seqid.__setattr__('num', 10_000), '10000'),
            (lambda m: m[0][0][0].__setattr__('name', 'HO5TX'), 'HO5TX'),
            (lambda m: m[0][0][0].__setattr__('pos', gemmi.Position(-1000, 0, 0)), 'coordinate'),
            (lambda m: None, ''),
        ):
            structure = gemmi.read_pdb_string(
                'ATOM      1  CA  ALA A   1      11.104   6.134  -6.504  1.00  0.00           C'
            )
            change(structure[0])
            with self.subTest(words):
                self.assertIn(words, pdb_obstacle(structure))
                self.assertEqual(bool(words), bool(pdb_obstacle(structure)))
