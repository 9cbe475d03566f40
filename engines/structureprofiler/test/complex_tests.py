"""The header, backbones, side chains, residues and contacts."""

import tempfile
import unittest
from functools import cache
from pathlib import Path

import gemmi
import numpy as np

from engines.protoss.topology import chain_starts
from engines.structure.classification import Kind
from engines.structure.reading import read_structure
from engines.structureprofiler import backbone, rotamers
from engines.structureprofiler.clashscore import measure_clashscore
from engines.structureprofiler.contacts import (
    measure_crystal_contacts,
    measure_ligand_contacts,
    measure_site_contacts,
)
from engines.structureprofiler.disorder import measure_ligand_disorder
from engines.structureprofiler.header import accessions, measure_header, methods
from engines.structureprofiler.measures import Measures, Value
from engines.structureprofiler.polymer_geometry import measure_polymer_geometry
from engines.structureprofiler.subject import Complex, read_complex, site_residues
from engines.test.utils import dictionary_path, structure_path


@cache
def load(name: str) -> Complex:
    """
    :param name: of a test file; what is measured leaves it as it is
    :returns: the complex
    """
    return read_complex(structure_path(name), dictionary_path(), None)


def changed(structure: gemmi.Structure) -> Complex:
    """
    :param structure: a structure
    :returns: the complex
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / 'changed.cif'
        structure.make_mmcif_document().write_file(str(path))
        return read_complex(path, dictionary_path(), None)


def source(name: str) -> gemmi.Structure:
    """
    :param name: of a test file
    :returns: the structure, to be changed
    """
    return read_structure(structure_path(name)).structure


def at(structure: gemmi.Structure, number: int) -> dict[str, gemmi.Atom]:
    """
    :param structure: a structure
    :param number: of a residue
    :returns: its atoms by name
    """
    return {cra.atom.name: cra.atom for cra in structure[0].all() if cra.residue.seqid.num == number}


class HeaderTests(unittest.TestCase):
    """What the file says about the experiment."""

    def header(self, structure: gemmi.Structure) -> dict[str, Value]:
        """
        :param structure: a structure
        :returns: what its header says
        """
        measures = Measures()
        measure_header(changed(structure), measures)
        return measures.values

    def test_figures_of_a_refinement(self) -> None:
        """Those of 1AJJ, and the DPI that follows: 2.2 N^(1/2) V^(1/3) n^(-5/6) Rfree."""
        measures = Measures()
        whole = load('1ajj.pdb')
        measure_header(whole, measures)
        found = measures.values
        self.assertEqual((found['resolution'], found['rFactor'], found['rFree']), (1.7, 0.209, 0.24))
        self.assertEqual(found['method'], 'X-RAY DIFFRACTION')
        reflections = whole.source.structure.meta.refinement[0].reflection_count
        volume = whole.source.structure.cell.volume / 9  # operations of H 3
        atoms = sum(whole.system.occupancies)
        expected = 2.2 * atoms**0.5 * volume ** (1 / 3) * reflections ** (-5 / 6) * 0.24
        self.assertAlmostEqual(float(found['DPI'] or 0), expected, places=6)

    def test_silent_file_says_nothing(self) -> None:
        """No number is made up for it."""
        found = self.header(source('1crn.pdb'))
        self.assertEqual([found[name] for name in ('DPI', 'rFactor', 'rFree', 'rDifference')], [None] * 4)

    def test_r_factors_in_percent_are_shares(self) -> None:
        """Some old files give them so; what is no R factor is none."""
        structure = source('1ajj.pdb')
        structure.meta.refinement[0].r_free = 24.0
        self.assertEqual(self.header(structure)['rFree'], 0.24)
        structure.meta.refinement[0].r_free = 240.0
        self.assertIsNone(self.header(structure)['rFree'])

    def test_method_of_pdb_and_mmcif(self) -> None:
        """Both tell it."""
        self.assertEqual(methods(source('7nwd.pdb')), 'SOLUTION NMR')
        self.assertIn('NEUTRON', methods(source('5pti.cif')))

    def test_uniprot_entries_by_chain(self) -> None:
        """Alpha and beta chains of haemoglobin are two proteins."""
        found = accessions(source('4hhb.pdb'))
        self.assertEqual((found['A'], found['B']), (['P69905'], ['P68871']))


class BackboneTests(unittest.TestCase):
    """Ramachandran plots and rotamers."""

    def test_helix_is_favoured_and_the_forbidden_is_not(self) -> None:
        """Glycine may be either."""
        self.assertGreater(backbone.share('general', -63.0, -42.0), 0.5)
        self.assertLess(backbone.share('general', 120.0, -60.0), backbone.ALLOWED['general'])
        self.assertGreater(backbone.share('glycine', 85.0, 10.0), backbone.FAVORED)

    def test_share_goes_round(self) -> None:
        """Between the last and the first point of a grid."""
        self.assertAlmostEqual(backbone.share('glycine', 180.0, 180.0), backbone.share('glycine', -180.0, -180.0))

    def test_plot_of_a_residue(self) -> None:
        """By its name, the next one's and omega."""
        self.assertEqual(backbone.plot_of('PRO', 'ALA', 175.0), 'trans_proline')
        self.assertEqual(backbone.plot_of('PRO', 'PRO', 5.0), 'cis_proline')
        self.assertEqual(backbone.plot_of('ALA', 'PRO', 180.0), 'pre_proline')
        self.assertEqual(backbone.plot_of('VAL', 'ALA', 180.0), 'isoleucine_valine')
        self.assertEqual(backbone.plot_of('GLY', 'PRO', 180.0), 'glycine')

    def test_ubiquitin_has_no_outlier_and_ends_are_not_judged(self) -> None:
        """76 residues, of which the first and the last lack a torsion."""
        found = list(backbone.torsions(load('1ubi.pdb')))
        self.assertEqual(len(found), 74)
        self.assertFalse(any(t.is_outlier for t in found))
        helix = found[24]  # Val 26
        self.assertTrue(-75 < helix.phi < -50 and -55 < helix.psi < -30)

    def test_mirror_image_is_full_of_outliers(self) -> None:
        """Left-handed helices are; the atoms of each are named."""
        structure = source('1ubi.pdb')
        for cra in structure[0].all():
            cra.atom.pos = gemmi.Position(-cra.atom.pos.x, cra.atom.pos.y, cra.atom.pos.z)
        measures = Measures()
        backbone.measure_backbone(changed(structure), measures)
        self.assertGreater(float(measures.values['ramachandranOutliers'] or 0), 20)
        names = [atom.name for atom in measures.parts['ramachandranOutliers'][0].atoms]
        self.assertEqual(names, ['N', 'CA', 'C'])

    def test_chain_break_is_not_bridged(self) -> None:
        """Neighbours of a residue that is not modelled have no torsion there."""
        structure = source('1ubi.pdb')
        del structure[0]['A'][29]
        self.assertEqual(len(list(backbone.torsions(changed(structure)))), 71)

    def test_nearest_rotamer(self) -> None:
        """In the middle of one, far from all, and turned by half where the ring does not show it."""
        self.assertEqual(rotamers.nearest('LEU', [-66.0, 174.0]), ('mt', 0.0))
        self.assertGreater(rotamers.nearest('LEU', [0.0, 0.0])[1], rotamers.FAR)
        self.assertAlmostEqual(rotamers.nearest('PHE', [-67.0, 99.0])[1], 0.0)
        self.assertAlmostEqual(rotamers.nearest('SER', [181.0])[1], 2 / 9.0)

    def test_twisted_side_chain_is_counted(self) -> None:
        """Leu 15 of ubiquitin with an eclipsed first torsion."""
        before = list(rotamers.side_chains(load('1ubi.pdb')))
        structure = source('1ubi.pdb')
        atoms = at(structure, 15)
        beta, alpha = (np.array(atoms[name].pos.tolist()) for name in ('CB', 'CA'))
        axis = (beta - alpha) / np.linalg.norm(beta - alpha)
        for name in ('CG', 'CD1', 'CD2'):
            v = np.array(atoms[name].pos.tolist()) - beta
            turned = v * 0.5 + np.cross(axis, v) * 3**0.5 / 2 + axis * (axis @ v) * 0.5  # by 60 degrees
            atoms[name].pos = gemmi.Position(*(beta + turned))
        after = list(rotamers.side_chains(changed(structure)))
        self.assertEqual(len(before), len(after))
        far = [sum(s.distance > rotamers.FAR for s in found) for found in (before, after)]
        self.assertEqual(far[1], far[0] + 1)


class ResidueTests(unittest.TestCase):
    """Bond lengths and angles of polymers."""

    def worst(self, whole: Complex) -> dict[str, Value]:
        """
        :param whole: a complex
        :returns: the worst length and angle of its polymer
        """
        owners = [i for i, member in enumerate(whole.system.members) if member.kind is Kind.POLYMER]
        measures = Measures()
        measure_polymer_geometry(whole, owners, measures)
        return measures.values

    def test_good_structures_stay_within_five_sigma(self) -> None:
        """A protein at 0.85 A; every residue of it."""
        found = self.worst(load('1crn.pdb'))
        self.assertLess(float(found['bondLengthsValue'] or 9), 5)
        self.assertLess(float(found['bondAnglesValue'] or 9), 5)

    def test_long_bond_is_found(self) -> None:
        """0.2 A are ten standard deviations."""
        structure = source('1crn.pdb')
        atoms = at(structure, 1)
        direction = np.array(atoms['CG2'].pos.tolist()) - np.array(atoms['CB'].pos.tolist())
        place = np.array(atoms['CB'].pos.tolist()) + direction * 1.13
        atoms['CG2'].pos = gemmi.Position(*place)
        found = self.worst(changed(structure))
        self.assertGreater(float(found['bondLengthsValue'] or 0), 5)
        self.assertLess(float(found['bondAnglesValue'] or 9), 5)

    def test_link_between_residues_counts(self) -> None:
        """A peptide bond that is too long, with both residues as they were."""
        structure = source('1crn.pdb')
        for residue in structure[0]['A']:
            if int(str(residue.seqid)) >= 20:
                for atom in residue:
                    atom.pos = gemmi.Position(atom.pos.x + 0.2, atom.pos.y, atom.pos.z)
        found = self.worst(changed(structure))
        self.assertGreater(max(float(v or 0) for v in found.values() if not isinstance(v, str)), 4)

    def test_nucleotides_are_known(self) -> None:
        """Phosphates in a chain differ from those of the free nucleotide."""
        found = self.worst(load('1pfe.cif'))
        self.assertLess(float(found['bondLengthsValue'] or 99), 8)


class ContactTests(unittest.TestCase):
    """Overlaps and symmetry."""

    def test_ligand_touches_its_site(self) -> None:
        """The inhibitor of aldose reductase, with the residues around it."""
        whole = load('4laz.pdb')
        subject = next(s for s in whole.ligands if s.key[3] == '1WW')
        owners = site_residues(subject, whole)
        names = {whole.system.members[o].key[3] + str(whole.system.members[o].key[1]) for o in owners}
        self.assertLessEqual({'TRP111', 'HIS110', 'TYR48'}, names)
        measures = Measures()
        measure_ligand_contacts(whole, subject, whole.in_the_way[0], measures)
        measure_site_contacts(whole, owners, measures)
        for value in measures.values.values():
            self.assertTrue(0.75 < float(value or 0) < 1.05, measures.values)

    def test_covalent_bond_is_no_clash(self) -> None:
        """Penicillin on its serine: bonded atoms and those near the bond are left out."""
        whole = load('1pwc.pdb')
        measures = Measures()
        measure_ligand_contacts(whole, whole.ligands[0], whole.in_the_way[0], measures)
        self.assertGreater(float(measures.values['intermolecularDistance'] or 0), 0.7)
        measure_ligand_disorder(whole, whole.ligands[0], measures, False)
        self.assertEqual(measures.values['covalentBonds'], 1)

    def test_metal_contacts_are_coordination(self) -> None:
        """Haem iron and its histidine are 2.1 A apart, which is no overlap."""
        whole = load('4hhb.pdb')
        haem = next(s for s in whole.ligands if s.key[3] == 'HEM')
        measures = Measures()
        measure_ligand_contacts(whole, haem, whole.in_the_way[0], measures)
        iron = [p for p in measures.parts['intermolecularDistance'] if p.atoms[0].name == 'FE']
        self.assertTrue(all(part.value > 0.75 for part in iron))

    def test_symmetry_copies_are_found_and_need_a_cell(self) -> None:
        """The sulphate of 1AJJ; without its cell nothing is known."""
        whole = load('1ajj.pdb')
        measures = Measures()
        measure_crystal_contacts(whole, whole.ligands[0], measures)
        distance = float(measures.values['crystalContactDistance'] or 0)
        self.assertTrue(1.5 < distance <= 10.0)
        structure = source('1ajj.pdb')
        structure.cell = gemmi.UnitCell()
        structure.spacegroup_hm = ''
        alone = changed(structure)
        measures = Measures()
        measure_crystal_contacts(alone, alone.ligands[0], measures)
        self.assertNotIn('crystalContactDistance', measures.values)

    def test_symmetry_distance_is_that_of_gemmi(self) -> None:
        """The same figure from another neighbour search."""
        whole = load('1ajj.pdb')
        subject = whole.ligands[0]
        measures = Measures()
        measure_crystal_contacts(whole, subject, measures)
        structure = whole.source.structure
        search = gemmi.NeighborSearch(structure[0], structure.cell, 10).populate()
        best = 10.0
        for point in subject.points:
            position = gemmi.Position(*point)
            for mark in search.find_atoms(position, '\0', radius=10):
                cra = mark.to_cra(structure[0])
                own = cra.residue.seqid.num == subject.key[1] and cra.residue.name == subject.key[3]
                if cra.residue.is_water() or cra.atom.is_hydrogen() or (mark.image_idx == 0 and own):
                    continue
                near = structure.cell.find_nearest_pbc_position(position, cra.atom.pos, mark.image_idx)
                if mark.image_idx or near.dist(cra.atom.pos) > 0.01:
                    best = min(best, near.dist(position))
        self.assertAlmostEqual(float(measures.values['crystalContactDistance'] or 0), best, places=3)

    def test_clashscore_counts_what_was_pushed_into_another_residue(self) -> None:
        """Crambin has hardly a clash; a side chain in the place of another one has several."""
        scores = []
        structure = source('1crn.pdb')
        for number in range(2):
            whole = changed(structure)
            measures = Measures()
            measure_clashscore(whole, chain_starts(whole.source.structure), measures)
            scores.append(float(measures.values['clashscore'] or 0))
            if number == 0:
                for atom in at(structure, 29).values():
                    if atom.name in ('CZ', 'CE1', 'CE2', 'OH'):
                        place = at(structure, 32)['CA'].pos
                        atom.pos = gemmi.Position(place.x + 0.9, place.y, place.z)
        self.assertLess(scores[0], 8)
        self.assertGreater(scores[1], scores[0] + 3)

    def test_conformers_of_a_ligand(self) -> None:
        """Alternative locations are counted, and every position's B factor."""
        whole = load('1ake.cif')
        measures = Measures()
        measure_ligand_disorder(whole, whole.ligands[0], measures, False)
        self.assertGreater(int(measures.values['altLocs'] or 0), 0)
        highest = max(float(whole.b_factors[a]) for a in whole.ligands[0].sites)
        self.assertEqual(measures.values['maxAtomBFactor'], highest)

    def test_b_factors_of_a_prediction_are_none(self) -> None:
        """They are confidences."""
        whole = load('4laz.pdb')
        measures = Measures()
        measure_ligand_disorder(whole, whole.ligands[0], measures, True)
        self.assertNotIn('OWAB', measures.values)
