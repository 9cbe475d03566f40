"""A submission as code: what was clicked together, for scripts."""

import json
import shlex
from typing import Any

from rest_framework.serializers import FileField

from proteins_plus.tools import ToolConfig

from .forms import default_of, fields_of


def snippets(url: str, tool: ToolConfig, data: dict[str, Any]) -> list[tuple[str, str]]:
    """
    :param url: of the submission
    :param tool: the tool
    :param data: what is filled in, files as uploads
    :returns: names of languages, and the submission in them
    """
    known = fields_of(tool)
    files = {
        name: getattr(data.get(name), 'name', '') or 'my_file'
        for name, source in known.items()
        if isinstance(source, FileField) and data.get(name)
    }
    given = {name: _text(data[name]) for name in known if data.get(name) not in ('', None) and name not in files}
    usual = {name: _text(default_of(tool, name, source)) for name, source in known.items()}
    fields = {name: value for name, value in given.items() if value != usual[name]}
    return [('curl', _curl(url, fields, files)), ('Python', _python(url, fields, files))]


def _text(value: object) -> str:
    """
    :param value: of a field
    :returns: as a form sends it
    """
    return str(value).lower() if isinstance(value, bool) else str(value)


def _curl(url: str, fields: dict[str, str], files: dict[str, str]) -> str:
    """
    :param url: of the submission
    :param fields: that are no files
    :param files: names of files
    :returns: a command of a shell
    """
    parts = [f'-F {shlex.quote(f"{name}={value}")}' for name, value in fields.items()]
    parts += [f'-F {shlex.quote(f"{name}=@{file}")}' for name, file in files.items()]
    return ' \\\n  '.join([f'curl {shlex.quote(url)}', *parts])


def _python(url: str, fields: dict[str, str], files: dict[str, str]) -> str:
    """
    :param url: of the submission
    :param fields: that are no files
    :param files: names of files
    :returns: a program that waits for the job
    """
    opened = ', '.join(f'{name!r}: open({file!r}, "rb")' for name, file in files.items())
    return f"""import time
import requests

url = {url!r}
answer = requests.post(url, data={json.dumps(fields)}, files={{{opened}}})
answer.raise_for_status()
job_url = answer.headers['Location']
while (job := requests.get(job_url).json())['status'] in ('pending', 'running'):
    time.sleep(int(answer.headers['Retry-After']))
print(job)
"""
