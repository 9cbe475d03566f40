"""Defects of the published server that concern StructureProfiler; each test fails on what was seen there."""

from collections import Counter
from datetime import timedelta
from typing import Any

from django.utils import timezone

from molecule_handler.clean_up import clean_up
from molecule_handler.models import ElectronDensityMap, Ligand, Protein
from proteins_plus.test.samples import METHANE, ccp4_map, glycine_file, stored_protein
from proteins_plus.test.structure_inputs import StructureInputs
from proteins_plus.test.utils import ApiTestCase, media_files, remove_new_media, row_counts, upload
from structureprofiler.models import StructureprofilerJob, StructureprofilerOutput

from .samples import working_structureprofiler

ROUTE = 'structureprofiler/'


class KnownDefects(StructureInputs, ApiTestCase):
    """One test a row; that untested is not failed (D14) is with the results."""

    route = ROUTE

    def setUp(self) -> None:
        """A tool that works at once."""
        super().setUp()
        self.addCleanup(remove_new_media, media_files())
        self.enterContext(working_structureprofiler())

    def test_every_input_is_a_part_of_the_question(self) -> None:
        """D6, D8: what is left out of the key answers one question with the result of another."""
        changes: list[dict[str, Any]] = [
            {},
            {'ligand_file': upload(METHANE, 'x.sdf')},
            {'ligand_file': upload(METHANE.replace('0.1000', '0.2000'), 'x.sdf')},
            {'electron_density_map': upload(ccp4_map(), 'x.ccp4')},
            {'electron_density_map': upload(ccp4_map()[:-1] + b'x', 'x.ccp4')},
            {'preset': 'iridium'},
            {'thresholds': '{"complex": {"resolutionThreshold": 2}}'},
            {'thresholds': '{"complex": {"resolutionThreshold": 3}}'},
            {'thresholds': '{"complex": {"resolutionThreshold": null}}'},
        ]
        self.assertEqual(self.jobs(*({'protein_file': glycine_file(), **change} for change in changes)), len(changes))

    def test_defaults_and_equal_thresholds_are_the_same_question(self) -> None:
        """However they are written."""
        same: list[dict[str, Any]] = [
            {},
            {'preset': 'combined', 'thresholds': ''},
            {'thresholds': '{}'},
            {'thresholds': '{"complex": {}}'},
        ]
        self.assertEqual(self.jobs(*({'protein_file': glycine_file(), **change} for change in same)), 1)
        twice = ('{"complex": {"resolutionThreshold": 2}}', '{"ligands": {}, "complex": {"resolutionThreshold": 2.0}}')
        self.assertEqual(self.jobs(*({'protein_file': glycine_file(), 'thresholds': text} for text in twice)), 1)

    def test_equal_proteins_with_different_ligands_are_different_jobs(self) -> None:
        """D5: the ligands of a stored protein are profiled with it."""
        proteins = [stored_protein() for _ in range(3)]
        for protein, text in zip(proteins[1:], (METHANE, METHANE.replace(' C ', ' N ')), strict=True):
            Ligand.objects.create(name='MTN_A_1', protein=protein, file_string=text)
        self.assertEqual(self.jobs(*({'protein_id': str(protein.pk)} for protein in proteins)), 3)

    def test_two_densities_are_refused_and_none_is_accepted(self) -> None:
        """3.3: one of them won silently."""
        data = {'protein_file': glycine_file(), 'electron_density_map': upload(ccp4_map(), 'x.ccp4')}
        response = self.post(ROUTE, {**data, 'pdb_code': '1abc'})
        self.assertEqual((response.status_code, response.json()['error_code']), (400, 'input.ambiguous'))
        self.assertEqual(self.run_job(ROUTE, {'protein_file': glycine_file()})['status'], 'success')

    def test_submission_stores_what_is_new_and_a_second_one_nothing(self) -> None:
        """3.3: a hit stored the whole protein again, and a pending job that never ran."""
        protein = stored_protein()
        rows = row_counts()
        for new in ({'structureprofiler.StructureprofilerJob': 1, 'structureprofiler.StructureprofilerOutput': 1}, {}):
            self.assertEqual(self.run_job(ROUTE, {'protein_id': str(protein.pk)})['input_protein'], str(protein.pk))
            self.assertEqual(row_counts() - rows, Counter(new))
            rows = row_counts()

    def test_clean_up_keeps_what_a_job_in_use_refers_to_and_then_takes_all_of_it(self) -> None:
        """D4: it never removed anything; and it could take a map from under a job."""
        files, none = media_files(), row_counts()
        self.run_job(ROUTE, {'protein_file': glycine_file(), 'electron_density_map': upload(ccp4_map(), 'x.ccp4')})
        long_ago = timezone.now() - timedelta(days=30)
        for model in (Protein, ElectronDensityMap, StructureprofilerOutput):
            model.objects.update(date_last_accessed=long_ago)
        with_job = row_counts()
        clean_up()
        self.assertEqual(row_counts(), with_job)
        StructureprofilerJob.objects.update(date_last_accessed=long_ago)
        with self.captureOnCommitCallbacks(execute=True):
            clean_up()
        self.assertEqual((row_counts(), media_files()), (none, files))
