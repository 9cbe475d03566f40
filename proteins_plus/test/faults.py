"""Tools that misbehave, each in its own way: what a job server must get right is how it meets them."""

import contextlib
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.test.utils import override_settings

# Submitting asks for the version; a tool that hangs does so only when it is run.
_VERSION = 'if [ "$1" = --version ]; then echo faulty 1.0; exit 0; fi\n'
EXITS_1 = 'echo "something broke in /secret/path" >&2; exit 1'
HANGS = f'{_VERSION}sleep 60'
WRITES_NOTHING = 'exit 0'
WRITES_GARBAGE = r"""
for argument in "$@"; do
    path=${argument#--*=}
    case $path in /*) ;; *) continue ;; esac
    if [ -d "$path" ]; then printf '\0\377garbage' > "$path/out.pdb"; printf 'x' > "$path/notes.json"
    elif [ ! -e "$path" ] && [ -d "${path%/*}" ]; then printf '\0\377garbage' > "$path"; fi
done
printf '\0\377garbage'
"""
COMPLAINS = """
echo 'A line for people' >&2
echo '{"code": "structure.no_atoms", "message": "The file has no atoms.", "hint": "Upload coordinates."}' >&2
exit 65
"""
FLOODS = 'yes | head -c 50000000'
KILLS_ITSELF = 'kill -9 $$'


def hangs_with_children(mark: str) -> str:
    """
    :param mark: digits by which the children are told from those of other tests
    :returns: a script with two children whose command lines begin with ``sleep 6`` and end in the mark
    """
    return f'{_VERSION}sleep 61.{mark} & sleep 62.{mark} & wait'


@contextlib.contextmanager
def fake_tool(name: str, script: str) -> Iterator[Path]:
    """
    Put a shell script in the place of a tool's executable.

    :param name: the tool
    :param script: the body of a POSIX shell script
    :returns: the path of the executable
    """
    with tempfile.TemporaryDirectory() as folder:
        executable = Path(folder) / name
        executable.write_text(f'#!/bin/sh\n{script}\n')
        executable.chmod(executable.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
        with override_settings(BINARIES={**settings.BINARIES, name: str(executable)}):
            yield executable
