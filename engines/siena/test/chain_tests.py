"""Chains, their k-mers, their alignment and superposition."""

import random
import sqlite3
import unittest

import numpy as np

from engines.siena.alignment import align
from engines.siena.chains import Chain
from engines.siena.database.entry import Entry, read_entry
from engines.siena.database.packing import pack_points, pack_words, unpack_points, unpack_words
from engines.siena.geometry import rmsd, superpose
from engines.siena.kmers import LETTERS, around, codes, distinct
from engines.siena.pairing import mend
from engines.siena.test.cases import ARCHIVE, index_path
from engines.structure.reading import read_structure
from engines.test.utils import dictionary, structure_path


def entry(name: str) -> Entry:
    """
    :param name: of a test file without ``.gz``
    :returns: the entry
    """
    return read_entry(structure_path(name), dictionary())


class ChainTests(unittest.TestCase):
    """What of a structure is compared."""

    def test_modified_residues_stand_for_their_parents(self) -> None:
        """Selenomethionine of 1A8O is HETATM, and no ligand."""
        found = entry('1a8o.cif')
        self.assertTrue(found.chains[0].letters.startswith('MDIRQGPKEPFRDYVDRFYKTLRAEQASQEVKNWMTETLLVQNANPDCKTILKALG'))
        self.assertEqual(found.chains[0].names[0], 'MSE')
        self.assertFalse(found.ligands)

    def test_sequence_is_broken_where_residues_lack(self) -> None:
        """4X21 has gaps; numbers jump at each break."""
        chain = entry('4x21.cif').chains[0]
        self.assertEqual(chain.segments.count('-'), 2)
        first = chain.segments.index('-')
        self.assertGreater(int(chain.positions[first]) - int(chain.positions[first - 1]), 1)

    def test_insertion_codes_belong_to_positions(self) -> None:
        """4ZHL has the numbering of chymotrypsin; the peptide is a chain of its own."""
        chain = next(chain for chain in entry('4zhl.cif').chains if len(chain.letters) > 100)
        self.assertIn('60A', chain.positions)
        self.assertEqual(chain.cell(chain.positions.index('57')), f'H-57-{chain.name}')

    def test_of_two_residues_in_one_place_the_one_that_is_occupied_most_counts(self) -> None:
        """3JQH has microheterogeneity: no position twice."""
        for chain in entry('3jqh.cif').chains:
            self.assertEqual(len(set(chain.positions)), len(chain.positions))
            self.assertTrue(np.isfinite(chain.backbone).all())

    def test_properties_are_those_of_the_header(self) -> None:
        """1HVR by its PDB header, 4X21 by mmCIF."""
        found = entry('4x21.cif')
        self.assertEqual((found.code, found.resolution, found.year, found.electron), ('4X21', 1.95, 2014, True))
        self.assertEqual(found.ec_numbers, ('2.7.11.24',))
        found = entry('1hvr.pdb')
        self.assertEqual((found.code, found.resolution, found.year), ('1HVR', 1.8, 1994))
        self.assertEqual([(each.name, each.additive) for each in found.ligands], [('XK2_A_263', False)])

    def test_name_of_the_file_stands_in_for_a_missing_code(self) -> None:
        """As of the chains of the families."""
        self.assertEqual(read_entry(ARCHIVE / '1i10_A.pdb.gz', dictionary()).code, '1I10')

    def test_nucleic_acids_and_ligands_are_no_chains(self) -> None:
        """1LCD has two strands of DNA."""
        self.assertEqual([chain.name for chain in entry('1lcd.pdb').chains], ['A'])

    def test_atoms_are_those_of_the_file(self) -> None:
        """Every heavy atom of a residue, once."""
        chain = entry('1ubi.pdb').chains[0]
        residue = read_structure(structure_path('1ubi.pdb')).structure[0]['A'][30]
        self.assertEqual(chain.atom_names(30), {atom.name for atom in residue})
        for atom in residue:
            np.testing.assert_allclose(chain.atoms(30)[atom.name], atom.pos.tolist())
        self.assertEqual(len(chain.heavy(30)), len(residue))


class KmerTests(unittest.TestCase):
    """What the index is looked up by."""

    def test_kmers_do_not_cross_breaks_nor_unknown_residues(self) -> None:
        """Windows that are left: ACDE, KLMN."""
        self.assertEqual([code >= 0 for code in codes('ACDE-FGH-KLMN')].count(True), 2)
        self.assertEqual(len(distinct('ACDXEFG')), 0)
        self.assertEqual(len(codes('ACD')), 0)

    def test_code_is_the_number_of_the_word(self) -> None:
        """In the alphabet of the twenty."""
        self.assertEqual(codes('AAAC').tolist(), [1])
        self.assertEqual(codes('YYYY').tolist(), [len(LETTERS) ** 4 - 1])

    def test_kmers_around_a_residue_all_hold_it(self) -> None:
        """Place 5 of the letters is G behind the break."""
        found = around('ACDEF-GHIKL', np.array([5]))
        self.assertEqual(sorted(found), sorted(codes('GHIK')))

    def test_view_has_the_words_of_the_published_index(self) -> None:
        """Each word once for each entry, none across a break."""
        connection = sqlite3.connect(index_path())
        self.addCleanup(connection.close)
        rows = connection.execute("SELECT snippet FROM snipplets2pdb WHERE pdbcode = '1UBI'").fetchall()
        chain = entry('1ubi.pdb').chains[0].letters
        self.assertEqual(sorted(word for (word,) in rows), sorted({chain[i : i + 4] for i in range(len(chain) - 3)}))


class PackingTests(unittest.TestCase):
    """What goes into the index comes out."""

    def test_points_come_back_to_a_thousandth(self) -> None:
        """Also such that are missing."""
        points = np.random.default_rng(1).uniform(-900, 900, (57, 4, 3))
        points[3, 2] = points[56, 3] = np.nan
        back = unpack_points(pack_points(points)).reshape(57, 4, 3)
        np.testing.assert_allclose(back, points, atol=0.00051)
        self.assertTrue(np.isnan(back[3, 2]).all())
        self.assertEqual(len(unpack_points(pack_points(np.empty((0, 3))))), 0)

    def test_words_come_back(self) -> None:
        """Also empty ones among others."""
        for words in ([], ['a', '', 'b c'], ['HIS 57A']):
            self.assertEqual(unpack_words(pack_words(words)), words)


class AlignmentTests(unittest.TestCase):
    """Which residue stands for which."""

    def test_missing_residues_are_gaps_where_the_chain_is_broken(self) -> None:
        """The gap could lie elsewhere for the letters alone."""
        found = align('AAAAKKKKGAGAGAGSSSSWWWW', 'AAAAKKKKGA-GSSSSWWWW')
        self.assertEqual(found.partners.tolist(), [*range(10), -1, -1, -1, -1, *range(10, 19)])
        self.assertEqual(found.identity, 1.0)

    def test_mutations_are_paired(self) -> None:
        """And told."""
        sequence = 'MKTAYIAKQRQISFVKSHFSRQLEERLGLIEVQ'
        found = align(sequence, sequence[:10] + 'W' + sequence[11:])
        self.assertEqual(found.mutations.tolist(), [10])

    def test_unknown_residues_are_the_same_as_none(self) -> None:
        """Two X are no match."""
        self.assertFalse(align('ACDXFGHIK', 'ACDXFGHIK').same[3])

    def test_loop_that_has_moved_keeps_its_partners_and_a_shifted_pair_is_mended(self) -> None:
        """Geometry decides beside a gap only."""
        chain = read_entry(ARCHIVE / '1i10_A.pdb.gz', dictionary()).chains[0]
        number = len(chain.names)
        kept = np.array([i for i in range(number) if not 100 <= i < 104])
        truth = np.full(number, -1)
        truth[kept] = np.arange(len(kept))
        shifted = truth.copy()
        shifted[100:104], shifted[104:108] = truth[104:108], -1
        mended = mend(chain.backbone, chain.backbone[kept], shifted, np.arange(90, 120))
        self.assertEqual(mended.tolist(), truth.tolist())
        moved = chain.backbone.copy()
        moved[100:110] += 9.0
        every = np.arange(number)
        self.assertEqual(mend(chain.backbone, moved, every, np.arange(90, 120)).tolist(), every.tolist())


class SuperpositionTests(unittest.TestCase):
    """Rotations without reflection."""

    def test_motion_is_found(self) -> None:
        """Also for a cloud in a plane, whose mirror image would fit as well."""
        rng = np.random.default_rng(3)
        for flat in (False, True):
            points = rng.normal(size=(20, 3)) * (10, 10, 0 if flat else 10)
            turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
            turn *= np.sign(np.linalg.det(turn))
            motion = superpose(points @ turn.T + 5, points)
            np.testing.assert_allclose(motion.apply(points), points @ turn.T + 5, atol=1e-9)
            self.assertAlmostEqual(float(np.linalg.det(motion.rotation)), 1)

    def test_mirror_image_does_not_fit(self) -> None:
        """A left hand is no right hand."""
        points = np.array(random.Random(1).sample(range(100), 30), float).reshape(10, 3)
        mirrored = points * (1, 1, -1)
        self.assertGreater(rmsd(points, superpose(points, mirrored).apply(mirrored)), 5)


def chain_of(letters: str) -> Chain:
    """
    :param letters: one-letter codes
    :returns: a chain without side chains along a line
    """
    backbone = np.arange(len(letters) * 12, dtype=float).reshape(-1, 4, 3)
    return Chain('A', letters, ['GLY'] * len(letters), list(map(str, range(len(letters)))), backbone,
                 [[] for _ in letters], np.empty((0, 3)))  # fmt: skip
