"""Which structure factors may be uploaded, and what is said of the rest."""

import gzip
import struct

from django.test import override_settings

from molecule_handler import uploads
from molecule_handler.test.refusals import UploadRefusals
from molecule_handler.test.samples import CIF_FILE, MAP_FILE, PDB_FILE, sample, upload
from proteins_plus.errors import InputError

MTZ_FILE, SF_FILE = '5e5z.mtz', '5wkd-sf.cif'


class StructureFactorsUploadTests(UploadRefusals):
    """MTZ and structure-factor mmCIF."""

    def refuse(self, code: str, content: bytes, name: str = 'x.mtz') -> InputError:
        """
        :param code: the expected error code
        :param content: the file
        :param name: the client's file name
        :returns: the error
        """
        return self.assert_refused(code, uploads.read_structure_factors, name, content, 'structure_factors')

    def test_content_decides_what_a_file_is(self) -> None:
        """The archive calls its mmCIF .ent; what comes out is unpacked, and its name is ours."""
        for source, kind in ((MTZ_FILE, 'mtz'), (SF_FILE, 'cif')):
            content = sample(source)
            for name, data in (
                ('x.mtz', content),
                ('x.CIF', content),
                ('r5wkdsf.ent', content),
                ('../x.mmcif.gz', gzip.compress(content)),
                ('x.ent', gzip.compress(content)),
            ):
                with self.subTest(source=source, name=name):
                    file = uploads.read_structure_factors(upload(name, data))
                    self.assertEqual((file.name, file.read()), (f'structure_factors.{kind}', content))

    def test_mtz_of_a_machine_of_the_other_kind_is_read(self) -> None:
        """Its words are the other way round; only where the header begins is looked at."""
        content = bytearray(sample(MTZ_FILE))
        content[4:8] = content[4:8][::-1]
        self.assertEqual(uploads.read_structure_factors(upload('x.mtz', bytes(content))).size, len(content))

    def test_other_files_hold_no_reflections(self) -> None:
        """Coordinates and maps are sent in this field by mistake."""
        self.refuse('reflections.unreadable', sample(CIF_FILE), 'x.cif')
        self.refuse('reflections.unreadable', sample(PDB_FILE), 'x.ent')
        self.refuse('reflections.unreadable', b'data_x\n_refln_index_h 1\n', 'x.cif')
        self.refuse('upload.binary', sample(MAP_FILE))
        self.refuse('upload.encoding', b'data_\xff\n_refln.index_h', 'x.cif')
        self.refuse('upload.suffix', sample(MTZ_FILE), 'x.ccp4')
        self.refuse('upload.empty', b'')

    def test_mtz_that_is_cut_or_lies_about_its_reflections_is_refused(self) -> None:
        """A program that believes the header reads beyond the end of the file."""
        content = sample(MTZ_FILE)
        (word,) = struct.unpack_from('<i', content, 4)
        start = 4 * (word - 1)
        many = content[start:].replace(b'NCOL        8          441', b'NCOL        8    999999441')
        none = content[start:].replace(b'NCOL        8          441', b'NCOL        8            0')
        for header in (many, none):
            self.assertNotEqual(header, content[start:])
            self.refuse('reflections.unreadable', content[:start] + header)
        for broken in (
            content[:start],
            content[: start + 100],
            b'MTZ ',
            content[:4] + struct.pack('<i', -1) + content[8:],
            content[:4] + struct.pack('<i', 2**31 - 1) + content[8:],
            content[:4] + struct.pack('<i', -(2**31)) + content[8:],
            content[:4] + struct.pack('<i', 30) + content[8:],
        ):
            self.refuse('reflections.unreadable', broken)

    def test_limits_hold(self) -> None:
        """They are those of structures."""
        with override_settings(MAX_STRUCTURE_BYTES=1000):
            self.refuse('upload.too_large', sample(MTZ_FILE))
            self.refuse('upload.too_large', gzip.compress(sample(MTZ_FILE) + bytes(10**6)), 'x.mtz.gz')
        self.refuse('upload.gzip_bomb', gzip.compress(b'MTZ ' + bytes(2**24)), 'x.mtz.gz')
