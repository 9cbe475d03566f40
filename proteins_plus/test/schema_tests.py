"""The API description and the page that shows it."""

import re
from html.parser import HTMLParser
from io import StringIO
from typing import Any
from unittest import mock

from django.core.management import call_command
from django.test import TestCase
from django.urls import resolve
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from rest_framework.serializers import FileField

from preprocessor.apps import PreprocessorConfig
from proteins_plus import tools

from .utils import API, TEST_FILES, upload

UPLOAD = f'{API}molecule_handler/upload/'


class ApiDescription(TestCase):
    """What clients and generators read."""

    schema: dict[str, Any]

    @classmethod
    def setUpTestData(cls) -> None:
        """Describe once."""
        cls.schema = SchemaGenerator().get_schema(request=None, public=True)

    def resolved(self, reference: dict[str, Any]) -> dict[str, Any]:
        """
        :param reference: ``{"$ref": ...}``
        :returns: the component it names
        """
        return self.schema['components']['schemas'][reference['$ref'].rpartition('/')[2]]

    def test_description_is_valid_and_without_a_warning(self) -> None:
        """Generated clients are only as good as it is."""
        GENERATOR_STATS.reset()
        call_command('spectacular', '--fail-on-warn', '--validate', stdout=StringIO())

    def test_every_operation_is_described_once_below_the_version(self) -> None:
        """Operation ids are function names of generated clients."""
        identifiers = []
        for path, operations in self.schema['paths'].items():
            self.assertTrue(path.startswith(API), path)
            for method, operation in operations.items():
                self.assertTrue(operation['description'], (path, method))
                self.assertTrue(operation['tags'], (path, method))
                identifiers.append(operation['operationId'])
        self.assertEqual(len(identifiers), len(set(identifiers)))

    def test_every_tool_and_every_molecule_is_there(self) -> None:
        """Nothing is listed by hand, so nothing may fall through."""
        for tool in tools.installed():
            self.assertTrue(any(path.startswith(f'{API}{tool.prefix}/') for path in self.schema['paths']), tool.label)
        for name in ('proteins', 'ligands', 'protein_sites', 'electron_density_maps'):
            self.assertIn(f'{API}molecule_handler/{name}/{{id}}/', self.schema['paths'])

    def test_submission_documents_202_and_its_errors(self) -> None:
        """The published server documented 200, and no errors."""
        responses = self.schema['paths'][UPLOAD]['post']['responses']
        self.assertEqual(set(responses), {'202', '400', '404', '413', '429', '503'})
        answer = self.resolved(responses['202']['content']['application/json']['schema'])
        self.assertEqual(set(answer['properties']), {'job_id', 'retrieved_from_cache'})
        error = self.resolved(responses['400']['content']['application/json']['schema'])
        self.assertIn('error_code', error['properties'])

    def test_file_fields_are_binary_so_that_a_file_can_be_chosen(self) -> None:
        """Otherwise Swagger UI shows a text box where a file belongs."""
        content = self.schema['paths'][UPLOAD]['post']['requestBody']['content']
        request = self.resolved(content['multipart/form-data']['schema'])
        for name in ('protein_file', 'ligand_file'):
            self.assertEqual(request['properties'][name]['format'], 'binary', name)
        self.assertIn('application/json', content)

    def test_example_of_every_tool_is_accepted(self) -> None:
        """Who opens the page for the first time sends it, with the files that the description names."""
        submissions = 0
        for path in self.schema['paths']:
            serializer: Any = getattr(getattr(resolve(path).func, 'view_class', None), 'serializer_class', None)
            if serializer is None:
                continue
            example = tools.tool_of(serializer.job_model).example
            fields, data = serializer().fields, dict(example)
            for name, value in example.items():
                if isinstance(fields[name], FileField):
                    data[name] = upload((TEST_FILES / str(value)).read_bytes(), str(value))
            self.assertTrue(serializer(data=data).is_valid(), path)
            submissions += 1
        self.assertEqual(submissions, len(list(tools.installed())))

    def test_example_with_a_file_is_a_form_and_the_description_says_which_file(self) -> None:
        """As JSON it would be refused, and a page cannot fill in a file."""
        with mock.patch.object(PreprocessorConfig, 'example', {'protein_file': '1ajj.pdb.gz'}):
            operation = SchemaGenerator().get_schema(request=None, public=True)['paths'][UPLOAD]['post']
        content = operation['requestBody']['content']
        self.assertNotIn('examples', content['application/json'])
        self.assertIn('examples', content['multipart/form-data'])
        self.assertIn('choose `test_files/1ajj.pdb.gz` of the source code for `protein_file`', operation['description'])

    def test_status_is_the_four_words_and_canceled(self) -> None:
        """Clients compare with them."""
        path = self.schema['paths'][f'{UPLOAD}jobs/{{id}}/']
        job = self.resolved(path['get']['responses']['200']['content']['application/json']['schema'])
        reference = job['properties']['status']
        status = self.resolved(reference if '$ref' in reference else reference['allOf'][0])
        self.assertEqual(status['enum'], ['pending', 'running', 'success', 'failure', 'canceled'])

    def test_lists_describe_rows_without_contents(self) -> None:
        """What a row lacks is not promised."""
        operation = self.schema['paths'][f'{API}molecule_handler/proteins/']['get']
        page = self.resolved(operation['responses']['200']['content']['application/json']['schema'])
        row = self.resolved(page['properties']['results']['items'])
        self.assertNotIn('file_string', row['properties'])
        self.assertIn('name', row['properties'])

    def test_schema_is_served_as_yaml_and_as_json(self) -> None:
        """Generators want the one, programs the other."""
        for path in ('/api/schema/', '/schema/'):
            self.assertTrue(self.client.get(path).content.startswith(b'openapi: 3.0.3'), path)
        self.assertEqual(self.client.get('/api/schema/?format=json').json()['openapi'], '3.0.3')


class Page(HTMLParser):
    """What a page loads, and what it holds that a strict policy refuses."""

    def __init__(self, text: str) -> None:
        """:param text: HTML"""
        super().__init__()
        self.sources: list[str] = []
        self.inline: list[str] = []
        self._inside = ''
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """
        :param tag: of an element
        :param attrs: its attributes
        """
        given = dict(attrs)
        self._inside = tag
        self.sources += [value for name in ('src', 'href') if (value := given.get(name))]
        self.inline += [f'{tag} {name}' for name in given if name == 'style' or name.startswith('on')]

    def handle_endtag(self, tag: str) -> None:
        """:param tag: of an element"""
        self._inside = ''

    def handle_data(self, data: str) -> None:
        """:param data: text"""
        if self._inside in ('script', 'style') and data.strip():
            self.inline.append(f'{self._inside}: {data.strip()[:60]}')


class SwaggerPage(TestCase):
    """The page works under a strict policy and without the internet."""

    def test_start_page_leads_to_it(self) -> None:
        """A user who knows only the host name finds the way."""
        for path in ('/api/v2/', '/api/v2'):
            self.assertRedirects(self.client.get(path), '/api/schema/swagger-ui')
        self.assertContains(self.client.get('/'), 'href="/api/schema/swagger-ui"')
        self.assertEqual(self.client.get('/api/schema/swagger-ui/', follow=True).status_code, 200)

    def test_policy_allows_own_files_only(self) -> None:
        """A page that shows text of users must not run it."""
        policy = self.client.get('/api/schema/swagger-ui').headers['Content-Security-Policy']
        directives = dict(part.strip().split(' ', 1) for part in policy.split(';') if part.strip())
        self.assertEqual(directives['default-src'], "'none'")
        self.assertEqual(directives['script-src'], "'self'")
        self.assertEqual(directives['style-src'], "'self'")
        self.assertEqual(directives['frame-ancestors'], "'none'")
        self.assertNotIn('unsafe', policy)
        self.assertNotIn('http', policy)

    def test_page_has_nothing_inline_and_loads_only_files_that_are_here(self) -> None:
        """A strict policy would leave the page blank otherwise, and so would a machine without internet."""
        page = Page(self.client.get('/api/schema/swagger-ui').content.decode())
        self.assertEqual(page.inline, [])
        self.assertGreaterEqual(len(page.sources), 4)
        for source in page.sources:
            self.assertRegex(source, r'^/(?!/)', 'nothing comes from elsewhere')
            response = self.client.get(source)
            self.assertEqual(response.status_code, 200, source)
            self.assertNotIn(b'http://cdn', response.getvalue()[:2000])

    def test_script_of_the_page_asks_for_our_schema(self) -> None:
        """It would show somebody else's otherwise."""
        page = Page(self.client.get('/api/schema/swagger-ui').content.decode())
        scripts = [self.client.get(source).getvalue().decode() for source in page.sources if source.startswith('/api/')]
        self.assertTrue(any(re.search(r'SwaggerUIBundle', script) and '/api/schema/' in script for script in scripts))

    def test_answers_carry_the_usual_protections(self) -> None:
        """They are set in one place, and every answer needs them."""
        for path in ('/api/schema/swagger-ui', '/healthz', f'{API}molecule_handler/proteins/'):
            headers = self.client.get(path).headers
            self.assertEqual(headers['X-Content-Type-Options'], 'nosniff', path)
            self.assertEqual(headers['X-Frame-Options'], 'DENY', path)
            self.assertEqual(headers['Referrer-Policy'], 'same-origin', path)
