"""What the published example notebook does with EDIAscorer, request by request, with the program of this project."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.test import override_settings

from proteins_plus.test.utils import ApiTestCase, media_files, remove_new_media, structure_text, upload

from .model_map import in_own_cell, model_map

ROUTE = 'ediascorer/'
ATOM_FIELDS = {
    'Infile id',
    'Structure specifier',
    'Atom name',
    'Substructure name',
    'Substructure id',
    'Chain',
    'Element',
    'EDIA',
    'EDIA fault analysis',
    'B factor',
    'Occupancy',
}


class NotebookSequence(ApiTestCase):
    """
    The requests of the notebook; 1AJJ stands in for its entry, in a cell of its own. Its map is that of the model, from
    which the ligand, a sulphate, is left out in one test.
    """

    def setUp(self) -> None:
        """A mirror of the density archive with one map."""
        super().setUp()
        self.addCleanup(remove_new_media, media_files())
        self.structure = in_own_cell(structure_text('1ajj.pdb.gz'))
        self.mirror = Path(self.enterContext(TemporaryDirectory()))
        self.enterContext(override_settings(LOCAL_DENSITY_MIRROR_DIR=str(self.mirror)))

    def scored(self, without: str = '') -> tuple[dict[str, Any], str]:
        """
        :param without: name of a residue that leaves no density
        :returns: scores, and the structure that carries them
        """
        code = '9ajj' if without else '1ajj'  # a code stands for one map
        (self.mirror / f'{code}.ccp4').write_bytes(model_map(self.structure, without))
        data = {'protein_file': upload(self.structure, '1ajj.pdb'), 'pdb_code': code}
        job = self.run_job(ROUTE, data)
        self.assertEqual(job['status'], 'success', job)
        protein = self.get(f'molecule_handler/proteins/{job["output_protein"]}/')
        return self.get(f'ediascorer/scores/{job["edia_scores"]}/'), protein['file_string']

    def test_atoms_of_the_ligand_are_found_by_the_serials_of_the_structure(self) -> None:
        """The notebook splits the lines that name the ligand at single spaces, and takes the second word for a key."""
        scores, structure = self.scored()
        atoms = scores['atom_scores']
        for key, row in atoms.items():
            self.assertEqual((set(row), row['Infile id']), (ATOM_FIELDS, key))
            self.assertEqual({type(value) for value in row.values()}, {str})
        lines = [line for line in structure.splitlines() if 'SO4' in line]
        self.assertEqual(len(lines), 5)
        for line in lines:
            words = [word for word in line.split(' ') if word]
            row = atoms[words[1]]
            self.assertEqual(words[0], 'HETATM')
            self.assertEqual((row['Substructure name'], row['Chain'], row['Atom name']), ('SO4', 'A', words[2]))
            self.assertAlmostEqual(float(line[60:66]), float(row['EDIA']), delta=0.0051)
        kinds = {row['Structure specifier'] for row in atoms.values()}
        self.assertEqual(kinds, {'r', 'm', 'w', 't'})

    def test_residues_and_ligands_have_their_scores_under_their_names(self) -> None:
        """The notebook makes a table of them."""
        scores, _ = self.scored()
        self.assertIn('SO4_A_72', scores['structure_scores'])
        for key, row in scores['structure_scores'].items():
            self.assertLessEqual({'Name', 'Chain', 'ID', 'EDIAm', 'Min EDIA', 'Max EDIA'}, set(row))
            self.assertEqual(key, f'{row["Name"]}_{row["Chain"]}_{row["ID"]}')
            self.assertLessEqual(float(row['Min EDIA']), float(row['Max EDIA']))

    def test_ligand_without_density_is_told_from_the_rest(self) -> None:
        """What the whole tool is for."""
        with_density = self.scored()[0]['structure_scores']['SO4_A_72']
        scores, structure = self.scored(without='SO4')
        self.assertGreater(float(with_density['EDIAm']), 0.8)
        self.assertLess(float(scores['structure_scores']['SO4_A_72']['EDIAm']), 0.3)
        self.assertEqual(scores['regions'][0], 'SO4_A_72')
        factors = [float(line[60:66]) for line in structure.splitlines() if 'SO4' in line]
        self.assertLess(max(factors), 0.4)
