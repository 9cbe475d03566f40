"""Uploads over HTTP: what is taken, and what is refused with a field, a code and a sentence, leaving nothing behind."""

import gzip
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings

from preprocessor.models import PreprocessorJob, PreprocessorJobData
from proteins_plus.test.samples import GLYCINE, METHANE, glycine_file, working_tool
from proteins_plus.test.utils import API, ApiTestCase, media_files, row_counts, structure_text, upload

ROUTE = 'molecule_handler/upload/'
CIF_WITHOUT_ATOMS = 'data_x\n_cell.length_a 10\n'
DRAWING = METHANE.replace('0.1000 C', '0.0000 C').replace('0.7300 H', '0.0000 H')


def protein(content: str | bytes, name: str = 'x.pdb') -> dict[str, Any]:
    """
    :param content: of the file
    :param name: of the file
    :returns: a request
    """
    return {'protein_file': upload(content, name)}


def bad_requests() -> dict[str, tuple[dict[str, Any], str]]:
    """:returns: what is wrong, to the request and the field that the answer must name"""
    packed = gzip.compress(structure_text('1crn.pdb.gz').encode())
    return {
        'empty': (protein(b''), 'protein_file'),
        'white space': (protein(b' \n'), 'protein_file'),
        'five bytes': (protein('hello'), 'protein_file'),
        'binary': (protein(bytes(range(256)) * 10), 'protein_file'),
        'non-UTF-8': (protein(GLYCINE.encode() + b'REMARK \xe9\xff\n'), 'protein_file'),
        'NUL': (protein(GLYCINE.replace('GLY', 'G\0Y', 1)), 'protein_file'),
        'another suffix': (protein(GLYCINE, 'x.txt'), 'protein_file'),
        'no suffix': (protein(GLYCINE, 'x'), 'protein_file'),
        'truncated gzip': (protein(packed[:-20], 'x.pdb.gz'), 'protein_file'),
        'gzip in name only': (protein(GLYCINE, 'x.pdb.gz'), 'protein_file'),
        'gzip bomb': (protein(gzip.compress(GLYCINE.encode() + b' ' * 30_000_000), 'x.pdb.gz'), 'protein_file'),
        'CIF without atoms': (protein(CIF_WITHOUT_ATOMS, 'x.cif'), 'protein_file'),
        'line of a million characters': (protein(GLYCINE + 'REMARK ' + 'x' * 10**6), 'protein_file'),
        'SDF without 3D': ({**protein(GLYCINE), 'ligand_file': upload(DRAWING, 'x.sdf')}, 'ligand_file'),
        'SDF of garbage': ({**protein(GLYCINE), 'ligand_file': upload('hello', 'x.sdf')}, 'ligand_file'),
        'empty SDF': ({**protein(GLYCINE), 'ligand_file': upload('', 'x.sdf')}, 'ligand_file'),
        'structure as ligand': ({**protein(GLYCINE), 'ligand_file': upload(GLYCINE, 'x.pdb')}, 'ligand_file'),
        'file and code': ({**protein(GLYCINE), 'pdb_code': '1afs'}, 'pdb_code'),
        'two codes': ({'pdb_code': '1afs', 'uniprot_code': 'P04637'}, 'uniprot_code'),
        'nothing': ({}, 'non_field_errors'),
        'ligand alone': ({'ligand_file': upload(METHANE, 'x.sdf')}, 'non_field_errors'),
        'empty code': ({'pdb_code': ''}, 'non_field_errors'),
        'code with a path': ({'pdb_code': '../x'}, 'pdb_code'),
        'code of other digits': ({'pdb_code': '\u0661abc'}, 'pdb_code'),
        'code with a line end': ({'pdb_code': '1abc\n2'}, 'pdb_code'),
        'UniProt code with a path': ({'uniprot_code': 'P04637/../'}, 'uniprot_code'),
        'UniProt code with a query': ({'uniprot_code': 'P04637?x=1'}, 'uniprot_code'),
    }


class RefusedUploads(ApiTestCase):
    """Requests that cannot become a job."""

    def test_each_is_400_with_field_code_and_sentence_and_leaves_nothing(self) -> None:
        """None is a fault of the server, and none becomes an orphan."""
        rows, files = row_counts(), media_files()
        for what, (data, field) in bad_requests().items():
            with self.subTest(what):
                response = self.post(ROUTE, data)
                self.assertEqual(response.status_code, 400, response.content[:300])
                body = response.json()
                self.assertIn(field, body)
                self.assertRegex(body[field][0], r'^[A-Z].*[.]$')
                self.assertRegex(body['error_code'], r'^[a-z_]+\.[a-z_0-9]+$')
                self.assertEqual((row_counts(), media_files()), (rows, files))

    def test_unknown_and_malformed_ids_are_404(self) -> None:
        """They are not told apart, so that ids cannot be guessed by their error."""
        for kind in ('upload/jobs', 'job_data', 'proteins', 'ligands'):
            for key in (uuid4(), 'nonsense', '%00', '..%2f..%2fetc%2fpasswd'):
                response = self.client.get(f'{API}molecule_handler/{kind}/{key}/')
                self.assertEqual(response.status_code, 404, (kind, key))
                self.assertTrue(response.json()['detail'])

    @override_settings(MAX_STRUCTURE_BYTES=1000)
    def test_structure_above_the_limit_is_refused_packed_or_not(self) -> None:
        """Packing is no way around it."""
        text = GLYCINE * 4
        for data in (protein(text), protein(gzip.compress(text.encode()), 'x.pdb.gz')):
            response = self.post(ROUTE, data)
            self.assertEqual((response.status_code, response.json()['error_code']), (400, 'upload.too_large'))


class AcceptedUploads(ApiTestCase):
    """Requests that become a job."""

    def setUp(self) -> None:
        """A tool that works at once."""
        super().setUp()
        self.enterContext(working_tool())

    def submit(self, data: dict[str, Any]) -> dict[str, Any]:
        """
        :param data: a request
        :returns: the answer
        """
        response = self.post(ROUTE, data)
        self.assertEqual(response.status_code, 202, response.content[:300])
        return response.json()

    def test_one_structure_is_one_job_whatever_its_file_is_called_and_packed(self) -> None:
        """What counts is what is in it."""
        packed = gzip.compress(GLYCINE.encode())
        files = [(GLYCINE, name) for name in ('a.pdb', 'b.ent', 'C.PDB', 'd.x.pdb')] + [
            (packed, 'e.pdb.gz'),
            (packed, 'F.ENT.GZ'),
        ]
        answers = [self.submit(protein(content, name)) for content, name in files]
        self.assertEqual(len({answer['job_id'] for answer in answers}), 1)
        self.assertEqual([answer['retrieved_from_cache'] for answer in answers], [False] + [True] * 5)

    def test_content_decides_over_a_suffix_that_lies(self) -> None:
        """Files get renamed by hand."""
        cif = structure_text('1yjp.cif.gz')
        self.submit(protein(cif, 'x.pdb'))
        self.assertEqual(PreprocessorJobData.objects.get().input_protein_file_type, 'cif')

    def test_ligand_file_makes_another_job(self) -> None:
        """The ligands a user gives change the result."""
        alone = self.submit(protein(GLYCINE))
        both = self.submit({**protein(GLYCINE), 'ligand_file': upload(METHANE, 'x.sdf')})
        self.assertNotEqual(alone['job_id'], both['job_id'])

    def test_upload_is_kept_with_its_job_and_found_from_both_sides(self) -> None:
        """A user can look up what was computed from."""
        job = self.run_job(ROUTE, {**protein(GLYCINE), 'ligand_file': upload(METHANE, 'x.sdf')})
        data = self.get(f'molecule_handler/job_data/{job["input_data"]}/')
        self.assertEqual(data['parent_preprocessor_job'], job['id'])
        self.assertEqual((data['input_protein_string'], data['input_protein_file_type']), (GLYCINE, 'pdb'))
        self.assertEqual((data['input_ligand_string'], data['input_ligand_file_type']), (METHANE, 'sdf'))

    def test_job_by_code_has_no_data(self) -> None:
        """There is nothing to show; the entry is in the archive."""
        answer = self.client.post(f'{API}{ROUTE}', {'pdb_code': '1AFS'}).json()
        job = self.get(f'{ROUTE}jobs/{answer["job_id"]}/')
        self.assertEqual((job['pdb_code'], job['uniprot_code'], job['input_data']), ('1afs', None, None))
        self.assertEqual(job['status'], 'pending')

    def test_null_in_json_is_absence(self) -> None:
        """Some clients send every field they know."""
        data = {'pdb_code': '1afs', 'uniprot_code': None, 'protein_file': None, 'ligand_file': None}
        response = self.client.post(f'{API}{ROUTE}', data, format='json')
        self.assertEqual(response.status_code, 202, response.content)

    def test_hostile_file_name_is_a_harmless_label(self) -> None:
        """It is shown on pages and written into logs."""
        for name in ('../../../etc/passwd.pdb', 'a\tb.pdb', '<script>.pdb', '\u202egnp.pdb', 'x' * 5000 + '.pdb'):
            job = self.run_job(ROUTE, {'protein_file': glycine_file(name), 'use_cache': 'false'})
            label = self.get(f'molecule_handler/proteins/{job["output_protein"]}/')['name']
            self.assertTrue(label.isprintable() and len(label) <= 100 and '/' not in label, label)

    def test_large_upload_is_read_from_its_temporary_file(self) -> None:
        """Above a few megabytes Django keeps it on disk."""
        text = GLYCINE.splitlines(keepends=True)[0] * 40_000 + GLYCINE
        file = SimpleUploadedFile('x.pdb', text.encode())
        self.submit({'protein_file': file})
        self.assertEqual(PreprocessorJob.objects.get().input_data.input_protein_string, text)
