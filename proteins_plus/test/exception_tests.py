"""Errors as answers: the right status, a stable code, a sentence; never a traceback."""

import json
from typing import Any
from unittest import mock

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation, TooManyFilesSent
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import Http404, UnreadablePostError
from django.test import RequestFactory, SimpleTestCase, TestCase, override_settings
from rest_framework import exceptions as rest
from rest_framework.response import Response

from proteins_plus import exceptions
from proteins_plus.errors import InputError, NotFoundError, SystemFault, ToolError

from .samples import glycine_file
from .utils import API, row_counts

UPLOAD = f'{API}molecule_handler/upload/'


class ErrorHandler(SimpleTestCase):
    """What each kind of error becomes."""

    def answer(self, error: Exception) -> Response:
        """
        :param error: what a view raised
        :returns: the answer, which holds neither traceback nor class name
        """
        with mock.patch.object(exceptions, 'logger'):
            response = exceptions.answer(error, {})
        text = json.dumps(response.data, default=str)
        for word in ('Traceback', 'Error(', 's3cret', '.py'):
            self.assertNotIn(word, text)
        return response

    def test_error_of_one_field_names_it(self) -> None:
        """A form can show it beside the field."""
        response = self.answer(InputError('No atoms.', 'structure.no_atoms', 'Look.', 'protein_file'))
        expected = {'protein_file': ['No atoms.'], 'error_code': 'structure.no_atoms', 'error_hint': 'Look.'}
        self.assertEqual((response.status_code, response.data), (400, expected))

    def test_error_of_no_field_keeps_the_known_shape(self) -> None:
        """Existing clients read ``non_field_errors``."""
        response = self.answer(InputError('Give one.'))
        expected = {'non_field_errors': ['Give one.'], 'error_code': 'input.invalid'}
        self.assertEqual((response.status_code, response.data), (400, expected))

    def test_unknown_object_is_404_with_detail(self) -> None:
        """Existing clients read ``detail``."""
        response = self.answer(NotFoundError('Protein with given id does not exist', field='protein_id'))
        expected = {'detail': 'Protein with given id does not exist', 'error_code': 'input.not_found'}
        self.assertEqual((response.status_code, response.data), (404, expected))

    def test_our_own_fault_is_503_with_its_sentence(self) -> None:
        """The user has done nothing wrong, and may try again."""
        for error in (SystemFault('The archive is away.', 'archive.away'), ToolError('It failed.')):
            response = self.answer(error)
            self.assertEqual((response.status_code, response.data['detail']), (503, error.message))

    def test_database_that_is_away_is_503_with_retry_after(self) -> None:
        """It passes; a client may wait for it."""
        for error in (OperationalError('FATAL: password s3cret'), InterfaceError('connection already closed')):
            response = self.answer(error)
            self.assertEqual((response.status_code, response.data['error_code']), (503, 'server.busy'))
            self.assertGreater(int(response.headers['Retry-After']), 0)

    def test_full_disk_is_503_and_its_paths_stay_here(self) -> None:
        """It passes as well, once the operator has read the log."""
        response = self.answer(OSError(28, 'No space left on device', '/srv/s3cret.py'))
        self.assertEqual((response.status_code, response.data['error_code']), (503, 'server.storage'))
        self.assertTrue(response.data['detail'] and response.data['error_hint'])

    def test_bug_is_500_without_a_word_about_the_cause(self) -> None:
        """What an exception says may hold data of others."""
        for error in (KeyError('s3cret'), IntegrityError('s3cret'), AssertionError('s3cret')):
            response = self.answer(error)
            self.assertEqual((response.status_code, response.data['error_code']), (500, 'server.fault'))

    def test_too_much_data_is_413(self) -> None:
        """An upload that is too large is no malformed one."""
        for error in (RequestDataTooBig('Too much.'), TooManyFilesSent('Too many.')):
            response = self.answer(error)
            self.assertEqual((response.status_code, response.data['error_code']), (413, 'upload.too_large'))

    def test_suspicious_request_is_400(self) -> None:
        """Django's own answer would be a page."""
        for error in (SuspiciousOperation('s3cret'), UnreadablePostError('the client has gone')):
            response = self.answer(error)
            self.assertEqual((response.status_code, response.data['error_code']), (400, 'request.malformed'))

    def test_errors_of_the_framework_keep_their_shape_and_gain_a_code(self) -> None:
        """A client never has to parse two kinds of errors."""
        for error, status, code in (
            (Http404(), 404, 'input.not_found'),
            (PermissionDenied(), 403, 'request.denied'),
            (rest.NotFound(), 404, 'request.not_found'),
            (rest.MethodNotAllowed('GET'), 405, 'request.method_not_allowed'),
            (rest.UnsupportedMediaType('x/y'), 415, 'request.unsupported_media_type'),
            (rest.ParseError(), 400, 'request.parse_error'),
            (rest.PermissionDenied(code='list.staff_only'), 403, 'list.staff_only'),
        ):
            response = self.answer(error)
            self.assertEqual((response.status_code, response.data['error_code']), (status, code))
            self.assertIn('detail', response.data)

    def test_validation_error_has_the_code_of_its_first_error(self) -> None:
        """One code is enough to look it up; the fields say the rest."""
        for detail, code in (
            ({'x': [rest.ErrorDetail('No.', 'required')], 'y': [rest.ErrorDetail('No.', 'other')]}, 'input.required'),
            ({'x': {'y': [rest.ErrorDetail('No.', 'blank')]}}, 'input.blank'),
            ({'x': [{}, {'y': [rest.ErrorDetail('No.', 'null')]}]}, 'input.null'),
            ({'x': [rest.ErrorDetail('No.', 'site.bad_name')]}, 'site.bad_name'),
            ({}, 'input.invalid'),
        ):
            response = self.answer(rest.ValidationError(detail))
            self.assertEqual((response.status_code, response.data['error_code']), (400, code))

    def test_errors_outside_the_framework_are_json_too(self) -> None:
        """Routing, hosts and middleware fail before the framework is reached."""
        request = RequestFactory().get('/')
        for response, status in (
            (exceptions.not_found(request, Http404()), 404),
            (exceptions.bad_request(request, SuspiciousOperation('s3cret')), 400),
            (exceptions.server_error(request), 500),
        ):
            body = json.loads(response.content)
            self.assertEqual(response.status_code, status)
            self.assertTrue(body['detail'] and body['error_code'])
            self.assertNotIn('s3cret', response.content.decode())


class ErrorsOverHttp(TestCase):
    """What a client sees when something goes wrong."""

    def assert_json(self, response: Any, status: int, code: str) -> dict[str, Any]:
        """
        :param response: an answer
        :param status: expected
        :param code: expected
        :returns: its body
        """
        self.assertEqual(response.status_code, status, response.content[:300])
        self.assertEqual(response.headers['Content-Type'], 'application/json')
        self.assertEqual(response.json()['error_code'], code)
        self.assertNotIn('Traceback', response.content.decode())
        return response.json()

    def test_unknown_path_is_404(self) -> None:
        """A typo in a URL gets an answer for programs."""
        self.assert_json(self.client.get('/nonsense'), 404, 'request.not_found')
        self.assert_json(self.client.get(f'{API}molecule_handler/nonsense/'), 404, 'request.not_found')

    def test_wrong_method_is_405(self) -> None:
        """Also on routes that exist for another method."""
        self.assert_json(self.client.get(UPLOAD), 405, 'request.method_not_allowed')
        self.assert_json(self.client.delete(f'{API}molecule_handler/proteins/'), 405, 'request.method_not_allowed')

    def test_unknown_content_type_is_415(self) -> None:
        """The client learns what to send instead."""
        response = self.client.post(UPLOAD, b'x', content_type='text/plain')
        self.assert_json(response, 415, 'request.unsupported_media_type')

    def test_broken_bodies_are_400(self) -> None:
        """Nothing a client sends may be a fault of the server."""
        for content_type, body in (
            ('application/json', b'{"pdb_code": '),
            ('application/json', b'\xff\xfe'),
            ('application/json', b'{"x": NaN}'),
            ('multipart/form-data; boundary=x', b'--x\r\nnonsense'),
            ('multipart/form-data', b'no boundary'),
        ):
            response = self.client.post(UPLOAD, body, content_type=content_type)
            self.assertEqual(response.status_code, 400, (body, response.content))
            self.assertTrue(response.json()['error_code'])

    def test_body_of_another_shape_is_400(self) -> None:
        """JSON may be valid and still not be what was asked for."""
        for body in (
            '[]',
            '5',
            'null',
            '"x"',
            '{"pdb_code": {"a": 1}}',
            '{"pdb_code": ["1afs"]}',
            '{"protein_file": "x"}',
        ):
            response = self.client.post(UPLOAD, body, content_type='application/json')
            self.assertEqual(response.status_code, 400, (body, response.content))

    def test_nul_in_a_text_field_is_400(self) -> None:
        """PostgreSQL refuses it, and would make it a fault of ours."""
        response = self.client.post(UPLOAD, json.dumps({'pdb_code': '1a\0s'}), content_type='application/json')
        self.assertIn('pdb_code', self.assert_json(response, 400, 'input.null_characters_not_allowed'))

    def test_lone_surrogate_in_a_text_field_is_400(self) -> None:
        """JSON can say it, UTF-8 cannot."""
        response = self.client.post(UPLOAD, r'{"pdb_code": "\ud800abc"}', content_type='application/json')
        self.assertEqual(response.status_code, 400, response.content)

    @override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000)
    def test_large_body_without_files_is_413(self) -> None:
        """It would be held in memory."""
        for content_type, body in (
            ('application/json', json.dumps({'pdb_code': 'x' * 2000})),
            ('application/x-www-form-urlencoded', 'pdb_code=' + 'x' * 2000),
        ):
            response = self.client.post(UPLOAD, body, content_type=content_type)
            self.assert_json(response, 413, 'upload.too_large')

    @override_settings(DATA_UPLOAD_MAX_NUMBER_FILES=1)
    def test_many_files_are_413(self) -> None:
        """Each costs a temporary file."""
        response = self.client.post(UPLOAD, {'protein_file': glycine_file(), 'ligand_file': glycine_file()})
        self.assert_json(response, 413, 'upload.too_large')

    def test_unknown_host_is_400(self) -> None:
        """Absolute URLs are made from the host name."""
        for path in ('/healthz', f'{API}molecule_handler/proteins/'):
            response = self.client.get(path, headers={'host': 'evil.example'})
            self.assert_json(response, 400, 'request.malformed')
            self.assertNotIn('evil', response.content.decode())

    def test_busy_database_is_503_and_leaves_nothing(self) -> None:
        """SQLite is busy while somebody else writes."""
        rows = row_counts()
        with mock.patch('proteins_plus.views.submit_task', side_effect=OperationalError('database is locked')):
            response = self.client.post(UPLOAD, {'protein_file': glycine_file()})
        self.assertIn('seconds', self.assert_json(response, 503, 'server.busy')['error_hint'])
        self.assertEqual(row_counts(), rows)

    def test_bug_is_500_as_json(self) -> None:
        """With the code by which an operator finds the log line."""
        self.client.raise_request_exception = False
        with mock.patch('proteins_plus.views.submit_task', side_effect=KeyError('s3cret')):
            response = self.client.post(UPLOAD, {'protein_file': glycine_file()})
        self.assert_json(response, 500, 'server.fault')
