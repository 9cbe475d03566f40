"""Forms of tools: made from what the API takes."""

import contextlib
import io
import re
from typing import Any
from unittest import mock

from django.test.utils import override_script_prefix

from dogsite.models import DogsiteJob
from dogsite.test.samples import working_dogsite
from ediascorer.models import EdiascorerJob
from molecule_handler.models import Ligand
from preprocessor.models import PreprocessorJob
from proteins_plus.test.samples import METHANE, glycine_file, stored_protein
from proteins_plus.test.utils import ApiTestCase
from proteins_plus.tools import installed
from structureprofiler.models import StructureprofilerJob
from web.forms import fields_of


class FormPage(ApiTestCase):
    """The form of a tool."""

    def page(self, path: str) -> str:
        """
        :param path: of a page
        :returns: the page
        """
        response = self.client.get(path)
        self.assertEqual(response.status_code, 200)
        return response.content.decode()

    def test_every_parameter_of_every_tool_has_a_field_with_help(self) -> None:
        """A tool that lands later needs no form of its own."""
        for tool in installed():
            page = self.page(f'/tools/{tool.label}/')
            for name, field in fields_of(tool).items():
                if not name.endswith('_id') or name == 'chain_id':
                    self.assertIn(f'name="{name}"', page)
                    self.assertIn(f'id="{name}-help"', page, field)

    def test_bounds_and_defaults_are_those_of_the_api(self) -> None:
        """The browser warns before the server has to."""
        page = self.page('/tools/dogsite/')
        (field,) = re.findall(r'(?s)<input id="spacing".*?>', page)
        for part in ('value="0.8"', 'min="0.4"', 'max="1.2"'):
            self.assertIn(part, field)

    def test_structure_gives_its_ligands_and_chains_to_choose_from(self) -> None:
        """Nobody has to know how a ligand is called."""
        protein = stored_protein()
        ligand = Ligand.objects.create(name='MTN_A_7', protein=protein, file_string=METHANE)
        page = self.page(f'/tools/dogsite/?protein={protein.pk}')
        self.assertIn(f'<option value="{ligand.pk}">MTN_A_7</option>', page)
        self.assertIn('<option value="A">', page)
        self.assertNotIn('name="protein_file"', page)

    def test_tool_that_needs_a_ligand_has_the_first_one_chosen_until_something_else_is(self) -> None:
        """A click is enough; whoever has chosen none, for a file, is not overruled."""
        protein = stored_protein()
        first, second = (
            Ligand.objects.create(name=name, protein=protein, file_string=METHANE) for name in ('MTN_A_7', 'MTN_A_8')
        )
        path = f'/tools/poseview/?protein={protein.pk}'
        self.assertIn(f'<option value="{first.pk}" selected>MTN_A_7</option>', self.page(path))
        self.assertIn(f'<option value="{second.pk}">MTN_A_8</option>', self.page(path))
        answer = self.client.post('/tools/poseview/', {'protein_id': str(protein.pk), 'ligand_id': ''})
        self.assertEqual(answer.status_code, 400)
        self.assertIn('<option value="" selected>none</option>', answer.content.decode())
        self.assertNotIn(f'<option value="{first.pk}" selected>', answer.content.decode())
        self.assertNotIn('selected>MTN', self.page(f'/tools/dogsite/?protein={protein.pk}'))

    def test_what_is_wrong_stands_at_its_field(self) -> None:
        """And what was filled in stays."""
        protein = stored_protein()
        data = {'protein_id': str(protein.pk), 'spacing': '7', 'chain_id': 'Q'}
        response = self.client.post('/tools/dogsite/', data)
        self.assertEqual(response.status_code, 400)
        page = response.content.decode()
        self.assertRegex(page, r'(?s)spacing-help.*?role="alert">[^<]*1\.2')
        self.assertIn('value="Q"', page)
        self.assertIn(f'value="{protein.pk}"', page)

    def test_submission_without_structure_says_what_is_missing(self) -> None:
        """An error without a field stands above the form."""
        response = self.client.post('/tools/protoss/', {'ph': '7'})
        self.assertContains(response, 'protein_file', status_code=400)
        self.assertContains(response, 'role="alert"', status_code=400)

    def test_errors_call_fields_as_the_page_does(self) -> None:
        """Nobody who fills in a form knows the names of the API."""
        page = self.client.post('/tools/protoss/', {'ph': '7'}).content.decode()
        self.assertIn('Give one of \u201cStored structure\u201d or \u201cProtein file\u201d.', page)
        page = self.client.post('/', {'code': ' '}).content.decode()
        self.assertIn('\u201cPDB id\u201d or \u201cUniProt accession\u201d', page)

    def test_unchecked_boxes_are_no(self) -> None:
        """Browsers do not send them; the default of a box that begins checked must not come back."""
        protein = stored_protein()
        base: dict[str, Any] = {'protein_id': str(protein.pk), 'spacing': '0.8'}
        with working_dogsite('P_1'):
            for sent, expected in ((['false'], False), (['false', 'true'], True)):
                response = self.client.post(
                    '/tools/dogsite/', {**base, 'calc_subpockets': sent, 'use_cache': ['false']}
                )
                job = DogsiteJob.objects.get(pk=response.headers['Location'].rstrip('/').rpartition('/')[2])
                self.assertEqual(job.calc_subpockets, expected)

    def test_job_can_be_run_again_with_changes(self) -> None:
        """Its settings are filled in, and its structure is known."""
        job = DogsiteJob.objects.create(input_protein=stored_protein(), spacing=0.6, chain_id='A')
        page = self.page(f'/tools/dogsite/?job={job.pk}')
        for part in ('value="0.6"', 'value="A"', f'value="{job.input_protein_id}"'):
            self.assertIn(part, page)
        self.assertEqual(self.client.get('/tools/dogsite/?job=nonsense').status_code, 404)

    def test_upload_with_a_code_is_filled_in_again(self) -> None:
        """The way back from a code that was mistyped."""
        job = PreprocessorJob.objects.create(pdb_code='9zzz')
        self.assertIn('value="9zzz"', self.page(f'/tools/preprocessor/?job={job.pk}'))

    def test_field_that_a_job_calls_otherwise_is_filled_in_again(self) -> None:
        """The density of an entry is asked for by its PDB id; thresholds are written as they are sent."""
        protein = stored_protein()
        job = EdiascorerJob.objects.create(input_protein=protein, density_file_pdb_code='1abc')
        self.assertRegex(self.page(f'/tools/ediascorer/?job={job.pk}'), r'id="pdb_code"[^>]*value="1abc"')
        profiled = StructureprofilerJob.objects.create(input_protein=protein, thresholds={'complex': {'x': None}})
        page = self.page(f'/tools/structureprofiler/?job={profiled.pk}')
        self.assertIn('value="{&quot;complex&quot;: {&quot;x&quot;: null}}"', page)

    def test_code_of_the_density_is_called_so_and_that_of_the_structure_is_offered(self) -> None:
        """It is not that of the structure, although it mostly is the same."""
        page = self.page(f'/tools/ediascorer/?protein={stored_protein(pdb_code="1abc").pk}')
        self.assertIn('Density of the PDB id', page)
        self.assertIn('<option value="1abc">', page)
        self.assertIn('PDB id', self.page('/tools/preprocessor/'))


class CodeOfAForm(ApiTestCase):
    """The submission as code."""

    def test_code_follows_what_is_filled_in(self) -> None:
        """Defaults are left out, files are named, quotes cannot break out of the command."""
        response = self.client.post(
            '/tools/dogsite/code/',
            {
                'spacing': '0.6',
                'calc_subpockets': ['false', 'true'],
                'chain_id': "A'; rm",
                'protein_file': glycine_file(),
            },
        )
        text = response.content.decode()
        for part in ('spacing=0.6', 'calc_subpockets=true', 'protein_file=@gly.pdb', '/api/v2/dogsite/'):
            self.assertIn(part, text)
        self.assertNotIn('use_cache', text)
        self.assertIn('&#x27;chain_id=A&#x27;&quot;&#x27;&quot;&#x27;; rm&#x27;', text)

    def test_code_keeps_the_prefix_of_a_server_behind_a_proxy(self) -> None:
        """Copied code has to reach the server from outside."""
        with override_script_prefix('/plus/'):
            code = dict(self.client.get('/tools/dogsite/').context['code'])
        for text in code.values():
            self.assertIn('http://testserver/plus/api/v2/dogsite/', text)

    def test_python_code_submits_waits_and_prints(self) -> None:
        """What a page tells people to do has to work."""
        program = dict(self.client.get(f'/tools/dogsite/?protein={stored_protein().pk}').context['code'])['Python']
        submitted = mock.Mock(headers={'Location': 'http://here/jobs/1/', 'Retry-After': '0'})
        states = [{'status': 'pending'}, {'status': 'running'}, {'status': 'success'}]
        asked = mock.Mock(side_effect=[mock.Mock(json=mock.Mock(return_value=state)) for state in states])
        with (
            mock.patch('requests.post', return_value=submitted) as post,
            mock.patch('requests.get', asked),
            contextlib.redirect_stdout(io.StringIO()) as printed,
        ):
            exec(program, {})  # noqa: S102  # the program is what is tested
        self.assertEqual(printed.getvalue(), "{'status': 'success'}\n")
        self.assertEqual(post.call_args.args, ('http://testserver/api/v2/dogsite/',))
        asked.assert_called_with('http://here/jobs/1/')
