"""The wrapper: what the program is called with, and what becomes of what it writes."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from molecule_handler.models import Ligand, Protein
from proteins_plus.test.samples import GLYCINE, METHANE, glycine_file, stored_protein
from proteins_plus.test.utils import ApiTestCase, media_files, remove_new_media, structure_text, upload
from protoss.models import ProtossJob, ProtossReport

from .samples import working_protoss

ROUTE = 'protoss/'
#: Writes a glance at its own input into the notes, which the job shows.
SAYS = r"""
note() { printf '{"code": "test.%s", "subject": "", "message": "%s"}' "$1" "$2"; }
said=$(tr '\n' ' ' < arguments | sed "s#$PWD/##g")
titles() { [ ! -e "$1" ] || awk 'start { printf "%s ", $0; start = 0 } /^\$\$\$\$/ { start = 1 }' start=1 "$1"; }
custom=$(titles ligand_input.sdf) other=$(titles other_ligands.sdf)
echo "[$(note arguments "$said"), $(note custom "$custom"), $(note other "$other")]" > notes.json
"""


def sdf(title: str) -> SimpleUploadedFile:
    """
    :param title: of the record
    :returns: an uploaded SD file
    """
    return upload(METHANE.replace('MTN_A_1', title, 1), 'mine.sdf')


class WrapperTestCase(ApiTestCase):
    """Runs a stand-in for the engine."""

    def setUp(self) -> None:
        """Leave no file behind."""
        super().setUp()
        self.addCleanup(remove_new_media, media_files())

    def run_with(self, also: str, **data: Any) -> dict[str, Any]:
        """
        :param also: shell commands in the work directory, after the stand-in has written its results
        :param data: of the request; a glycine unless given
        :returns: the job after its run
        """
        with working_protoss(also):
            return self.run_job(ROUTE, data or {'protein_file': glycine_file()})

    def ligands_of(self, protein_id: str) -> list[dict[str, Any]]:
        """
        :param protein_id: of a stored protein
        :returns: its ligands in the order in which clients meet them
        """
        protein = self.get(f'molecule_handler/proteins/{protein_id}/')
        return [self.get(f'molecule_handler/ligands/{key}/') for key in protein['ligand_set']]

    def complex(self, *names: str) -> Protein:
        """
        :param names: of its ligands
        :returns: a stored protein
        """
        protein = stored_protein(pdb_code='1abc', uniprot_code='P12345')
        for name in names:
            Ligand.objects.create(name=name, protein=protein, file_string=METHANE)
        return protein


class ProtossCommandLine(WrapperTestCase):
    """The options of the published program, and those that are new."""

    def said(self, **data: Any) -> list[str]:
        """
        :param data: of the request
        :returns: the arguments, and the titles in the two ligand files
        """
        job = self.run_with(SAYS, **data)
        self.assertEqual(job['status'], 'success', job)
        return [note['message'].strip() for note in job['notes']]

    def test_structure_alone_is_given_without_ligands_and_they_leave_as_sdf(self) -> None:
        """The program finds them; whoever asks gets them as molecules of their own."""
        arguments, custom, other = self.said(protein_file=glycine_file())
        expected = (
            '--input protein.pdb --output output/protein_out.pdb --ligand_output output/ligand_out.sdf '
            '--picture_dir output --ph 7.0 --report report.json --notes notes.json'
        )
        self.assertEqual((arguments, custom, other), (expected, '', ''))

    def test_all_ligands_of_a_stored_protein_go_in_under_their_names(self) -> None:
        """Its text has none: the preprocessor has taken them out."""
        protein = self.complex('NAP_A_324', 'TES_A_325', 'NAP_B_324')
        arguments, custom, other = self.said(protein_id=str(protein.pk))
        self.assertIn('--ligand_input ligand_input.sdf', arguments)
        self.assertEqual((custom, other), ('NAP_A_324 TES_A_325 NAP_B_324', ''))

    def test_uploaded_ligand_has_precedence_over_those_of_the_stored_protein(self) -> None:
        """Which give way where they are in its place, and stay elsewhere."""
        protein = self.complex('NAP_A_324', 'TES_A_325')
        arguments, custom, other = self.said(protein_id=str(protein.pk), ligand_file=sdf('NEW'))
        self.assertIn('--ligand_input ligand_input.sdf --other_ligands other_ligands.sdf', arguments)
        self.assertEqual((custom, other), ('NEW', 'NAP_A_324 TES_A_325'))

    def test_ph_and_format_are_those_of_the_request(self) -> None:
        """The structure is parsed as what it is."""
        arguments, *_ = self.said(protein_file=upload(structure_text('1yjp.cif.gz'), 'x.pdb'), ph='5.5')
        self.assertIn('--input protein.cif ', arguments)
        self.assertIn('--ph 5.5 ', arguments)

    def test_form_with_empty_fields_is_the_default(self) -> None:
        """The API browser and plain HTML forms send every field."""
        arguments, *_ = self.said(protein_file=glycine_file(), protein_id='', ligand_file='', ph='')
        self.assertIn('--ph 7.0 ', arguments)
        self.assertNotIn('--ligand_input', arguments)


class ProtossResults(WrapperTestCase):
    """What a run leaves in the database."""

    def test_output_is_a_new_protein_under_the_names_of_the_input(self) -> None:
        """Stored objects never change."""
        source = self.complex('MTN_A_1')
        job = self.run_with('', protein_id=str(source.pk))
        self.assertEqual(job['input_protein'], str(source.pk))
        protein = self.get(f'molecule_handler/proteins/{job["output_protein"]}/')
        self.assertNotEqual(protein['id'], str(source.pk))
        self.assertEqual(
            [protein[name] for name in ('name', 'pdb_code', 'uniprot_code', 'file_string')],
            ['gly', '1abc', 'P12345', GLYCINE],
        )

    def test_stored_protein_keeps_its_ligands_and_the_output_has_the_uploaded_one_first(self) -> None:
        """Clients take the first for theirs."""
        source = self.complex('NAP_A_324', 'TES_A_325')
        before = self.ligands_of(str(source.pk))
        job = self.run_with('', protein_id=str(source.pk), ligand_file=sdf('NEW'))
        self.assertEqual(self.ligands_of(str(source.pk)), before)
        names = [ligand['name'] for ligand in self.ligands_of(job['output_protein'])]
        self.assertEqual(names, ['NEW', 'NAP_A_324', 'TES_A_325'])
        self.assertEqual(self.get(f'molecule_handler/ligands/{job["input_ligand"]}/')['name'], 'NEW')

    def test_ligands_have_their_own_record_and_the_picture_of_their_number(self) -> None:
        """Titles are the user's, and no file names."""
        source = self.complex('../x', 'B')
        job = self.run_with("echo '<svg/>' > output/2.svg", protein_id=str(source.pk))
        first, second = self.ligands_of(job['output_protein'])
        self.assertEqual((first['name'], first['image'], second['name']), ('../x', None, 'B'))
        self.assertTrue(second['image'].endswith('.svg'))
        self.assertEqual(second['file_string'], METHANE.replace('MTN_A_1', 'B', 1))

    def test_mmcif_twin_is_kept_and_a_structure_too_large_for_pdb_is_mmcif_alone(self) -> None:
        """As the preprocessor does."""
        job = self.run_with('echo data_gly > output/protein_out.cif')
        protein = Protein.objects.get(pk=job['output_protein'])
        self.assertEqual((protein.file_type, protein.mmcif_file.read()), ('pdb', b'data_gly\n'))
        job = self.run_with('', protein_file=upload(structure_text('1yjp.cif.gz'), '1yjp.cif'))
        protein = Protein.objects.get(pk=job['output_protein'])
        self.assertEqual((protein.file_type, protein.name, protein.mmcif_file.name), ('cif', '1yjp', ''))

    def test_report_is_served_and_dies_with_its_job(self) -> None:
        """It is of no use to anyone else."""
        job = self.run_with('')
        served = self.get(f'protoss/reports/{job["output_report"]}/')
        self.assertEqual(set(served), {'id', 'report', 'parent_protoss_job'})
        self.assertEqual((served['report']['ph'], served['parent_protoss_job']), (7.0, job['id']))
        self.assertNotIn('report', self.get('protoss/reports/')['results'][0])
        ProtossJob.objects.get(pk=job['id']).delete()
        self.assertFalse(ProtossReport.objects.exists())

    def test_result_that_cannot_be_served_fails_the_job_and_is_not_stored(self) -> None:
        """One bad row would answer 500 for everybody who lists."""
        reports = (
            '{}',
            '5',
            '[]',
            '{"residues": 1, "ligands": [], "flips": [], "removed": []}',
            'NaN',
            '',
            '{"a": 1e999}',
        )
        scripts = [
            *(f"echo '{report}' > report.json" for report in reports),
            'sed "s/7.0/NaN/" report.json > r && mv r report.json',
            'rm report.json',
            'rm output/protein_out.pdb',
            'printf "\\377" >> output/protein_out.pdb',
            'printf "\\000" >> output/protein_out.pdb',
            'cp output/protein_out.pdb output/second.pdb',
            'echo hello > output/ligand_out.sdf',
            'printf "\\377" > output/ligand_out.sdf',
            'echo "[5]" > notes.json',
        ]
        for script in scripts:
            job = self.run_with(script)
            self.assertEqual((job['status'], job['error_code']), ('failure', 'tool.bad_output'), script)
        self.assertFalse(ProtossReport.objects.exists())
        self.assertFalse(Ligand.objects.exists())
        self.assertEqual(self.get('protoss/jobs/')['count'], len(scripts))
