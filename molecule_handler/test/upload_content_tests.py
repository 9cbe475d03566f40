"""Which structures may be uploaded, and what is said of the rest."""

import gzip
import time
import tracemalloc

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.test import override_settings

from molecule_handler import uploads
from molecule_handler.test.refusals import UploadRefusals
from molecule_handler.test.samples import CIF_FILE, PDB_FILE, sample, upload
from proteins_plus.errors import InputError

_LOOP = b'data_x\nloop_\n_atom_site.id\n_atom_site.Cartn_x\n_atom_site.Cartn_y\n_atom_site.Cartn_z\n'


class StructureUploadTests(UploadRefusals):
    """PDB and mmCIF."""

    def refuse(self, code: str, name: str, content: bytes) -> InputError:
        """
        :param code: the expected error code
        :param name: the client's file name
        :param content: the file
        :returns: the error
        """
        return self.assert_refused(code, uploads.read_structure, name, content, 'protein_file')

    def test_every_suffix_is_read_in_any_case_and_gzipped(self) -> None:
        """.pdb, .ent, .cif, .mmcif, upper case, .gz."""
        for source, suffixes, file_type in (
            (PDB_FILE, ('pdb', 'ent', 'PDB', 'Ent'), 'pdb'),
            (CIF_FILE, ('cif', 'mmcif', 'CIF', 'mmCIF'), 'cif'),
        ):
            content = sample(source)
            for suffix in suffixes:
                for name, data in ((f'a.{suffix}', content), (f'a.b.{suffix}.GZ', gzip.compress(content))):
                    with self.subTest(name=name):
                        read = uploads.read_structure(upload(name, data))
                        self.assertEqual(read.file_type, file_type)
                        self.assertEqual(read.text, content.decode())

    def test_the_content_decides_what_a_file_is(self) -> None:
        """Text of mmCIF in a .pdb file is mmCIF, and the other way round."""
        self.assertEqual(uploads.read_structure(upload('x.pdb', sample(CIF_FILE))).file_type, 'cif')
        self.assertEqual(uploads.read_structure(upload('x.cif', sample(PDB_FILE))).file_type, 'pdb')

    def test_gzip_is_recognised_without_its_suffix_and_in_several_members(self) -> None:
        """As block-gzip programs write it."""
        content = sample(PDB_FILE)
        packed = gzip.compress(content[:1000]) + gzip.compress(content[1000:])
        self.assertEqual(uploads.read_structure(upload('x.pdb', packed)).text, content.decode())

    def test_byte_order_mark_and_foreign_line_ends_are_removed(self) -> None:
        """The same structure from another system is the same structure."""
        content = sample(PDB_FILE)
        for line_end in (b'\r\n', b'\r'):
            foreign = b'\xef\xbb\xbf' + content.replace(b'\n', line_end)
            self.assertEqual(uploads.read_structure(upload('x.pdb', foreign)).text, content.decode())

    def test_a_comment_may_precede_the_data_block(self) -> None:
        """As some programs write mmCIF."""
        content = b'# made by a program\n\n  # and another\n' + sample(CIF_FILE)
        self.assertEqual(uploads.read_structure(upload('x.cif', content)).file_type, 'cif')

    def test_author_names_in_utf8_are_kept(self) -> None:
        """UTF-8 beyond ASCII is text."""
        content = 'REMARK Grüße\n'.encode() + sample(PDB_FILE)
        self.assertIn('Grüße', uploads.read_structure(upload('x.pdb', content)).text)

    def test_other_suffixes_are_refused(self) -> None:
        """D11: a .txt file used to be accepted beside a code."""
        names = ('x.txt', 'x', '', 'pdb', '.pdb', 'x.pdb.txt', 'x.gz', 'x.txt.gz', 'x.sdf', 'x.pdb.zip', 'x.bcif')
        for name in names:
            with self.subTest(name=name):
                file = upload('x.pdb', sample(PDB_FILE))
                file._name = name
                with self.assertRaises(InputError) as caught:
                    uploads.read_structure(file)
                self.assertEqual(caught.exception.code, 'upload.suffix')

    def test_text_in_place_of_a_file_is_refused(self) -> None:
        """A form field where a file belongs."""
        with self.assertRaises(InputError) as caught:
            uploads.read_structure('ATOM')  # type: ignore[arg-type]
        self.assertEqual(caught.exception.code, 'upload.not_a_file')

    def test_empty_files_are_refused(self) -> None:
        """No bytes, white space only, and nothing inside gzip."""
        for content in (b'', b' \n\t\r\n', gzip.compress(b'')):
            self.refuse('upload.empty', 'x.pdb', content)

    def test_five_bytes_are_no_structure(self) -> None:
        """A five-byte file used to get a job."""
        self.refuse('structure.no_atoms', 'x.pdb', b'hello')

    def test_binary_files_are_refused(self) -> None:
        """An object file, and a single NUL in a structure."""
        self.refuse('upload.binary', 'x.pdb', b'\x7fELF\x02\x01\x01' + bytes(64))
        self.refuse('upload.binary', 'x.pdb', sample(PDB_FILE)[:500] + b'\0' + sample(PDB_FILE)[500:])
        self.refuse('upload.binary', 'x.pdb.gz', gzip.compress(sample(PDB_FILE) + b'\0'))

    def test_text_that_is_not_utf8_is_refused_with_its_line(self) -> None:
        """Latin-1 used to answer 500."""
        error = self.refuse('upload.encoding', 'x.pdb', b'HEADER\nREMARK Gr\xfc\xdfe\n' + sample(PDB_FILE))
        self.assertIn('line 2', error.message)

    def test_truncated_and_corrupt_gzip_is_refused(self) -> None:
        """Cut anywhere, a changed byte, trailing rubbish, and a suffix that lies."""
        packed = gzip.compress(sample(PDB_FILE))
        broken = [packed[:size] for size in (2, 5, 12, 500, len(packed) - 1)]
        broken += [packed[:300] + bytes([packed[300] ^ 0xFF]) + packed[301:], packed + b'rubbish']
        for content in (*broken, sample(PDB_FILE)):
            with self.subTest(size=len(content)):
                self.refuse('upload.bad_gzip', 'x.pdb.gz', content)

    def test_a_gzip_bomb_is_refused_before_it_is_large(self) -> None:
        """16 MB of spaces in 16 kB: refused by its ratio, when a fraction of it is unpacked."""
        bomb = gzip.compress(b'ATOM  ' + b' ' * 2**24)
        tracemalloc.start()
        self.refuse('upload.gzip_bomb', 'x.pdb.gz', bomb)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        self.assertLess(peak, 2**23)

    def test_a_small_regular_file_is_no_bomb(self) -> None:
        """Though it packs better than any real one."""
        line = b'ATOM      1  N   MET A   1      11.104   6.134  -6.504  1.00  0.00           N\n'
        packed = gzip.compress(line * 10_000)
        self.assertGreater(len(line) * 10_000, 200 * len(packed))
        uploads.read_structure(upload('x.pdb.gz', packed))

    @override_settings(MAX_STRUCTURE_BYTES=2**20)
    def test_a_file_above_the_limit_is_refused_packed_or_not(self) -> None:
        """The limit holds for what is unpacked."""
        content = b'REMARK\n' * 2**18
        self.refuse('upload.too_large', 'x.pdb', content)
        with override_settings(MAX_GZIP_RATIO=10_000):
            self.refuse('upload.too_large', 'x.pdb.gz', gzip.compress(content))

    def test_a_line_of_a_million_characters_is_refused(self) -> None:
        """At the start, in the middle and at the end of the file."""
        content, long_line = sample(PDB_FILE), b'x' * 10**6
        places = (long_line, content + long_line, content + long_line + b'\n' + content)
        for case in places:
            self.refuse('upload.line_too_long', 'x.pdb', case)

    @override_settings(MAX_LINE_LENGTH=100)
    def test_the_line_limit_is_exact(self) -> None:
        """100 characters pass, 101 do not."""
        content = sample(PDB_FILE)
        uploads.read_structure(upload('x.pdb', b'#' * 100 + b'\n' + content + b'#' * 100))
        self.refuse('upload.line_too_long', 'x.pdb', content + b'#' * 101)
        self.refuse('upload.line_too_long', 'x.pdb', b'#' * 101 + b'\n' + content)

    def test_mmcif_without_atoms_is_refused(self) -> None:
        """No table, an empty table, a table cut after its head, a name in a text."""
        cases = (
            b'data_4AGM\n_entry.id 4AGM\n',
            _LOOP,
            _LOOP + b'#\n',
            _LOOP + b'loop_\n_x.y\n1\n',
            _LOOP + b'\n# end\n_entry.id 1\n',
            _LOOP + b'data_y\n',
            b'data_x\n_my_atom_site.Cartn_x 1\n',
            b"data_x\n_item.name '_atom_site.Cartn_x'\n",
            b'data_x\n_atom_site_anisotrop.Cartn_x 1\n',
        )
        for content in cases:
            with self.subTest(content=content):
                self.refuse('structure.no_atoms', 'x.cif', content)

    def test_mmcif_with_atoms_in_any_legal_layout_is_read(self) -> None:
        """A loop, one loop on one line, name-value pairs, any case of the names."""
        cases = (
            _LOOP + b'1 1.0 2.0 3.0\n',
            _LOOP.replace(b'\n', b' ') + b'1 1.0 2.0 3.0\n',
            _LOOP.upper() + b'1 1.0 2.0 3.0\n',
            _LOOP + b'# a comment\n\n1 1.0 2.0 3.0\n',
            b'data_x\n_atom_site.id 1\n_atom_site.Cartn_x 1.0\n_atom_site.Cartn_y 2\n_atom_site.Cartn_z 3\n',
        )
        for content in cases:
            with self.subTest(content=content):
                self.assertEqual(uploads.read_structure(upload('x.cif', content)).file_type, 'cif')

    def test_mmcif_without_a_coordinate_column_is_unreadable(self) -> None:
        """One of three is no place."""
        content = b'data_x\nloop_\n_atom_site.id\n_atom_site.Cartn_x\n1 2.0\n'
        self.refuse('structure.unreadable', 'x.cif', content)

    def test_pdb_atoms_without_coordinates_are_unreadable(self) -> None:
        """Too short, shifted, words, not finite."""
        good = b'ATOM      1  N   MET A   1      11.104   6.134  -6.504  1.00  0.00           N\n'
        self.assertEqual(uploads.read_structure(upload('x.pdb', good)).file_type, 'pdb')
        cases = (
            b'ATOM  hello\n',
            b'HETATM\n',
            good[:40] + b'\n',
            good.replace(b'11.104', b'   nan'),
            good.replace(b' 6.134', b'   inf'),
            good.replace(b'-6.504', b'******'),
            good.replace(b'MET A   1      ', b'MET A   1 '),
            good * 50 + good.replace(b'11.104', b'ab.cde'),
        )
        for content in cases:
            with self.subTest(content=content[-90:]):
                self.refuse('structure.unreadable', 'x.pdb', content)

    def test_other_documents_are_no_structures(self) -> None:
        """Pages, archives of other kinds, a PDB file of remarks."""
        for content in (
            b'<!DOCTYPE html><html></html>',
            b'{"atoms": []}',
            b'HEADER    X\nREMARK 1\nEND\n',
            b'%PDF-1.7\n',
        ):
            self.refuse('structure.no_atoms', 'x.pdb', content)

    def test_hostile_text_takes_linear_time(self) -> None:
        """A megabyte of what makes patterns backtrack is judged in a moment."""
        size = 2**18
        cases = (
            b' \n' * size,
            b'#\n' * size,
            b'# ' * 2**15 + b'\n' + b' ' * 2**15,
            b'data_x\n' + b'_atom_site.\n' * 2**16,
            _LOOP + b'#\n \n' * 2**16,
            b'data_x ' + b'_atom_site.cartn_x' * 2**12,
        )
        started = time.perf_counter()
        for content in cases:
            with self.assertRaises(InputError):
                uploads.read_structure(upload('x.cif', content))
        self.assertLess(time.perf_counter() - started, 2)

    def test_twenty_megabytes_take_under_a_second_and_four_times_the_memory(self) -> None:
        """A real atom table, repeated to 20 MB, on disk as Django keeps it."""
        content = sample(CIF_FILE)
        rows = b''.join(line for line in content.splitlines(keepends=True) if line.startswith(b'ATOM '))
        content += rows * (20 * 2**20 // len(rows))
        with TemporaryUploadedFile('big.cif', 'text/plain', len(content), None) as file:
            file.write(content)
            del rows
            started = time.perf_counter()
            self.assertEqual(uploads.read_structure(file).file_type, 'cif')
            seconds = time.perf_counter() - started
            tracemalloc.start()
            uploads.read_structure(file)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        self.assertLess(seconds, 1)
        self.assertLess(peak, 4 * len(content))
