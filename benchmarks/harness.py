"""What every measurement needs: a database of its own, a report that says where its numbers come from."""

import contextlib
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
DATABASES = ('sqlite', 'postgresql')
MEASURE = """
import json, os, sys, time
began = time.monotonic()
pid = os.fork()
if pid == 0:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.execv(sys.argv[1], sys.argv[1:])
_, status, usage = os.wait4(pid, 0)
cpu = usage.ru_utime + usage.ru_stime
print(json.dumps([time.monotonic() - began, cpu, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status)]))
"""
"""Starts a program from a small process: the kernel counts the memory of the starting process as the program's."""


def run_on(database: str, module: str, *arguments: str, environment: dict[str, str] | None = None) -> None:
    """
    Run a part of a measurement as :func:`started_on` does, to its end.

    :param database: one of :data:`DATABASES`
    :param module: to be run as a program
    :param arguments: for it
    :param environment: variables besides those of this process
    :raises CalledProcessError: if it fails
    """
    with started_on(database, module, *arguments, environment=environment) as process:
        end(process)


def end(process: 'subprocess.Popen[bytes]') -> None:
    """
    :param process: to be waited for
    :raises CalledProcessError: if it fails
    """
    if status := process.wait():
        raise subprocess.CalledProcessError(status, process.args)


@contextlib.contextmanager
def started_on(
    database: str, module: str, *arguments: str, environment: dict[str, str] | None = None
) -> 'Iterator[subprocess.Popen[bytes]]':
    """
    Start a part of a measurement with a fresh database and folder. All of it is gone when the block ends.

    :param database: one of :data:`DATABASES`
    :param module: to be run as a program
    :param arguments: for it
    :param environment: variables besides those of this process
    :returns: its process
    """
    folder = tempfile.mkdtemp(prefix='proteinsplus-benchmark-')
    given = {name: value for name, value in os.environ.items() if name not in ('DATABASE_URL', 'BROKER_URL')}
    own = {'PPLUS_DATA_DIR': folder, 'MEDIA_ROOT': f'{folder}/media', 'PPLUS_LOG_LEVEL': 'ERROR'}
    server = [sys.executable, '.ci/with_postgres.py'] if database == 'postgresql' else []
    argv = [*server, sys.executable, '-m', module, *arguments]
    variables = {'PPLUS_CCD': str(ROOT / 'var' / 'ccd.sqlite'), **given, **own, **(environment or {})}
    _end_in_order()
    try:
        with subprocess.Popen(argv, cwd=ROOT, env=variables, start_new_session=True) as process:
            try:
                yield process
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGTERM)  # all of them clean up after themselves
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _end_in_order() -> None:
    """Let SIGTERM unwind this process, so that it ends the servers it has started. A second one disturbs nothing."""
    signal.signal(signal.SIGTERM, _unwind)


def _unwind(*_: object) -> None:
    """
    :raises SystemExit: always
    """
    signal.signal(signal.SIGTERM, lambda *_: None)  # not SIG_IGN, which children would inherit
    sys.exit(143)


def set_up() -> None:
    """Make the tables of this process's database. To be called before any model is imported."""
    _end_in_order()
    os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'proteins_plus.settings')
    import django
    from django.core.management import call_command

    django.setup()
    call_command('migrate', verbosity=0)


class Cost(NamedTuple):
    """What a process took: wall and processor time in seconds, largest resident memory in megabytes, exit code."""

    seconds: float
    cpu: float
    megabytes: float
    code: int


def cost_of(argv: list[str]) -> Cost:
    """
    Run a program on one core.

    :param argv: program and arguments
    :returns: what it took
    """
    environment = {**os.environ, 'OMP_NUM_THREADS': '1', 'OPENBLAS_NUM_THREADS': '1'}
    measured = [sys.executable, '-S', '-c', MEASURE, *argv]
    done = subprocess.run(measured, check=True, capture_output=True, text=True, env=environment)
    return Cost(*json.loads(done.stdout))


def table(heads: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    """
    :param heads: of the columns
    :param rows: of the table
    :returns: it as Markdown
    """
    lines = [heads, ('---',) * len(heads), *rows]
    return '\n'.join('| ' + ' | '.join(str(cell) for cell in line) + ' |' for line in lines)


class Verdict(NamedTuple):
    """
    A question that a report answers with a number.

    :param question: what is asked
    :param asked: the value asked for
    :param measured: the value found
    :param met: whether it is enough
    """

    question: str
    asked: str
    measured: str
    met: bool


def verdict_table(verdicts: list[Verdict]) -> str:
    """
    :param verdicts: of a report
    :returns: them as a table in Markdown
    """
    rows: list[tuple[object, ...]] = [(*verdict[:3], 'yes' if verdict.met else '**no**') for verdict in verdicts]
    return table(Verdict._fields, rows)


def section(heading: str, *parts: str) -> str:
    """
    :param heading: of the section
    :param parts: paragraphs and tables
    :returns: them as Markdown
    """
    return '\n\n'.join((f'### {heading}', *parts))


def write_report(file: Path, title: str, command: str, sections: list[str]) -> None:
    """
    :param file: to write
    :param title: of the report
    :param command: that makes it
    :param sections: of it
    """
    date = datetime.now(UTC).date().isoformat()
    where = f'{os.cpu_count()} cores shared with other work, {platform.system()}, Python {platform.python_version()}'
    head = f'# {title}\n\nWritten by `{command}` on {date}; {where}.'
    file.write_text('\n\n'.join((head, *sections)) + '\n', encoding='utf-8')
