"""
Where local copies of the archives keep an entry.

Flat folders, folders divided by the two characters before the last of the id (``ag`` for 4agm), and the one-folder-an-
entry layout for extended ids (``ag/pdb_00004agm/``): https://www.wwpdb.org/documentation/pdb-id-extension-faq
"""

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from django.conf import settings

_PDB_NAMES = ('pdb{0}.ent', '{0}.pdb', '{0}.ent')
_CIF_NAMES = ('{0}.cif', '{0}.mmcif')
_MAP_NAMES = ('{0}.ccp4', '{0}.map')
_PACKINGS = ('.gz', '')
_CLASSIC_LENGTH = 4
_MODEL_VERSION = re.compile(r'-model_v([0-9]{1,6})\.', re.ASCII | re.IGNORECASE)


def structure_files(code: str) -> Iterator[Path]:
    """
    :param code: a PDB id from :func:`.codes.normalise_pdb_code`
    :returns: existing files of the entry in ``LOCAL_PDB_MIRROR_DIR``, PDB before mmCIF
    """
    return _entry_files(settings.LOCAL_PDB_MIRROR_DIR, code, (*_PDB_NAMES, *_CIF_NAMES))


def density_files(code: str) -> Iterator[Path]:
    """
    :param code: a PDB id from :func:`.codes.normalise_pdb_code`
    :returns: existing 2mFo-DFc maps of the entry in ``LOCAL_DENSITY_MIRROR_DIR``
    """
    return _entry_files(settings.LOCAL_DENSITY_MIRROR_DIR, code, _MAP_NAMES)


def predicted_structure_files(accession: str) -> Iterator[Path]:
    """
    :param accession: an accession from :func:`.codes.normalise_uniprot_code`
    :returns: existing models in ``LOCAL_AFDB_MIRROR_DIR``, the newest first, PDB before mmCIF
    """
    if not settings.LOCAL_AFDB_MIRROR_DIR:
        return iter(())
    root = Path(settings.LOCAL_AFDB_MIRROR_DIR)
    suffixes = ('.pdb', '.pdb.gz', '.cif', '.cif.gz')
    # The accession is one of UniProt's: it holds no character that means something in a pattern.
    models = [path for path in root.glob(f'AF-{accession}-F1-model_v*') if path.name.endswith(suffixes)]
    models.sort(key=lambda path: (-_version(path), suffixes.index(''.join(path.suffixes))))
    plain = (root / f'{name}{suffix}' for suffix in suffixes for name in _cases(accession))
    return (path for path in (*models, *plain) if path.is_file())


def _version(path: Path) -> int:
    """
    :param path: a model file
    :returns: the version in its name
    """
    found = _MODEL_VERSION.search(path.name)
    return int(found.group(1)) if found else 0


def _entry_files(root: str, code: str, names: tuple[str, ...]) -> Iterator[Path]:
    """
    :param root: the folder of a mirror; need not exist
    :param code: a normalised PDB id
    :param names: patterns of file names, best first
    :returns: the existing ones, wherever the mirror's layout keeps them
    """
    if not root or not Path(root).is_dir():
        return
    extended = f'pdb_0000{code}' if len(code) == _CLASSIC_LENGTH else code
    divided = [folder for part in _cases(code[-3:-1]) for folder in (part, f'{part}/{extended}')]
    folders = ['', *divided]
    ids = [*_cases(code), *(_cases(extended) if extended != code else ())]
    seen = set()
    for name, packing, folder, spelled in product(names, _PACKINGS, folders, ids):
        path = Path(root, folder, name.format(spelled) + packing)
        if path not in seen and path.is_file():
            yield path
        seen.add(path)


def _cases(text: str) -> tuple[str, ...]:
    """
    :param text: a code or a part of it
    :returns: it in lower and in upper case
    """
    return text.lower(), text.upper()
