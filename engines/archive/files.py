"""The structure files of a folder."""

import os
from collections.abc import Iterator
from pathlib import Path

SUFFIXES = ('.pdb', '.ent', '.cif', '.mmcif', '.pdbx')
"""Each also with ``.gz``."""


def structure_files(folder: Path, compressed: bool | None = None) -> Iterator[Path]:
    """
    :param folder: of an archive
    :param compressed: take gzipped files only, or plain ones only; both for None
    :returns: its structure files and those in the folders below it, by name
    """
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            stem, packed = (name[:-3], True) if name.lower().endswith('.gz') else (name, False)
            if stem.lower().endswith(SUFFIXES) and compressed in (None, packed):
                yield Path(place, name)
