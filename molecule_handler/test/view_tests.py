"""Molecules over HTTP: exactly the fields existing clients read."""

from django.core.files.base import ContentFile
from django.test import TestCase
from django.utils.dateparse import parse_datetime

from molecule_handler.models import ElectronDensityMap, Ligand, ProteinSite
from proteins_plus.test.samples import GLYCINE, METHANE, stored_protein
from proteins_plus.test.utils import API, media_files, remove_new_media


class MoleculeViewTests(TestCase):
    """One object by its id."""

    def setUp(self) -> None:
        """Leave no file behind."""
        self.addCleanup(remove_new_media, media_files())

    def answer(self, kind: str, key: object) -> dict[str, object]:
        """
        :param kind: the route of the kind of molecule
        :param key: the id
        :returns: the answer
        """
        response = self.client.get(f'{API}molecule_handler/{kind}/{key}/')
        self.assertEqual(response.status_code, 200, response.content)
        return response.json()

    def test_protein_names_its_ligands_in_the_order_of_their_storage(self) -> None:
        """Clients take the first one for the first in the file."""
        protein = stored_protein(pdb_code='1abc')
        ligands = [Ligand.objects.create(name=name, protein=protein, file_string=METHANE) for name in ('Z', 'A', 'M')]
        answer = self.answer('proteins', protein.pk)
        self.assertEqual(answer['ligand_set'], [str(ligand.pk) for ligand in ligands])
        self.assertEqual((answer['file_string'], answer['file_type'], answer['pdb_code']), (GLYCINE, 'pdb', '1abc'))
        self.assertEqual((answer['uniprot_code'], answer['mmcif_file']), (None, None))
        for name in ('date_created', 'date_last_accessed'):
            self.assertIsNotNone(parse_datetime(str(answer[name])))
        self.assertEqual(
            set(answer),
            {'id', 'name', 'pdb_code', 'uniprot_code', 'file_type', 'ligand_set', 'file_string', 'mmcif_file'}
            | {'date_created', 'date_last_accessed'},
        )

    def test_mmcif_twin_is_an_absolute_url(self) -> None:
        """It is a file, and has to be fetched like one."""
        protein = stored_protein(mmcif_file=ContentFile(b'data_', name='x.cif'))
        self.assertEqual(
            self.answer('proteins', protein.pk)['mmcif_file'],
            f'http://testserver/static/media/{protein.mmcif_file.name}',
        )

    def test_ligand_has_its_protein_and_a_null_image_when_there_is_none(self) -> None:
        """A browser would try to load an empty URL."""
        protein = stored_protein()
        ligand = Ligand.objects.create(name='MTN_A_1', protein=protein, file_string=METHANE)
        expected = {
            'id': str(ligand.pk),
            'name': 'MTN_A_1',
            'protein': str(protein.pk),
            'file_type': 'sdf',
            'file_string': METHANE,
            'image': None,
        }
        self.assertEqual(self.answer('ligands', ligand.pk), expected)

    def test_site_is_its_residues(self) -> None:
        """Insertion codes follow the number, as clients write them."""
        description = {'residue_ids': [{'name': 'GLY', 'position': '1A', 'chain': 'A'}]}
        site = ProteinSite.objects.create(site_description=description)
        self.assertEqual(
            self.answer('protein_sites', site.pk),
            {'id': str(site.pk), 'protein': None, 'site_description': description},
        )

    def test_density_map_is_an_absolute_url_to_its_bytes(self) -> None:
        """Viewers fetch it without the API."""
        stored = ElectronDensityMap.objects.create(file=ContentFile(b'MAP \0\1', name='x.ccp4'))
        answer = self.answer('electron_density_maps', stored.pk)
        self.assertEqual(set(answer), {'id', 'file', 'date_created', 'date_last_accessed'})
        url = str(answer['file'])
        self.assertTrue(url.startswith('http://testserver/static/media/density_files/'), url)
        self.assertEqual(self.client.get(url.removeprefix('http://testserver')).getvalue(), b'MAP \0\1')

    def test_every_kind_is_served_at_the_root_too(self) -> None:
        """The Developer Guide says so."""
        protein = stored_protein()
        response = self.client.get(f'/molecule_handler/proteins/{protein.pk}/')
        self.assertEqual(response.json(), self.answer('proteins', protein.pk))
