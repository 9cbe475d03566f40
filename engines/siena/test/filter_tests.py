"""Which of the found sites are wanted, and which make the ensemble."""

import unittest

from engines.siena.options import BOUNDS, Options, Reduction
from engines.siena.selection import ensemble
from engines.siena.test.cases import query, search
from engines.siena.test.search_tests import files


class FilterTests(unittest.TestCase):
    """Each filter takes out what it says, and nothing else."""

    def setUp(self) -> None:
        """The site of the cyclic urea in HIV protease."""
        self.query = query('1hvr.pdb.gz', 'XK2')
        self.all = {'1hvr:A,B', '1hpv:A,B', '1qbs:A,B', '4e43:B,A'}

    def left(self, **options: object) -> set[str]:
        """
        :param options: of the search
        :returns: what is found
        """
        return set(files(search(self.query, **options)))

    def test_properties_of_the_entry(self) -> None:
        """Resolution, year and density; what is not known does not pass."""
        self.assertEqual(self.left(resolution=1.85), {'1hvr:A,B', '4e43:B,A'})
        self.assertEqual(self.left(deposition_year=2000), {'4e43:B,A'})
        self.assertEqual(self.left(electron_density_available=True), {'1hvr:A,B', '4e43:B,A'})
        self.assertEqual(self.left(ec_number='3.4'), self.left(ec_number='3.4.23'))
        self.assertEqual(self.left(ec_number='1'), set())

    def test_ligands(self) -> None:
        """1QBS is there without one; additives do not count, nor does the peptide of 4E43, which is a chain."""
        self.assertEqual(self.left(holo_only=True), self.all - {'1qbs:A,B', '4e43:B,A'})

    def test_mutations_and_geometry(self) -> None:
        """4E43 is another strain."""
        found = {each.properties.code: each for each in search(self.query)}
        fewest = min(each.mutations for each in found.values())
        left = {each.properties.code for each in search(self.query, maximum_mutations=fewest)}
        self.assertEqual(left, {code for code, each in found.items() if each.mutations == fewest})
        closest = sorted(each.backbone_rmsd for each in found.values())[1] + 0.001
        self.assertEqual(len(self.left(maximum_backbone=closest)), 2)
        self.assertEqual(self.left(identical_global_sequence=True), {'1hvr:A,B', '1qbs:A,B'})
        self.assertEqual(self.left(no_global_mutations=True), self.left(identical_global_sequence=True))

    def test_missing_atoms(self) -> None:
        """What is complete is found complete."""
        for each in search(self.query, complete_residues_only=True):
            self.assertTrue(each.is_complete)
        self.assertIn('1hvr:A,B', self.left(complete_residues_only=True))

    def test_one_of_a_kind(self) -> None:
        """The first by rank stays."""
        sites = files(search(query('4hhb.pdb.gz', 'HEM_B')))
        self.assertEqual(len(sites), 4)
        self.assertEqual(files(search(query('4hhb.pdb.gz', 'HEM_B'), unique_ligands=True)), sites[:1])
        self.assertEqual(files(search(query('4hhb.pdb.gz', 'HEM_B'), unique_sequence=True)), [sites[0], sites[2]])

    def test_ensemble_is_cut_by_rank_or_spread_out(self) -> None:
        """Clusters keep the first and reach farther; ligands prefer sites that have some. The order stays."""
        found = search(self.query)
        self.assertEqual(ensemble(found, Options(members=2)), found[:2])
        for reduction in (Reduction.BACKBONE, Reduction.ALL_ATOM):
            chosen = ensemble(found, Options(members=2, reduction=reduction))
            self.assertIs(chosen[0], found[0])
            self.assertEqual(len(chosen), 2)
        farthest = max(found, key=lambda each: each.backbone_rmsd)
        self.assertIs(ensemble(found, Options(members=2, reduction=Reduction.BACKBONE))[1], farthest)
        holo = ensemble(found, Options(members=2, reduction=Reduction.LIGAND))
        self.assertTrue(all(each.true_ligands for each in holo))
        self.assertEqual(holo, [each for each in found if each in holo])
        self.assertEqual(ensemble(found, Options(reduction=Reduction.ALL_ATOM)), found)

    def test_defaults_lie_within_their_bounds(self) -> None:
        """Or are no bound at all."""
        for name, (least, most) in BOUNDS.items():
            default = getattr(Options, name)
            self.assertTrue(default is None or least <= default <= most, name)
