"""Queries as people and programs write them, and as attackers do."""

import json
import tempfile
import unittest
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from engines.errors import EngineError
from engines.geomine.query import SCHEMA, Query, parse, smoothed
from engines.geomine.reading import LARGEST, read_query
from engines.geomine.words import Interaction


class QueryTestCase(unittest.TestCase):
    """Reads queries."""

    def read(self, text: str) -> Query:
        """
        :param text: of a file
        :returns: the query
        """
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / 'query'
            path.write_text(text, encoding='utf-8')
            return read_query(path)

    def assert_refused(self, text: str, code: str, words: str = '') -> None:
        """
        :param text: of a file
        :param code: of the error
        :param words: in its message or hint
        """
        with self.assertRaises(EngineError) as caught:
            self.read(text)
        self.assertEqual(caught.exception.code, code, caught.exception.message)
        self.assertIn(words, f'{caught.exception.message} {caught.exception.hint}')


class Json(QueryTestCase):
    """Queries as JSON."""

    def test_schema_is_a_schema(self) -> None:
        """It is published, so other programs read it, too."""
        Draft202012Validator.check_schema(json.loads(SCHEMA.read_text(encoding='utf-8')))

    def test_words_become_the_numbers_of_the_tables(self) -> None:
        """One or several, in any case, with commas or as a list; ANY means nothing."""
        query = parse({'points': [
            {'id': 'a', 'element': ['N', 8], 'interaction': 'ionic,Donor', 'part': 'Side Chain', 'residue': 'his'},
            {'id': 'b', 'element': 'ANY', 'interaction': 'any', 'amino_acid_class': 'negative', 'shape': 'ring'},
        ]})  # fmt: skip
        first, second = query.points
        self.assertEqual((first.elements, first.parts, first.residues), ({7, 8}, {2}, {'HIS'}))
        self.assertEqual(first.interactions, Interaction.IONIC | Interaction.DONOR)
        self.assertEqual((second.elements, second.interactions, second.shape), (set(), 0, 1))
        self.assertEqual(second.parents, {'ASP', 'GLU'})

    def test_what_does_not_fit_is_refused_with_its_place(self) -> None:
        """A reader of the error finds it."""
        a, b = {'id': 'a'}, {'id': 'b'}
        bad: list[tuple[Any, str, str]] = [
            ([], 'query.schema', 'object'),
            ({}, 'query.schema', ''),
            ({'pionts': []}, 'query.schema', 'pionts'),
            ({'points': [{}]}, 'query.schema', 'points[0]'),
            ({'points': [a, a]}, 'query.points', 'same id'),
            ({'points': [{**a, 'interaction': 'magic'}]}, 'query.word', 'magic'),
            ({'points': [{**a, 'element': 'Xx'}]}, 'query.word', 'Xx'),
            ({'points': [{**a, 'amino_acid_class': 'big'}]}, 'query.word', 'big'),
            ({'points': [{**a, 'at': [1, 2, 3]}, b]}, 'query.points', 'coordinates'),
            ({'points': [a, b], 'distances': [{'between': ['a', 'c'], 'max': 3}]}, 'query.points', 'no point c'),
            ({'points': [a, b], 'distances': [{'between': ['a', 'a'], 'max': 3}]}, 'query.points', 'itself'),
            ({'points': [a, b], 'distances': [{'between': ['a', 'b'], 'min': 4, 'max': 3}]}, 'query.range', ''),
            ({'points': [{**a, 'surface': {'min': 4, 'max': 3}}]}, 'query.range', 'a'),
            ({'ec': {'include': ["1'; DROP TABLE geomine_point"]}}, 'query.schema', 'ec'),
        ]
        for data, code, words in bad:
            with self.subTest(data=data):
                self.assert_refused(json.dumps(data), code, words)

    def test_numbers_beyond_all_floats_are_refused(self) -> None:
        """No database and no client could read them again."""
        for number in ('NaN', 'Infinity', '1e999', '9' * 5000, '9' * 400):
            self.assert_refused(f'{{"numbers": [{{"field": "year", "min": {number}}}]}}', 'query.json')

    def test_distances_that_follow_are_known(self) -> None:
        """A triangle of two known sides has a longest and a shortest third one."""
        points = [{'id': str(i)} for i in range(4)]
        sides = [{'between': ['0', '1'], 'min': 8, 'max': 9}, {'between': ['1', '2'], 'min': 1, 'max': 2}]
        known = smoothed(parse({'points': points, 'distances': sides}))
        self.assertEqual(set(known), {(0, 1), (1, 2), (0, 2)})
        self.assertEqual((known[0, 2].low, known[0, 2].high), (6, 11))


class Xml(QueryTestCase):
    """Queries as the published server takes them."""

    def test_attributes_and_elements_are_the_same(self) -> None:
        """In any spelling; what is not restricted says ANY or nothing."""
        attributes = """<PelikanFilter name="x">
          <SubstringFilter field="PDBID" value="4agm, 1HVR" mode="exclude"/>
          <substring_filter field="title" value="kinase"/>
          <ecfilter value="1.1.1.27 2.7"/><numberFilter field="resolution" max="2.5"/>
          <pockethasligandfilter value="true"/><smartsfilter smarts="c1ccccc1"/>
          <similarityfilter smiles="CCO" min="0.5"/>
          <points>
           <pointfilter id="1" type="ATOM" element="7" interactiontype="ANY" aminoacid="HIS" x="1" y="2" z="3.5"
             secondarystructure="HELIX" location="SIDECHAIN" surfacemin="1" surfacemax="9"/>
           <pointfilter id="2" type="RING" aminoacidclass="aromatic" x="1" y="2" z="5"/>
           <pointfilter id="3" element="" moleculetype="ligand" pointsmarts="[OX2H]" x="0" y="0" z="0"/>
          </points>
          <distancefilter point1="1" point2="2" min="2" max="4.5"/>
          <anglefilter point1="1" point2="2" point3="3" min="10" max="90"/>
        </PelikanFilter>"""
        query = self.read(attributes)
        elements = """<pelikanfilter name="x">
          <substringfilter><field>pdb id</field><mode>exclude</mode><value>4AGM 1HVR</value></substringfilter>
          <textfilter field="title"><contains>kinase</contains></textfilter>
          <ecfilter>1.1.1.27,2.7</ecfilter><numericalfilter><name>Resolution</name><max>2.5</max></numericalfilter>
          <pockethasligandfilter>true</pockethasligandfilter><smartsfilter>c1ccccc1</smartsfilter>
          <similarityfilter><smiles>CCO</smiles><threshold>0.5</threshold></similarityfilter>
          <pointfilter><id>1</id><type>atom</type><elementnumber>7</elementnumber><residue>HIS</residue>
            <x>1</x><y>2</y><z>3.5</z><secondarystructure>alpha_helix</secondarystructure><part>side_chain</part>
            <surface min="1" max="9"/></pointfilter>
          <pointfilter id="2" shape="ring_centre" amino_acid_class="aromatic"><x>1</x><y>2</y><z>5</z></pointfilter>
          <pointfilter id="3" molecule="ligand" smarts="[OX2H]" x="0" y="0" z="0"/>
          <distancefilter points="1 2"><min>2</min><max>4.5</max></distancefilter>
          <anglefilter points="1,2,3" min="10" max="90"/>
        </pelikanfilter>"""
        again = self.read(elements)
        for one in (query.raw, again.raw):
            one['entries']['exclude'] = [code.upper() for code in one['entries']['exclude']]
        self.assertEqual(query.points[0].surface, again.points[0].surface)
        for name in ('entries', 'ec', 'numbers', 'has_ligand', 'smarts', 'similarity', 'distances', 'angles'):
            self.assertEqual(query.raw[name], again.raw[name], name)
        self.assertEqual(query.points, again.points)
        self.assertEqual(query.raw['entries'], {'exclude': ['4AGM', '1HVR']})
        self.assertEqual(query.points[0].place, (1, 2, 3.5))
        self.assertEqual(query.points[2].smarts, '[OX2H]')

    def test_what_is_not_known_is_refused(self) -> None:
        """A filter that is ignored would find more than was asked for."""
        for part, code in (
            ('<colourfilter value="red"/>', 'query.unknown'),
            ('<pointfilter id="1" taste="sweet"/>', 'query.unknown'),
            ('<distancefilter point1="1" point2="2" max="near"/>', 'query.number'),
            ('<distancefilter point1="1" point2="2" max="nan"/>', 'query.number'),
            ('<pointfilter id="1"/><distancefilter point1="1" point2="2" max="3"/>', 'query.points'),
            ('<pointfilter id="1" x="1"/>', 'query.schema'),
        ):
            self.assert_refused(f'<PelikanFilter>{part}</PelikanFilter>', code)
        self.assert_refused('<other/>', 'query.xml', 'PelikanFilter')


class Hostile(QueryTestCase):
    """What is meant to harm."""

    def test_entities_and_document_types_are_refused(self) -> None:
        """A few lines could become gigabytes, or read a file of the server."""
        lines = ''.join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 12))
        bomb = f'<!DOCTYPE x [<!ENTITY l0 "lol">{lines}]><PelikanFilter>&l11;</PelikanFilter>'
        outside = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><PelikanFilter name="x">&f;</PelikanFilter>'
        for text in (bomb, outside, '<!DOCTYPE PelikanFilter><PelikanFilter/>'):
            self.assert_refused(text, 'query.xml', 'entities')

    def test_broken_deep_and_large_texts_are_refused(self) -> None:
        """None of them takes long or ends the program."""
        for text, code in (
            ('', 'query.empty'),
            ('hello', 'query.json'),
            ('<PelikanFilter>', 'query.xml'),
            ('[' * 100_000, 'query.json'),
            (f'<PelikanFilter>{"<a>" * 5000}{"</a>" * 5000}</PelikanFilter>', 'query.unknown'),
            ('"\0"', 'structure.not_text'),
            ('"' + 'x' * LARGEST + '"', 'input.too_large'),
        ):
            with self.assertRaises(EngineError) as caught:
                self.read(text)
            self.assertEqual(caught.exception.code, code)
