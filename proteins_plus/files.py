"""Files live and die with their row: written whole or not at all, deleted when the row is gone."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from contextvars import ContextVar
from functools import partial
from pathlib import Path

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage
from django.db import models, transaction

#: The files stored since the innermost :func:`undo_on_error` began; None outside of one.
_written: ContextVar['list[tuple[FileSystemStorage, str]] | None'] = ContextVar('written', default=None)


class AtomicFileSystemStorage(FileSystemStorage):
    """Writes to a temporary name, flushes it to the disk and renames it: no reader ever sees half a file."""

    def _save(self, name: str, content: File) -> str:
        """
        :param name: the wanted name below MEDIA_ROOT
        :param content: what to write
        :returns: the name given, which differs from the wanted one if that is taken
        """
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix='.', suffix='.part')
        try:
            with os.fdopen(descriptor, 'wb') as file:
                for chunk in content.chunks():
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(temporary, 0o640)  # noqa: PTH101  (the name is a string here)
            while True:
                try:
                    os.link(temporary, target)  # unlike rename, never replaces a file that is there
                    break
                except FileExistsError:
                    name = self.get_available_name(name)
                    target = Path(self.path(name))
        finally:
            Path(temporary).unlink(missing_ok=True)
        if (written := _written.get()) is not None:
            written.append((self, name))
        return Path(name).as_posix()


def file_fields(model: type[models.Model]) -> Iterator[models.FileField]:
    """
    :param model: any model
    :returns: its file fields
    """
    return (field for field in model._meta.concrete_fields if isinstance(field, models.FileField))


def delete_with_row(sender: type[models.Model], instance: models.Model, **_: object) -> None:
    """
    Delete the files of a row that is gone, as soon as that is certain.

    Connected to ``post_delete`` for every model of the project by :class:`proteins_plus.apps.ProteinsPlusConfig`.

    :param sender: the model
    :param instance: the deleted row
    """
    for field in file_fields(sender):
        file = getattr(instance, field.name)
        if file:
            transaction.on_commit(partial(file.storage.delete, file.name))


@contextlib.contextmanager
def undo_on_error() -> Iterator[None]:
    """Delete every file stored inside the block if the block fails, since no transaction takes files back."""
    written: list[tuple[FileSystemStorage, str]] = []
    token = _written.set(written)
    try:
        yield
    except BaseException:
        for storage, name in written:
            storage.delete(name)
        raise
    finally:
        _written.reset(token)


def media_directory(key: str) -> Path:
    """
    :param key: a key of ``MEDIA_DIRECTORIES``
    :returns: the absolute folder of these files
    """
    return Path(settings.MEDIA_ROOT) / settings.MEDIA_DIRECTORIES[key]
