"""The wrapper: what the program is called with, and what becomes of what it writes."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from molecule_handler.models import Ligand, Protein
from preprocessor.models import PreprocessorJob
from proteins_plus.test import faults
from proteins_plus.test.samples import GLYCINE, METHANE, glycine_file
from proteins_plus.test.utils import TEST_FILES, ApiTestCase, media_files, remove_new_media, structure_text, upload

ROUTE = 'molecule_handler/upload/'


class WrapperTestCase(ApiTestCase):
    """Runs shell scripts in the program's place."""

    def setUp(self) -> None:
        """Leave no file behind."""
        super().setUp()
        self.addCleanup(remove_new_media, media_files())

    def run_script(self, script: str, **data: Any) -> dict[str, Any]:
        """
        :param script: for a POSIX shell, in the work directory; its results belong into ``output/``
        :param data: of the request; a glycine unless given
        :returns: the job after its run
        """
        with faults.fake_tool('preprocessor', f'[ "$1" = --version ] && exit 1\n{script}'):
            return self.run_job(ROUTE, data or {'protein_file': glycine_file()})

    def proteins_ligands(self, job: dict[str, Any]) -> list[str]:
        """
        :param job: that succeeded
        :returns: the names of its ligands as clients meet them
        """
        self.assertEqual(job['status'], 'success', job)
        protein = self.get(f'molecule_handler/proteins/{job["output_protein"]}/')
        return [self.get(f'molecule_handler/ligands/{key}/')['name'] for key in protein['ligand_set']]


class PreprocessorCommandLine(WrapperTestCase):
    """The contract of the published program."""

    def arguments(self, **data: Any) -> list[str]:
        """
        :param data: of the request
        :returns: what the program was called with, the work directory cut off
        """
        job = self.run_script('printf "%s\\n" "$@" >&2; exit 9', **data)
        detail = PreprocessorJob.objects.get(pk=job['id']).error_detailed or ''
        said = detail.partition('\nexit: 9 signal: None\n')[2].splitlines()
        return [word.rpartition('/')[2] for word in said]

    def test_structure_and_folder_are_given_and_ligands_where_there_are_any(self) -> None:
        """A site may put that program in place of ours."""
        expected = ['--protein', 'input.pdb', '--outdir', 'output']
        self.assertEqual(self.arguments(protein_file=glycine_file()), expected)
        ligands = SimpleUploadedFile('mine.sdf', METHANE.encode())
        self.assertEqual(
            self.arguments(protein_file=glycine_file(), ligand_file=ligands), [*expected, '--ligand', 'input.sdf']
        )

    def test_name_of_the_file_never_reaches_the_command_line(self) -> None:
        """The only thing a user decides is what the file holds."""
        arguments = self.arguments(protein_file=glycine_file('--help; rm -rf $HOME.pdb'))
        self.assertEqual(arguments[1], 'input.pdb')

    def test_input_reaches_the_program_as_it_was_uploaded(self) -> None:
        """Byte by byte, or coordinates could change."""
        job = self.run_script('cp input.pdb output/; cat input.pdb input.sdf >&2', **{
            'protein_file': glycine_file(), 'ligand_file': SimpleUploadedFile('mine.sdf', METHANE.encode()),
        })  # fmt: skip
        self.assertEqual(Protein.objects.get(pk=job['output_protein']).file_string, GLYCINE)

    def test_entry_comes_from_the_local_mirror_and_gives_its_names(self) -> None:
        """And is labelled with the code it was fetched by."""
        with TemporaryDirectory() as mirror, self.settings(LOCAL_PDB_MIRROR_DIR=mirror):
            shutil.copy(TEST_FILES / '1crn.pdb.gz', Path(mirror) / 'pdb1crn.ent.gz')
            job = self.run_script('cp input.pdb output/', pdb_code='1CRN')
        protein = Protein.objects.get(pk=job['output_protein'])
        self.assertEqual((protein.name, protein.pdb_code, protein.uniprot_code), ('1crn', '1crn', None))
        self.assertEqual(protein.file_string, structure_text('1crn.pdb.gz'))


class PreprocessorResults(WrapperTestCase):
    """What a run leaves in the database."""

    def test_pdb_is_preferred_and_the_mmcif_twin_is_kept(self) -> None:
        """Existing clients read PDB; the mmCIF holds what PDB cannot."""
        job = self.run_script('cp input.pdb output/; echo data_gly > output/input.cif')
        protein = Protein.objects.get(pk=job['output_protein'])
        self.assertEqual((protein.file_type, protein.mmcif_file.read()), ('pdb', b'data_gly\n'))

    def test_structure_too_large_for_pdb_is_kept_as_mmcif(self) -> None:
        """Half a million atoms fit no PDB file."""
        job = self.run_script('echo data_gly > output/input.cif')
        protein = Protein.objects.get(pk=job['output_protein'])
        self.assertEqual((protein.file_type, protein.file_string, protein.mmcif_file.name), ('cif', 'data_gly\n', ''))

    def test_run_without_exactly_one_structure_fails(self) -> None:
        """To guess which of them is meant would be wrong half the time."""
        for script in (
            'exit 0',
            'cp input.pdb output/a.pdb; cp input.pdb output/b.pdb',
            'touch output/a.cif output/b.cif',
        ):
            job = self.run_script(script)
            self.assertEqual(
                (job['status'], job['error_code'], job['output_protein']), ('failure', 'tool.bad_output', None)
            )
        self.assertFalse(Protein.objects.exists())

    def test_ligands_have_name_protein_text_and_picture(self) -> None:
        """What clients see of a ligand."""
        script = (
            f"cp input.pdb output/; printf '%s' '{METHANE}' > output/MTN_A_1.sdf; echo '<svg/>' > output/MTN_A_1.svg"
        )
        job = self.run_script(script)
        ligand = Ligand.objects.get()
        self.assertEqual((ligand.name, str(ligand.protein_id)), ('MTN_A_1', job['output_protein']))
        self.assertEqual(ligand.file_string, METHANE)
        self.assertEqual(ligand.image.read(), b'<svg/>\n')

    def test_ligand_without_picture_has_none(self) -> None:
        """Null, as clients expect, and not an empty URL."""
        self.run_script('cp input.pdb output/; echo x > output/A.sdf')
        key = Ligand.objects.get().pk
        self.assertIsNone(self.get(f'molecule_handler/ligands/{key}/')['image'])

    def test_ligands_are_in_the_order_the_program_names_else_by_name(self) -> None:
        """The order of the structure, which only the program knows."""
        write = 'cp input.pdb output/; for name in C A B; do echo $name > output/$name.sdf; done'
        self.assertEqual(self.proteins_ligands(self.run_script(write)), ['A', 'B', 'C'])
        for said in ('{"ligands": ["B", "C", "A"]}', '{"ligands": ["B", "C"]}'):
            Protein.objects.all().delete()
            PreprocessorJob.objects.all().delete()
            self.assertEqual(self.proteins_ligands(self.run_script(f"{write}; echo '{said}'")), ['B', 'C', 'A'])

    def test_notes_are_served(self) -> None:
        """They are why a result can be trusted."""
        note = '{"code": "ligand.additive", "subject": "GOL_A_1", "message": "Glycerol is an additive."}'
        job = self.run_script(f"cp input.pdb output/; echo '[{note}]' > output/notes.json")
        self.assertEqual(
            job['notes'], [{'code': 'ligand.additive', 'subject': 'GOL_A_1', 'message': 'Glycerol is an additive.'}]
        )

    def test_notes_that_could_not_be_served_fail_the_job_not_the_list(self) -> None:
        """One bad row would answer 500 for everybody who lists."""
        for notes in ('{}', '5', '[5]', '[{"code": "x"}]', '[{"code": 1, "subject": "", "message": ""}]', 'x', 'NaN'):
            job = self.run_script(f"cp input.pdb output/; echo '{notes}' > output/notes.json")
            self.assertEqual(job['error_code'], 'tool.bad_output', notes)
        self.assertEqual(self.get(f'{ROUTE}jobs/')['count'], 7)
        self.assertFalse(Protein.objects.exists())


class PreprocessorEngineResults(WrapperTestCase):
    """The program of this project on real structures."""

    def test_two_copies_of_a_complex_give_their_ligands_with_pictures(self) -> None:
        """Names, chemistry and drawings come from the program of this project."""
        job = self.run_job(ROUTE, {'protein_file': upload(structure_text('1afs.pdb.gz'), '1afs.pdb')})
        names = self.proteins_ligands(job)
        self.assertEqual(sorted(names), ['NAP_A_324', 'NAP_B_324', 'TES_A_325', 'TES_B_325'])
        protein = Protein.objects.get(pk=job['output_protein'])
        residues = {line[17:20] for line in protein.file_string.splitlines() if line.startswith('HETATM')}
        self.assertFalse(residues & {'NAP', 'TES'}, 'the protein must not hold its ligands')
        for ligand in protein.ligand_set.all():
            self.assertTrue(ligand.file_string.endswith('$$$$\n'), ligand.name)
            self.assertIn(b'<svg', ligand.image.read())

    def test_uploaded_ligands_take_the_place_of_those_in_the_structure(self) -> None:
        """One record or two, whatever the structure holds."""
        structure = upload(structure_text('1afs.pdb.gz'), '1afs.pdb')
        ligand = structure_text('1ia1_TQ3.sdf.gz')
        for count in (1, 2):
            structure.seek(0)
            job = self.run_job(ROUTE, {'protein_file': structure, 'ligand_file': upload(ligand * count, 'mine.sdf')})
            self.assertEqual(len(self.proteins_ligands(job)), count)
