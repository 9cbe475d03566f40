"""Tells how far a build is, and what it did."""

import time
from typing import TextIO

from engines.notes import counted
from engines.siena.database.build import Summary

_WIDTH = 30
_EVERY = 0.2
"""Seconds between two looks of a bar on a terminal."""
_SHARES = 10
"""Lines of a bar that goes to a file."""


class Bar:
    """
    A bar on a terminal; elsewhere a line now and then.

    :param stream: where it goes
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._terminal = stream.isatty()
        self._last = (0.0, -1)

    def show(self, what: str, number: int, total: int) -> None:
        """
        :param what: is counted
        :param number: that is done
        :param total: of all
        """
        share, now = (number / total if total else 1.0), time.monotonic()
        step = int(share * _SHARES)
        due = now - self._last[0] > _EVERY if self._terminal else step != self._last[1]
        if not due and number != total:
            return
        self._last = (now, step)
        if self._terminal:
            filled = '#' * int(share * _WIDTH)
            self._stream.write(f'\r[{filled:<{_WIDTH}}] {number:,}/{total:,} {what}   ')
        else:
            self._stream.write(f'{number:,} of {total:,} {what}\n')
        self._stream.flush()

    def close(self) -> None:
        """End the line."""
        if self._terminal:
            self._stream.write('\n')


def report(summary: Summary) -> str:
    """
    :param summary: of a build
    :returns: it in lines
    """
    lines = [
        f'{counted(summary.entries, "file")} with {counted(summary.chains, "protein chain")} in the index',
        f'{summary.read:,} read, {summary.kept:,} unchanged, {summary.removed:,} gone, '
        f'{len(summary.unreadable):,} unreadable',
        *(f'unreadable: {file}: {message}' for file, message in summary.unreadable),
    ]
    return '\n'.join(lines) + '\n'
