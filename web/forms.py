"""The form of a tool, from the serializer of its submission: nothing about a field is written twice."""

import json
import re
from dataclasses import dataclass, field
from typing import Any, cast

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from rest_framework import serializers

from molecule_handler.models import Protein
from proteins_plus.models import ProteinsPlusJob
from proteins_plus.tools import ToolConfig, tool_of
from proteins_plus.views import JobSubmitView

from .inventory import inventory
from .molecules import ligands_of

#: How a field is shown, by the kind of its serializer field; the first that fits.
_KINDS: tuple[tuple[type[serializers.Field], str], ...] = (
    (serializers.BooleanField, 'checkbox'),
    (serializers.FileField, 'file'),
    (serializers.ChoiceField, 'choice'),
    (serializers.IntegerField, 'integer'),
    (serializers.FloatField, 'number'),
    (serializers.UUIDField, 'id'),
)
_ACCEPTED = {
    'protein_file': '.pdb,.ent,.cif,.mmcif,.gz',
    'ligand_file': '.sdf,.sd,.mol,.gz',
    'electron_density_map': '.ccp4,.map,.mrc,.gz',
    'structure_factors': '.mtz,.cif,.mmcif,.ent,.gz',
    'filter_file': '.xml,.json',
}
_TITLES = {
    'use_cache': 'Take the result of an equal earlier job',
    'ph': 'pH',
    'protein_id': 'Stored structure',
    'protein_site_json': 'Residues of the site',
    'ec_number': 'EC number',
    'pdb_code': 'PDB id',
    'uniprot_code': 'UniProt accession',
}
#: The structure comes first, and what does not concern the science last.
_PLACES = {'protein_file': 0, 'use_cache': 2}


@dataclass
class Field:
    """A field of a form, ready to be drawn."""

    name: str
    title: str
    help: str
    kind: str
    value: object = ''
    options: list[tuple[str, str]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    bounds: dict[str, float] = field(default_factory=dict)
    required: bool = False
    accept: str = ''


@dataclass(frozen=True)
class Form:
    """
    A form.

    :param protein: the structure it is about, if it is stored already
    :param fields: what is filled in, in its order
    :param errors: what is wrong with no field in particular
    """

    protein: Protein | None
    fields: list[Field]
    errors: list[str]


def make(
    tool: ToolConfig, protein: Protein | None, values: dict[str, Any], errors: dict[str, list[str]] | None = None
) -> Form:
    """
    :param tool: a tool
    :param protein: the stored structure that the form is about
    :param values: what is filled in, by field; defaults stand for the rest
    :param errors: of a submission, by field
    :returns: the form
    """
    told = dict(errors or {})
    fields = []
    for name, source in fields_of(tool).items():
        shown = _field(name, source, {name: default_of(tool, name, source), **values})
        shown.errors = told.pop(name, [])
        if protein and name in ('protein_id', 'protein_file'):
            told.setdefault('', []).extend(shown.errors)
        elif shown.kind != 'id' or (protein and name == 'ligand_id'):
            fields.append(shown)
    fields.sort(key=lambda shown: _PLACES.get(shown.name, 1))
    if protein:
        _fill_in(fields, protein)
        if errors is None and getattr(submission_to(tool).serializer_class, 'ligand_required', False):
            _choose_ligand(fields)
    for shown in fields:
        shown.errors = [_in_words(sentence, tool) for sentence in shown.errors]
    return Form(protein, fields, [_in_words(sentence, tool) for several in told.values() for sentence in several])


def _in_words(sentence: str, tool: ToolConfig) -> str:
    """
    :param sentence: of an error, which calls fields as the API does
    :param tool: the tool
    :returns: the same, with the fields as they are called on the page
    """
    known = fields_of(tool)
    names = '|'.join(map(re.escape, known))
    return re.sub(rf'\b({names})\b', lambda found: f'\u201c{_title(found[1], known[found[1]])}\u201d', sentence)


def _title(name: str, source: serializers.Field) -> str:
    """
    :param name: of a field
    :param source: of the serializer, whose label counts if it has one of its own
    :returns: what it is called on the page
    """
    usual = name.replace('_', ' ').capitalize()
    return str(source.label) if source.label not in (None, usual) else _TITLES.get(name, usual)


def submission_to(tool: ToolConfig) -> type[JobSubmitView]:
    """
    :param tool: a tool
    :returns: the view of the API that takes its jobs
    """
    return cast(type[JobSubmitView], tool.submit_route.callback.cls)


def fields_of(tool: ToolConfig) -> dict[str, serializers.Field]:
    """
    :param tool: a tool
    :returns: what its submission takes
    """
    return dict(submission_to(tool).serializer_class().fields)


def example_of(tool: ToolConfig) -> dict[str, Any]:
    """
    :param tool: a tool
    :returns: its example, if a form can be filled in with it; empty if it takes a file
    """
    fields = fields_of(tool)
    takes_file = any(isinstance(fields[name], serializers.FileField) for name in tool.example)
    return {} if takes_file else dict(tool.example)


def default_of(tool: ToolConfig, name: str, source: serializers.Field) -> object:
    """
    :param tool: a tool
    :param name: of a field of its submission
    :param source: the field
    :returns: what stands for it when it is left out; empty for nothing
    """
    default = source.default
    if default is serializers.empty and name in tool.job_model.input_names():
        declared = tool.job_model._meta.get_field(name)
        default = declared.get_default() if isinstance(declared, models.Field) else None
    return '' if default in (serializers.empty, None) else default


def _field(name: str, source: serializers.Field, values: dict[str, Any]) -> Field:
    """
    :param name: of the field
    :param source: of the serializer
    :param values: what is filled in, or the default
    :returns: the field
    """
    kind = next((kind for base, kind in _KINDS if isinstance(source, base)), 'text')
    if source.style.get('base_template') == 'textarea.html':  # as REST framework calls it
        kind = 'long text'
    shown = Field(
        name=name,
        title=_title(name, source),
        help=str(source.help_text or ''),
        kind=kind,
        value=values[name],
        required=source.required,
        accept=_ACCEPTED.get(name, ''),
    )
    if isinstance(source, serializers.ChoiceField):
        shown.options = [(str(key), str(word)) for key, word in source.choices.items()]
    for validator in source.validators:
        if isinstance(validator, MinValueValidator | MaxValueValidator):
            shown.bounds['min' if isinstance(validator, MinValueValidator) else 'max'] = validator.limit_value
    if isinstance(source, serializers.JSONField) and shown.value not in ('', None):
        shown.value = shown.value if isinstance(shown.value, str) else json.dumps(shown.value)
    if kind == 'checkbox':
        shown.value = str(shown.value).lower() in ('true', '1', 'on')
    return shown


def _fill_in(fields: list[Field], protein: Protein) -> None:
    """
    Offer what the structure holds, its ligands and chains, and the entry it is.

    :param fields: of the form, changed in place
    :param protein: the structure
    """
    ligands = ligands_of(protein)
    for shown in fields:
        if shown.name == 'ligand_id':
            shown.kind, shown.title, shown.help = 'choice', 'Ligand', 'One that the structure holds.'
            none = [] if shown.required else [('', 'none')]
            shown.options = [*none, *((str(ligand.pk), ligand.name) for ligand in ligands)]
        elif shown.name == 'ligand_name':
            shown.options = [(ligand.name, ligand.name) for ligand in ligands]
        elif shown.name == 'pdb_code' and protein.pdb_code:
            shown.options = [(protein.pdb_code, 'of this structure')]
        elif shown.name == 'chain_id':
            shown.options = [(chain.name, chain.name) for chain in inventory(protein.pk).chains]


def _choose_ligand(fields: list[Field]) -> None:
    """
    Offer the first ligand to a tool that needs one, so that a click is enough.

    :param fields: of a form that nobody has filled in yet, changed in place
    """
    for shown in fields:
        if shown.name == 'ligand_id' and not shown.value:
            shown.value = next((key for key, _ in shown.options if key), '')


def values_of(job: ProteinsPlusJob) -> dict[str, Any]:
    """
    :param job: a job
    :returns: what its form was filled in with, as far as it is no file
    """
    parameters = job.parameters()
    called = {str(source.source): name for name, source in fields_of(tool_of(type(job))).items()}
    values = {called.get(name, name): value for name, value in parameters.items() if value is not None}
    for name in job.input_names():
        other = getattr(job, f'{name}_id', None)
        if name.startswith('input_') and other:
            values[f'{name.removeprefix("input_")}_id'] = str(other)
    return values
