"""Content hashes: equal content, equal hash, and never the other way round."""

from datetime import UTC, date, datetime
from hashlib import blake2b
from itertools import combinations
from unittest import TestCase
from uuid import UUID

from proteins_plus.hashing import chunks_hash, content_hash, encode


def key(**fields: object) -> str:
    """
    :param fields: of an object
    :returns: its hash
    """
    return content_hash('test.thing', fields)


class ContentHashes(TestCase):
    """What counts for the hash of an object, and what does not."""

    def test_hash_is_blake2b_512_of_tagged_and_measured_values(self) -> None:
        """A changed encoding serves old results for new questions, unless HASH_VERSION changes with it."""
        encoded = b'l30:s2:v1s10:test.thingm8:s1:ai1:1'
        self.assertEqual(key(a=1), blake2b(encoded).hexdigest())

    def test_values_that_look_alike_differ(self) -> None:
        """Neither separators nor types may melt into each other."""
        values: list[object] = [
            None, 'None', '', [], {}, set(), b'', 0, False, 0.0, '0', 1, True, 1.0, '1', b'1', [1], ['1'], (('1',),),
            {'1': 1}, {1}, {'1'}, [[1]], [1, 2], [2, 1], ['a_b'], ['a', 'b'], 'a_b', UUID(int=1), str(UUID(int=1)),
            date(2026, 1, 1), '2026-01-01', datetime(2026, 1, 1, tzinfo=UTC), float('nan'), float('inf'), -0.0,
        ]  # fmt: skip
        for first, second in combinations(values, 2):
            self.assertNotEqual(encode(first), encode(second), (first, second))

    def test_text_cannot_pretend_to_be_structure(self) -> None:
        """The encoding of one value must not be writable as the content of another."""
        self.assertNotEqual(encode(['a', 'b']), encode(['a' + encode('b').decode()]))
        self.assertNotEqual(encode({'a': 'b'}), encode({'as1:b': ''}))

    def test_moving_a_separator_between_neighbours_is_another_object(self) -> None:
        """The published server joined with underscores, and confused these two."""
        self.assertNotEqual(key(residue='1_', chain='A'), key(residue='1', chain='_A'))

    def test_same_value_under_another_name_is_another_object(self) -> None:
        """Two parameters may hold the same value and mean different things."""
        self.assertNotEqual(key(residue='A'), key(chain='A'))

    def test_kind_keeps_equal_fields_apart(self) -> None:
        """A site and a ligand of equal fields are not interchangeable."""
        self.assertNotEqual(content_hash('a.job', {'x': 1}), content_hash('b.job', {'x': 1}))

    def test_order_of_fields_and_keys_does_not_count(self) -> None:
        """Neither JSON nor a database promises an order of keys."""
        self.assertEqual(content_hash('k', {'a': 1, 'b': 2}), content_hash('k', {'b': 2, 'a': 1}))
        self.assertEqual(key(x={'p': [1], 'q': {}}), key(x={'q': {}, 'p': [1]}))

    def test_order_of_a_list_counts_and_that_of_a_set_does_not(self) -> None:
        """Rank is information in a list; in a set there is none."""
        self.assertNotEqual(key(x=['a', 'b']), key(x=['b', 'a']))
        self.assertEqual(key(x={'a', 'b', 'c'}), key(x=frozenset(['c', 'b', 'a'])))

    def test_tuple_equals_list_as_json_stores_it(self) -> None:
        """What was a tuple before it was stored comes back as a list."""
        self.assertEqual(key(x=(1, 2)), key(x=[1, 2]))

    def test_floats_count_to_their_last_digit(self) -> None:
        """A threshold of 0.3 is not one of 0.30000000000000004."""
        self.assertNotEqual(key(x=0.1 + 0.2), key(x=0.3))
        self.assertEqual(key(x=float('0.30000000000000004')), key(x=0.1 + 0.2))

    def test_non_ascii_and_lone_surrogates_have_a_hash(self) -> None:
        """Names come from files, and files hold anything."""
        self.assertNotEqual(key(x='Å'), key(x='A\u030a'))
        self.assertNotEqual(key(x='\ud800'), key(x='\udfff'))

    def test_nesting_is_recursive(self) -> None:
        """Flattening would make different groupings equal."""
        self.assertNotEqual(key(x=[[1], [2]]), key(x=[[1, 2], []]))
        self.assertEqual(key(x={'a': [{'b': {1, 2}}]}), key(x={'a': [{'b': {2, 1}}]}))

    def test_value_without_canonical_form_is_refused_at_any_depth(self) -> None:
        """A silent fall-back on ``repr`` would put addresses into hashes."""
        for value in (object(), [object()], {'a': complex(1)}, {object()}, lambda: None):
            with self.assertRaisesRegex(TypeError, 'no canonical form'):
                key(x=value)

    def test_chunks_of_a_file_do_not_count_only_its_bytes(self) -> None:
        """Files are read in pieces whose size depends on where they come from."""
        self.assertEqual(chunks_hash([b'ab', b'c']), chunks_hash([b'a', b'', b'bc']))
        self.assertNotEqual(chunks_hash([b'abc']), chunks_hash([b'abd']))
