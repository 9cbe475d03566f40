"""Defects of the published server that concern uploads and molecules; each test fails on what was seen there."""

import gzip
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.management import get_commands

from molecule_handler import external, uploads
from molecule_handler.models import Protein
from preprocessor.models import PreprocessorJob
from proteins_plus.test import faults
from proteins_plus.test.samples import GLYCINE, METHANE, glycine_file, working_tool
from proteins_plus.test.utils import TEST_FILES, ApiTestCase, row_counts, structure_text, upload

ROUTE = 'molecule_handler/upload/'


class KnownDefects(ApiTestCase):
    """One test a row."""

    def test_upload_by_file_alone_succeeds_and_is_named_after_its_file(self) -> None:
        """D1: without a code the name was NULL, and the job stayed running for ever."""
        with working_tool():
            job = self.run_job(ROUTE, {'protein_file': glycine_file('mine.pdb')})
        self.assertEqual(job['status'], 'success')
        protein = Protein.objects.get(pk=job['output_protein'])
        self.assertEqual((protein.name, protein.pdb_code, protein.uniprot_code), ('mine', None, None))

    def test_failure_can_always_be_stored(self) -> None:
        """D1: saving the failure failed as well."""
        with faults.fake_tool('preprocessor', faults.WRITES_GARBAGE):
            job = self.run_job(ROUTE, {'protein_file': glycine_file()})
        self.assertEqual(job['status'], 'failure')

    def test_records_of_an_sdf_can_be_joined_again(self) -> None:
        """D10: the newline after the delimiter was lost, so that it swallowed the next title."""
        records = uploads.split_sdf(METHANE.rstrip('\n') + '\n' + METHANE.replace('MTN', 'TWO'))
        joined = ''.join(text for _, text in records)
        self.assertEqual([name for name, _ in uploads.split_sdf(joined)], ['MTN_A_1', 'TWO_A_1'])
        for _, text in records:
            self.assertTrue(text.endswith('\n$$$$\n'))

    def test_two_uploaded_ligands_stay_two(self) -> None:
        """D10: the same, through the whole server."""
        ligand = structure_text('1ia1_TQ3.sdf.gz')
        files = {
            'protein_file': upload(structure_text('1crn.pdb.gz'), 'x.pdb'),
            'ligand_file': upload(ligand * 2, 'x.sdf'),
        }
        job = self.run_job(ROUTE, files)
        ligands = Protein.objects.get(pk=job['output_protein']).ligand_set.all()
        self.assertEqual(len(ligands), 2)
        joined = ''.join(item.file_string for item in ligands)
        self.assertEqual(len(uploads.split_sdf(joined)), 2)

    def test_code_and_file_at_once_are_refused(self) -> None:
        """D11: the file won, unchecked, and was labelled with the code."""
        response = self.post(ROUTE, {'pdb_code': '1afs', 'protein_file': glycine_file('x.txt')})
        self.assertEqual(response.status_code, 400)
        self.assertIn('pdb_code', response.json())

    def test_predicted_structure_by_uniprot_code_is_processed(self) -> None:
        """D12: it called a function that did not exist."""
        with TemporaryDirectory() as mirror, self.settings(LOCAL_AFDB_MIRROR_DIR=mirror), working_tool():
            (Path(mirror) / 'AF-P04637-F1-model_v4.pdb').write_text(GLYCINE)
            job = self.run_job(ROUTE, {'uniprot_code': 'P04637'})
        self.assertEqual(job['status'], 'success', job)
        protein = Protein.objects.get(pk=job['output_protein'])
        self.assertEqual((protein.uniprot_code, protein.pdb_code), ('P04637', None))

    def test_divided_mirror_as_it_is_downloaded_is_read(self) -> None:
        """D13: the download made divided folders, the reader expected one flat folder."""
        self.assertIn('download_pdb', get_commands())
        for divided in (True, False):
            with TemporaryDirectory() as mirror, self.settings(LOCAL_PDB_MIRROR_DIR=mirror):
                folder = Path(mirror) / 'cr' if divided else Path(mirror)
                folder.mkdir(exist_ok=True)
                shutil.copy(TEST_FILES / '1crn.pdb.gz', folder / 'pdb1crn.ent.gz')
                self.assertEqual(external.fetch_structure('1crn').content.decode(), structure_text('1crn.pdb.gz'))

    def test_bytes_that_are_no_text_are_400_and_leave_no_orphan(self) -> None:
        """3.2: non-UTF-8 and NUL bytes answered 500; an upload saved its job before it looked."""
        rows = row_counts()
        for data in (GLYCINE.encode() + b'\xff\xfe', GLYCINE.encode() + b'\0'):
            response = self.post(ROUTE, {'protein_file': upload(data, 'x.pdb')})
            self.assertEqual(response.status_code, 400)
            self.assertIn('protein_file', response.json())
        self.assertEqual(row_counts(), rows)

    def test_uniprot_code_is_matched_from_end_to_end(self) -> None:
        """3.3: P04637/../ was accepted, and went into a path and a URL."""
        for code in ('P04637/../', '../P04637', 'xP04637', 'P04637x', 'P04637 P04637', 'P04637\n../'):
            response = self.client.post(f'/api/v2/{ROUTE}', {'uniprot_code': code}, format='json')
            self.assertEqual(response.status_code, 400, code)
            self.assertIn('uniprot_code', response.json())

    def test_usual_formats_and_names_are_taken(self) -> None:
        """3.3: neither mmCIF nor gzip, .ent, upper-case suffixes or 12-character ids."""
        cif = structure_text('1yjp.cif.gz')
        packed = gzip.compress(cif.encode())
        files: list[tuple[str | bytes, str]] = [
            (cif, 'x.cif'),
            (cif, 'x.mmcif'),
            (packed, 'x.cif.gz'),
            (GLYCINE, 'x.ent'),
            (GLYCINE, 'X.PDB'),
        ]
        for content, name in files:
            response = self.client.post(f'/api/v2/{ROUTE}', {'protein_file': upload(content, name)}, format='multipart')
            self.assertEqual(response.status_code, 202, name)
        response = self.client.post(f'/api/v2/{ROUTE}', {'pdb_code': 'pdb_00001crn'}, format='json')
        self.assertEqual(response.status_code, 202)

    def test_five_bytes_do_not_get_a_job(self) -> None:
        """3.3: a file that said 'hello' did."""
        response = self.post(ROUTE, {'protein_file': upload('hello', 'x.pdb')})
        self.assertEqual(response.status_code, 400)
        self.assertFalse(PreprocessorJob.objects.exists())

    def test_second_answer_says_that_it_came_from_the_cache(self) -> None:
        """3.3: one route always answered false, for a misspelt key."""
        with working_tool():
            answers = [self.post(ROUTE, {'protein_file': glycine_file()}).json() for _ in range(2)]
        self.assertEqual([answer['retrieved_from_cache'] for answer in answers], [False, True])
