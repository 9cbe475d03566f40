"""The index that is searched: which one, whether it is there, and what is in it."""

import sqlite3
from contextlib import closing
from functools import lru_cache
from pathlib import Path

from django.conf import settings


def path() -> Path:
    """:returns: the index, as the setting says"""
    return Path(settings.SIENA_SEARCH_DB)


def content() -> str:
    """:returns: a name of what is in the index; ``none`` without one. Another index never serves results of this one"""
    return _metadata().get('content', 'none')


def archive() -> Path | None:
    """:returns: the folder of the structures that were indexed"""
    source = _metadata().get('source')
    return Path(source) if source else None


def _metadata() -> dict[str, str]:
    """:returns: what the index says of itself; nothing if there is none"""
    try:
        status = path().stat()
    except OSError:
        return {}
    return _read(path(), status.st_ino, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=8)
def _read(file: Path, *_: int) -> dict[str, str]:
    """
    :param file: the index
    :param _: what changes with the file, only to notice a new one
    :returns: what it says of itself
    """
    try:
        with closing(sqlite3.connect(f'{file.resolve().as_uri()}?mode=ro&immutable=1', uri=True)) as connection:
            return dict(connection.execute('SELECT key, value FROM metadata_info').fetchall())
    except sqlite3.Error:
        return {}
