"""Files live and die with their row: written whole or not at all, deleted when the row is gone."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from contextvars import ContextVar
from functools import partial
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage
from django.db import InterfaceError, OperationalError, models, transaction

#: The files stored since the innermost :func:`atomic` began; None outside of one.
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
            # robust: a file that cannot be deleted now is found by the clean-up
            transaction.on_commit(partial(file.storage.delete, file.name), robust=True)


@contextlib.contextmanager
def atomic() -> Iterator[None]:
    """
    A transaction that takes back the files stored inside it, too, when it fails.

    If the database goes away at the commit, nobody knows whether it has happened: the files stay, since a row without
    its file would be worse than a file without a row, for which the clean-up looks.
    """
    written: list[tuple[FileSystemStorage, str]] = []
    token = _written.set(written)
    commits = False
    try:
        with transaction.atomic():
            yield
            commits = True
    except BaseException as error:
        if not (commits and isinstance(error, OperationalError | InterfaceError)):
            for storage, name in written:
                with contextlib.suppress(OSError):  # likewise
                    storage.delete(name)
        raise
    finally:
        _written.reset(token)


def store(field: models.FileField, row: models.Model, content: bytes, suffix: str) -> str:
    """
    Store a file of a row that is there already, such as a job.

    :param field: of the row
    :param row: whose id gives the name
    :param content: of the file
    :param suffix: how its name ends: ``.svg``
    :returns: the value of the field, for the update of the row
    """
    return field.storage.save(field.generate_filename(row, f'{row.pk}{suffix}'), ContentFile(content))


def media_directory(key: str) -> Path:
    """
    :param key: a key of ``MEDIA_DIRECTORIES``
    :returns: the absolute folder of these files
    """
    return Path(settings.MEDIA_ROOT) / settings.MEDIA_DIRECTORIES[key]
