"""File systems that refuse: the n-th write of this process, or a small one of which real processes run out."""

import contextlib
import errno
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from django.conf import settings

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
#: What makes an entry in a folder, besides opening.
_MAKING = frozenset({'os.mkdir', 'os.link', 'os.rename'})
_real_fsync = os.fsync


class NthWrite:
    """Counts what is written below some folders, and refuses one of these writes, as a full disk would."""

    def __init__(self, number: int, folders: tuple[str, ...]) -> None:
        """
        :param number: of the write to refuse, from 1
        :param folders: the writes elsewhere are not counted
        """
        self._number, self._folders = number, folders
        self.count = 0

    def meet(self, path: object) -> None:
        """
        :param path: is about to be written to
        :raises OSError: ``ENOSPC``, if it is this write's turn
        """
        if isinstance(path, str | os.PathLike) and os.fspath(path).startswith(self._folders):
            self.count += 1
            if self.count == self._number:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), os.fspath(path))

    def fsync(self, descriptor: int) -> None:
        """
        :param descriptor: of an open file; writes to it may fail as late as here
        :raises OSError: see :meth:`meet`
        """
        self.meet(self._folders[0])
        _real_fsync(descriptor)


_active: list[NthWrite] = []


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    """
    Python tells of every file that it opens before it does. A hook cannot be removed, so there is only this one.

    :param event: what is about to happen
    :param arguments: path first, flags of ``open`` last
    """
    if _active and (event in _MAKING or (event == 'open' and arguments[2] & _WRITES)):
        _active[-1].meet(arguments[0])


sys.addaudithook(_audit)


@contextlib.contextmanager
def refused_write(number: int) -> Iterator[NthWrite]:
    """
    :param number: of the write to refuse: to the media and the work folder, or to temporary files
    :returns: the count of writes
    """
    refusal = NthWrite(number, (settings.MEDIA_ROOT, str(settings.WORK_DIR), tempfile.gettempdir()))
    _active.append(refusal)
    try:
        with mock.patch('os.fsync', refusal.fsync):
            yield refusal
    finally:
        _active.pop()


class SmallDisk:
    """A file system of a few MB that only the processes started by :attr:`enter` see."""

    #: What is in it, and can be made read-only.
    FOLDERS = ('media', 'work')

    def __init__(self, mount_point: Path, megabytes: int) -> None:
        """
        :param mount_point: an empty folder
        :param megabytes: its size
        :raises OSError: if this machine does not let us mount anything
        """
        self._mount_point = mount_point
        user = [] if os.geteuid() == 0 else ['--user', '--map-root-user']
        folders = [f'{mount_point}/{name}' for name in self.FOLDERS]
        binds = ' && '.join(f'mount --bind {folder} {folder}' for folder in folders)
        make = f'mount -t tmpfs -o size={megabytes}m tmpfs {mount_point} && mkdir {" ".join(folders)}'
        script = f'{make} && {binds} && echo ready && exec sleep 600'
        self._holder = subprocess.Popen(
            ['unshare', *user, '--mount', '--propagation', 'private', 'sh', '-c', script],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert self._holder.stdout is not None
        if self._holder.stdout.readline() != b'ready\n':
            self.close()
            raise OSError('no mount namespace')
        join = ['--user', '--preserve-credentials'] if user else []
        self.enter = ('nsenter', f'--target={self._holder.pid}', *join, '--mount', f'--wd={settings.BASE_DIR}', '--')

    @property
    def path(self) -> Path:
        """:returns: where this process sees it"""
        return Path(f'/proc/{self._holder.pid}/root', self._mount_point.relative_to('/'))

    def fill(self) -> None:
        """Leave no room on it."""
        with (self.path / 'ballast').open('wb', buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(2**16))

    def empty(self) -> None:
        """Make room again."""
        (self.path / 'ballast').unlink()

    def remount(self, mode: str) -> None:
        """:param mode: of :attr:`FOLDERS`, ``ro`` or ``rw``"""
        for name in self.FOLDERS:
            argv = [*self.enter, 'mount', '-o', f'remount,bind,{mode}', str(self._mount_point / name)]
            subprocess.run(argv, check=True)

    def close(self) -> None:
        """Let go of it; it is gone with the last process in it."""
        self._holder.kill()
        self._holder.wait()
        if self._holder.stdout is not None:
            self._holder.stdout.close()
