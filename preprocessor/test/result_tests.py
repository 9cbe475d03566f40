"""What the page of a job shows."""

from molecule_handler.models import FileType, Ligand, Protein
from preprocessor.models import PreprocessorJob
from proteins_plus.models import JobStatus
from proteins_plus.test.samples import GLYCINE, METHANE, stored_job, stored_protein
from proteins_plus.test.utils import ApiTestCase, media_files, remove_new_media
from web.results import Place, Result, result_of


class Results(ApiTestCase):
    """Results of jobs that are stored as the wrapper stores them."""

    def setUp(self) -> None:
        """Leave no file behind."""
        super().setUp()
        self.addCleanup(remove_new_media, media_files())

    def result(self, *names: str, notes: tuple[tuple[str, str], ...] = ()) -> Result:
        """
        :param names: of the ligands
        :param notes: subject and message of each
        :returns: the result of a job
        """
        protein = stored_protein()
        for name in names:
            ligand = Ligand(name=name, protein=protein, file_string=METHANE)
            ligand.add_image('<svg/>')
            ligand.save()
        said = [{'code': 'x.y', 'subject': subject, 'message': message} for subject, message in notes]
        job = stored_job(status=JobStatus.SUCCESS, output_protein=protein, notes=said)
        return result_of(PreprocessorJob.objects.get(pk=job.pk))

    def test_ligand_has_its_place_its_picture_and_what_was_noticed_about_it(self) -> None:
        """All other notes stand below, once."""
        notes = (('GOL_A_1', 'An additive.'), ('', 'Two models.'), ('GOL_A_1', 'Far away.'))
        result = self.result('GOL_A_1', 'aspirin', notes=notes)
        self.assertEqual(result.sentences, ('gly with GOL_A_1, aspirin.',))
        first, second = result.tables[0].rows
        self.assertEqual((first.cells['notes'], first.places), ('An additive. Far away.', (Place('A', 1),)))
        self.assertEqual((second.cells['notes'], second.places), ('', ()))
        self.assertEqual(
            [picture.text for picture in result.pictures], ['Structure of GOL_A_1', 'Structure of aspirin']
        )
        self.assertTrue(all(picture.url.endswith('.svg') for picture in result.pictures))

    def test_many_ligands_do_not_fill_the_page(self) -> None:
        """Ribosomes have hundreds of them."""
        sentence = self.result(*(f'MG_A_{number}' for number in range(1, 14))).sentences[0]
        self.assertTrue(sentence.endswith('MG_A_9, MG_A_10 and 3 more.'), sentence)

    def test_protein_without_ligands_is_shown_alone(self) -> None:
        """There is no empty table and no empty file."""
        result = self.result()
        self.assertEqual((result.sentences, result.tables), (('gly with no ligand.',), ()))
        self.assertEqual([file.name for file in result.files], ['protein.pdb'])

    def test_files_are_the_protein_its_twin_and_the_ligands(self) -> None:
        """What existing clients read, and what holds more."""
        protein = Protein(name='gly', file_type=FileType.PDB, file_string=GLYCINE)
        protein.add_mmcif('data_gly\n')
        protein.save()
        job = stored_job(status=JobStatus.SUCCESS, output_protein=protein)
        Ligand.objects.create(name='MTN_A_1', protein=protein, file_string=METHANE)
        held = {file.name: file.read() for file in result_of(job).files}
        self.assertEqual(list(held), ['protein.pdb', 'protein.cif', 'ligands.sdf'])
        self.assertEqual((held['protein.cif'], held['ligands.sdf']), (b'data_gly\n', METHANE.encode()))
