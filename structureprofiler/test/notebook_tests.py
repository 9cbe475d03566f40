"""What the published example notebook does with StructureProfiler, with the program of this project."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.test import override_settings

from proteins_plus.test.samples import ccp4_map
from proteins_plus.test.utils import TEST_FILES, ApiTestCase, media_files, remove_new_media, structure_text, upload
from structureprofiler.columns import BOOLEAN, INTEGER, NUMBER, TABLES

UPLOAD, ROUTE = 'molecule_handler/upload/', 'structureprofiler/'
#: What the notebook takes for verdicts.
VERDICTS = ('Test', 'Clash')
EXACT = ('noCrystalContacts', 'noAltLocs')
TYPES: dict[str, tuple[type, ...]] = {BOOLEAN: (bool,), INTEGER: (int,), NUMBER: (int, float)}


class NotebookSequence(ApiTestCase):
    """The requests of the notebook; 1AFS stands in for its entry: two chains, each with NADP and testosterone."""

    def setUp(self) -> None:
        """Leave no file behind."""
        super().setUp()
        self.addCleanup(remove_new_media, media_files())

    def output(self, **data: Any) -> dict[str, Any]:
        """
        :param data: of the request
        :returns: what was found
        """
        job = self.run_job(ROUTE, data)
        self.assertEqual(job['status'], 'success', job)
        found = self.get(f'structureprofiler/output/{job["output_data"]}/')['output_data']
        self.assertEqual(set(found), {'complex', 'ligands', 'active_sites'})
        return found

    def assert_typed(self, found: dict[str, Any]) -> None:
        """
        :param found: a result
        """
        for table in TABLES:
            types = {column.name: TYPES.get(column.type, (str,)) for column in table.columns}
            rows = [found['complex']] if table.key == 'complex' else list(found[table.key].values())
            for row in rows:
                for name, value in row.items():
                    self.assertIn(type(value), types[name], name)
                    if name in EXACT or (any(part in name for part in VERDICTS) and not name.endswith('Threshold')):
                        self.assertIs(type(value), bool, name)

    def test_structure_alone_has_a_column_for_each_ligand_and_site(self) -> None:
        """Their numbers are those of the columns of the notebook's tables."""
        found = self.output(protein_file=upload(structure_text('1afs.pdb.gz'), '1afs.pdb'))
        self.assertEqual([list(found[key]) for key in ('ligands', 'active_sites')], [['1', '2', '3', '4']] * 2)
        names = {row['name'] for row in found['ligands'].values()}
        self.assertEqual(names, {'NAP_A_324', 'TES_A_325', 'NAP_B_324', 'TES_B_325'})
        self.assert_typed(found)
        for row in (*found['ligands'].values(), *found['active_sites'].values()):
            self.assertFalse({'EDIAm', 'residueEDIATest'} & set(row))

    def test_structure_with_a_further_ligand_has_one_column_more(self) -> None:
        """The ligand of another entry, where the first one has its own."""
        ligand = upload(structure_text('1hpv_478_in_1hvr.sdf.gz'), 'x.sdf')
        found = self.output(protein_file=upload(structure_text('1hvr.pdb.gz'), '1hvr.pdb'), ligand_file=ligand)
        self.assertEqual([list(found[key]) for key in ('ligands', 'active_sites')], [['1', '2']] * 2)
        self.assert_typed(found)

    def test_map_of_another_entry_is_a_failure_that_says_so(self) -> None:
        """It is asked for by the code that the user gives."""
        mirror = Path(self.enterContext(TemporaryDirectory()))
        (mirror / '1abc.ccp4').write_bytes(ccp4_map())
        with override_settings(LOCAL_DENSITY_MIRROR_DIR=str(mirror)):
            job = self.run_job(
                ROUTE, {'protein_file': upload(structure_text('1ajj.pdb.gz'), 'x.pdb'), 'pdb_code': '1abc'}
            )
        self.assertEqual(job['status'], 'failure')
        self.assertTrue(job['error_code'].startswith('map.'), job)

    def test_density_adds_the_tests_of_edia(self) -> None:
        """5E5Z has no ligand, but a map of its own."""
        density = upload((TEST_FILES / '5e5z_2fofc.ccp4.gz').read_bytes(), 'x.ccp4.gz')
        found = self.output(protein_file=upload(structure_text('5e5z.pdb.gz'), 'x.pdb'), electron_density_map=density)
        self.assertEqual((found['ligands'], found['active_sites']), ({}, {}))
