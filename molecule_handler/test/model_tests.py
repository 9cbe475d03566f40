"""Molecules: what belongs to what, and what dies with what."""

from django.test import TestCase

from molecule_handler.models import ElectronDensityMap, Ligand, Protein, ProteinSite
from preprocessor.models import PreprocessorJob
from proteins_plus.test.samples import GLYCINE, METHANE, stored_job, stored_protein
from proteins_plus.test.utils import media_files, remove_new_media


class MoleculeModelTests(TestCase):
    """The shared molecules."""

    def setUp(self) -> None:
        """Leave no file behind."""
        self.addCleanup(remove_new_media, media_files())

    def test_deleting_a_protein_takes_its_ligands_sites_and_jobs(self) -> None:
        """Nothing may be left that refers to it."""
        protein = stored_protein()
        Ligand.objects.create(name='x', protein=protein, file_string=METHANE)
        ProteinSite.objects.create(protein=protein, site_description={'residue_ids': []})
        stored_job(output_protein=protein)
        protein.delete()
        for model in (Protein, Ligand, ProteinSite, PreprocessorJob):
            self.assertFalse(model._base_manager.exists(), model)

    def test_deleting_a_ligand_leaves_its_protein(self) -> None:
        """A ligand is a part of it, not the other way round."""
        protein = stored_protein()
        Ligand.objects.create(name='x', protein=protein, file_string=METHANE).delete()
        self.assertTrue(Protein.objects.filter(pk=protein.pk).exists())

    def test_picture_is_kept_under_the_id_of_its_ligand(self) -> None:
        """The name of a ligand comes from a file of a user."""
        ligand = Ligand(name='../../etc/passwd', file_string=METHANE)
        ligand.add_image('<svg/>')
        ligand.save()
        self.assertEqual(Ligand.objects.get().image.name, f'ligands/{ligand.pk}.svg')

    def test_mmcif_twin_is_kept_under_the_id_of_its_protein_and_does_not_count_for_the_hash(self) -> None:
        """It is another rendering of the same content."""
        protein = Protein(name='gly', file_type='pdb', file_string=GLYCINE)
        before = protein.content_hash()
        protein.add_mmcif('data_gly\n')
        protein.save()
        stored = Protein.objects.get()
        self.assertEqual(stored.mmcif_file.name, f'proteins/{protein.pk}.cif')
        self.assertEqual(stored.mmcif_file.read(), b'data_gly\n')
        self.assertEqual(stored.content_hash(), before)

    def test_ligands_of_a_protein_are_one_file_under_their_names(self) -> None:
        """Programs tell them by their titles."""
        protein = stored_protein()
        for name in ('NAP_A_324', 'MTN_A_1', 'ABC_A_2'):
            Ligand.objects.create(name=name, protein=protein, file_string=METHANE)
        titles = ('NAP_A_324', 'MTN_A_1', 'ABC_A_2')
        self.assertEqual(protein.ligand_records(), ''.join(METHANE.replace('MTN_A_1', title) for title in titles))
        self.assertEqual(stored_protein().ligand_records(), '')

    def test_ligand_of_another_protein_is_another_ligand(self) -> None:
        """The site of a ligand depends on its protein."""
        proteins = [stored_protein(GLYCINE), stored_protein(GLYCINE + 'END\n')]
        hashes = {Ligand(protein=protein, file_string=METHANE).content_hash() for protein in [*proteins, None]}
        self.assertEqual(len(hashes), 3)

    def test_order_of_residues_counts_for_a_site(self) -> None:
        """The order may be that of the tool's ranking."""
        residues = [{'name': 'GLY', 'position': '1', 'chain': 'A'}, {'name': 'ALA', 'position': '2A', 'chain': 'A'}]
        sites = [ProteinSite(site_description={'residue_ids': ids}) for ids in (residues, residues[::-1])]
        self.assertNotEqual(sites[0].content_hash(), sites[1].content_hash())

    def test_models_have_the_hash_attributes_clients_rely_on(self) -> None:
        """Another key would make old clients' files and ids different jobs."""
        self.assertEqual(Protein.hash_attributes, ['pdb_code', 'uniprot_code', 'file_type', 'file_string'])
        self.assertEqual(Ligand.hash_attributes, ['protein', 'file_type', 'file_string'])
        self.assertEqual(ProteinSite.hash_attributes, ['protein', 'site_description'])
        self.assertEqual(ElectronDensityMap.hash_attributes, ['file'])
