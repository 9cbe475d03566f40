"""Which density maps may be uploaded, and what is said of the rest."""

import gzip
import struct

from django.test import override_settings

from molecule_handler import uploads
from molecule_handler.test.refusals import UploadRefusals
from molecule_handler.test.samples import MAP_FILE, sample, upload
from proteins_plus.errors import InputError


class DensityMapUploadTests(UploadRefusals):
    """CCP4 maps."""

    def refuse(self, code: str, content: bytes, name: str = 'x.ccp4') -> InputError:
        """
        :param code: the expected error code
        :param content: the file
        :param name: the client's file name
        :returns: the error
        """
        return self.assert_refused(code, uploads.read_density_map, name, content, 'electron_density_map')

    def setUp(self) -> None:
        """Read a real map."""
        self.map = sample(MAP_FILE)
        (self.symmetry_bytes,) = struct.unpack_from('<i', self.map, 92)

    def changed(self, word: int, layout: str, *values: float) -> bytes:
        """
        :param word: which 4-byte word of the header, from 1 as in the format's description
        :param layout: of :mod:`struct`
        :param values: what to write
        :returns: the map with that part of the header changed
        """
        content = bytearray(self.map)
        struct.pack_into(layout, content, 4 * (word - 1), *values)
        return bytes(content)

    def test_every_suffix_is_read_in_any_case_and_gzipped(self) -> None:
        """What comes out is the unpacked map at its start, under a name of ours."""
        packed = gzip.compress(self.map)
        for name, content in (
            ('x.ccp4', self.map),
            ('x.MAP', self.map),
            ('x.mrc', self.map),
            ('../x.ccp4.gz', packed),
            ('x.map', packed),
        ):
            with self.subTest(name=name):
                file = uploads.read_density_map(upload(name, content))
                self.assertEqual((file.read(), file.size, file.name), (self.map, len(self.map), 'density.ccp4'))

    def test_a_big_endian_map_is_read(self) -> None:
        """As written by machines of another kind; only the header is looked at."""
        words = struct.unpack('<256i', self.map[:1024])
        big = struct.pack('>256i', *words)
        big = big[:208] + b'MAP ' + big[212:]
        self.assertEqual(uploads.read_density_map(upload('x.ccp4', big + self.map[1024:])).size, len(self.map))

    def test_a_large_empty_map_is_read_although_it_packs_to_nothing(self) -> None:
        """It goes to the disk, and its ratio is that of a bomb."""
        extent = 96
        content = self.changed(1, '<3i', extent, extent, extent)[:1024]
        content += bytes(self.symmetry_bytes + 4 * extent**3)
        packed = gzip.compress(content)
        self.assertGreater(len(content), 500 * len(packed))
        file = uploads.read_density_map(upload('x.ccp4.gz', packed))
        self.assertEqual((b''.join(file.chunks()), file.size), (content, len(content)))
        with override_settings(MAX_MAP_BYTES=2**23):  # it stops where the map ends, long before the limit
            self.refuse('map.unreadable', gzip.compress(content + bytes(2**24)), 'x.ccp4.gz')

    def test_other_files_are_no_maps(self) -> None:
        """Short files, text, zeros."""
        for content in (b'hello', b'x' * 2000, bytes(2000), self.map[:500], self.map[:208] + b'PAM ' + self.map[212:]):
            self.refuse('map.unreadable', content)
        self.refuse('map.unreadable', gzip.compress(b'hello'), 'x.ccp4.gz')

    def test_the_size_must_be_what_the_header_says(self) -> None:
        """Cut, grown, and the same inside gzip."""
        for content in (self.map[:-1], self.map + b'\0', self.map[:1024]):
            self.refuse('map.unreadable', content)
            self.refuse('map.unreadable', gzip.compress(content), 'x.ccp4.gz')

    def test_a_senseless_header_is_refused(self) -> None:
        """Extents, mode, cell, axes and symmetry records."""
        for content in (
            self.changed(1, '<i', 0)[:1024] + bytes(self.symmetry_bytes),
            self.changed(2, '<i', -5),
            self.changed(3, '<i', 2**30),
            self.changed(4, '<i', 7),
            self.changed(11, '<f', 0.0),
            self.changed(12, '<f', float('nan')),
            self.changed(17, '<3i', 1, 1, 3),
            self.changed(13, '<f', float('inf')),
            self.changed(24, '<i', -80)[: len(self.map) - self.symmetry_bytes - 80],
        ):
            self.refuse('map.unreadable', content)

    def test_limits_hold_before_anything_is_unpacked(self) -> None:
        """A header that announces more than is allowed, a stream that is longer than its header says, a cut one."""
        huge = self.changed(1, '<3i', 10_000, 10_000, 10_000)
        self.refuse('upload.too_large', gzip.compress(huge), 'x.ccp4.gz')
        self.refuse('map.unreadable', gzip.compress(self.map + bytes(2**24)), 'x.ccp4.gz')
        self.refuse('upload.bad_gzip', gzip.compress(self.map)[:-20], 'x.ccp4.gz')
        self.refuse('upload.empty', b'')
        with override_settings(MAX_MAP_BYTES=1000):
            self.refuse('upload.too_large', self.map)
