"""What the published example notebook does with DoGSite, request by request, with the program of this project."""

import itertools
import struct
from typing import Any

import numpy as np
from django.test import Client

from proteins_plus.test.utils import ApiTestCase, media_files, remove_new_media, structure_text, upload

UPLOAD, DOGSITE = 'molecule_handler/upload/', 'dogsite/'
#: What the notebook shows of the table.
SHOWN = {'name', 'depth', 'volume', 'donor', 'accept', 'lig_name'}


def space(content: bytes) -> tuple[Any, float]:
    """
    :param content: a CCP4 map of an orthogonal cell
    :returns: positions of its positive points in \u00c5, shape (n, 3), and the volume they stand for in \u00c5\u00b3
    """
    counts, start, grid = (np.array(struct.unpack_from('<3i', content, offset)) for offset in (0, 16, 28))
    (mode,), cell = struct.unpack_from('<i', content, 12), np.array(struct.unpack_from('<6f', content, 40))
    if mode != 2 or struct.unpack_from('<3i', content, 64) != (1, 2, 3) or tuple(cell[3:]) != (90, 90, 90):
        raise ValueError('The map is not float32 along x, y and z.')
    origin = np.array(struct.unpack_from('<3f', content, 196))
    step = cell[:3] / grid
    values = np.frombuffer(content[-4 * counts.prod() :], '<f4').reshape(counts[::-1])
    if values.min() < 0:
        raise ValueError('The map has negative values.')
    return (np.argwhere(values > 0)[:, ::-1] + start) * step + origin, float((values > 0).sum() * step.prod())


def residue_atoms(text: str) -> dict[tuple[str, str, str], list[list[float]]]:
    """
    :param text: a PDB file
    :returns: positions of the atoms of each residue, by name, position and chain
    """
    residues: dict[tuple[str, str, str], list[list[float]]] = {}
    for line in text.splitlines():
        if line.startswith(('ATOM', 'HETATM')):
            key = (line[17:20].strip(), line[22:27].strip(), line[21])
            residues.setdefault(key, []).append([float(line[start : start + 8]) for start in (30, 38, 46)])
    return residues


class NotebookSequence(ApiTestCase):
    """The requests of the notebook; 1AFS stands in for its entry: two chains, each with NADP and testosterone."""

    def setUp(self) -> None:
        """Leave no file behind."""
        super().setUp()
        self.addCleanup(remove_new_media, media_files())
        self.structure = structure_text('1afs.pdb.gz')

    def table(self, **data: Any) -> tuple[dict[str, Any], list[dict[str, str]]]:
        """
        :param data: of the request, beside the structure
        :returns: the successful job, and its table
        """
        job = self.run_job(DOGSITE, {'protein_file': upload(self.structure, '1afs.pdb'), **data})
        self.assertEqual(job['status'], 'success', job)
        info = self.get(f'dogsite/info/{job["dogsite_info"]}/')['info']
        self.assertLessEqual(SHOWN, set(info[0]))
        self.assertEqual({type(value) for row in info for value in row.values()}, {str})
        self.assertEqual(info[0]['name'], 'P_1')
        return job, info

    def pocket(self, job: dict[str, Any], place: int) -> tuple[list[tuple[str, str, str]], Any, float]:
        """
        :param job: a successful job
        :param place: in its lists
        :returns: residues of the site, positions in the grid, and its volume
        """
        site = self.get(f'molecule_handler/protein_sites/{job["output_pockets"][place]}/')['site_description']
        residues = [(item['name'], item['position'], item['chain']) for item in site['residue_ids']]
        url = self.get(f'molecule_handler/electron_density_maps/{job["output_densities"][place]}/')['file']
        self.assertRegex(url, r'^http://testserver/static/media/density_files/.+\.ccp4$')
        return residues, *space(b''.join(Client().get(url).streaming_content))

    def assert_in_step(self, job: dict[str, Any], info: list[dict[str, str]]) -> None:
        """
        Every site, grid and row is about the same pocket.

        :param job: a successful job
        :param info: its table
        """
        atoms = residue_atoms(self.structure)
        self.assertEqual([len(job['output_pockets']), len(job['output_densities'])], 2 * [len(info)])
        for place, row in enumerate(info):
            residues, points, volume = self.pocket(job, place)
            self.assertAlmostEqual(volume, float(row['volume']), delta=0.01, msg=row['name'])
            for residue in residues:
                gaps = np.array(atoms[residue])[:, None] - points[None]
                self.assertLess(np.sqrt((gaps**2).sum(2)).min(), 6, (row['name'], residue))

    def ligand(self) -> tuple[str, str]:
        """:returns: name and SD file of the testosterone of chain A, as the preprocessor gives it"""
        job = self.run_job(UPLOAD, {'protein_file': upload(self.structure, '1afs.pdb')})
        protein = self.get(f'molecule_handler/proteins/{job["output_protein"]}/')
        ligands = [self.get(f'molecule_handler/ligands/{key}/') for key in protein['ligand_set']]
        return next((item['name'], item['file_string']) for item in ligands if item['name'] == 'TES_A_325')

    def test_structure_alone(self) -> None:
        """Site, grid and row of the first pocket are about the same; no ligand is named where none was given."""
        job, info = self.table()
        self.assert_in_step(job, info)
        self.assertEqual({row['lig_name'] for row in info}, {''})
        self.assertFalse([row['name'] for row in info if row['name'].count('_') > 1])

    def test_subpockets_with_a_ligand(self) -> None:
        """Subpockets follow their pocket, and the ligand is found in one of the first."""
        name, record = self.ligand()
        job, info = self.table(ligand_file=upload(record, 'ligand.sdf'), calc_subpockets=True)
        self.assert_in_step(job, info)
        names = [row['name'] for row in info]
        self.assertTrue([item for item in names if item.count('_') > 1])
        for before, after in itertools.pairwise(names):
            pocket, *rest = after.removeprefix('P_').split('_')
            expected = f'P_{pocket}' if rest == ['1'] else f'P_{pocket}_{int(rest[0]) - 1}' if rest else ''
            self.assertTrue(
                before == expected if rest else int(pocket) == int(before.split('_')[1]) + 1, (before, after)
            )
        self.assertEqual({row['lig_name'] for row in info}, {name, 'non'})
        held = [row for row in info if row['lig_name'] == name and row['name'].count('_') == 1]
        self.assertGreater(max(float(row['lig_cov']) for row in held), 50)

    def test_one_chain_biased_to_the_ligand(self) -> None:
        """Nothing of the other chain lines a pocket, and the ligand is held."""
        name, record = self.ligand()
        job, info = self.table(ligand_file=upload(record, 'ligand.sdf'), chain_id='A', ligand_bias=True)
        self.assert_in_step(job, info)
        self.assertEqual({chain for place in range(len(info)) for *_, chain in self.pocket(job, place)[0]}, {'A'})
        self.assertGreater(max(float(row['lig_cov']) for row in info if row['lig_name'] == name), 50)
