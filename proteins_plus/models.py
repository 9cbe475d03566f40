"""
The base models of the project: everything stored derives from them.

Objects are immutable once saved, jobs excepted, and a job's state is changed only by
:mod:`proteins_plus.job_handler` and :mod:`proteins_plus.leases`.
"""

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, ClassVar, Self, cast

from django.db import models
from django.db.models.fields.files import FieldFile
from django.utils import timezone

from . import hashing


class ProteinsPlusBaseModel(models.Model):
    """A stored object: a random id, and when it was made and last used."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    date_created = models.DateTimeField(default=timezone.now, editable=False, db_index=True)
    date_last_accessed = models.DateTimeField(default=timezone.now, editable=False, db_index=True)

    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        abstract = True
        ordering = ('-date_created', 'id')

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """
        Insert a new row, or update the named fields of an existing one.

        :param args: as Django's
        :param update_fields: required for an existing row, so that no save ever overwrites what another process wrote
        :param kwargs: as Django's
        :raises TypeError: for an existing row without ``update_fields``
        """
        if not self._state.adding and update_fields is None:
            raise TypeError(f'Saving a {type(self).__name__} that exists needs update_fields.')
        super().save(*args, update_fields=update_fields, **kwargs)

    def mark_accessed(self) -> None:
        """Keep the object from being cleaned away: at most one write a day, however often it is read."""
        now = timezone.now()
        if now - self.date_last_accessed < timedelta(days=1):
            return
        type(self)._base_manager.filter(pk=self.pk).update(date_last_accessed=now)
        self.date_last_accessed = now


class ProteinsPlusHashableModel(ProteinsPlusBaseModel):
    """An object that is the same as another one if all its ``hash_attributes`` are."""

    #: Names of fields; ``field__other`` follows a reference, and a to-many relation counts as a set.
    hash_attributes: ClassVar[list[str]] = []

    class Meta(ProteinsPlusBaseModel.Meta):
        abstract = True

    def content_hash(self) -> str:
        """
        :returns: 128 hexadecimal digits that depend on nothing but what the object is
        """
        return hashing.content_hash(self._meta.label_lower, self._hash_fields())

    def _hash_fields(self) -> dict[str, object]:
        """
        :returns: what the hash covers, by the names of ``hash_attributes``
        """
        return {name: _hashable(self, name) for name in self.hash_attributes}


def _hashable(instance: models.Model, name: str) -> object:
    """
    The canonical value of one attribute of an object.

    :param instance: the object
    :param name: an entry of ``hash_attributes``
    :returns: a value :func:`proteins_plus.hashing.encode` accepts
    """
    first, _, rest = name.partition('__')
    value = getattr(instance, first, None)
    if rest:
        return None if value is None else _hashable(value, rest)
    if isinstance(value, ProteinsPlusHashableModel):
        return value.content_hash()
    if isinstance(value, FieldFile):
        return _file_hash(value) if value else None
    if isinstance(value, models.Manager):
        # An unsaved object has no related rows yet, and Django refuses to ask for them.
        return set() if instance._state.adding else {item.content_hash() for item in value.all()}
    return value


def _file_hash(file: FieldFile) -> str:
    """
    :param file: a stored or a just uploaded file
    :returns: the hash of its bytes; the file is left at its start
    """
    file.open('rb')
    digest = hashing.chunks_hash(file.chunks())
    file.seek(0)
    return digest


class JobStatus(models.TextChoices):
    """The states of a job. The database keeps the letter, clients see the word."""

    PENDING = 'p', 'pending'
    RUNNING = 'r', 'running'
    SUCCESS = 's', 'success'
    FAILURE = 'f', 'failure'
    CANCELED = 'c', 'canceled'

    @classmethod
    def ended(cls) -> list[Self]:
        """:returns: the states a job never leaves"""
        return [cls.SUCCESS, cls.FAILURE, cls.CANCELED]


class JobPhase(models.TextChoices):
    """Where a job is on its way, for those who wait for it."""

    QUEUED = 'queued', 'waits for a worker'
    PREPARING = 'preparing', 'fetches or writes its input'
    RUNNING = 'running', 'the tool runs'
    STORING = 'storing', 'the results are read and stored'
    ENDED = 'ended', 'succeeded, failed or canceled'


#: The words clients see, for the API description.
STATUS_WORDS = [(label, label) for label in JobStatus.labels]


class ProteinsPlusJob(ProteinsPlusHashableModel):
    """
    One run of one tool. The row is the truth about it: a PENDING row is also the outbox, a RUNNING one a lease.

    A subclass declares the tool: its fields are the parameters, its ``hash_attributes`` the cache key. Of its
    references, a ForeignKey or ManyToManyField is shared and outlives the job; a OneToOneField is the job's own
    and dies with it. Every reference is ``on_delete=CASCADE``, and every output may be null.
    """

    status = models.CharField(max_length=1, choices=JobStatus, default=JobStatus.PENDING)
    phase = models.CharField(
        max_length=9, choices=JobPhase, default=JobPhase.QUEUED, help_text='Where the job is on its way.'
    )
    hash_value = models.CharField(max_length=128, unique=True, null=True, default=None, editable=False)
    error = models.TextField(null=True, default=None)
    error_code = models.CharField(max_length=64, blank=True, default='')
    error_hint = models.TextField(blank=True, default='')
    error_detailed = models.TextField(null=True, default=None, help_text='For operators; never served.')
    notes = models.JSONField(default=list, help_text='What the tool wants its user to know.')
    provenance = models.JSONField(default=dict, help_text='Tool version, command line, time and memory of the run.')
    attempt = models.PositiveSmallIntegerField(default=0, help_text='How often the job was claimed.')
    claimed_by = models.CharField(max_length=128, blank=True, default='', help_text='The worker with the lease.')
    lease_until = models.DateTimeField(null=True, default=None, help_text='When the lease ends unless renewed.')
    announced_at = models.DateTimeField(null=True, default=None, help_text='When the workers were last told.')
    date_started = models.DateTimeField(null=True, default=None)
    date_finished = models.DateTimeField(null=True, default=None)
    client = models.CharField(
        max_length=64, blank=True, default='', help_text='Keyed digest of the address that submitted it.'
    )

    class Meta(ProteinsPlusHashableModel.Meta):
        abstract = True
        indexes = [
            models.Index(fields=['status', 'date_created']),  # the queue, its depth and a place in it
            models.Index(fields=['status', 'client']),  # how much of it is one client's
        ]

    def request_hash(self, version: str) -> str:
        """
        :param version: of the tool, as its config tells it: a new engine never serves old results
        :returns: the key of the cache: 128 hexadecimal digits that depend on model, version and inputs
        """
        return hashing.content_hash(f'{self._meta.label_lower}|{version}', self._hash_fields())

    @classmethod
    def input_names(cls) -> list[str]:
        """
        :returns: the fields that are inputs, in the order of ``hash_attributes``
        """
        return list(dict.fromkeys(name.partition('__')[0] for name in cls.hash_attributes))

    def parameters(self) -> dict[str, Any]:
        """
        :returns: the inputs that are no objects of their own, by name
        """
        fields = (self._meta.get_field(name) for name in self.input_names())
        return {field.name: getattr(self, field.name) for field in fields if not field.is_relation}

    @classmethod
    def own_fields(cls) -> list[models.OneToOneField]:
        """
        :returns: the references to rows that die with the job
        """
        return [field for field in cls._meta.concrete_fields if isinstance(field, models.OneToOneField)]

    @classmethod
    def ordered_links(cls) -> dict[str, str]:
        """
        :returns: the to-many outputs whose order counts, and the names under which a job gives their links
        """
        found = {}
        for field in cls._meta.many_to_many:
            through: Any = field.remote_field.through
            if issubclass(through, OrderedLink):
                to_job: Any = through._meta.get_field(field.m2m_field_name())
                found[field.name] = str(to_job.remote_field.get_accessor_name())
        return found

    def unsaved_inputs(self) -> list[models.Model]:
        """
        :returns: the objects the job needs and that are not stored yet, those they refer to first
        """
        found: list[models.Model] = []
        _collect_unsaved(self, found)
        return found[:-1]

    @classmethod
    def stale(cls, before: Any) -> models.QuerySet[Self]:
        """
        :param before: a point in time
        :returns: the ended jobs that nobody has looked at since
        """
        return cls._base_manager.filter(status__in=JobStatus.ended(), date_last_accessed__lt=before)


class OrderedLink(models.Model):
    """
    The ``through`` model of to-many outputs whose order counts: clients take the first for the best.

    A subclass refers to the job and to what is listed; it may serve several fields that are to stay in step.
    """

    position = models.PositiveIntegerField(help_text='Place in the list, from 0.')

    class Meta:
        abstract = True
        ordering = ('position',)


def _collect_unsaved(instance: models.Model, found: list[models.Model]) -> None:
    """
    :param instance: an unsaved object
    :param found: receives it after everything unsaved it refers to
    """
    for field in instance._meta.concrete_fields:
        if isinstance(field, models.ForeignKey) and field.is_cached(instance):
            other = getattr(instance, field.name)
            if other is not None and other._state.adding and other not in found:
                _collect_unsaved(other, found)
    found.append(instance)


def delete_own_rows(sender: type[models.Model], instance: models.Model, **_: object) -> None:
    """
    Delete the rows that belong to a job that is gone.

    Connected to ``post_delete`` by :class:`proteins_plus.apps.ProteinsPlusConfig`.

    :param sender: the model of the deleted row; only job models are acted on
    :param instance: the deleted row
    """
    if not issubclass(sender, ProteinsPlusJob):
        return
    for field in sender.own_fields():
        key = getattr(instance, field.attname)
        if key is not None:
            cast(type[models.Model], field.related_model)._base_manager.filter(pk=key).delete()
