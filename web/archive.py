"""
A result as one file: the zip of everything, and a scene with its data (MVSX), which opens wherever Mol* runs. Both are
made file by file while they are sent, and equal results give equal bytes.
"""

import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from proteins_plus.models import ProteinsPlusJob
from proteins_plus.tools import tool_of

from .molecules import said
from .pymol import script
from .results import Result, Scene
from .tables import csv_text

if TYPE_CHECKING:
    from molviewspec import State

#: What a folder in an archive, and the end of a URL, say before the name of a file.
FILES = 'files/'
_NO_DATE = datetime(1980, 1, 1)
_WIDTH = 24


class _Outbox(io.RawIOBase):
    """
    A file that keeps what is written until somebody takes it. Until then its writer may go back, as to put the size of
    an entry before it: Mol* looks for it nowhere else.
    """

    def __init__(self) -> None:
        super().__init__()
        self._kept, self._taken = io.BytesIO(), 0

    def writable(self) -> bool:
        """:returns: that it is"""
        return True

    def seekable(self) -> bool:
        """:returns: that it is"""
        return True

    def tell(self) -> int:
        """:returns: the place in the whole"""
        return self._taken + self._kept.tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """
        :param offset: a place in the whole that was not taken yet
        :param whence: always from the start
        :returns: the place
        """
        return self._taken + self._kept.seek(offset - self._taken, whence)

    def write(self, data: Any) -> int:
        """
        :param data: bytes
        :returns: how many
        """
        return self._kept.write(data)

    def take(self) -> bytes:
        """:returns: what was written since the last time"""
        taken = self._kept.getvalue()
        self._taken += len(taken)
        self._kept = io.BytesIO()
        return taken


def archive(result: Result, job: ProteinsPlusJob) -> Iterator[bytes]:
    """
    :param result: of the job
    :param job: that has succeeded
    :returns: a zip with the names that its page has: files, tables, scenes, a PyMOL script and how it came about
    """
    return _zipped(_contents(result, job), job.date_finished or _NO_DATE)


def mvsx(result: Result, scene: Scene) -> Iterator[bytes]:
    """
    :param result: of a job
    :param scene: of it
    :returns: the scene with the files that it shows
    """
    state = scene.build()
    wanted = set(_urls(state.to_dict()))
    files = ((FILES + file.name, file.read) for file in result.files if FILES + file.name in wanted)
    return _zipped([('index.mvsj', lambda: mvsj(state)), *files], _NO_DATE)


def mvsj(state: 'State') -> bytes:
    """
    :param state: a scene
    :returns: it as JSON
    """
    return str(state.model_dump_json(exclude_none=True, indent=1)).encode()


def _contents(result: Result, job: ProteinsPlusJob) -> Iterator[tuple[str, Any]]:
    """
    :param result: of the job
    :param job: the job
    :returns: name and what gives the content, of each entry of the zip
    """
    yield 'README.txt', lambda: readme(result, job).encode()
    for table in result.tables:
        yield f'{table.key}.csv', lambda table=table: csv_text(table).encode()
    for scene in result.scenes:
        yield f'{scene.key}.mvsj', lambda scene=scene: mvsj(scene.build())
    if result.files:
        yield 'result.pml', lambda: script(result).encode()
    for file in result.files:
        yield FILES + file.name, file.read


def _zipped(contents: Iterable[tuple[str, Any]], date: datetime) -> Iterator[bytes]:
    """
    :param contents: name and what gives the content
    :param date: of all entries
    :returns: a zip, piece by piece
    """
    outbox = _Outbox()
    with zipfile.ZipFile(outbox, 'w') as target:
        for name, read in contents:
            entry = zipfile.ZipInfo(name, date.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            target.writestr(entry, read())
            yield outbox.take()
    yield outbox.take()


def _urls(node: Any) -> Iterator[str]:
    """
    :param node: a scene, or a part of it
    :returns: the URLs in it
    """
    if isinstance(node, dict):
        yield from (value for key, value in node.items() if key in ('url', 'uri'))
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from _urls(child)


def readme(result: Result, job: ProteinsPlusJob) -> str:
    """
    :param result: of the job
    :param job: that has succeeded
    :returns: what is in the zip, what was found, how it came about, and whom to cite
    """
    tool, made = tool_of(type(job)), job.provenance
    there = [(FILES + file.name, file.title) for file in result.files]
    there += [(f'{table.key}.csv', f'{table.title}, as a table') for table in result.tables]
    there += [(f'{scene.key}.mvsj', f'{scene.title}, as a scene for Mol*') for scene in result.scenes]
    there += [('result.pml', 'all of it for PyMOL')] if result.files else []
    facts = [
        ('job', str(job.pk)),
        ('finished', f'{job.date_finished:%Y-%m-%d %H:%M UTC}' if job.date_finished else ''),
        ('version', f'{made.get("version", "")}'),
        ('licence', tool.licence),
        ('parameters', json.dumps(made.get('parameters', job.parameters()), ensure_ascii=False, sort_keys=True)),
        ('hash of the input', str(made.get('input_hash', ''))),
    ]
    parts = {
        f'{tool.verbose_name}, result': _listed(facts),
        'Files': _listed(there),
        'Found': list(result.sentences),
        'Noticed on the way': [said(note) for note in job.notes],
        'Please cite': made.get('citation', tool.citation).split('; '),
    }
    return '\n\n'.join('\n'.join([title, '-' * len(title), *lines]) for title, lines in parts.items() if lines) + '\n'


def _listed(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """
    :param pairs: names and what belongs to them
    :returns: lines for those to which something belongs
    """
    return [f'{name:{_WIDTH}} {text}' for name, text in pairs if text]
