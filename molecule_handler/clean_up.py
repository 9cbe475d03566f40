"""
The shared clean-up: stale jobs, then molecules that nothing uses, then files without a row.

Works in batches of ids, so that its memory does not grow with the database.
"""

import contextlib
import logging
import math
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef, QuerySet

from proteins_plus import files, job_handler, remains, tools
from proteins_plus.models import ProteinsPlusBaseModel

from .models import ElectronDensityMap, Ligand, Protein, ProteinSite, StructureFactors

logger = logging.getLogger(__name__)

BATCH = 50
_LARGE = (models.TextField, models.JSONField)
#: A file younger than this may belong to a transaction that is not committed yet.
SETTLED = timedelta(hours=1)


@dataclass(frozen=True)
class Cleaned:
    """What one clean-up removed."""

    jobs: int = 0
    molecules: int = 0
    files: int = 0
    work_directories: int = 0


def clean_up() -> Cleaned:
    """
    Remove what was not looked at for ``DEFAULT_JOB_CACHE_TIME`` days and what belongs to nothing.

    :returns: how much that was
    """
    before = job_handler.stale_since()
    jobs = sum(_delete(tool.job_model.stale(before)) for tool in tools.installed())
    molecules = sum(_delete(unused) for unused in _unused_molecules(before))
    return Cleaned(jobs, molecules, _sweep_files(), remains.remove_work_directories())


def _delete(doomed: QuerySet[ProteinsPlusBaseModel]) -> int:
    """
    :param doomed: rows to delete; the condition is asked again for every batch, inside its transaction
    :returns: how many were deleted
    """
    count = 0
    large = [field.name for field in doomed.model._meta.concrete_fields if isinstance(field, _LARGE)]
    while True:
        with transaction.atomic():
            keys = list(doomed.order_by('pk').values_list('pk', flat=True)[:BATCH])
            if not keys:
                return count
            # Django reads what it deletes; whole structures are not needed for that.
            count += doomed.filter(pk__in=keys).defer(*large).delete()[0] and len(keys)


def _unused_molecules(before: datetime) -> Iterator[QuerySet[ProteinsPlusBaseModel]]:
    """
    Sites and ligands live as long as their protein; a protein as long as anything of it is used.

    :param before: a point in time
    :returns: what no job refers to and nobody has looked at since, each kind as a query
    """
    children: tuple[Any, ...] = (Ligand, ProteinSite)
    proteins = _unreferenced(Protein, before, ignore=children)
    for child in children:
        # Kept: a protein of which some part is still used or was looked at.
        unused: QuerySet[Any] = _unreferenced(child, before)
        used = child._base_manager.filter(protein=OuterRef('pk')).exclude(pk__in=unused.values('pk'))
        proteins = proteins.exclude(Exists(used))
    yield proteins
    for child in children:
        orphans: QuerySet[Any] = _unreferenced(child, before)
        yield orphans.filter(protein=None)
    yield _unreferenced(ElectronDensityMap, before)
    yield _unreferenced(StructureFactors, before)


def _unreferenced(
    model: type[ProteinsPlusBaseModel], before: datetime, ignore: tuple[type[models.Model], ...] = ()
) -> QuerySet[ProteinsPlusBaseModel]:
    """
    :param model: a kind of molecule
    :param before: a point in time
    :param ignore: models whose references do not count
    :returns: rows nobody has looked at since, and that no other row refers to
    """
    found = model._base_manager.filter(date_last_accessed__lt=before)
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ForeignObjectRel) or relation.related_model in ignore:
            continue
        field: Any = relation.field
        source = field.m2m_reverse_field_name() if field.many_to_many else field.name
        holder = field.remote_field.through if field.many_to_many else field.model
        found = found.exclude(Exists(holder._base_manager.filter(**{source: OuterRef('pk')})))
    return found


def _sweep_files() -> int:
    """
    :returns: how many stored files had no row, and are gone now
    """
    count = 0
    settled = time.time() - SETTLED.total_seconds()
    for directory, fields in _fields_by_directory().items():
        for file in _entries(Path(settings.MEDIA_ROOT) / directory):
            if file.is_file() and _modified(file) < settled and not _has_row(f'{directory}{file.name}', fields):
                Path(file).unlink(missing_ok=True)
                count += 1
    return count


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    """
    :param folder: may be missing
    :returns: what is in it, one by one: unlike pathlib's, this never holds all the names at once
    """
    with contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
        yield from entries


def _modified(entry: os.DirEntry[str]) -> float:
    """
    :param entry: of a folder
    :returns: when it was modified, in seconds since the epoch; the end of time if it is gone meanwhile
    """
    try:
        return entry.stat().st_mtime
    except FileNotFoundError:
        return math.inf


def _fields_by_directory() -> dict[str, list[models.FileField]]:
    """
    :returns: every media directory, with the fields whose files are kept there
    """
    found: dict[str, list[models.FileField]] = {name: [] for name in settings.MEDIA_DIRECTORIES.values()}
    for model in apps.get_models():
        for field in files.file_fields(model):
            found.setdefault(str(field.upload_to), []).append(field)
    return found


def _has_row(name: str, fields: list[models.FileField]) -> bool:
    """
    :param name: a file's name below MEDIA_ROOT
    :param fields: the fields that may refer to it
    :returns: whether one does
    """
    return any(field.model._base_manager.filter(**{field.name: name}).exists() for field in fields)
