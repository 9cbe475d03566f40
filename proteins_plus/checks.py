"""System checks: what is wrong with an installation or with the declaration of a tool, said before anyone meets it."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Critical, Error, Tags, Warning, register
from django.db import models

from . import sandbox, tools
from .models import ProteinsPlusJob


@register(Tags.compatibility)
def check_tools(**_: Any) -> list[CheckMessage]:
    """
    :returns: what is missing in the declarations of the installed tools
    """
    return [message for tool in tools.installed() for message in _tool_messages(tool)]


def _tool_messages(tool: tools.ToolConfig) -> Iterator[CheckMessage]:
    """
    :param tool: a tool
    :returns: what is wrong with it
    """
    for attribute in ('summary', 'citation', 'licence', 'example'):
        if not getattr(tool, attribute):
            yield Error(f'The tool {tool.label} has no {attribute}.', obj=tool.label, id='proteins_plus.E001')
    try:
        job_model = tool.job_model
    except LookupError as error:
        yield Error(str(error), obj=tool.label, id='proteins_plus.E002')
        return
    yield from _job_messages(job_model)
    if not tool.executable.is_file():
        hint = 'Put it there, or name its path in proteins_plus/binaries.json or PPLUS_BINARIES_JSON.'
        yield Error(f'{tool.executable} is missing, so {tool.label} cannot run.', hint=hint, id='proteins_plus.E003')


def _job_messages(job_model: type[ProteinsPlusJob]) -> Iterator[CheckMessage]:
    """
    :param job_model: a tool's job model
    :returns: what is wrong with it
    """
    if not job_model.hash_attributes:
        yield Error('hash_attributes is empty: all jobs would be equal.', obj=job_model, id='proteins_plus.E004')
    inputs = job_model.input_names()
    for name in inputs:
        if not hasattr(job_model, name):
            yield Error(f'hash_attributes names {name}, which is no field.', obj=job_model, id='proteins_plus.E005')
    for field in job_model._meta.concrete_fields:
        if not isinstance(field, models.ForeignKey):
            continue
        if field.name not in inputs and not field.null:
            yield Error(
                f'{field.name} is an output and must be nullable: a job starts without.',
                obj=job_model,
                id='proteins_plus.E006',
            )
        if field.remote_field.on_delete is not models.CASCADE:
            yield Error(f'{field.name} must be deleted with CASCADE.', obj=job_model, id='proteins_plus.E007')
    to_many = {field.name for field in job_model._meta.many_to_many}
    for name in sorted(to_many - {*inputs, *job_model.ordered_links()}):
        hint = 'Give it a through model that derives from OrderedLink.'
        yield Error(f'{name} is an output without an order.', hint=hint, obj=job_model, id='proteins_plus.E008')


@register(Tags.security)
def check_installation(**_: Any) -> list[CheckMessage]:
    """
    :returns: what makes this installation unable to run jobs, or unsafe
    """
    messages: list[CheckMessage] = []
    if missing := sandbox.missing_guards():
        hint = 'Install util-linux.'
        messages.append(
            Critical(f'{" and ".join(missing)} not found: no tool can run.', hint=hint, id='proteins_plus.C001')
        )
    messages += _sandbox_messages()
    if not settings.CCD_FILE.is_file():
        hint = './start.sh builds it, or: python -m engines.structure.component_build'
        messages.append(Warning(f'{settings.CCD_FILE} is missing.', hint=hint, id='proteins_plus.W001'))
    if settings.DEBUG and not settings.LOOPBACK_ONLY:
        messages.append(Critical('DEBUG is on while others can reach the server.', id='proteins_plus.C002'))
    if '*' in settings.ALLOWED_HOSTS:
        messages.append(Warning('ALLOWED_HOSTS accepts every host name.', id='proteins_plus.W002'))
    return messages


def _sandbox_messages() -> Iterator[CheckMessage]:
    """
    :returns: a missing sandbox, where it matters and nobody has accepted it
    """
    kind = sandbox.kind()
    if kind == 'broken' or (kind == 'limits' and settings.SANDBOX != 'limits' and not settings.LOOPBACK_ONLY):
        hint = (
            'Install bubblewrap and allow user namespaces; the log says what it complained about. '
            'PPLUS_SANDBOX=limits accepts the risks that SECURITY.md names.'
        )
        yield Critical('bubblewrap does not work: tools are not confined.', hint=hint, id='proteins_plus.C003')
