"""
Real runs of the tools, each made once: an equal run in the same process is answered with what the first one wrote.

Most tests are about what surrounds a run; without this, the suite would spend most of its time on repetitions.
"""

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings

from proteins_plus import sandbox

_run = sandbox.run
_runs: dict[str, tuple[sandbox.Completed, Path]] = {}


def run_once(argv: Sequence[str], work: Path, *args: Any, **kwargs: Any) -> sandbox.Completed:
    """
    As :func:`.sandbox.run`, which it replaces in tests of the API. What is no tool of this project, such as the fakes
    of :mod:`.faults`, always runs, and so does a tool whose run has not succeeded yet.

    :param argv: as there
    :param work: as there
    :param args: as there
    :param kwargs: as there
    :returns: as there
    """
    if not Path(argv[0]).is_relative_to(settings.BASE_DIR):
        return _run(argv, work, *args, **kwargs)
    key = _key(argv, work)
    if key not in _runs:
        completed = _run(argv, work, *args, **kwargs)
        if completed.succeeded:
            kept = Path(settings.MEDIA_ROOT).parent / 'runs' / key
            shutil.copytree(work, kept)
            _runs[key] = completed, kept
        return completed
    completed, kept = _runs[key]
    shutil.copytree(kept, work, dirs_exist_ok=True)
    return replace(completed, argv=tuple(argv), stdout=work / 'stdout', stderr=work / 'stderr')


def _key(argv: Sequence[str], work: Path) -> str:
    """
    :param argv: of a run
    :param work: its work directory, which holds the input
    :returns: the same for runs that must have the same result
    """
    digest = hashlib.blake2b(repr([each.replace(str(work), '') for each in argv]).encode(), digest_size=16)
    for file in sorted(work.rglob('*')):
        digest.update(repr((str(file.relative_to(work)), file.read_bytes() if file.is_file() else b'')).encode())
    return digest.hexdigest()
