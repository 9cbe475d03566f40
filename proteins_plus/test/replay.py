"""
Real runs of the tools, each made once: an equal run is answered with what the first one wrote.

Most tests are about what surrounds a run; without this, the suite would spend most of its time on repetitions. What
runs wrote lies in the folder ``KEPT_RUNS``: by default that of one test run, and ``test.sh`` gives one to both
databases, of which no tool knows.
"""

import hashlib
import os
import pickle
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings

from proteins_plus import sandbox

_run = sandbox.run


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
    kept = Path(os.environ['KEPT_RUNS'], _key(argv, work))
    if not kept.exists():
        completed = _run(argv, work, *args, **kwargs)
        if completed.succeeded:
            _keep(completed, work, kept)
        return completed
    completed = pickle.loads((kept / 'completed').read_bytes())  # noqa: S301  # ours
    shutil.copytree(kept / 'work', work, dirs_exist_ok=True)
    return replace(completed, argv=tuple(argv), stdout=work / 'stdout', stderr=work / 'stderr')


def _keep(completed: sandbox.Completed, work: Path, kept: Path) -> None:
    """
    Keep a run whole, or not at all: other processes look for it.

    :param completed: how it ended
    :param work: what it wrote
    :param kept: where to
    """
    kept.parent.mkdir(exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(dir=kept.parent))
    shutil.copytree(work, unfinished / 'work')
    (unfinished / 'completed').write_bytes(pickle.dumps(completed))
    try:
        unfinished.rename(kept)
    except OSError:  # another process was first
        shutil.rmtree(unfinished)


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
