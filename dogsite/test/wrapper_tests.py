"""The wrapper: what the program is called with, and what becomes of what it writes."""

from typing import Any

from django.test import Client

from dogsite.models import DogsiteInfo, DogsiteJob
from molecule_handler.models import ElectronDensityMap, Ligand, Protein, ProteinSite
from proteins_plus.test.samples import METHANE, glycine_file, stored_protein
from proteins_plus.test.utils import ApiTestCase, media_files, remove_new_media, structure_text, upload

from .samples import working_dogsite

ROUTE = 'dogsite/'
#: Writes a glance at its own input into the notes, which the job shows.
SAYS = r"""
titles=
if [ -e ligands.sdf ]; then
    titles=$(awk 'start { printf "%s ", $0; start = 0 } /^\$\$\$\$/ { start = 1 }' start=1 ligands.sdf)
fi
said=$(tr '\n' ' ' < arguments | sed "s#$PWD/##g")
note() { printf '{"code": "test.said", "subject": "", "message": "%s"}' "$1"; }
echo "[$(note "$said"), $(note "$titles")]" > notes.json
"""
ALWAYS = (
    '--proteinFile protein.pdb --outputName pocket --writeSiteResiduesEDF --writeGridCCP4 --writeDescToFile'
    '{} --spacing {} --notes notes.json'
)


class WrapperTestCase(ApiTestCase):
    """Runs a stand-in for the engine."""

    def setUp(self) -> None:
        """Leave no file behind."""
        super().setUp()
        self.addCleanup(remove_new_media, media_files())

    def run_with(self, *names: str, also: str = '', **data: Any) -> dict[str, Any]:
        """
        :param names: of the pockets
        :param also: shell commands in the work directory, after the stand-in has written its results
        :param data: of the request; a glycine unless given
        :returns: the job after its run
        """
        with working_dogsite(*names, also=also):
            return self.run_job(ROUTE, data or {'protein_file': glycine_file()})

    def complex(self, *names: str) -> Protein:
        """
        :param names: of its ligands
        :returns: a stored protein
        """
        protein = stored_protein()
        for name in names:
            Ligand.objects.create(name=name, protein=protein, file_string=METHANE)
        return protein


class DogsiteCommandLine(WrapperTestCase):
    """The options of the published program, and those that are new."""

    def assert_said(self, data: dict[str, Any], options: str = '', ligands: str = '', spacing: float = 0.8) -> None:
        """
        :param data: of the request
        :param options: expected beside those that are always there
        :param ligands: the titles expected in the ligand file
        :param spacing: expected
        """
        job = self.run_with('P_1', also=SAYS, **data)
        self.assertEqual(job['status'], 'success', job)
        said, titles = (note['message'].strip() for note in job['notes'])
        self.assertEqual((said, titles), (ALWAYS.format(options and f' {options}', spacing), ligands))

    def test_structure_alone_needs_no_further_option(self) -> None:
        """Absent booleans are false."""
        self.assert_said({'protein_file': glycine_file()})

    def test_booleans_are_taken_in_every_spelling(self) -> None:
        """The notebooks send the text True."""
        for value in ('True', 'true', '1', 'on'):
            data = {'protein_file': glycine_file(), 'calc_subpockets': value, 'ligand_bias': value}
            self.assert_said(data, '--subpocDetect --useLigandsToAnnotateGrid')
        for value in ('False', 'false', '0', ''):
            self.assert_said({'protein_file': glycine_file(), 'calc_subpockets': value, 'ligand_bias': value})

    def test_values_of_the_user_stand_in_one_word_with_their_option(self) -> None:
        """They cannot be taken for options themselves, and chains of mmCIF files have long names."""
        data = {'protein_file': glycine_file(), 'chain_id': 'AAA-2', 'ligand_name': '--chain=$(id) B', 'spacing': '0.5'}
        self.assert_said(data, '--refLigName=--chain=$(id) B --chain=AAA-2', spacing=0.5)

    def test_form_with_empty_fields_is_the_default(self) -> None:
        """The API browser and plain HTML forms send every field."""
        names = ('protein_id', 'ligand_id', 'ligand_file', 'ligand_name', 'chain_id', 'calc_subpockets', 'spacing')
        self.assert_said({'protein_file': glycine_file(), **dict.fromkeys(names, '')})

    def test_ligand_comes_by_file_or_by_id_under_its_name(self) -> None:
        """Its name is that of the table."""
        by_file = {'protein_file': glycine_file(), 'ligand_file': upload(METHANE + METHANE, 'x.sdf')}
        self.assert_said(by_file, '--ligandFile ligands.sdf', 'MTN_A_1 MTN_A_1')
        ligand = Ligand.objects.create(name='P86_A_400', protein=stored_protein(), file_string=METHANE)
        by_id = {'protein_file': glycine_file(), 'ligand_id': str(ligand.pk)}
        self.assert_said(by_id, '--ligandFile ligands.sdf', 'P86_A_400')

    def test_ligands_of_a_stored_protein_go_in_where_they_are_asked_for(self) -> None:
        """Its text has none: the preprocessor has taken them out. Unless asked for, a table names no ligand."""
        protein = {'protein_id': str(self.complex('NAP_A_324', 'TES_A_325').pk)}
        self.assert_said(protein)
        both = '--ligandFile ligands.sdf'
        self.assert_said({**protein, 'ligand_name': 'TES'}, f'{both} --refLigName=TES', 'NAP_A_324 TES_A_325')
        biased = f'{both} --useLigandsToAnnotateGrid'
        self.assert_said({**protein, 'ligand_bias': 'true'}, biased, 'NAP_A_324 TES_A_325')
        other = {**protein, 'ligand_name': 'TES', 'ligand_file': upload(METHANE, 'x.sdf')}
        self.assert_said(other, f'{both} --refLigName=TES', 'MTN_A_1 NAP_A_324 TES_A_325')
        other = {**protein, 'ligand_bias': 'true', 'ligand_file': upload(METHANE, 'x.sdf')}
        self.assert_said(other, biased, 'MTN_A_1')

    def test_format_is_that_of_the_structure(self) -> None:
        """The structure is parsed as what it is."""
        job = self.run_with('P_1', also=SAYS, protein_file=upload(structure_text('1yjp.cif.gz'), 'x.pdb'))
        self.assertIn('--proteinFile protein.cif ', job['notes'][0]['message'])


class DogsiteResults(WrapperTestCase):
    """What a run leaves in the database."""

    NAMES = ('P_1', 'P_1_1', 'P_1_2', 'P_2', *(f'P_{number}' for number in range(3, 25)))

    def assert_in_step(self, job: dict[str, Any]) -> None:
        """
        :param job: a successful job that found ``NAMES``
        """
        info = self.get(f'dogsite/info/{job["dogsite_info"]}/')['info']
        self.assertEqual([row['name'] for row in info], list(self.NAMES))
        self.assertEqual([row['site_id'] for row in info], job['output_pockets'])
        self.assertEqual([row['density_id'] for row in info], job['output_densities'])
        for number, row in enumerate(info, start=1):
            site = self.get(f'molecule_handler/protein_sites/{row["site_id"]}/')
            residue = {'name': 'GLY', 'position': f'{number}B', 'chain': 'A'}
            expected = {'id': row['site_id'], 'protein': job['input_protein']}
            self.assertEqual(site, {**expected, 'site_description': {'residue_ids': [residue]}})
            url = self.get(f'molecule_handler/electron_density_maps/{row["density_id"]}/')['file']
            content = b''.join(Client().get(url).streaming_content)
            self.assertEqual(content[-8:], b'%08d' % number)

    def test_table_sites_and_grids_have_the_order_of_the_program(self) -> None:
        """D9: they came in the order of the folder, and the first grid was that of the second pocket."""
        self.assert_in_step(self.run_with(*self.NAMES))

    def test_order_stands_wherever_a_job_is_read(self) -> None:
        """Rows of a table have no order of their own, so nothing may depend on when they were made."""
        job = self.run_with(*self.NAMES)
        listed = self.get('dogsite/jobs/')['results'][0]
        self.assertEqual(listed['output_pockets'], job['output_pockets'])
        row = DogsiteJob.objects.get(pk=job['id'])
        links = list(row.pockets.all())
        row.pockets.all().delete()
        for link in reversed(links):
            link.pk = None
            link._state.adding = True
            link.save()
        self.assert_in_step(self.get(f'dogsite/jobs/{job["id"]}/'))

    def test_list_of_jobs_takes_no_more_queries_than_one_job(self) -> None:
        """Links are read for the whole page."""
        for number in range(3):
            self.run_with(*self.NAMES[:4], protein_file=glycine_file(), spacing=0.5 + number / 10)
        with self.assertNumQueries(3):  # count, jobs, links
            self.get('dogsite/jobs/')

    def test_values_are_text_and_row_names_its_site_and_grid(self) -> None:
        """Clients make a table of it."""
        job = self.run_with('P_1')
        served = self.get(f'dogsite/info/{job["dogsite_info"]}/')
        ids = {'site_id': job['output_pockets'][0], 'density_id': job['output_densities'][0]}
        row = {'name': 'P_1', 'lig_name': 'non', 'volume': '1.5', 'depth': '7.25', **ids}
        self.assertEqual(served, {'id': job['dogsite_info'], 'info': [row], 'parent_dogsite_job': job['id']})
        self.assertNotIn('info', self.get('dogsite/info/')['results'][0])

    def test_no_pocket_is_a_success_without_a_table(self) -> None:
        """Smooth proteins have none."""
        job = self.run_with()
        self.assertEqual(job['status'], 'success')
        outputs = (job['dogsite_info'], job['output_pockets'], job['output_densities'])
        self.assertEqual(outputs, (None, [], []))

    def test_deleted_job_takes_its_table_and_leaves_sites_and_grids(self) -> None:
        """They may be the input of other jobs; the clean-up finds them when nobody needs them."""
        job = self.run_with('P_1', 'P_2')
        DogsiteJob.objects.get(pk=job['id']).delete()
        self.assertFalse(DogsiteInfo.objects.exists())
        self.assertEqual((ProteinSite.objects.count(), ElectronDensityMap.objects.count()), (2, 2))

    def test_site_that_is_deleted_leaves_the_other_pockets_in_step(self) -> None:
        """A job whose to-many output loses a member keeps the rest."""
        job = self.run_with('P_1', 'P_2', 'P_3')
        ProteinSite.objects.get(pk=job['output_pockets'][1]).delete()
        rest = self.get(f'dogsite/jobs/{job["id"]}/')
        self.assertEqual(rest['output_pockets'], job['output_pockets'][::2])
        self.assertEqual(rest['output_densities'], job['output_densities'][::2])

    def test_result_that_is_incomplete_fails_the_job_and_is_not_stored(self) -> None:
        """A pocket without residues or grid misleads, and one bad row would answer 500 for everybody."""
        files = media_files()
        scripts = (
            'rm pocket_desc.txt',
            ': > pocket_desc.txt',
            'sed -i s/name/title/ pocket_desc.txt',
            'sed -i s/depth/volume/ pocket_desc.txt',
            'sed -i "s/7.25$/&\\t1/" pocket_desc.txt',
            'sed -i s/P_2/P_1/ pocket_desc.txt',
            'cp pocket_P_2.edf x.edf; sed -i s#P_2#../x# pocket_desc.txt',
            'printf "\\377" >> pocket_desc.txt',
            'rm pocket_P_2.edf',
            'echo REFERENCE x > pocket_P_2.edf',
            'echo RESIDUE GLY A >> pocket_P_2.edf',
            'rm pocket_P_2.ccp4',
            ': > pocket_P_2.ccp4',
            'printf x >> pocket_P_2.ccp4',
            'echo "[5]" > notes.json',
        )
        for script in scripts:
            job = self.run_with('P_1', 'P_2', also=script)
            self.assertEqual((job['status'], job['error_code']), ('failure', 'tool.bad_output'), script)
        for model in (DogsiteInfo, ProteinSite, ElectronDensityMap):
            self.assertFalse(model.objects.exists())
        self.assertEqual(media_files(), files)
