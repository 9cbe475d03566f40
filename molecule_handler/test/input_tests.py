"""Inputs by id or by file: one of them, not none, not several; and stored objects never change."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase

from molecule_handler.inputs import LigandFileInput, LigandInput, ProteinInput, exactly_one, name_of
from molecule_handler.models import Ligand, Protein
from proteins_plus.errors import InputError, NotFoundError
from proteins_plus.test.samples import GLYCINE, METHANE, glycine_file, stored_protein

NOWHERE = '00000000-0000-4000-8000-000000000000'


class BothInputs(LigandInput, ProteinInput):
    """A tool that takes a protein and, if wanted, a ligand."""


class LigandBeside(LigandFileInput, ProteinInput):
    """A tool that takes a ligand by file only."""


class LigandNeeded(BothInputs):
    """A tool that cannot do without a ligand."""

    ligand_required = True


def sdf(title: str = 'MTN_A_1') -> SimpleUploadedFile:
    """
    :param title: of the record
    :returns: an uploaded SD file
    """
    return SimpleUploadedFile('ligand.sdf', METHANE.replace('MTN_A_1', title, 1).encode())


def validated(data: dict[str, Any], kind: type[ProteinInput] = BothInputs) -> dict[str, Any]:
    """
    :param data: of a request
    :param kind: of the serializer
    :returns: what it makes of it
    """
    serializer = kind(data=data)
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data


class ProteinInputTests(TestCase):
    """A protein."""

    def test_file_becomes_an_unsaved_protein(self) -> None:
        """Nothing is stored until the job is."""
        protein = validated({'protein_file': glycine_file('x.ent')})['input_protein']
        self.assertTrue(protein._state.adding)
        self.assertEqual((protein.name, protein.file_type, protein.file_string), ('x', 'pdb', GLYCINE))
        self.assertFalse(Protein.objects.exists())

    def test_id_becomes_the_stored_protein(self) -> None:
        """A copy would lose its ligands."""
        protein = stored_protein()
        self.assertEqual(validated({'protein_id': str(protein.pk)})['input_protein'], protein)

    def test_by_id_and_by_file_are_the_same_content(self) -> None:
        """A client may switch between the two, and still meet its earlier job."""
        stored = validated({'protein_id': str(stored_protein().pk)})['input_protein']
        self.assertEqual(
            stored.content_hash(), validated({'protein_file': glycine_file()})['input_protein'].content_hash()
        )

    def test_none_and_both_are_refused_with_a_sentence(self) -> None:
        """Clients that send both are told which to leave out."""
        for data, code, said in (
            ({}, 'input.missing', 'Give one of protein_id or protein_file.'),
            ({'protein_id': None}, 'input.missing', 'Give one of'),
            (
                {'protein_id': str(stored_protein().pk), 'protein_file': glycine_file()},
                'input.ambiguous',
                'not protein_id and protein_file',
            ),
        ):
            with self.assertRaisesRegex(InputError, said) as caught:
                validated(data)
            self.assertEqual(caught.exception.code, code)

    def test_unknown_id_is_not_found(self) -> None:
        """The shape of this error is a part of the contract."""
        with self.assertRaisesRegex(NotFoundError, 'Protein with given id does not exist'):
            validated({'protein_id': NOWHERE})

    def test_three_choices_are_listed_in_a_sentence(self) -> None:
        """It is read by people."""
        with self.assertRaisesRegex(InputError, 'Give one of a, b or c.'):
            exactly_one({}, 'a', 'b', 'c')
        with self.assertRaisesRegex(InputError, 'Give one of a.$'):
            exactly_one({'a': ''}, 'a')


class LigandInputTests(TestCase):
    """A ligand of it."""

    def test_ligand_may_be_left_out_unless_it_is_needed(self) -> None:
        """Tools differ in what they need."""
        self.assertIsNone(validated({'protein_file': glycine_file()})['input_ligand'])
        with self.assertRaisesRegex(InputError, 'Give one of ligand_id or ligand_file'):
            validated({'protein_file': glycine_file()}, LigandNeeded)

    def test_uploaded_ligand_is_named_by_its_title(self) -> None:
        """Docking programs call all their files alike."""
        data = validated({'protein_file': glycine_file(), 'ligand_file': sdf()})
        self.assertEqual((data['input_ligand'].name, data['input_ligand'].file_string), ('MTN_A_1', METHANE))

    def test_title_that_is_empty_or_endless_does_no_harm(self) -> None:
        """The column has a length, and names end up in file names."""
        for title, name in (('', 'ligand'), ('x' * 5000, 'x' * 255), ('a\x07b', 'ab')):
            data = validated({'protein_file': glycine_file(), 'ligand_file': sdf(title)})
            self.assertEqual(data['input_ligand'].name, name)

    def test_protein_by_id_and_by_file_with_the_same_ligand_file_are_the_same_content(self) -> None:
        """The notebooks do both, and compare the ids."""
        by_id = validated({'protein_id': str(stored_protein().pk), 'ligand_file': sdf()})
        by_file = validated({'protein_file': glycine_file(), 'ligand_file': sdf()})
        self.assertEqual(by_id['input_ligand'].content_hash(), by_file['input_ligand'].content_hash())

    def test_stored_ligand_of_another_protein_is_accepted(self) -> None:
        """Docking a ligand into another pocket is a question, too."""
        ligand = Ligand.objects.create(name='x', protein=stored_protein('other'), file_string=METHANE)
        data = validated({'protein_file': glycine_file(), 'ligand_id': str(ligand.pk)})
        self.assertEqual(data['input_ligand'], ligand)

    def test_both_ways_at_once_and_an_unknown_id_are_refused(self) -> None:
        """One would win silently."""
        with self.assertRaises(InputError):
            validated({'protein_file': glycine_file(), 'ligand_id': NOWHERE, 'ligand_file': sdf()})
        with self.assertRaisesRegex(NotFoundError, 'Ligand with given id'):
            validated({'protein_file': glycine_file(), 'ligand_id': NOWHERE})

    def test_empty_ligand_file_is_refused_not_ignored(self) -> None:
        """Its user believes to have given one."""
        with self.assertRaises(InputError) as caught:
            validated({'protein_file': glycine_file(), 'ligand_file': SimpleUploadedFile('x.sdf', b'')})
        self.assertEqual(caught.exception.field, 'ligand_file')


class LigandFileInputTests(TestCase):
    """A ligand by file, beside the protein."""

    def test_stored_protein_is_used_as_it_is_and_gains_no_ligand(self) -> None:
        """Its own ligands are a part of the question; a copy would be a second row of the same text."""
        protein = stored_protein()
        for kind in (LigandBeside, BothInputs):
            data = validated({'protein_id': str(protein.pk), 'ligand_file': sdf()}, kind)
            self.assertEqual(data['input_protein'], protein)
            self.assertEqual((data['input_ligand'].name, data['input_ligand'].protein), ('MTN_A_1', None))

    def test_ligand_is_optional_and_an_empty_file_is_no_ligand(self) -> None:
        """Whoever sends a file believes to have given one."""
        self.assertIsNone(validated({'protein_file': glycine_file()}, LigandBeside)['input_ligand'])
        self.assertIsNone(
            validated({'protein_file': glycine_file(), 'ligand_file': None}, LigandBeside)['input_ligand']
        )
        with self.assertRaises(InputError) as caught:
            validated({'protein_file': glycine_file(), 'ligand_file': SimpleUploadedFile('x.sdf', b'')}, LigandBeside)
        self.assertEqual(caught.exception.field, 'ligand_file')


class FileNameTests(TestCase):
    """A client's file name is a label, never a path."""

    def test_name_is_without_folders_suffixes_and_control_characters(self) -> None:
        """It is shown, and stored; nothing more."""
        for given, name in (
            ('4agm.pdb', '4agm'),
            ('4agm.pdb.gz', '4agm'),
            ('../../etc/passwd', 'passwd'),
            ('C:\\data\\x.cif', 'x'),
            ('a\nb\x00\u202e.pdb', 'ab'),
            ('.pdb', 'uploaded'),
            ('x' * 300 + '.pdb', 'x' * 100),
        ):
            file = SimpleUploadedFile('x', b'')
            file._name = given
            self.assertEqual(name_of(file), name, given)
