"""What the published example notebooks do with Protoss, request by request, with the program of this project."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from molecule_handler.models import Protein
from proteins_plus.test.utils import TEST_FILES, ApiTestCase, media_files, remove_new_media, structure_text, upload

UPLOAD, PROTOSS = 'molecule_handler/upload/', 'protoss/'


def atoms(text: str) -> list[str]:
    """
    :param text: a PDB file
    :returns: its atoms as name, residue and place, hydrogens left out
    """
    lines = (line for line in text.splitlines() if line.startswith(('ATOM', 'HETATM')))
    return [line[12:54] for line in lines if line[76:78].strip() not in ('H', 'D')]


def hydrogens(text: str) -> int:
    """
    :param text: a PDB file
    :returns: how many hydrogens it has
    """
    return sum(line.startswith(('ATOM', 'HETATM')) and line[76:78].strip() == 'H' for line in text.splitlines())


def elements(record: str) -> list[str]:
    """
    :param record: an SD record in V2000
    :returns: the elements of its atoms
    """
    lines = record.splitlines()
    return [line[31:34].strip() for line in lines[4 : 4 + int(lines[3][:3])]]


class NotebookSequences(ApiTestCase):
    """The requests of the notebooks; entries of the test files stand in for theirs."""

    def setUp(self) -> None:
        """Leave no file behind."""
        super().setUp()
        self.addCleanup(remove_new_media, media_files())
        self.structure = structure_text('1hvr.pdb.gz')

    def result(self, route: str, data: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any], list[dict[str, Any]]]:
        """
        :param route: of the tool
        :param data: of the request
        :returns: the successful job, its protein, and the ligands of that
        """
        job = self.run_job(route, data)
        self.assertEqual(job['status'], 'success', job)
        protein = self.get(f'molecule_handler/proteins/{job["output_protein"]}/')
        return job, protein, [self.get(f'molecule_handler/ligands/{key}/') for key in protein['ligand_set']]

    def assert_complete(self, protein: dict[str, Any], ligands: list[dict[str, Any]]) -> None:
        """
        :param protein: with hydrogens
        :param ligands: its ligands
        """
        self.assertGreater(hydrogens(protein['file_string']), 0.8 * len(atoms(protein['file_string'])))
        for ligand in ligands:
            self.assertIn('H', elements(ligand['file_string']), ligand['name'])
            self.assertRegex(ligand['image'], r'^http://testserver/static/media/ligands/.+\.svg$')

    def custom(self) -> Any:
        """:returns: another inhibitor, in the place of the one in 1HVR, without hydrogens"""
        return upload(structure_text('1hpv_478_in_1hvr.sdf.gz'), 'ligand.sdf')

    def test_molecule_handler_notebook(self) -> None:
        """Upload by code, look at two ligands, give the protein to Protoss by its id."""
        with TemporaryDirectory() as mirror, self.settings(LOCAL_PDB_MIRROR_DIR=mirror):
            shutil.copy(TEST_FILES / '1uxh_A.pdb.gz', Path(mirror) / 'pdb1uxh.ent.gz')
            _, uploaded, first = self.result(UPLOAD, {'pdb_code': '1uxh'})
        self.assertGreaterEqual(len(first), 2)
        _, protein, ligands = self.result(PROTOSS, {'protein_id': uploaded['id']})
        self.assertEqual([protein['name'], protein['pdb_code']], ['1uxh', '1uxh'])
        self.assertEqual([ligand['name'] for ligand in ligands], [ligand['name'] for ligand in first])
        self.assertEqual(len(atoms(protein['file_string'])), len(atoms(uploaded['file_string'])))
        self.assert_complete(protein, ligands)

    def test_protoss_notebook_with_files(self) -> None:
        """A structure alone; then the same one with the ligand of another structure in its place."""
        job, protein, ligands = self.result(PROTOSS, {'protein_file': upload(self.structure, '1hvr.pdb')})
        self.assertEqual([ligand['name'] for ligand in ligands], ['XK2_A_263'])
        self.assertNotIn('XK2', protein['file_string'])
        self.assert_complete(protein, ligands)
        report = self.get(f'protoss/reports/{job["output_report"]}/')['report']
        self.assertEqual([ligand['name'] for ligand in report['ligands']], ['XK2_A_263'])

        files = {'protein_file': upload(self.structure, '1hvr.pdb'), 'ligand_file': self.custom()}
        job, protein, ligands = self.result(PROTOSS, files)
        self.assertEqual(protein['ligand_set'][0], ligands[0]['id'])
        self.assertEqual([ligand['name'] for ligand in ligands], ['478_A_200'])
        self.assert_complete(protein, ligands)
        report = self.get(f'protoss/reports/{job["output_report"]}/')['report']
        self.assertIn('XK2_A_263', report['removed'])

    def test_protoss_notebook_with_an_uploaded_protein(self) -> None:
        """The structure is uploaded first; the ligand of another one then goes into the stored protein."""
        _, uploaded, first = self.result(UPLOAD, {'protein_file': upload(self.structure, '1hvr.pdb')})
        job, protein, ligands = self.result(PROTOSS, {'protein_id': uploaded['id'], 'ligand_file': self.custom()})
        self.assertEqual([ligand['name'] for ligand in ligands], ['478_A_200'])
        self.assert_complete(protein, ligands)
        self.assertIn('XK2_A_263', ' '.join(note['message'] for note in job['notes']))
        stored = Protein.objects.get(pk=uploaded['id'])
        self.assertEqual([ligand.name for ligand in stored.ligand_set.all()], [ligand['name'] for ligand in first])

    def test_heavy_atoms_stay_where_they_are_but_for_flips(self) -> None:
        """Only the side chains that the report names have changed."""
        job, protein, _ = self.result(PROTOSS, {'protein_file': upload(self.structure, '1hvr.pdb')})
        flips = self.get(f'protoss/reports/{job["output_report"]}/')['report']['flips']
        moved = set(atoms(protein['file_string'])) - set(atoms(self.structure))
        residues = {f'{row[5:8].strip()}_{row[9]}_{row[10:15].strip()}' for row in moved}
        self.assertLessEqual(residues, set(flips))
