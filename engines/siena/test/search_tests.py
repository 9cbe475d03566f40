"""What is found in the small archive."""

import random
import unittest

import gemmi

from engines.siena.database.reader import Index
from engines.siena.occurrence import Occurrence
from engines.siena.options import Options
from engines.siena.search import Search
from engines.siena.selection import ranked
from engines.siena.test.cases import ARCHIVE, build_index, index, named, query, search
from engines.test.utils import Workspace, structure_text


def files(found: list[Occurrence]) -> list[str]:
    """
    :param found: occurrences
    :returns: their files without endings, and chains
    """
    return [f'{each.properties.file.partition(".")[0]}:{",".join(each.chain_names)}' for each in found]


class SearchTests(unittest.TestCase):
    """Sites of known families."""

    def test_site_between_two_chains_is_found_in_all_proteases(self) -> None:
        """The query itself first; both ways round in a homodimer count once."""
        found = search(query('1hvr.pdb.gz', 'XK2'))
        self.assertEqual(files(found)[0], '1hvr:A,B')
        self.assertEqual(sorted(files(found)), ['1hpv:A,B', '1hvr:A,B', '1qbs:A,B', '4e43:B,A'])
        self.assertAlmostEqual(found[0].backbone_rmsd, 0)
        self.assertLess(max(each.backbone_rmsd for each in found), 1.5)

    def test_every_lactate_dehydrogenase_is_found_and_no_malate_dehydrogenase(self) -> None:
        """Both chains of 1I10, its isoenzyme, and other species."""
        found = search(query('1i10_A.pdb.gz', 'NAI'))
        self.assertEqual(set(files(found)), {'1i10_A:A', '1i10_B:B', '1i0z_A:A', '9ldb_A:A', '6ldh_A:A'})
        isoenzyme = next(each for each in found if each.properties.code == '1I0Z')
        self.assertIn('A-29-A>Q-30-A', isoenzyme.mutation_names())
        self.assertEqual(isoenzyme.mutations, len(isoenzyme.mutation_names()))

    def test_rmsd_is_that_of_an_independent_superposition(self) -> None:
        """Of the pairs that are reported."""
        for each in search(query('1i10_A.pdb.gz', 'NAI')):
            first, second = [], []
            for (chain, residue), pair in zip(each.query.site, each.pairs, strict=True):
                if pair:
                    own, there = each.query.chains[chain].atoms(residue), pair[0].chain.atoms(pair[1])
                    shared = [name for name in ('N', 'CA', 'C', 'O') if name in own and name in there]
                    first += [gemmi.Position(*own[name]) for name in shared]
                    second += [gemmi.Position(*there[name]) for name in shared]
            self.assertAlmostEqual(gemmi.superpose_positions(first, second).rmsd, each.backbone_rmsd, places=6)

    def test_open_and_closed_kinase_are_the_same_site(self) -> None:
        """A lid that moves by more than 20 Angstrom; all of it is paired."""
        found = search(query('1ake.cif.gz', 'AP5'))
        opened = next(each for each in found if each.properties.code == '4AKE')
        self.assertEqual((opened.coverage, opened.identity), (1.0, 1.0))
        self.assertGreater(opened.backbone_rmsd, 4)
        self.assertEqual(sorted(files(found)), ['1ake:A', '1ake:B', '4ake_A:A'])

    def test_insertion_codes_are_named(self) -> None:
        """Residue 221A of 1GBT is 221 in other trypsins."""
        found = search(
            named('1gbt.cif.gz', *(('A', place) for place in ('57', '102', '189', '195', '219', '221', '221A')))
        )
        trypsin = next(each for each in found if each.properties.code == '1F0T')
        cells = dict(zip(trypsin.query.cells(), trypsin.cells(), strict=True))
        self.assertEqual((cells['A-221-A'], cells['Q-221A-A']), ('A-221A-A', 'Q-221-A'))

    def test_each_chain_of_an_entry_is_an_occurrence(self) -> None:
        """The haem sites of both beta chains of 4HHB, then those of the alpha chains, which are related."""
        found = search(query('4hhb.pdb.gz', 'HEM_B'))
        self.assertEqual(
            [sorted(files(found)[:2]), sorted(files(found)[2:])], [['4hhb:B', '4hhb:D'], ['4hhb:A', '4hhb:C']]
        )
        self.assertEqual([each.true_ligands for each in found[:2]], [['HEM_B_148'], ['HEM_D_148']])
        self.assertGreater(min(each.identity for each in found[:2]), max(each.identity for each in found[2:]))

    def test_shuffled_sequences_give_nothing(self) -> None:
        """The same composition, the same coordinates."""
        work = Workspace()
        self.addCleanup(work.close)
        (work.path / 'archive').mkdir()
        lines = structure_text('archive/1i10_A.pdb').splitlines(keepends=True)
        for seed in range(3):
            text = ''.join(_renamed(lines, seed))
            (work.path / 'archive' / f'decoy{seed}.pdb').write_text(text)
        build_index(work.path / 'index.sqlite', work.path / 'archive')
        decoys = Index(work.path / 'index.sqlite')
        self.addCleanup(decoys.close)
        self.assertEqual(len(list(decoys.chains(range(1, 4)))), 3)
        lax = Options(minimal_site_identity=0.3, minimal_site_coverage=0.3)
        self.assertEqual(ranked(Search(decoys, query('1i10_A.pdb.gz', 'NAI'), lax).run(), lax), [])

    def test_chain_that_repeats_itself_is_found_twice(self) -> None:
        """Two copies of ubiquitin as one chain, 60 Angstrom apart."""
        work = Workspace()
        self.addCleanup(work.close)
        (work.path / 'archive').mkdir()
        structure = gemmi.read_structure(str(ARCHIVE / '1ubi.pdb.gz'))
        structure.remove_ligands_and_waters()
        chain = structure[0]['A']
        for residue in list(chain.clone()):
            residue.seqid.num = (residue.seqid.num or 0) + 100
            for atom in residue:
                atom.pos.x += 60
            chain.add_residue(residue)
        structure.write_pdb(str(work.path / 'archive' / 'tandem.pdb'))
        build_index(work.path / 'index.sqlite', work.path / 'archive')
        tandem = Index(work.path / 'index.sqlite')
        self.addCleanup(tandem.close)
        wanted = named('1ubi.pdb.gz', *(('A', str(number)) for number in (8, 44, 68, 70)))
        found = Search(tandem, wanted, Options()).run().occurrences
        places = sorted(each.cells()[0] for each in found)
        self.assertEqual(places, ['L-108-A', 'L-8-A'])

    def test_three_residues_are_not_found_in_unrelated_proteins(self) -> None:
        """The catalytic triad of trypsin in 29 files: serine proteases alone."""
        found = search(named('1gbt.cif.gz', ('A', '57'), ('A', '102'), ('A', '195')))
        self.assertEqual({each.properties.code for each in found}, {'1GBT', '1F0T', '1TRN', '1V2J', '1K1I', '4ZHL'})

    def test_few_kmers_are_enough_for_a_chain_with_missing_residues(self) -> None:
        """A brute-force alignment of all chains accepts nothing that the k-mers miss."""
        wanted = query('1i10_A.pdb.gz', 'NAI')
        quick = Search(index(), wanted, Options())
        found = {each.residues for each in quick.run().occurrences}
        quick.least = lambda number: 0  # type: ignore[method-assign]
        self.assertEqual({each.residues for each in ranked(quick.run(), Options())} - found, set())


def _renamed(lines: list[str], seed: int) -> list[str]:
    """
    :param lines: of a PDB file
    :param seed: of the shuffling
    :returns: the backbone, whose residues have changed their names among themselves
    """
    atoms = [line for line in lines if line.startswith('ATOM') and line[12:16].strip() in ('N', 'CA', 'C', 'O')]
    numbers = list(dict.fromkeys(line[22:27] for line in atoms))
    names = [next(line[17:20] for line in atoms if line[22:27] == number) for number in numbers]
    random.Random(seed).shuffle(names)
    new = dict(zip(numbers, names, strict=True))
    return [f'{line[:17]}{new[line[22:27]]}{line[20:]}' for line in atoms]
