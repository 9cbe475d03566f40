"""Sites in the exchange format of the field."""

from unittest import TestCase

from molecule_handler.formats.edf import read_edf

#: Residue lines, and name, position and chain of what they name.
LINES = (
    ('RESIDUE HIS A 57', ('HIS', '57', 'A')),
    ('RESIDUE HIS A 57 B', ('HIS', '57B', 'A')),
    ('RESIDUE   HIS  A  -5  ', ('HIS', '-5', 'A')),
    ('RESIDUE HIS 1 57', ('HIS', '57', '1')),
    ('RESIDUE HIS 1 57 B', ('HIS', '57B', '1')),
    ('RESIDUE A1ABC AAA-2 57', ('A1ABC', '57', 'AAA-2')),
    ('RESIDUE HIS  57', ('HIS', '57', '')),
    ('RESIDUE HIS  57 B', ('HIS', '57B', '')),
)


class EdfTests(TestCase):
    """Residues by name, chain, number and insertion code."""

    def test_residues_come_in_their_order_with_insertion_codes_at_the_position(self) -> None:
        """Chains may be digits, long, or missing."""
        for newline in ('\n', '\r\n'):
            text = newline.join(['REFERENCE /a path/x.pdb', '', *(line for line, _ in LINES), ''])
            expected = [dict(zip(('name', 'position', 'chain'), parts, strict=True)) for _, parts in LINES]
            self.assertEqual(read_edf(text), {'residue_ids': expected})

    def test_further_references_are_other_structures(self) -> None:
        """Only the first one is the structure that was asked about."""
        text = 'REFERENCE a.pdb\nRESIDUE HIS A 57\nREFERENCE b.pdb\nRESIDUE SER B 195\n'
        self.assertEqual(read_edf(text), {'residue_ids': [{'name': 'HIS', 'position': '57', 'chain': 'A'}]})

    def test_what_is_no_site_is_refused(self) -> None:
        """A pocket without residues is none."""
        reference = 'REFERENCE a.pdb\n'
        for text in ('', 'RESIDUE HIS A 57\n', reference, f'{reference}RESIDUE HIS\n', f'{reference}RESIDUE HIS A B\n'):
            with self.assertRaises(ValueError, msg=text):
                read_edf(text)
        with self.assertRaisesRegex(ValueError, "'ATOM' names no residue"):
            read_edf(f'{reference}RESIDUE HIS A 57\nATOM\n')
