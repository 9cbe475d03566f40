"""Which SD files may be uploaded, and what is said of the rest."""

import gzip

from django.test import override_settings

from molecule_handler import uploads
from molecule_handler.test.refusals import UploadRefusals
from molecule_handler.test.samples import SDF_FILE, sample, upload
from proteins_plus.errors import InputError


class LigandUploadTests(UploadRefusals):
    """SD files."""

    def refuse(self, code: str, content: bytes, name: str = 'x.sdf') -> InputError:
        """
        :param code: the expected error code
        :param content: the file
        :param name: the client's file name
        :returns: the error
        """
        return self.assert_refused(code, uploads.read_ligands, name, content, 'ligand_file')

    def setUp(self) -> None:
        """Read a real ligand."""
        self.record = sample(SDF_FILE)
        self.lines = self.record.decode().splitlines(keepends=True)

    def changed(self, number: int, line: str) -> bytes:
        """
        :param number: which line, from 0
        :param line: what it becomes
        :returns: the ligand with that line replaced
        """
        return ''.join([*self.lines[:number], line + '\n', *self.lines[number + 1 :]]).encode()

    def test_every_suffix_is_read_in_any_case_and_gzipped(self) -> None:
        """.sdf, .sd, .mol, upper case, .gz."""
        for name in ('x.sdf', 'x.SDF', 'x.sd', 'x.mol', 'x.Mol'):
            self.assertEqual(uploads.read_ligands(upload(name, self.record)), self.record.decode())
        packed = gzip.compress(self.record)
        self.assertEqual(uploads.read_ligands(upload('x.sdf.gz', packed)), self.record.decode())

    def test_a_mol_block_becomes_a_record(self) -> None:
        """Without delimiter, and without the last line end."""
        block = self.record.decode().partition('$$$$')[0]
        for text in (block, block.rstrip('\n')):
            self.assertEqual(uploads.read_ligands(upload('x.mol', text.encode())), block + '$$$$\n')

    def test_records_can_be_joined_again(self) -> None:
        """D10: records used to lose the newline after the delimiter, which fused it with the next title."""
        text = self.record.decode()
        for joined in (text * 3, (text * 3).rstrip('\n'), text + text + text.partition('$$$$')[0]):
            records = uploads.split_sdf(joined)
            self.assertEqual([name for name, _ in records], ['1IA1_TQ3_B_196'] * 3)
            self.assertTrue(all(record.endswith('\n$$$$\n') for _, record in records))
            again = ''.join(record for _, record in records)
            self.assertEqual(uploads.split_sdf(again), records)

    def test_an_empty_title_is_kept_as_a_line(self) -> None:
        """The title line belongs to the record even if nothing stands on it."""
        records = uploads.split_sdf(self.changed(0, '').decode() * 2)
        self.assertEqual([name for name, _ in records], ['', ''])
        self.assertTrue(all(record.startswith('\n') for _, record in records))

    def test_v3000_is_read(self) -> None:
        """The same atoms in the extended form."""
        self.assertIn('V3000', uploads.read_ligands(upload('x.sdf', _v3000('3D', '1.5'))))

    def test_broken_v3000_is_unreadable(self) -> None:
        """Counts that do not fit, no atom block, atoms without coordinates."""
        good = _v3000('3D', '1.5')
        for content in (
            good.replace(b'COUNTS 2', b'COUNTS 3'),
            good.replace(b'BEGIN ATOM', b'BEGIN ATEM'),
            good.replace(b'COUNTS', b'KOUNTS'),
            good.replace(b'C 0.0 0.0 0.0 0', b'C 0.0 0.0'),
        ):
            self.refuse('ligand.unreadable', content)

    def test_drawings_are_refused(self) -> None:
        """All z are zero and the header does not say 3D; all atoms at one point; the same as V3000."""
        self.refuse('ligand.no_3d', _v2000('2D', '0.0000'))
        self.refuse('ligand.no_3d', _v2000('  ', '0.0000'))
        self.refuse('ligand.no_3d', _v2000('3D', '0.0000', x='0.0000'))
        self.refuse('ligand.no_3d', _v3000('2D', '0'))

    def test_a_flat_molecule_that_says_3d_is_accepted(self) -> None:
        """An ideal ring in the plane z = 0; and coordinates decide where the header is silent."""
        uploads.read_ligands(upload('x.sdf', _v2000('3D', '0.0000')))
        uploads.read_ligands(upload('x.sdf', _v2000('  ', '1.5000')))

    def test_broken_counts_and_atoms_are_unreadable(self) -> None:
        """Words, negative and too large numbers, shifted and missing atoms."""
        atom = self.lines[4].rstrip('\n')
        for content in (
            b'hello',
            b'\n\n\n\n',
            self.changed(3, 'hello'),
            self.changed(3, ' -1  0  0  0  0  0  0  0  0  0999 V2000'),
            self.changed(3, ' 99 21  0  0  0  0  0  0  0  0999 V2000'),
            self.changed(3, ' 20 20  0  0  0  0  0  0  0  0999 V2000'),
            self.changed(4, atom.replace('7.9580', 'x.yyyy')),
            self.changed(4, atom.replace('7.9580', '   nan')),
            self.changed(4, atom[:30]),
            ''.join(self.lines[:23]).encode(),
        ):
            with self.subTest(content=content[:200]):
                self.refuse('upload.empty' if content.isspace() else 'ligand.unreadable', content)

    def test_the_broken_record_is_named(self) -> None:
        """The second of three."""
        error = self.refuse('ligand.unreadable', self.record + self.changed(3, 'hello') + self.record)
        self.assertIn("Molecule 2 ('1IA1_TQ3_B_196')", error.message)

    def test_molecules_without_atoms_are_refused(self) -> None:
        """Counts of zero, and a file of delimiters."""
        self.refuse('ligand.no_atoms', b'x\n\n\n  0  0  0  0  0  0  0  0  0  0999 V2000\nM  END\n$$$$\n')
        self.refuse('ligand.unreadable', b'$$$$\n$$$$\n')

    @override_settings(MAX_LIGANDS=2)
    def test_too_many_records_are_refused(self) -> None:
        """Two pass, three do not."""
        uploads.read_ligands(upload('x.sdf', self.record * 2))
        self.refuse('ligand.too_many', self.record * 3)

    def test_text_rules_hold_for_ligands_too(self) -> None:
        """Empty, binary, not UTF-8, too large, other suffix."""
        self.refuse('upload.empty', b'')
        self.refuse('upload.binary', self.record + b'\0')
        self.refuse('upload.encoding', b'\xff' + self.record)
        self.refuse('upload.suffix', self.record, 'x.pdb')
        with override_settings(MAX_LIGAND_BYTES=100):
            self.refuse('upload.too_large', self.record)


def _v2000(dimension: str, z: str, x: str = '1.4000') -> bytes:
    """
    :param dimension: ``'2D'``, ``'3D'`` or blanks
    :param z: z of the second atom
    :param x: x of the second atom
    :returns: a molecule of two atoms
    """
    atoms = ''.join(
        f'{a:>10}{b:>10}{c:>10} C   0  0\n' for a, b, c in (('0.0000', '0.0000', '0.0000'), (x, '0.0000', z))
    )
    head = f'x\n  program           {dimension}\n\n  2  1  0  0  0  0  0  0  0  0999 V2000\n'
    return f'{head}{atoms}  1  2  1  0\nM  END\n$$$$\n'.encode()


def _v3000(dimension: str, z: str) -> bytes:
    """
    :param dimension: ``'2D'`` or ``'3D'``
    :param z: z of the second atom
    :returns: a molecule of two atoms in the extended form
    """
    body = (
        f'COUNTS 2 1 0 0 0\nBEGIN ATOM\n1 C 0.0 0.0 0.0 0\n2 C 1.4 0.0 {z} 0\nEND ATOM\nBEGIN BOND\n1 1 1 2\nEND BOND'
    )
    lines = ''.join(f'M  V30 {line}\n' for line in body.split('\n'))
    return (
        f'x\n  program           {dimension}\n\n  0  0  0     0  0            999 V3000\n{lines}M  END\n$$$$\n'.encode()
    )
