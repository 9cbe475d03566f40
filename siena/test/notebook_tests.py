"""What the published example does with SIENA, request by request, with the program of this project."""

import json
from typing import Any

from molecule_handler.models import Protein, ProteinSite
from proteins_plus.test.utils import TEST_FILES, structure_text, upload
from siena.apps import SienaConfig
from siena.words import ensemble

from .cases import SienaCase
from .config import RESIDUES, ligand, request

UPLOAD, ROUTE = 'molecule_handler/upload/', 'siena/'


class NotebookSequence(SienaCase):
    """A site by ligand and by residues; 1HVR stands in for the entry of the example."""

    def run_siena(self, **parameters: Any) -> dict[str, Any]:
        """
        :param parameters: of the request
        :returns: the successful job, polled without a trailing slash
        """
        response = self.post(ROUTE, parameters)
        self.assertEqual(response.status_code, 202, response.content[:500])
        job = self.get(f'{ROUTE}jobs/{response.json()["job_id"]}')
        self.assertEqual(job['status'], 'success', job)
        return job

    def assert_ensemble(self, job: dict[str, Any]) -> list[dict[str, Any]]:
        """
        :param job: a successful job
        :returns: its rows, each of which has its structure
        """
        info = self.get(f'siena/info/{job["output_info"]}/')
        self.assertLessEqual({'id', 'statistic', 'alignment', 'parent_siena_job'}, set(info))
        self.assertEqual(info['parent_siena_job'], job['id'])
        proteins = [self.get(f'molecule_handler/proteins/{key}') for key in job['output_proteins']]
        names = [f'{row["PDB code"]}_{rank}' for rank, row in enumerate(info['statistic'], start=1)]
        self.assertEqual([protein['name'] for protein in proteins], names)
        self.assertEqual([line.partition('|')[0] for line in info['alignment'].splitlines()][1:], names)
        for protein, row in zip(proteins, info['statistic'], strict=True):
            self.assertIn('ATOM  ', protein['file_string'])
            self.assertIsNone(protein['pdb_code'])
            ligands = [self.get(f'molecule_handler/ligands/{key}/')['name'] for key in protein['ligand_set']]
            self.assertEqual(ligands, (row['Ligands'] or '').split(', ') if row['Ligands'] else [])
        values = [value for row in info['statistic'] for value in row.values()]
        self.assertTrue(all(value is None or (isinstance(value, str) and value == value.strip()) for value in values))
        return list(info['statistic'])

    def test_protein_and_ligand_as_files(self) -> None:
        """Then the first five structures by id."""
        job = self.run_siena(**request(ligand_file=ligand()))
        rows = self.assert_ensemble(job)
        self.assertEqual(rows[0]['PDB code'], '1HVR')
        self.assertEqual({row['PDB code'] for row in rows}, {'1HVR', '1HPV', '1QBS', '4E43'})
        self.assertEqual((job['input_site'], bool(job['input_ligand'])), (None, True))

    def test_site_as_json_text_and_as_json(self) -> None:
        """Both are the same question; insertion codes may follow the number."""
        text = self.run_siena(**request())
        self.assert_ensemble(text)
        site = self.get(f'molecule_handler/protein_sites/{text["input_site"]}/')
        self.assertEqual(site['site_description'], {'residue_ids': RESIDUES})
        stored = {'protein_id': text['input_protein'], 'protein_site_json': {'residue_ids': RESIDUES}}
        for value in (stored['protein_site_json'], json.dumps(stored['protein_site_json'])):
            response = self.post(ROUTE, {**stored, 'protein_site_json': value}, 'json')
            self.assertEqual(response.json(), {'job_id': text['id'], 'retrieved_from_cache': True})

    def test_stored_protein_with_its_ligand_and_with_a_stored_site(self) -> None:
        """Of an upload, as pages do it; a pocket of another tool is such a site."""
        file = upload(structure_text('1hvr.pdb.gz'), '1hvr.pdb')
        protein = self.run_job(UPLOAD, {'protein_file': file})['output_protein']
        bound = self.get(f'molecule_handler/proteins/{protein}/')['ligand_set'][0]
        rows = self.assert_ensemble(self.run_siena(protein_id=protein, ligand_id=bound, members=2))
        self.assertEqual(len(rows), 2)
        site = ProteinSite.objects.create(
            protein=Protein.objects.get(pk=protein), site_description={'residue_ids': RESIDUES}
        )
        job = self.run_siena(protein_id=protein, protein_site_id=str(site.pk))
        self.assertEqual(job['input_site'], str(site.pk))
        self.assert_ensemble(job)

    def test_demo_tells_what_was_found(self) -> None:
        """What the first user sees."""
        (step,) = SienaConfig.demo_steps
        files = {name: upload((TEST_FILES / file).read_bytes(), file) for name, file in step.files.items()}
        said = list(ensemble(self.get, self.run_job(step.route, {**step.fields, **files})))
        self.assertRegex(said[0], r'^The site is found 4 times in 1HVR, .*\.$')
        self.assertRegex(said[1], r'^Its backbone differs by up to [0-9.]+ \u00c5 ')
        self.assertEqual(said[2], 'In the site are 478 and XK2.')

    def test_nothing_found_is_a_success_without_a_table(self) -> None:
        """And says so."""
        job = self.run_siena(**request(ec_number='7.1'))
        self.assertEqual((job['output_info'], job['output_proteins']), (None, []))
        self.assertEqual([note['code'] for note in job['notes']], ['siena.nothing_found'])
        self.assertEqual(list(ensemble(self.get, job)), ['The archive has no site like this one.'])
