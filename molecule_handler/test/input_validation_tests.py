"""Codes, ids and sites: absent, right, wrong."""

import gzip
import json
import time
import uuid
from typing import Any

from django.test import SimpleTestCase, TestCase

from molecule_handler.input_validation import (
    MoleculeInputValidator,
    normalise_pdb_code,
    normalise_uniprot_code,
)
from molecule_handler.models import ElectronDensityMap, Ligand, Protein, ProteinSite
from molecule_handler.sites import MAX_RESIDUES, read_site
from molecule_handler.test.samples import (
    CIF_FILE,
    HOSTILE_CODES,
    MAP_FILE,
    PDB_FILE,
    SDF_FILE,
    sample,
    upload,
)
from proteins_plus.errors import InputError, NotFoundError

_CHECKS = (
    'pdb_code',
    'uniprot_code',
    'protein_file',
    'ligand_file',
    'electron_density_map',
    'protein_id',
    'ligand_id',
    'protein_site_id',
    'protein_site_json',
)
_HIS = {'name': 'HIS', 'position': '57', 'chain': 'A'}


class CodeTests(SimpleTestCase):
    """Entry codes."""

    def test_pdb_codes_are_normalised(self) -> None:
        """D8: case is no difference; and an extended id means the classic one where there is one."""
        for text, code in (
            ('4agm', '4agm'),
            ('4AGM', '4agm'),
            ('100d', '100d'),
            ('1234', '1234'),
            ('pdb_00004agm', '4agm'),
            ('PDB_00004AGM', '4agm'),
            ('pdb_10004agm', 'pdb_10004agm'),
            ('Pdb_1001BA3C', 'pdb_1001ba3c'),
        ):
            self.assertEqual(normalise_pdb_code(text), code)

    def test_uniprot_accessions_are_normalised(self) -> None:
        """Six and ten characters, either case."""
        for text, code in (
            ('P04637', 'P04637'),
            ('p04637', 'P04637'),
            ('Q8N726', 'Q8N726'),
            ('A2BC19', 'A2BC19'),
            ('a0a024b5k5', 'A0A024B5K5'),
        ):
            self.assertEqual(normalise_uniprot_code(text), code)

    def test_nothing_else_is_a_code(self) -> None:
        """Paths, addresses, encodings, look-alikes: the UniProt pattern used to accept ``P04637/../``."""
        self.assertGreaterEqual(len(HOSTILE_CODES), 40)
        for text in (*HOSTILE_CODES, 'x' * 10**6, None, 4, ['4agm'], {'4agm': 1}, b'4agm'):
            for normalise, code in (
                (normalise_pdb_code, 'pdb_code.invalid'),
                (normalise_uniprot_code, 'uniprot_code.invalid'),
            ):
                with self.subTest(text=str(text)[:30], code=code), self.assertRaises(InputError) as caught:
                    normalise(text)  # type: ignore[arg-type]
                self.assertEqual(caught.exception.code, code)

    def test_a_code_of_one_kind_is_none_of_the_other(self) -> None:
        """The two spaces do not overlap."""
        with self.assertRaises(InputError):
            normalise_pdb_code('P04637')
        with self.assertRaises(InputError):
            normalise_uniprot_code('4agm')


class SiteTests(SimpleTestCase):
    """Site descriptions."""

    def refuse(self, value: Any, code: str) -> None:
        """
        :param value: a site description
        :param code: the expected error code
        """
        with self.subTest(value=str(value)[:80]), self.assertRaises(InputError) as caught:
            read_site(value)
        self.assertEqual((caught.exception.code, caught.exception.field), (code, 'protein_site_json'))
        self.assertTrue(caught.exception.hint)

    def test_a_site_is_read_from_json_and_from_text(self) -> None:
        """Form posts send text; insertion codes, negative numbers and odd chains are legal."""
        residues = [_HIS, {**_HIS, 'position': '57A'}, {**_HIS, 'position': '-3'}, {**_HIS, 'chain': '1a'}]
        site = {'residue_ids': residues}
        self.assertEqual(read_site(site), site)
        self.assertEqual(read_site(json.dumps(site)), site)

    def test_only_what_is_known_is_kept(self) -> None:
        """Further keys do not reach the database."""
        self.assertEqual(read_site({'residue_ids': [{**_HIS, 'script': 'x'}], 'id': 5}), {'residue_ids': [_HIS]})

    def test_what_is_no_object_with_residues_is_refused(self) -> None:
        """``5`` and its kin used to answer 500."""
        value: Any
        for value in (
            5,
            True,
            0.5,
            [5],
            [],
            {},
            'five',
            '5',
            '[5]',
            'null',
            '""',
            '{"residue_ids": ',
            {'residue_ids': 5},
        ):
            self.refuse(value, 'site.unreadable')
        for value in ({'residue_ids': None}, {'residue_ids': {}}, {'residue_ids': 'HIS'}, {'residues': [_HIS]}):
            self.refuse(value, 'site.unreadable')

    def test_a_site_without_residues_is_refused(self) -> None:
        """The empty list used to be accepted."""
        self.refuse({'residue_ids': []}, 'site.empty')
        self.refuse('{"residue_ids": []}', 'site.empty')

    def test_wrong_residues_are_refused(self) -> None:
        """Integers, nulls, missing, too short, too long, with white space, not ASCII."""
        wrong: dict[str, tuple[Any, ...]] = {
            'name': (None, 5, '', 'HI', 'HISX', 'H S', 'HI\n', 'HÍS', ['HIS']),
            'position': (None, 57, 5.7, '', 'A', '57ABCD', '--5', '5 7', '57\n', '\u0665\u0667', '1' * 10_000, '+5'),
            'chain': (None, 1, '', ' ', 'ABC', 'A\n', 'Ä', '\x00'),
        }
        for key, values in wrong.items():
            for value in values:
                self.refuse({'residue_ids': [_HIS, {**_HIS, key: value}]}, 'site.residue')
            self.refuse({'residue_ids': [{k: v for k, v in _HIS.items() if k != key}]}, 'site.residue')
        residue: Any
        for residue in (5, None, 'HIS', [], [_HIS], {}):
            self.refuse({'residue_ids': [residue]}, 'site.residue')

    def test_duplicates_are_refused(self) -> None:
        """The same residue twice; the same number in another chain is another residue."""
        self.refuse({'residue_ids': [_HIS, dict(_HIS)]}, 'site.duplicate')
        read_site({'residue_ids': [_HIS, {**_HIS, 'chain': 'B'}]})

    def test_bombs_are_refused_at_once(self) -> None:
        """A million brackets, a million residues, numbers without end."""
        started = time.perf_counter()
        deep: Any = []
        for _ in range(5000):
            deep = [deep]
        self.refuse('[' * 100_000, 'site.unreadable')
        self.refuse('{"residue_ids":' * 20_000, 'site.unreadable')
        self.refuse('{"residue_ids": [' + '9' * 100_000 + ']}', 'site.unreadable')
        self.refuse('[' * 10**6, 'site.too_long')
        self.refuse({'residue_ids': [5] * (MAX_RESIDUES + 1)}, 'site.too_long')
        with self.assertRaises(InputError):
            read_site({'residue_ids': [{**_HIS, 'name': deep[0]}]})
        self.assertLess(time.perf_counter() - started, 1)


class ValidatorTests(SimpleTestCase):
    """MoleculeInputValidator, without a database."""

    def test_absent_fields_are_not_there(self) -> None:
        """Missing, None, and the empty text of a browser's form."""
        for data in ({}, dict.fromkeys(_CHECKS), dict.fromkeys(_CHECKS, '')):
            validator = MoleculeInputValidator(data)
            for field in _CHECKS:
                self.assertIs(getattr(validator, f'has_valid_{field}')(), False)

    def test_valid_fields_are_there_and_read(self) -> None:
        """What was read can be used without reading it again."""
        validator = MoleculeInputValidator(
            {
                'pdb_code': '4AGM',
                'uniprot_code': 'p04637',
                'protein_file': upload('x.pdb', sample(CIF_FILE)),
                'ligand_file': upload('x.sdf', sample(SDF_FILE)),
                'electron_density_map': upload('x.ccp4', sample(MAP_FILE)),
                'protein_site_json': {'residue_ids': [_HIS]},
            }
        )
        for field in (
            'pdb_code',
            'uniprot_code',
            'protein_file',
            'ligand_file',
            'electron_density_map',
            'protein_site_json',
        ):
            self.assertIs(getattr(validator, f'has_valid_{field}')(), True)
        self.assertEqual((validator.pdb_code, validator.uniprot_code), ('4agm', 'P04637'))
        self.assertEqual((validator.protein_text, validator.protein_file_type), (sample(CIF_FILE).decode(), 'cif'))
        self.assertEqual(validator.ligand_text, sample(SDF_FILE).decode())
        self.assertEqual(validator.density_map and validator.density_map.size, len(sample(MAP_FILE)))
        self.assertEqual(validator.site_description, {'residue_ids': [_HIS]})

    def test_wrong_fields_are_named(self) -> None:
        """Every error says which field it is about."""
        wrong = {
            'pdb_code': '../4',
            'uniprot_code': 'P04637/../',
            'protein_file': upload('x.pdb', b'hello'),
            'ligand_file': upload('x.sdf', b'hello'),
            'electron_density_map': upload('x.ccp4', b'hello'),
            'protein_site_json': 5,
        }
        for field, value in wrong.items():
            with self.subTest(field=field), self.assertRaises(InputError) as caught:
                getattr(MoleculeInputValidator(wrong | {field: value}), f'has_valid_{field}')()
            self.assertEqual(caught.exception.field, field)
            self.assertRegex(caught.exception.code, r'^[a-z_0-9]+\.[a-z_0-9]+$')

    def test_a_code_does_not_excuse_the_file_beside_it(self) -> None:
        """D11: with a code beside it, a .txt file was accepted."""
        validator = MoleculeInputValidator({'pdb_code': '4agm', 'protein_file': upload('x.txt', sample(PDB_FILE))})
        self.assertTrue(validator.has_valid_pdb_code())
        with self.assertRaises(InputError) as caught:
            validator.has_valid_protein_file()
        self.assertEqual(caught.exception.code, 'upload.suffix')

    def test_malformed_ids_are_unknown_ids(self) -> None:
        """Whatever they are made of; the database is not asked."""
        for value in ('4agm', 'x' * 36, '../' * 12, 5, 0, True, [1], {'a': 1}, '\x00', f'{uuid.uuid4()}/..', b'x'):
            for field in ('protein_id', 'ligand_id', 'protein_site_id'):
                with self.subTest(field=field, value=value), self.assertRaises(NotFoundError):
                    getattr(MoleculeInputValidator({field: value}), f'has_valid_{field}')()


class StoredInputTests(TestCase):
    """MoleculeInputValidator and what is stored."""

    def test_stored_objects_are_found_by_id(self) -> None:
        """As text and as UUID."""
        protein = Protein.objects.create(name='x', file_type='pdb', file_string='ATOM')
        ligand = Ligand.objects.create(name='x', protein=protein, file_string='x')
        site = ProteinSite.objects.create(protein=protein, site_description={'residue_ids': [_HIS]})
        for field, row in (('protein_id', protein), ('ligand_id', ligand), ('protein_site_id', site)):
            for value in (row.pk, str(row.pk)):
                self.assertTrue(getattr(MoleculeInputValidator({field: value}), f'has_valid_{field}')())

    def test_unknown_ids_are_said_to_be_unknown(self) -> None:
        """In the words clients know."""
        protein = Protein.objects.create(name='x', file_type='pdb', file_string='ATOM')
        for field, word in (('protein_id', 'Protein'), ('ligand_id', 'Ligand'), ('protein_site_id', 'Protein site')):
            for value in (uuid.uuid4(), str(uuid.uuid4())) + ((protein.pk,) if field != 'protein_id' else ()):
                with self.assertRaises(NotFoundError) as caught:
                    getattr(MoleculeInputValidator({field: value}), f'has_valid_{field}')()
                self.assertEqual(caught.exception.message, f'{word} with given id does not exist')
                self.assertEqual(caught.exception.field, field)

    def test_a_validated_map_can_be_stored(self) -> None:
        """Unpacked, under a name of ours."""
        content = sample(MAP_FILE)
        for name, data in (('../evil.ccp4', content), ('x.map.gz', gzip.compress(content))):
            validator = MoleculeInputValidator({'electron_density_map': upload(name, data)})
            self.assertTrue(validator.has_valid_electron_density_map())
            stored = ElectronDensityMap.objects.create(file=validator.density_map)
            self.addCleanup(stored.file.delete, save=False)
            self.assertEqual(stored.file.read(), content)
            self.assertRegex(stored.file.name, r'^density_files/density\w*\.ccp4$')

    def test_the_content_of_a_stored_protein_is_not_loaded(self) -> None:
        """One query, which selects no text."""
        protein = Protein.objects.create(name='x', file_type='pdb', file_string='ATOM')
        with self.assertNumQueries(1) as queries:
            MoleculeInputValidator({'protein_id': protein.pk}).has_valid_protein_id()
        self.assertNotIn('file_string', queries.captured_queries[0]['sql'])
