"""The serializers every tool shares. What a tool adds follows from its job model."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol

from django.conf import settings
from django.db import models
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from . import queues
from .models import STATUS_WORDS, JobStatus, ProteinsPlusBaseModel, ProteinsPlusJob


class ErrorSerializer(serializers.Serializer):
    """An error: ``{"<field>": ["sentence"]}`` or ``{"detail": "sentence"}``, always with a code."""

    detail = serializers.CharField(required=False, help_text='The error, when it is not about one field.')
    error_code = serializers.CharField(help_text='Stable and dotted, such as structure.no_atoms.')
    error_hint = serializers.CharField(required=False, help_text='What to do about it.')


class NoteSerializer(serializers.Serializer):
    """Something the tool wants its user to know."""

    code = serializers.CharField(help_text='Stable and dotted, such as ligand.additive.')
    subject = serializers.CharField(help_text='What it is about, such as GOL_A_401; may be empty.', allow_blank=True)
    message = serializers.CharField(help_text='A sentence.')


class ProvenanceSerializer(serializers.Serializer):
    """What a result needs to be understood and cited later."""

    tool = serializers.CharField(required=False)
    version = serializers.CharField(required=False)
    licence = serializers.CharField(required=False, help_text='Of the engine, as an SPDX expression.')
    citation = serializers.CharField(required=False)
    parameters = serializers.DictField(required=False, help_text='The inputs that are no objects of their own.')
    input_hash = serializers.CharField(required=False, help_text='Of all inputs and the tool version.')
    wall_seconds = serializers.FloatField(required=False)
    cpu_seconds = serializers.FloatField(required=False)
    peak_memory_bytes = serializers.IntegerField(required=False)


@extend_schema_field(NoteSerializer(many=True))
class NotesField(serializers.JSONField):
    """The notes as they are stored; a serializer for each would be half the work of answering a poll."""


@extend_schema_field(ProvenanceSerializer)
class ProvenanceField(serializers.JSONField):
    """The provenance as it is stored."""


class DayField(serializers.DateField):
    """The day of a point in time, in UTC, as ``YYYY-MM-DD``."""

    def to_representation(self, value: Any) -> str:
        """
        :param value: a point in time, as a datetime
        :returns: its day
        """
        return super().to_representation(value.date())


class StatusField(serializers.ChoiceField):
    """The word for a state; asked of the model's own method, REST framework would inspect that at every poll."""

    def to_representation(self, value: Any) -> str:
        """
        :param value: the letter of the database
        :returns: what clients see
        """
        return str(JobStatus(value).label)


class ProteinsPlusJobSerializer(serializers.ModelSerializer):
    """A job as clients poll it. Tools append to ``Meta.fields``, or let :func:`job_serializer` do it."""

    _built_fields: ClassVar[dict[str, serializers.Field]]

    status = StatusField(choices=STATUS_WORDS, read_only=True)
    date_created = DayField(read_only=True)
    date_last_accessed = DayField(read_only=True)
    error = serializers.CharField(read_only=True, allow_null=True, help_text='Null unless the job failed.')
    notes = NotesField(read_only=True)
    queue_position = serializers.SerializerMethodField(help_text='Place in the queue, 1 is next; null unless it waits.')
    created = serializers.DateTimeField(source='date_created', read_only=True)
    started = serializers.DateTimeField(source='date_started', read_only=True, allow_null=True)
    finished = serializers.DateTimeField(source='date_finished', read_only=True, allow_null=True)
    provenance = ProvenanceField(read_only=True, help_text='Empty until the tool has run.')
    expires = serializers.SerializerMethodField(help_text='When the job is cleaned away unless it is looked at again.')

    def get_fields(self) -> dict[str, serializers.Field]:
        """
        :returns: the fields; made from the model once for each class, since polls are many. What binds one to its
            serializer is on the field itself, so a shallow copy is enough for fields that only read
        """
        own = vars(type(self))
        if '_built_fields' not in own:
            type(self)._built_fields = super().get_fields()
        return {name: _twin(field) for name, field in type(self)._built_fields.items()}

    def get_queue_position(self, job: ProteinsPlusJob) -> int | None:
        """
        :param job: a job
        :returns: see :func:`proteins_plus.queues.position`
        """
        return queues.position(job)

    def get_expires(self, job: ProteinsPlusJob) -> datetime | None:
        """
        :param job: a job
        :returns: the end of its time in the cache; None as long as it waits or runs
        """
        kept = timedelta(days=settings.DEFAULT_JOB_CACHE_TIME)
        return job.date_last_accessed + kept if job.status in JobStatus.ended() else None

    class Meta:
        model: type[models.Model] = ProteinsPlusJob
        fields = [
            'id',
            'status',
            'date_created',
            'date_last_accessed',
            'error',
            'error_code',
            'error_hint',
            'notes',
            'phase',
            'queue_position',
            'created',
            'started',
            'finished',
            'attempt',
            'provenance',
            'expires',
        ]
        #: Fields a list leaves out.
        content_fields: tuple[str, ...] = ('notes', 'queue_position', 'provenance')


def _twin(field: serializers.Field) -> serializers.Field:
    """
    :param field: bound to no serializer
    :returns: a shallow copy; what ``copy.copy`` finds out first, at each poll of each field, takes five times as long
    """
    twin = object.__new__(type(field))
    vars(twin).update(vars(field))
    return twin


class OrderedLinkField(serializers.ListField):
    """The ids of a to-many output, in its order."""

    child = serializers.UUIDField()

    def __init__(self, target: str, **options: Any) -> None:
        """
        :param target: the reference from a link to what is listed
        :param options: as REST framework's; the source is the job's links
        """
        super().__init__(read_only=True, **options)
        self._target = target

    def to_representation(self, data: Any) -> list[Any]:
        """
        :param data: the links of a job, in their order
        :returns: the ids they lead to
        """
        return super().to_representation([getattr(link, f'{self._target}_id') for link in data.all()])


def job_serializer(job_model: type[ProteinsPlusJob]) -> type[ProteinsPlusJobSerializer]:
    """
    The read serializer of a tool: the base fields, then the fields the job model declares, in its order.

    :param job_model: the tool's job model
    :returns: a serializer class
    """
    base = {field.name for field in ProteinsPlusJob._meta.get_fields()}
    own = [field.name for field in (*job_model._meta.fields, *job_model._meta.many_to_many) if field.name not in base]

    class Meta(ProteinsPlusJobSerializer.Meta):
        model = job_model
        fields = ProteinsPlusJobSerializer.Meta.fields + own
        read_only_fields = own

    attributes: dict[str, Any] = {'Meta': Meta, '__doc__': 'A job of one tool.'}
    for name, links in job_model.ordered_links().items():
        field: Any = job_model._meta.get_field(name)
        attributes[name] = OrderedLinkField(field.m2m_reverse_field_name(), source=links, help_text=field.help_text)
    return type(f'{job_model.__name__}Serializer', (ProteinsPlusJobSerializer,), attributes)


class Described(Protocol):
    """What the API description says of a column."""

    @property
    def unit(self) -> str:
        """:returns: with the letters that units have, or empty"""

    @property
    def meaning(self) -> str:
        """:returns: what its values are"""


def rows_field(
    name: str, about: str, columns: Mapping[str, Described], keyed: bool = False, gaps: bool = False
) -> type[serializers.JSONField]:
    """
    The field of a table as it is stored, its columns in their order, which PostgreSQL does not keep.

    :param name: of a row in the API description
    :param about: what a row is
    :param columns: by name; every value is text
    :param keyed: whether rows have keys; else they are a list
    :param gaps: whether values may be null
    :returns: a field class
    """

    def ordered(row: dict[str, Any]) -> dict[str, Any]:
        """
        :param row: a row
        :returns: the same, the columns first
        """
        return {column: row[column] for column in columns if column in row} | row

    class RowsField(serializers.JSONField):
        """Rows; what is no column follows them."""

        def to_representation(self, value: Any) -> Any:
            """
            :param value: rows
            :returns: the same
            """
            return {key: ordered(row) for key, row in value.items()} if keyed else [ordered(row) for row in value]

    cells = {column: serializers.CharField(help_text=_help(said), allow_null=gaps) for column, said in columns.items()}
    row: Any = type(name, (serializers.Serializer,), {'__doc__': about} | cells)
    shape = serializers.DictField(child=row()) if keyed else row(many=True)
    described: type[serializers.JSONField] = extend_schema_field(shape)(RowsField)
    return described


def _help(column: Described) -> str:
    """
    :param column: of a table
    :returns: its meaning with its unit
    """
    return f'{column.meaning} [{column.unit}]' if column.unit else column.meaning


def unit_in_letters(unit: str) -> str:
    """
    :param unit: as engines write it: ``A^2``
    :returns: the same with the letters that units have: ``Å²``
    """
    return unit.replace('A', '\u00c5').replace('^2', '\u00b2').replace('^3', '\u00b3')


def owners_of(model: type[models.Model]) -> list[str]:
    """
    :param model: a stored model
    :returns: the names under which a row gives the one job it belongs to; none for shared objects and jobs
    """
    return [str(relation.get_accessor_name()) for relation in model._meta.related_objects if relation.one_to_one]


def output_serializer(
    model: type[ProteinsPlusBaseModel], **described: serializers.Field
) -> type[serializers.ModelSerializer]:
    """
    The read serializer of a row that belongs to one job: its id, its own fields, and the job it belongs to.

    :param model: a model that a job refers to by a OneToOneField, whose ``related_name`` names the job in the answer
    :param described: fields that say more about themselves in the API description than the model's
    :returns: a serializer class; a list leaves out JSON and text, which may be large
    """
    base = {field.name for field in ProteinsPlusBaseModel._meta.get_fields()}
    own = [field for field in model._meta.concrete_fields if field.name not in base]
    parents = owners_of(model)
    names = ['id', *(field.name for field in own), *parents]
    large = tuple(field.name for field in own if isinstance(field, models.TextField | models.JSONField))
    meta = type('Meta', (), {'model': model, 'fields': names, 'read_only_fields': names, 'content_fields': large})
    attributes: dict[str, Any] = {'Meta': meta, '__doc__': model.__doc__, **described}
    attributes.update({name: serializers.PrimaryKeyRelatedField(read_only=True) for name in parents})
    return type(f'{model.__name__}Serializer', (serializers.ModelSerializer,), attributes)


class ProteinsPlusJobSubmitSerializer(serializers.Serializer):
    """
    What every submission accepts. A tool names its job model and mixes in its inputs.

    The job model's plain ``hash_attributes`` become request fields with the model's bounds, default and help text,
    unless the serializer declares them itself; what the validated data holds under the name of a hash attribute
    becomes the job's.
    """

    job_model: ClassVar[type[ProteinsPlusJob]]

    use_cache = serializers.BooleanField(
        default=True, help_text='Answer the result of an equal earlier job, if there is one.'
    )

    def get_fields(self) -> dict[str, serializers.Field]:
        """:returns: the declared fields, then the parameters of the job model"""
        fields: dict[str, serializers.Field] = super().get_fields()
        taken = {*fields, *(field.source for field in fields.values())}
        builder: serializers.ModelSerializer[Any] = serializers.ModelSerializer()
        for name in self.job_model.input_names():
            field = self.job_model._meta.get_field(name)
            if name not in taken and isinstance(field, models.Field) and not field.is_relation:
                field_class, options = builder.build_standard_field(name, field)
                fields[name] = field_class(**options)
        return fields

    def build_job(self) -> ProteinsPlusJob:
        """
        Called after validation.

        :returns: an unsaved job with its inputs, which may be unsaved too
        """
        data = self.validated_data
        return self.job_model(**{name: data[name] for name in self.job_model.input_names() if name in data})


class ProteinsPlusJobResponseSerializer(serializers.Serializer):
    """The answer to a submission."""

    job_id = serializers.UUIDField()
    retrieved_from_cache = serializers.BooleanField(help_text='Whether an equal job was already there.')


def without_fields(
    serializer: type[serializers.ModelSerializer], names: tuple[str, ...]
) -> type[serializers.ModelSerializer]:
    """
    A serializer for rows of a list.

    :param serializer: the full one
    :param names: the fields to leave out, such as whole files
    :returns: the serializer itself when there is nothing to leave out
    """
    if not names:
        return serializer

    kept = [name for name in serializer.Meta.fields if name not in names]
    meta = type('Meta', (serializer.Meta,), {'fields': kept})
    attributes: dict[str, Any] = {'Meta': meta, '__doc__': serializer.__doc__, **dict.fromkeys(names)}
    name = serializer.__name__.replace('Serializer', 'RowSerializer')
    return type(name, (serializer,), attributes)
