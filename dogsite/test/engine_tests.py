"""The tool as its users meet it: what they name that is not there, and what they name that is."""

import re
from typing import Any

from dogsite.apps import DogsiteConfig
from dogsite.words import pockets
from proteins_plus.test.utils import TEST_FILES, ApiTestCase, media_files, remove_new_media, structure_text, upload

from .config import request

UPLOAD, DOGSITE = 'molecule_handler/upload/', 'dogsite/'


class NamesOfTheUser(ApiTestCase):
    """Chains and ligands by name."""

    def setUp(self) -> None:
        """Leave no file behind."""
        super().setUp()
        self.addCleanup(remove_new_media, media_files())

    def assert_failed(self, job: dict[str, Any], missing: str, *there: str) -> None:
        """
        :param job: a failed job
        :param missing: what was named
        :param there: what the hint must offer
        """
        self.assertEqual(job['status'], 'failure')
        self.assertFalse(job['error_code'].startswith(('tool.', 'engine.')), job)
        self.assertIn(missing, job['error'])
        for name in there:
            self.assertIn(name, job['error_hint'])
        self.assertEqual([job['dogsite_info'], job['output_pockets'], job['output_densities']], [None, [], []])

    def test_chain_that_is_not_there_fails_with_those_that_are(self) -> None:
        """The file decides what chains are called."""
        self.assert_failed(self.run_job(DOGSITE, request('1hvr.pdb', chain_id='X')), 'X', 'A', 'B')

    def test_ligand_that_is_not_there_fails_with_those_that_are(self) -> None:
        """In the structure, or in the file of the user."""
        self.assert_failed(self.run_job(DOGSITE, request('1hvr.pdb', ligand_name='ABC_A_1')), 'ABC_A_1', 'XK2_A_263')
        ligand = upload(structure_text('1hpv_478_in_1hvr.sdf.gz'), 'x.sdf')
        named = request('1hvr.pdb', ligand_name='ABC_A_1', ligand_file=ligand)
        self.assert_failed(self.run_job(DOGSITE, named), 'ABC_A_1', '478_A_200')

    def test_ligand_is_found_in_a_structure_and_in_a_stored_protein(self) -> None:
        """The text of the latter has none. A bias without a name means all ligands there are."""
        protein = self.run_job(UPLOAD, request('1hvr.pdb'))['output_protein']
        for more in ({'ligand_name': 'XK2_A_263'}, {'ligand_name': 'XK2'}, {'ligand_bias': 'true'}):
            found = []
            for data in (request('1hvr.pdb'), {'protein_id': protein}):
                job = self.run_job(DOGSITE, {**data, **more})
                self.assertEqual(job['status'], 'success', job)
                rows = self.get(f'dogsite/info/{job["dogsite_info"]}/')['info']
                (row,) = [row for row in rows if row['lig_name'] == 'XK2_A_263']
                self.assertGreater(float(row['lig_cov']), 50)
                found.append(row['name'])
            self.assertEqual(len(set(found)), 1, found)

    def test_name_that_the_ligand_file_lacks_is_looked_for_in_the_protein(self) -> None:
        """The file has precedence."""
        for name, expected in (('478', '478_A_200'), ('XK2', 'XK2_A_263')):
            ligand = upload(structure_text('1hpv_478_in_1hvr.sdf.gz'), 'x.sdf')
            job = self.run_job(DOGSITE, request('1hvr.pdb', ligand_name=name, ligand_file=ligand))
            rows = self.get(f'dogsite/info/{job["dogsite_info"]}/')['info']
            self.assertEqual({row['lig_name'] for row in rows} - {'non'}, {expected})

    def test_demo_finds_its_ligand_in_a_pocket(self) -> None:
        """What the first user sees."""
        (step,) = DogsiteConfig.demo_steps
        files = {name: upload((TEST_FILES / file).read_bytes(), file) for name, file in step.files.items()}
        job = self.run_job(step.route, {**step.fields, **files})
        said = list(pockets(self.get, job))
        self.assertEqual(step.in_words, pockets)
        self.assertRegex(said[0], r'^[0-9]+ pockets\.$')
        self.assertTrue([sentence for sentence in said if 'of TES_A_325.' in sentence], said)

    def test_chain_with_a_long_name_is_found(self) -> None:
        """Files in mmCIF have them."""
        text, count = re.subn(r'(?m)^(ATOM .*) A( +\S+ +1 *)$', r'\1 AAA\2', structure_text('5pti.cif.gz'))
        self.assertGreater(count, 500)
        job = self.run_job(DOGSITE, {'protein_file': upload(text, 'x.cif'), 'chain_id': 'AAA'})
        self.assertEqual(job['status'], 'success', job)
        sites = [self.get(f'molecule_handler/protein_sites/{key}/') for key in job['output_pockets']]
        chains = {item['chain'] for site in sites for item in site['site_description']['residue_ids']}
        self.assertEqual(chains, {'AAA'})
