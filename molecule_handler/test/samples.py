"""Real files for the tests, and strings no code door may let through."""

import gzip

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

PDB_FILE = '1ajj.pdb'
CIF_FILE = '1yjp.cif'
SDF_FILE = '1ia1_TQ3.sdf'
MAP_FILE = '5e5z_2fofc.ccp4'

#: Paths, addresses, encodings, look-alikes and injections; none is an entry code of any archive.
HOSTILE_CODES = [
    '',
    ' ',
    '4agm ',
    ' 4agm',
    '4agm\n',
    '4agm\r\n',
    '4agm\x00',
    '4ag',
    '4agmm',
    'agm4',
    '4a-m',
    '4a.m',
    '4ag/',
    '4ag\\',
    '../4',
    '..//',
    '/etc',
    '/etc/passwd',
    '../../etc/passwd',
    '..%2f..%2fetc%2fpasswd',
    '%2e%2e%2f',
    '4agm/../../etc/passwd',
    '4agm%00',
    '4agm?x=1',
    '4agm#',
    '4agm.pdb',
    '4agm;ls',
    '4agm|ls',
    '$(ls)',
    '`ls`',
    '4*gm',
    '4?gm',
    '4[a]m',
    '-rf4',
    '@4ag',
    '4agm@127.0.0.1',
    'http://127.0.0.1/',
    'file:///etc/passwd',
    'https://evil.example/4agm',
    '//evil.example',
    '\u0664agm',
    '4\uff41gm',
    '4a\u212ab',
    '4a\u017fb',
    'pdb_0000',
    'pdb_00004ag',
    'pdb_0000/agm',
    'pdb_00004agm/',
    'pdb_0000agm4',
    'pdb-00004agm',
    'pdb_../../..',
    'pdb_1000 agm',
    'pdb_10004agm\n',
    'pdb_10004agm/../x',
    'pdb_10004agmx',
    'P04637/../',
    'P04637/../../x',
    'P04637\n',
    'P0463',
    'P046377',
    'P53_HUMAN',
    'P04637-2',
    'A0A024B5K5/..',
    'A0A024B5K',
    '../P04637',
    'P04637?x',
    '\u212a04637',
]


def sample(name: str) -> bytes:
    """
    :param name: a file of ``test_files``, without ``.gz``
    :returns: its content, unpacked
    """
    return gzip.decompress((settings.BASE_DIR / 'test_files' / f'{name}.gz').read_bytes())


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    """
    :param name: the client's file name
    :param content: what it holds
    :returns: the file as a view sees it
    """
    return SimpleUploadedFile(name, content)
