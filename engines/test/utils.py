"""What the tests of all engines share: real structures, the component dictionary, and a runner for command lines."""

import contextlib
import gzip
import io
import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from engines.structure.components import ComponentDictionary, default_path

ROOT = Path(__file__).resolve().parents[2]
TEST_FILES = ROOT / 'test_files'


def structure_path(name: str) -> Path:
    """
    A structure of the test files.

    :param name: file name without ``.gz``
    :returns: path of the packed file
    """
    return TEST_FILES / f'{name}.gz'


def structure_text(name: str) -> str:
    """
    The text of a structure.

    :param name: file name without ``.gz``
    :returns: the unpacked text
    """
    return gzip.decompress(structure_path(name).read_bytes()).decode()


def dictionary_path() -> Path:
    """
    The component dictionary, which set-up builds.

    :returns: its path
    :raises AssertionError: if it is missing; tests must not pass without it
    """
    path = default_path()
    if not path.is_file():
        raise AssertionError(f'{path} is missing: python -m engines.structure.component_build var/ccd.sqlite builds it')
    return path


def dictionary() -> ComponentDictionary:
    """
    The component dictionary, opened.

    :returns: the dictionary
    """
    return ComponentDictionary(dictionary_path())


class CommandResult(NamedTuple):
    """What a command line did: its exit code, output, and the JSON object of the last line of stderr, if it is one."""

    code: int
    stdout: str
    stderr: str
    error: dict[str, str]


def run_command(command: Callable[[Sequence[str]], int], arguments: Sequence[str]) -> CommandResult:
    """
    Run the entry point of an engine in this process.

    :param command: the entry point
    :param arguments: its arguments
    :returns: what it did
    """
    stdout, stderr = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
        try:
            code = command(arguments)
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 1
    lines = stderr.getvalue().splitlines()
    error = json.loads(lines[-1]) if lines and lines[-1].startswith('{') else {}
    return CommandResult(code, stdout.getvalue(), stderr.getvalue(), error)


class Workspace:
    """A directory for one test, removed when it is closed."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.path = Path(self._folder.name)

    def write(self, name: str, content: str | bytes) -> Path:
        """
        Write a file.

        :param name: its name
        :param content: text or bytes
        :returns: its path
        """
        path = self.path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def close(self) -> None:
        """Remove the directory."""
        self._folder.cleanup()
