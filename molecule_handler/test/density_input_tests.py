"""Density by code, as a map or as structure factors: one of them, where it is needed."""

import gzip
from collections.abc import Mapping
from typing import Any

from django.test import TestCase

from molecule_handler.density import DensityInput
from molecule_handler.inputs import ProteinInput
from molecule_handler.models import ElectronDensityMap, StructureFactors
from molecule_handler.test.reflections_upload_tests import MTZ_FILE, SF_FILE
from molecule_handler.test.samples import HOSTILE_CODES, MAP_FILE, sample, upload
from proteins_plus.errors import InputError
from proteins_plus.test.samples import glycine_file, stored_protein

FIELDS = ('density_file_pdb_code', 'electron_density_map', 'structure_factors')


class DensityNeeded(DensityInput, ProteinInput):
    """A tool that cannot do without density."""


class DensityWanted(DensityNeeded):
    """A tool that does more with density."""

    density_required = False


def validated(data: Mapping[str, Any], kind: type[DensityInput] = DensityNeeded) -> dict[str, Any]:
    """
    :param data: of a request; a file with a glycine unless it has a protein
    :param kind: of the serializer
    :returns: what it makes of it
    """
    serializer = kind(data={**({} if 'protein_id' in data else {'protein_file': glycine_file()}), **data})
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data


class DensityInputTests(TestCase):
    """What a request says of the density."""

    def given(self) -> dict[str, Any]:
        """:returns: a request for each way to give it"""
        return {
            'pdb_code': {'pdb_code': '4AGM'},
            'electron_density_map': {'electron_density_map': upload('x.map', sample(MAP_FILE))},
            'structure_factors': {'structure_factors': upload('x.ent', sample(SF_FILE))},
        }

    def test_each_way_fills_its_own_field_and_empties_the_others(self) -> None:
        """Files become unsaved rows; nothing is stored until the job is."""
        for kind in (DensityNeeded, DensityWanted):
            for position, data in enumerate(self.given().values()):
                found = [validated(data, kind)[name] is not None for name in FIELDS]
                self.assertEqual(found, [place == position for place in range(3)])
        self.assertEqual(validated(self.given()['pdb_code'])['density_file_pdb_code'], '4agm')
        self.assertFalse(ElectronDensityMap.objects.exists() or StructureFactors.objects.exists())

    def test_files_are_stored_under_their_id_and_their_kind(self) -> None:
        """Never under the name of the client."""
        for name, field, content in (
            ('electron_density_map', '../x.ccp4', MAP_FILE),
            ('structure_factors', 'x.ent', MTZ_FILE),
        ):
            row = validated({name: upload(field, sample(content))})[name]
            row.save()
            self.addCleanup(row.file.delete, save=False)
            suffix = content.rpartition('.')[2]
            self.assertTrue(row.file.name.endswith(f'/{row.pk}.{suffix}'), row.file.name)
            self.assertEqual(row.file.read(), sample(content))

    def test_packed_and_unpacked_files_are_the_same_content(self) -> None:
        """A client that packs its files still meets its earlier job."""
        for name, content in (('electron_density_map', MAP_FILE), ('structure_factors', MTZ_FILE)):
            suffix = content.rpartition('.')[2]
            files = (upload(f'x.{suffix}', sample(content)), upload(f'x.{suffix}.gz', gzip.compress(sample(content))))
            self.assertEqual(len({validated({name: file})[name].content_hash() for file in files}), 1)

    def test_two_ways_are_refused(self) -> None:
        """One would win silently."""
        ways = list(self.given())
        for first, second in ((0, 1), (0, 2), (1, 2)):
            pair = {**self.given()[ways[first]], **self.given()[ways[second]]}
            with self.assertRaises(InputError) as caught:
                validated(pair)
            self.assertEqual((caught.exception.code, caught.exception.field), ('input.ambiguous', ways[second]))

    def test_none_is_refused_where_density_is_needed(self) -> None:
        """Empty text, as browsers send it, is none."""
        for data in ({}, {'pdb_code': ''}, {'pdb_code': None, 'electron_density_map': None}):
            with self.assertRaises(InputError) as caught:
                validated(data)
            self.assertEqual(caught.exception.code, 'input.missing')
            self.assertEqual([validated(data, DensityWanted)[name] for name in FIELDS], [None] * 3)

    def test_stored_entry_stands_in_with_its_own_map_where_density_is_needed(self) -> None:
        """And what the request says has precedence, which is no conflict."""
        protein = {'protein_id': str(stored_protein(pdb_code='1abc').pk)}
        self.assertEqual(validated(protein)['density_file_pdb_code'], '1abc')
        self.assertIsNone(validated(protein, DensityWanted)['density_file_pdb_code'])
        for name, data in self.given().items():
            found = validated({**protein, **data})
            self.assertEqual(found['density_file_pdb_code'], '4agm' if name == 'pdb_code' else None)
        with self.assertRaises(InputError):
            validated({'protein_id': str(stored_protein().pk)})

    def test_code_goes_through_the_door_of_all_codes(self) -> None:
        """It becomes a path and an address."""
        for code in HOSTILE_CODES:
            if code.strip() and len(code) <= 16 and '\0' not in code and code == code.strip():
                with self.assertRaises(InputError) as caught:
                    validated({'pdb_code': code})
                self.assertEqual(caught.exception.field, 'pdb_code', code)

    def test_empty_file_is_refused_not_ignored(self) -> None:
        """Its user believes to have given one."""
        for name in FIELDS[1:]:
            for kind in (DensityNeeded, DensityWanted):
                with self.assertRaises(InputError) as caught:
                    validated({name: upload('x.mtz' if name == 'structure_factors' else 'x.ccp4', b'')}, kind)
                self.assertEqual((caught.exception.code, caught.exception.field), ('upload.empty', name))
