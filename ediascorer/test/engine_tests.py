"""The tool as its users meet it, with the program of this project."""

from typing import Any

from molecule_handler.formats.ccp4 import HEADER_BYTES, check_map_size
from molecule_handler.models import ElectronDensityMap
from proteins_plus.test.utils import ApiTestCase, media_files, remove_new_media, structure_text, upload

from .config import alone, packed
from .model_map import in_own_cell, model_map

UPLOAD, ROUTE = 'molecule_handler/upload/', 'ediascorer/'


class WaysOfUsers(ApiTestCase):
    """What people bring, and what they get."""

    def setUp(self) -> None:
        """Leave no file behind."""
        super().setUp()
        self.addCleanup(remove_new_media, media_files())

    def scores(self, data: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """
        :param data: of the request
        :returns: a successful job and its scores
        """
        job = self.run_job(ROUTE, data)
        self.assertEqual(job['status'], 'success', job)
        return job, self.get(f'ediascorer/scores/{job["edia_scores"]}/')

    def test_structure_factors_with_coefficients_give_scores_and_the_map(self) -> None:
        """It can be fetched, and whoever gives it back has the same scores."""
        factors = alone('5wkd', structure_factors=upload(packed('5wkd-sf.cif'), 'r5wkdsf.ent'))
        job, scores = self.scores(factors)
        with ElectronDensityMap.objects.get(pk=job['output_density']).file.open('rb') as file:
            density = file.read()
        check_map_size(density[:HEADER_BYTES], len(density))
        again, same = self.scores(alone('5wkd', electron_density_map=upload(density, 'x.ccp4')))
        self.assertIsNone(again['output_density'])
        for name in ('atom_scores', 'structure_scores'):
            self.assertEqual(list(scores[name]), list(same[name]))
        for key, row in scores['atom_scores'].items():
            self.assertAlmostEqual(float(row['EDIA']), float(same['atom_scores'][key]['EDIA']), delta=0.02, msg=key)

    def test_map_of_another_crystal_is_a_failed_job_that_says_so(self) -> None:
        """Its scores would mean nothing."""
        job = self.run_job(ROUTE, alone('5wkd', electron_density_map=upload(packed('5e5z_2fofc.ccp4'), 'x.ccp4')))
        self.assertEqual((job['status'], job['error_code']), ('failure', 'map.wrong'))
        self.assertIn('another crystal', job['error'])
        self.assertIsNone(job['edia_scores'])

    def test_ligands_of_a_stored_protein_have_the_scores_that_they_have_in_the_structure(self) -> None:
        """The preprocessor has taken them out; clients still look for their names."""
        structure = in_own_cell(structure_text('1ajj.pdb.gz'))
        density = model_map(structure)
        protein = self.run_job(UPLOAD, {'protein_file': upload(structure, '1ajj.pdb')})['output_protein']
        found = [
            self.scores({**data, 'electron_density_map': upload(density, 'x.ccp4')})[1]['structure_scores']['SO4_A_72']
            for data in ({'protein_file': upload(structure, '1ajj.pdb')}, {'protein_id': protein})
        ]
        self.assertAlmostEqual(float(found[0]['EDIAm']), float(found[1]['EDIAm']), delta=0.05)

    def test_further_ligand_adds_one_to_the_scores(self) -> None:
        """Here the sulphate once more, beside itself and where there is no density."""
        structure = in_own_cell(structure_text('1ajj.pdb.gz'))
        density = model_map(structure)
        protein = self.run_job(UPLOAD, {'protein_file': upload(structure, '1ajj.pdb')})['output_protein']
        (ligand,) = self.get(f'molecule_handler/proteins/{protein}/')['ligand_set']
        record = self.get(f'molecule_handler/ligands/{ligand}/')['file_string'].replace('SO4_A_72', 'SO4_A_999', 1)
        data = {'protein_file': upload(structure, '1ajj.pdb'), 'electron_density_map': upload(density, 'x.ccp4')}
        without = self.scores(dict(data))[1]['structure_scores']
        data = {'protein_file': upload(structure, '1ajj.pdb'), 'electron_density_map': upload(density, 'x.ccp4')}
        more = self.scores({**data, 'ligand_file': upload(record, 'x.sdf')})[1]['structure_scores']
        self.assertEqual(len(more), len(without) + 1)
        self.assertIn('SO4_A_999', more)
