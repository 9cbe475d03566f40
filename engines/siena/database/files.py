"""Whether a file of an archive is still what it was."""

from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple


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
