"""
What the command lines of all engines share: exit codes and the way an error is told.

Exit codes follow sysexits: 0 success, 64 wrong usage, 65 the input cannot be used, 70 a fault of the engine. The last
line on stderr after 65 and 70 is a JSON object with code, message and hint, for the program that called the engine.
"""

import argparse
import json
import sys
import traceback
from collections.abc import Callable, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import NoReturn

from engines.errors import EngineError

VERSION = '0.1.0'
EXIT_USAGE, EXIT_INPUT, EXIT_FAULT = 64, 65, 70
_SOURCES = {'.py', '.tsv', '.toml', '.npz'}
"""What results follow from: code, and the tables that it reads."""


def version() -> str:
    """
    The version of the engines, with a digest of their source and tables: results are cached under it, and no change of
    an engine, released or not, may serve what an earlier one has made.

    :returns: such as ``0.1.0+1f0c93ab``
    """
    digest = blake2b(digest_size=4)
    for file in sorted(Path(__file__).parent.rglob('*')):
        if file.suffix in _SOURCES and 'test' not in file.parts:
            digest.update(file.read_bytes())
    return f'{VERSION}+{digest.hexdigest()}'


class _Version(argparse.Action):
    """Prints the version; it is worked out only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        """
        :param parser: the engine's arguments
        :raises SystemExit: always, with exit code 0
        """
        print(f'{parser.prog} {version()} (ProteinsPlus, open)')
        parser.exit()


class ArgumentParser(argparse.ArgumentParser):
    """An argument parser that exits with 64 on wrong usage and knows ``--version``."""

    def __init__(self, prog: str, description: str) -> None:
        super().__init__(prog=prog, description=description)
        self.add_argument('--version', action=_Version, nargs=0, help='say which engine this is, and end')

    def error(self, message: str) -> NoReturn:
        """
        Tell what is wrong with the arguments.

        :param message: what argparse found
        :raises SystemExit: always, with exit code 64
        """
        self.print_usage(sys.stderr)
        self.exit(EXIT_USAGE, f'{self.prog}: {message}\n')


def run(
    parser: ArgumentParser,
    main: Callable[[argparse.Namespace], None],
    arguments: Sequence[str] | None = None,
) -> int:
    """
    Parse the arguments, run an engine and turn what goes wrong into an exit code.

    :param parser: the engine's arguments
    :param main: the engine
    :param arguments: arguments without the program's name; by default those of the process
    :returns: exit code
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    if not arguments:
        parser.print_usage(sys.stderr)
        return EXIT_USAGE
    options = parser.parse_args(arguments)
    try:
        main(options)
    except EngineError as error:
        return _report(error, EXIT_INPUT)
    except Exception:  # pylint: disable=broad-exception-caught  # whatever it is, the caller needs the JSON line
        traceback.print_exc()
        return _report(EngineError('engine.fault', f'{parser.prog} failed unexpectedly.'), EXIT_FAULT)
    return 0


def _report(error: EngineError, code: int) -> int:
    """
    Write an error to stderr, for people first and for programs in the last line.

    :param error: the error
    :param code: exit code
    :returns: the exit code
    """
    print(' '.join(filter(None, (error.message, error.hint))), file=sys.stderr)
    print(json.dumps(error.as_dict()), file=sys.stderr, flush=True)
    return code
