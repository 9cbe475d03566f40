"""The base models: immutability, access dates, and what makes two objects the same."""

from datetime import timedelta

from django.core.files.base import ContentFile
from django.test import TestCase
from django.utils import timezone

from molecule_handler.models import ElectronDensityMap, FileType, Ligand, Protein, ProteinSite
from preprocessor.models import PreprocessorJob, PreprocessorJobData
from proteins_plus.models import JobStatus, _collect_unsaved
from proteins_plus.tools import request_hash

from . import faults
from .samples import GLYCINE, METHANE, new_job, stored_job, stored_protein


class SavingRows(TestCase):
    """Objects are immutable once they are stored."""

    def test_saving_a_stored_row_needs_update_fields(self) -> None:
        """Without the names every save writes all fields, and undoes what another process has just written."""
        protein = stored_protein()
        protein.name = 'changed'
        with self.assertRaisesRegex(TypeError, 'update_fields'):
            protein.save()
        self.assertEqual(Protein.objects.get().name, 'gly')

    def test_saving_named_fields_leaves_the_others_as_they_are(self) -> None:
        """The rule is there for this."""
        protein = stored_protein()
        Protein.objects.update(name='by another process')
        protein.name, protein.file_string = 'mine', 'mine too'
        protein.save(update_fields=['file_string'])
        stored = Protein.objects.get()
        self.assertEqual((stored.name, stored.file_string), ('by another process', 'mine too'))

    def test_ids_are_random_and_given_before_the_row_is_stored(self) -> None:
        """An id may be handed out before the commit, and must not be guessable."""
        self.assertEqual(Protein().id.version, 4)
        self.assertNotEqual(Protein().id, Protein().id)


class AccessDates(TestCase):
    """Reading keeps an object alive, at the price of one write a day."""

    def aged(self, age: timedelta) -> Protein:
        """
        :param age: since the last access
        :returns: a stored protein
        """
        return stored_protein(date_last_accessed=timezone.now() - age)

    def test_recent_access_is_not_written_again(self) -> None:
        """Polling every second must not cost a write every second."""
        protein = self.aged(timedelta(hours=23))
        with self.assertNumQueries(0):
            protein.mark_accessed()

    def test_first_access_of_a_day_is_one_write_and_the_next_is_none(self) -> None:
        """The second one remembers that the first has written."""
        protein = self.aged(timedelta(hours=25))
        with self.assertNumQueries(1):
            protein.mark_accessed()
            protein.mark_accessed()
        self.assertGreater(Protein.objects.get().date_last_accessed, timezone.now() - timedelta(minutes=1))

    def test_access_changes_nothing_else(self) -> None:
        """Only the date is written, not the whole row."""
        protein = self.aged(timedelta(days=2))
        Protein.objects.update(name='by another process')
        protein.mark_accessed()
        self.assertEqual(Protein.objects.get().name, 'by another process')

    def test_access_to_a_row_deleted_meanwhile_is_no_error(self) -> None:
        """The clean-up may have been quicker."""
        protein = self.aged(timedelta(days=2))
        Protein.objects.all().delete()
        protein.mark_accessed()
        self.assertFalse(Protein.objects.exists())


class ContentHashesOfModels(TestCase):
    """What makes two objects the same."""

    def test_equal_content_has_equal_hash_whatever_id_and_name(self) -> None:
        """Otherwise uploading the same file twice would be two questions."""
        first, second = stored_protein(), Protein(name='other', file_type=FileType.PDB, file_string=GLYCINE)
        self.assertEqual(first.content_hash(), second.content_hash())

    def test_every_hash_attribute_counts(self) -> None:
        """Each of them changes what a tool sees."""
        base = Protein(file_type=FileType.PDB, file_string=GLYCINE)
        for name, value in (
            ('pdb_code', '1abc'),
            ('uniprot_code', 'P04637'),
            ('file_type', FileType.CIF),
            ('file_string', 'x'),
        ):
            other = Protein(**{'file_type': FileType.PDB, 'file_string': GLYCINE, name: value})
            self.assertNotEqual(base.content_hash(), other.content_hash(), name)

    def test_absent_value_differs_from_the_word_none(self) -> None:
        """A column may hold either."""
        absent, word = (Protein(file_string='x', pdb_code=code) for code in (None, 'None'))
        self.assertNotEqual(absent.content_hash(), word.content_hash())

    def test_reference_counts_by_content_not_by_id(self) -> None:
        """Two rows of one content are one input."""
        first, second, third = stored_protein(), stored_protein(), stored_protein('other')
        hashes = [Ligand(protein=protein, file_string=METHANE).content_hash() for protein in (first, second, third)]
        self.assertEqual(hashes[0], hashes[1])
        self.assertNotEqual(hashes[0], hashes[2])

    def test_model_counts(self) -> None:
        """A job of one tool is never the result of another."""
        protein = stored_protein()
        ligand, site = Ligand(protein=protein), ProteinSite(protein=protein)
        ligand.hash_attributes = site.hash_attributes = ['protein']  # type: ignore[misc]
        self.assertNotEqual(ligand.content_hash(), site.content_hash())

    def test_file_counts_by_its_bytes_before_and_after_it_is_stored(self) -> None:
        """Uploaded and stored are the same file, whatever its name; and hashing must leave it readable."""
        maps = [
            ElectronDensityMap(file=ContentFile(data, name=name))
            for data, name in ((b'1', 'a'), (b'1', 'b'), (b'2', 'a'))
        ]
        before = [item.content_hash() for item in maps]
        self.assertEqual(before[0], before[1])
        self.assertNotEqual(before[0], before[2])
        maps[0].save()
        self.addCleanup(maps[0].file.storage.delete, maps[0].file.name)
        self.assertEqual(ElectronDensityMap.objects.get().content_hash(), before[0])
        self.assertEqual(maps[0].file.read(), b'1', 'hashing must not consume a file')

    def test_absent_file_differs_from_an_empty_one(self) -> None:
        """No map and an empty map are different inputs."""
        empty = ElectronDensityMap(file=ContentFile(b'', name='a'))
        self.assertNotEqual(ElectronDensityMap().content_hash(), empty.content_hash())

    def test_job_counts_the_version_of_its_tool(self) -> None:
        """A result of an old engine must not answer for a new one."""
        job = new_job()
        with faults.fake_tool('preprocessor', 'echo tool 1.0'):
            old = request_hash(job)
            self.assertEqual(request_hash(job), old)
        with faults.fake_tool('preprocessor', 'echo tool 1.1'):
            self.assertNotEqual(request_hash(job), old)

    def test_name_of_an_upload_does_not_count(self) -> None:
        """The name is a label for people."""
        data = [PreprocessorJobData(input_protein_string='x', name=name).content_hash() for name in ('a', 'b')]
        self.assertEqual(data[0], data[1])

    def test_unsaved_protein_has_an_empty_set_of_ligands_and_asks_nothing(self) -> None:
        """Django refuses to follow the reverse relation of an unsaved row."""
        with self.assertNumQueries(0):
            self.assertEqual(len(holder_hash(Protein(file_string=GLYCINE))), 128)

    def test_ligand_set_counts_as_a_set_through_the_reference(self) -> None:
        """The order in which ligands were stored says nothing."""
        proteins = [stored_protein() for _ in range(4)]
        for protein, records in zip(proteins, (['a', 'b'], ['b', 'a'], ['a'], []), strict=True):
            for record in records:
                Ligand.objects.create(name='x', protein=protein, file_string=record)
        same, turned, fewer, none = (holder_hash(protein) for protein in proteins)
        self.assertEqual(same, turned)
        self.assertEqual(len({same, fewer, none}), 3)

    def test_missing_reference_has_no_ligands_to_follow(self) -> None:
        """No protein is not a protein without ligands."""
        self.assertNotEqual(holder_hash(None), holder_hash(stored_protein()))


def holder_hash(protein: Protein | None) -> str:
    """
    :param protein: whose ligands shall count
    :returns: the hash of a site that names them in its key
    """
    site = ProteinSite(protein=protein, site_description={})
    site.hash_attributes = ['protein', 'protein__ligand_set']  # type: ignore[misc]
    return site.content_hash()


class JobModels(TestCase):
    """What the core asks of every job model."""

    def test_unsaved_inputs_come_before_what_refers_to_them(self) -> None:
        """They are inserted in this order, and foreign keys must find their targets."""
        protein = Protein(file_string=GLYCINE)
        ligand = Ligand(protein=protein, file_string=METHANE)
        job = PreprocessorJob(output_protein=protein)
        self.assertEqual(job.unsaved_inputs(), [protein])
        found = new_job().unsaved_inputs()
        self.assertEqual([type(item) for item in found], [PreprocessorJobData])
        collected: list[object] = []
        _collect_unsaved(ligand, collected)  # type: ignore[arg-type]
        self.assertEqual(collected, [protein, ligand])

    def test_stored_inputs_are_not_stored_again(self) -> None:
        """Storing by id must not duplicate the object."""
        self.assertEqual(PreprocessorJob(output_protein=stored_protein()).unsaved_inputs(), [])

    def test_job_takes_its_own_rows_along_and_leaves_shared_ones(self) -> None:
        """The one-to-one rows are the job's own, the others belong to everybody."""
        job = stored_job(output_protein=stored_protein())
        job.delete()
        self.assertFalse(PreprocessorJobData.objects.exists())
        self.assertTrue(Protein.objects.exists())

    def test_deleting_many_jobs_at_once_takes_their_own_rows_along(self) -> None:
        """A queryset deletes without calling the model's ``delete``."""
        stored_job('a')
        stored_job('b')
        PreprocessorJob.objects.all().delete()
        self.assertFalse(PreprocessorJobData.objects.exists())

    def test_job_without_own_rows_is_deleted(self) -> None:
        """A job by code has no uploaded data."""
        PreprocessorJob.objects.create(pdb_code='1abc').delete()
        self.assertFalse(PreprocessorJob.objects.exists())

    def test_only_ended_jobs_that_nobody_looked_at_are_stale(self) -> None:
        """Those that wait or run have an owner who is coming back."""
        long_ago = timezone.now() - timedelta(days=400)
        for status in JobStatus:
            stored_job(status.label, status=status, date_last_accessed=long_ago)
            stored_job(f'{status.label} read', status=status)
        stale = PreprocessorJob.stale(timezone.now() - timedelta(days=7))
        names = {job.input_data.input_protein_string for job in stale}
        self.assertEqual(names, {'success', 'failure', 'canceled'})
