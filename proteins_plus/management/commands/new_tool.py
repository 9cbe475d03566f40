"""``manage.py new_tool NAME``: an app that works, from ``templates/``, to be made into a tool of one's own."""

import importlib.util
import re
import shutil
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import ExitStack
from keyword import iskeyword
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import Resolver404, resolve

_NAME = re.compile(r'[a-z][a-z0-9]*(_[a-z0-9]+)*')
_MAX_LENGTH = 30  # its tables and constraints must fit the 63 characters of PostgreSQL
_TOOL_APPS = re.compile(r'^TOOL_APPS = \[\n(?:    .*\n)*', re.MULTILINE)
_NEXT = """
{name} works: it counts what is in a structure. Make it your tool:
  1. engines/{name}/cli.py        your engine; or put your own program at bin/{name}/{name} and remove engines/{name}
  2. {name}/apps.py               what it does, whom to cite, its licence
  3. {name}/models.py             its parameters and results; then: python manage.py makemigrations {name}
  4. {name}/{name}_wrapper.py     its command line, and what is read of its output
  5. {name}/result.py             what the page of a job shows: sentences, tables, scenes, files
  6. {name}/test/                 a case for the contract, and tests of your science
  7. pyproject.toml               add {name} to root_packages and to the layers of import-linter
Try it now:   python manage.py test {name}
Serve it:     python manage.py migrate, then restart server and worker
Before you commit: python manage.py spectacular --file schema.yml, a row in README.md, docs/tools/{name}.md, ./test.sh
"""


def new_folders(root: Path, name: str) -> list[Path]:
    """
    :param root: the project
    :param name: a tool
    :returns: the folders that a new tool of this name gets
    """
    return [root / name, root / 'bin' / name, root / 'engines' / name]


def why_not(root: Path, name: str) -> str | None:
    """
    :param root: the project
    :param name: a name for a tool
    :returns: a sentence that says why no tool can have it, or None
    """
    if not _NAME.fullmatch(name) or iskeyword(name):
        return f'{name!r} is no name for a tool: it takes lower-case letters, digits and underscores, as site_finder.'
    if len(name) > _MAX_LENGTH:
        return f'{name} has {len(name)} characters; a tool may have {_MAX_LENGTH}.'
    for folder in new_folders(root, name):
        if folder.exists():
            return f'{name} is taken: there is {folder.relative_to(root)}.'
    if name in {app.label for app in apps.get_app_configs()}:
        return f'{name} is taken: an installed app has this label.'
    if importlib.util.find_spec(name) is not None:
        return f'{name} is taken: it is a Python module here.'
    return f'{name} is taken: the server has this route.' if _is_route(name) else None


def _is_route(name: str) -> bool:
    """
    :param name: a name for a tool
    :returns: whether something else is served at the root under it
    """
    for path in (f'/{name}', f'/{name}/'):
        try:
            resolve(path)
        except Resolver404:
            continue
        return True
    return False


def rename(text: str, name: str) -> str:
    """
    :param text: a path or the content of a template
    :param name: the tool
    :returns: the text with the tool's name, as module and in class names
    """
    return text.replace('toolname', name).replace('ToolName', ''.join(word.capitalize() for word in name.split('_')))


def copy_templates(root: Path, name: str) -> None:
    """
    :param root: the project
    :param name: the tool
    """
    for source in template_files(root / 'templates'):
        target = root / rename(str(source.relative_to(root / 'templates')), name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(rename(source.read_text(), name))
        shutil.copymode(source, target)


def template_files(templates: Path) -> Iterator[Path]:
    """
    :param templates: the folder of the templates
    :returns: the files that become files of a tool
    """
    for path in sorted(templates.rglob('*')):
        if path.is_file() and path.name != 'README.md' and path.suffix != '.pyc':
            yield path


def register(settings_file: Path, name: str) -> None:
    """
    Add the one line outside the tool's own folders.

    :param settings_file: the project's settings
    :param name: the tool
    :raises CommandError: if the list of tools is not found
    """
    text = settings_file.read_text()
    found = _TOOL_APPS.search(text)
    if found is None:
        raise CommandError(f'{settings_file.name} has no list TOOL_APPS with one tool a line.')
    settings_file.write_text(f"{text[: found.end()]}    '{name}',\n{text[found.end() :]}")


def run(root: Path, *command: str) -> None:
    """
    Run a Python program in the project, in a process of its own: this one has the settings from before.

    :param root: the project
    :param command: the arguments of Python
    :raises CommandError: if it fails
    """
    done = subprocess.run([sys.executable, *command], cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CommandError(f'{" ".join(command)} failed, so nothing was kept.\n{done.stdout}{done.stderr}'.rstrip())


def tidy(root: Path, name: str) -> None:
    """
    Sort and wrap lines as the linter expects for this name. Without the linter nobody expects anything.

    :param root: the project
    :param name: the tool
    :raises CommandError: if the linter fails
    """
    if importlib.util.find_spec('ruff') is not None:
        folders = [str(folder) for folder in new_folders(root, name) if folder.parent.name != 'bin']
        run(root, '-m', 'ruff', 'check', '--quiet', '--select', 'I', '--fix', *folders)
        run(root, '-m', 'ruff', 'format', '--quiet', *folders)


class Command(BaseCommand):
    """Copy the templates under a new name, register the app and make its migration; or leave nothing behind."""

    help = 'Makes a new tool that works and passes the contract tests, to be changed into your own.'
    requires_system_checks = []  # a project that is not set up yet may still get a tool

    def add_arguments(self, parser: ArgumentParser) -> None:
        """
        :param parser: of the command line
        """
        parser.add_argument('name', help='lower-case letters, digits and underscores, such as site_finder')

    def handle(self, *args: Any, **options: Any) -> None:
        """
        :param args: none
        :param options: ``name``
        :raises CommandError: if the name cannot be used, or a step fails
        """
        root, name = Path(settings.BASE_DIR), options['name']
        if reason := why_not(root, name):
            raise CommandError(reason)
        settings_file = root / 'proteins_plus' / 'settings.py'
        with ExitStack() as undo:
            for folder in new_folders(root, name):
                undo.callback(shutil.rmtree, folder, ignore_errors=True)
            undo.callback(settings_file.write_text, settings_file.read_text())
            copy_templates(root, name)
            register(settings_file, name)
            run(root, 'manage.py', 'makemigrations', name)
            tidy(root, name)
            undo.pop_all()
        self.stdout.write(_NEXT.format(name=name))
