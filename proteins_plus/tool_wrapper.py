"""The science's door: how a job becomes a command line, and how the files of a run become stored objects."""

import json
import math
import signal
from pathlib import Path
from typing import Any, Generic, TypeVar

from .errors import ToolError
from .models import ProteinsPlusJob
from .sandbox import Completed
from .tools import tool_of

Job = TypeVar('Job', bound=ProteinsPlusJob)

_SIGNALS: dict[int, tuple[str, str]] = {
    signal.SIGXCPU: ('tool.timeout', 'It used more processor time than it may.'),
    signal.SIGXFSZ: ('tool.output_too_large', 'It wrote more than it may.'),
}
_EXCEEDED: dict[str, tuple[str, str]] = {
    'output': ('tool.output_too_large', 'It wrote more than it may.'),
    'processes': ('tool.too_many_processes', 'It started more processes than it may.'),
    'memory': ('tool.out_of_memory', 'It needed more memory than it may use.'),
}
#: How programs, in Python, C++ and C, say that they were refused memory.
_NO_MEMORY = ('MemoryError', 'std::bad_alloc', 'Cannot allocate memory', 'out of memory', 'memory exhausted')


class ToolWrapper(Generic[Job]):
    """
    Subclass it for a tool and write :meth:`command` and :meth:`load_results`.

    The methods are called in the order of this class, once per attempt, with the job and a work directory that
    exists for this attempt only. None of them changes the job: what they store or return does.
    """

    #: Exit codes that mean success; some published programs end with others than 0.
    success_codes = frozenset({0})

    def prepare(self, job: Job, work: Path) -> None:
        """
        Anything that must happen before the program runs and may take its time, such as fetching an entry.

        :param job: the claimed job
        :param work: the work directory
        :raises ProteinsPlusError: if the job cannot run
        """

    def command(self, job: Job, work: Path) -> list[str]:
        """
        Write the input files and say how the program is called. Values that users gave follow their option.

        :param job: the claimed job
        :param work: the work directory
        :returns: program and arguments
        """
        raise NotImplementedError

    def load_results(self, job: Job, work: Path) -> dict[str, Any]:
        """
        Read what the program wrote, validate it, and store it as new objects.

        Called inside the transaction that ends the job, so that either everything is there or nothing is.

        :param job: the claimed job
        :param work: the work directory
        :returns: the job's output fields by name; ``notes`` may be among them. Set to-many relations here
        :raises ToolError: if the files are not what they should be
        """
        raise NotImplementedError

    def check(self, completed: Completed) -> None:
        """
        :param completed: what became of the run
        :raises ToolError: if it failed; with the program's own code, sentence and hint where it gave them
        """
        if completed.timed_out:
            hint = 'A smaller structure, or fewer options, may fit.'
            raise ToolError(f'It took longer than {completed.wall_seconds:.0f} seconds.', 'tool.timeout', hint)
        if completed.exceeded:
            code, message = _EXCEEDED[completed.exceeded]
            raise ToolError(message, code, 'A smaller structure, or fewer options, may fit.')
        if completed.signal is not None:
            killed = ('tool.killed', f'It was ended by signal {completed.signal}.')
            code, message = _SIGNALS.get(completed.signal, killed)
            raise ToolError(message, code)
        if completed.exit_code not in self.success_codes:
            raise _complaint(completed) or _unexplained(completed)
        if completed.irregular:
            raise ToolError('It wrote something that is no file.', 'tool.bad_output')


def executable_of(job: ProteinsPlusJob) -> str:
    """
    :param job: a job
    :returns: the path of its tool's executable
    """
    return str(tool_of(type(job)).executable)


def read_text(file: Path) -> str:
    """
    :param file: a file that a run was to write
    :returns: its text
    :raises ToolError: ``tool.bad_output`` if it is missing or no text that can be stored
    """
    try:
        text = file.read_text('utf-8')
    except (FileNotFoundError, UnicodeDecodeError) as error:
        raise _unreadable() from error
    if '\0' in text:
        raise _unreadable()
    return text


def read_json(file: Path) -> Any:
    """
    :param file: a JSON file that a run was to write
    :returns: what it holds
    :raises ToolError: ``tool.bad_output`` if it is missing or no JSON that can be served
    """
    try:
        return json.loads(read_text(file), parse_float=_finite, parse_constant=_finite)
    except ValueError as error:
        raise _unreadable() from error


def _finite(text: str) -> float:
    """
    :param text: a number, or a name of one that JSON does not have
    :returns: the number
    :raises ValueError: if it is none that can be stored and served
    """
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _unreadable() -> ToolError:
    """:returns: the error for a result that is missing or broken"""
    return ToolError('Its result could not be read.', 'tool.bad_output')


def read_notes(file: Path) -> list[dict[str, str]]:
    """
    :param file: the notes of a run: a JSON list of objects with ``code``, ``subject`` and ``message``
    :returns: the notes; none if the program writes none
    :raises ToolError: ``tool.bad_output`` for anything else, which could be stored but never be served again
    """
    if not file.exists():
        return []
    notes = read_json(file)
    if not isinstance(notes, list) or not all(_is_note(note) for note in notes):
        raise ToolError('Its notes could not be read.', 'tool.bad_output')
    return notes


def _is_note(note: object) -> bool:
    """
    :param note: an entry of the notes
    :returns: whether it has the fields of :class:`proteins_plus.serializers.NoteSerializer`, all of them text
    """
    fields = ('code', 'subject', 'message')
    return isinstance(note, dict) and all(isinstance(note.get(name), str) for name in fields)


def _unexplained(completed: Completed) -> ToolError:
    """
    :param completed: a failed run of a program that states no error of its own
    :returns: what can be told from its exit code and what it printed
    """
    said = completed.stderr_tail()
    if any(words in said for words in _NO_MEMORY):
        code, message = _EXCEEDED['memory']
        return ToolError(message, code, 'A smaller structure, or fewer options, may fit.')
    return ToolError(f'It ended with exit code {completed.exit_code}.')


def _complaint(completed: Completed) -> ToolError | None:
    """
    The error a program of ours states in the last line of its standard error (:mod:`engines.command_line`).

    :param completed: a failed run
    :returns: None for a program that does not speak so
    """
    lines = completed.stderr_tail().strip().splitlines()
    try:
        said = json.loads(lines[-1]) if lines else None
    except ValueError:
        return None
    if not isinstance(said, dict) or 'message' not in said:
        return None
    return ToolError(str(said['message']), str(said.get('code', ''))[:64] or None, str(said.get('hint', '')))
