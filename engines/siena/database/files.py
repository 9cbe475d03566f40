"""The files of an archive: which there are, and whether one is still what it was."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from engines.errors import EngineError

SUFFIXES = ('.pdb', '.ent', '.cif', '.mmcif', '.pdbx')


class FileState(NamedTuple):
    """A file of the archive: its path below the folder, when it was changed (ISO) and its size in bytes."""

    file: str
    filedate: str
    size: int


def file_state(source: Path, path: Path) -> FileState | None:
    """
    :param source: folder of the archive
    :param path: of a file in it
    :returns: the file as it is now; None if it is gone
    """
    try:
        status = path.stat()
    except OSError:
        return None
    changed = datetime.fromtimestamp(status.st_mtime_ns / 1e9, UTC).isoformat(timespec='microseconds')
    return FileState(path.relative_to(source).as_posix(), changed, status.st_size)


def list_files(source: Path, compressed: bool | None) -> Iterator[FileState]:
    """
    :param source: a folder
    :param compressed: take gzipped files only, or plain ones only; both for None
    :returns: its structure files and those in the folders below it, by name
    :raises EngineError: ``index.no_folder``
    """
    if not source.is_dir():
        raise EngineError('index.no_folder', f'{source} is no folder.')
    for folder, folders, names in os.walk(source):
        folders.sort()
        for name in sorted(names):
            stem, packed = (name[:-3], True) if name.lower().endswith('.gz') else (name, False)
            if stem.lower().endswith(SUFFIXES) and compressed in (None, packed):
                state = file_state(source, Path(folder, name))
                if state:
                    yield state
