"""Request ids, the policy of all answers, and paths without their trailing slash."""

import io
import json
import logging
from typing import Any
from unittest import mock

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, SimpleTestCase, TestCase, override_settings
from pythonjsonlogger.json import JsonFormatter

from proteins_plus.log_context import LogContext, current_request_id
from proteins_plus.middleware import answer_without_slash, content_security_policy, request_id

from .samples import stored_protein
from .utils import API

POLICY = 'Content-Security-Policy'


class RequestIds(SimpleTestCase):
    """What finds the log lines of one request."""

    def answered(self, given: str | None) -> tuple[str, str]:
        """
        :param given: the client's own id
        :returns: the id in the log, and that of the answer
        """
        seen: list[str] = []

        def view(request: HttpRequest) -> HttpResponse:
            """
            :param request: any
            :returns: an empty answer
            """
            record = logging.makeLogRecord({})
            LogContext().filter(record)
            seen.append(record.__dict__['request_id'])
            return HttpResponse()

        headers = {} if given is None else {'X-Request-ID': given}
        response = request_id(view)(RequestFactory().get('/', headers=headers))
        return seen[0], response.headers['X-Request-ID']

    def test_id_of_a_proxy_is_kept(self) -> None:
        """One id through proxy, server and log."""
        self.assertEqual(self.answered('3f2a-0001-proxy'), ('3f2a-0001-proxy', '3f2a-0001-proxy'))

    def test_every_request_gets_its_own_id(self) -> None:
        """Otherwise two requests could not be told apart."""
        first, second = self.answered(None), self.answered(None)
        self.assertRegex(first[0], r'^[0-9a-f]{32}$')
        self.assertEqual(first[0], first[1])
        self.assertNotEqual(first, second)

    def test_id_that_could_forge_log_lines_is_replaced(self) -> None:
        """A line end in an id writes a second line into the log."""
        for hostile in (
            'abcdefgh\nERROR forged',
            'abcdefgh\r\nX: y',
            'short',
            'x' * 65,
            'abcdefgh"}',
            'äöüäöüäöü',
            '١٢٣٤٥٦٧٨',
        ):
            logged, answered = self.answered(hostile)
            self.assertRegex(logged, r'^[0-9a-f]{32}$')
            self.assertEqual(logged, answered)

    def test_id_does_not_leak_into_what_follows_even_after_an_error(self) -> None:
        """Threads are used again."""

        def failing(request: HttpRequest) -> HttpResponse:
            """:param request: any"""
            raise KeyError

        with self.assertRaises(KeyError):
            request_id(failing)(RequestFactory().get('/'))
        self.assertEqual(current_request_id(), '')


class Policy(SimpleTestCase):
    """What a browser may do with an answer."""

    def answered(self, response: HttpResponse) -> str | None:
        """
        :param response: of a view
        :returns: the policy that it is sent with
        """
        return content_security_policy(lambda _: response)(RequestFactory().get('/')).headers.get(POLICY)

    def test_answer_without_a_policy_gets_that_of_the_settings(self) -> None:
        """Whatever it is: a browser that is tricked into showing JSON runs no script of it either."""
        policy = self.answered(HttpResponse())
        assert policy is not None
        directives = {words[0]: words[1:] for words in map(str.split, policy.split(';'))}
        expected = settings.CONTENT_SECURITY_POLICY['DIRECTIVES']
        self.assertEqual(directives, {name: [str(each) for each in said] for name, said in expected.items()})

    def test_answer_keeps_the_policy_of_its_view(self) -> None:
        """Files of users have a stricter one."""
        self.assertEqual(self.answered(HttpResponse(headers={POLICY: 'sandbox'})), 'sandbox')

    def test_pages_of_a_developer_may_have_their_style(self) -> None:
        """Django's own pages about errors are readable with it only; nobody else is shown them."""
        for debug, status, has in ((True, 500, False), (True, 404, False), (True, 200, True), (False, 500, True)):
            with self.subTest(debug=debug, status=status), override_settings(DEBUG=debug):
                self.assertIs(self.answered(HttpResponse(status=status)) is not None, has)


class LogLines(SimpleTestCase):
    """What operators read."""

    def test_log_line_is_one_json_object_whatever_is_logged(self) -> None:
        """Log collectors read line by line."""
        logging_settings: Any = settings.LOGGING
        formatter = logging_settings['formatters']['json']
        stream = io.StringIO()
        handler = logging.StreamHandler(stream)
        handler.setFormatter(JsonFormatter(formatter['fmt'], rename_fields=formatter['rename_fields']))
        handler.addFilter(LogContext())
        logger = logging.Logger('proteins_plus.test')
        logger.addHandler(handler)
        logger.info('one\n{"level": "ERROR"}', extra={'job': 'j\n1'})
        (line,) = stream.getvalue().splitlines()
        record: dict[str, Any] = json.loads(line)
        self.assertEqual(record['message'], 'one\n{"level": "ERROR"}')
        self.assertEqual((record['level'], record['job']), ('INFO', 'j\n1'))
        self.assertIn('request_id', record)
        self.assertIn('time', record)


class TrailingSlash(TestCase):
    """A forgotten slash costs nothing: no redirect, so that a POST keeps its body."""

    def test_get_without_slash_is_answered_directly(self) -> None:
        """Clients of the published server leave it out when they poll."""
        protein = stored_protein()
        response = self.client.get(f'{API}molecule_handler/proteins/{protein.pk}?x=1')
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.json()['id'], str(protein.pk))

    def test_post_without_slash_keeps_its_body(self) -> None:
        """A redirect would turn it into a GET."""
        response = self.client.post(f'{API}molecule_handler/upload', {'pdb_code': 'nonsense'})
        self.assertEqual(response.status_code, 400)
        self.assertIn('pdb_code', response.json())

    def test_path_that_exists_with_or_without_slash_is_left_alone(self) -> None:
        """A rewritten path would hide a route."""
        for path in ('/healthz', '/', '/nonsense', '/nonsense/'):
            seen: list[str] = []

            def view(request: HttpRequest, seen: list[str] = seen) -> HttpResponse:
                """
                :param request: the request as the next middleware sees it
                :param seen: receives its path
                :returns: an empty answer
                """
                seen.append(request.path_info)
                return HttpResponse()

            answer_without_slash(view)(RequestFactory().get(path))
            self.assertEqual(seen, [path])

    def test_links_of_a_mounted_server_keep_the_mount_point(self) -> None:
        """Absolute URLs are made from it."""
        request = RequestFactory().get('/plus/api/v2/molecule_handler/proteins', SCRIPT_NAME='/plus')
        request.path, request.path_info = '/plus/api/v2/molecule_handler/proteins', '/api/v2/molecule_handler/proteins'
        answer_without_slash(mock.Mock(return_value=HttpResponse()))(request)
        self.assertEqual(request.path, '/plus/api/v2/molecule_handler/proteins/')
        self.assertEqual(request.path_info, '/api/v2/molecule_handler/proteins/')
