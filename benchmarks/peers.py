"""Environments of other programs, which are compared with ours as processes of their own."""

import shutil
import subprocess
import sys
from pathlib import Path


def make_environment(lock: Path, folder: Path) -> Path:
    """
    Make an environment from a hash-locked list, unless it is there.

    :param lock: requirements with hashes
    :param folder: of the environment
    :returns: its folder of executables
    :raises CalledProcessError: if it cannot be made
    """
    stamp, wanted, programs = folder / 'installed', lock.read_text(encoding='utf-8'), folder / 'bin'
    if not (stamp.exists() and stamp.read_text(encoding='utf-8') == wanted):
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, '-m', 'venv', '--without-pip', str(folder)], check=True)
        uv, python = str(Path(sys.executable).with_name('uv')), str(programs / 'python')
        install = [uv, 'pip', 'install', '-q', '--python', python, '--require-hashes', '-r', str(lock)]
        subprocess.run(install, check=True)
        stamp.write_text(wanted, encoding='utf-8')
    return programs
