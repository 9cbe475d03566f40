"""The engine and its peers as programs, each in a process of its own, with the peers in an environment of their own."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..harness import ROOT

ENGINE, PDB2PQR, HYDRIDE = 'protoss', 'pdb2pqr', 'hydride'
PROGRAMS = (ENGINE, PDB2PQR, HYDRIDE)
#: The engine without PROPKA, which it leaves out of large structures by itself; to see what either takes.
ALONE = 'protoss_alone'
_WITHOUT_PROPKA = """
import sys
sys.path.insert(0, sys.argv.pop(1))
from engines.protoss import cli, pka
pka.ATOM_LIMIT = 0
sys.exit(cli.command())
"""
PH = 7.0
AT_ONCE = 2
LOCK = Path(__file__).with_name('requirements.txt')
_SECONDS = 900
#: Starts a program from a small process: a child's peak memory is never below that of the process it was forked from.
_MEASURE = """
import json, os, sys
target, *argv = sys.argv[1:]
began = os.times().elapsed
child = os.posix_spawn(argv[0], argv, os.environ)
_, status, usage = os.wait4(child, 0)
code, seconds = os.waitstatus_to_exitcode(status), os.times().elapsed - began
with open(target, 'w') as sink:
    json.dump([code, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024], sink)
"""


@dataclass(frozen=True)
class Run:
    """
    What one process did.

    :param output: the structure it should have written
    :param seconds: wall time
    :param cpu: seconds of processor time, with those of its own children
    :param megabytes: largest resident memory of one of its processes
    :param error: last line on stderr if it failed or wrote nothing, else empty
    """

    output: Path
    seconds: float
    cpu: float
    megabytes: float
    error: str

    @property
    def folder(self) -> Path:
        """:returns: the folder with everything the run has written"""
        return self.output.parent


class Programs:
    """
    Runs programs on structure files and remembers nothing but where they write.

    :param peers: folder with the executables of the peers
    :param work: folder for the runs
    :param ccd: component dictionary of the engine
    """

    def __init__(self, peers: Path, work: Path, ccd: Path) -> None:
        self.peers, self._work = peers, work
        self._environment = {**os.environ, 'PPLUS_CCD': str(ccd), 'OMP_NUM_THREADS': '1', 'OPENBLAS_NUM_THREADS': '1'}

    def run(
        self,
        program: str,
        structure: Path,
        label: str = '',
        given: Path | None = None,
        *,
        ph: float = PH,
        seed: str = '0',
    ) -> Run:
        """
        :param program: one of :data:`PROGRAMS`, or :data:`ALONE`
        :param structure: PDB or mmCIF file
        :param label: keeps runs on files of one name apart
        :param given: SDF file of ligands that the user places, for the engine
        :param ph: of the sample
        :param seed: of Python's hashes
        :returns: what became of it; it never raises for what the program does
        """
        folder = self._work / f'{structure.name}.{label}.{program}'
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        output = folder / 'out.pdb'
        placed = [f'--ligand_input={given}'] if given else []
        return _run(
            [*self._argv(program, structure, output, ph), *placed],
            output,
            {**self._environment, 'PYTHONHASHSEED': seed},
        )

    def _argv(self, program: str, structure: Path, output: Path, ph: float) -> list[str]:
        """
        :param program: one of :data:`PROGRAMS`, or :data:`ALONE`
        :param structure: to be read
        :param output: to be written
        :param ph: of the sample
        :returns: the command line
        """
        beside = {name: str(output.with_name(name)) for name in ('ligands.sdf', 'report.json', 'notes.json', 'out.pqr')}
        match program:
            case 'pdb2pqr':
                states = ('--titration-state-method=propka', f'--with-ph={ph}', '--log-level=ERROR')
                force_field = ('--ff=AMBER', '--keep-chain', f'--pdb-output={output}')
                return [str(self.peers / 'pdb2pqr'), *force_field, *states, str(structure), beside['out.pqr']]
            case 'hydride':
                return [str(self.peers / 'hydride'), f'--charges={ph}', '-i', str(structure), '-o', str(output)]
            case _:
                files = (f'--ligand_output={beside["ligands.sdf"]}', f'--report={beside["report.json"]}')
                options = (f'--ph={ph}', *files, f'--notes={beside["notes.json"]}')
                tool = [str(ROOT / 'bin' / 'protoss' / 'protoss')]
                if program == ALONE:
                    tool = [sys.executable, '-P', '-c', _WITHOUT_PROPKA, str(ROOT)]
                return [*tool, f'--input={structure}', f'--output={output}', *options]


def _run(argv: list[str], output: Path, environment: dict[str, str]) -> Run:
    """
    :param argv: program and arguments
    :param output: what it should write; its folder becomes the current one
    :param environment: of the process
    :returns: what became of it
    """
    log, figures = output.with_name('log'), output.with_name('figures')
    wrapped = [sys.executable, '-I', '-S', '-c', _MEASURE, str(figures), *argv]
    with (
        log.open('wb') as sink,
        subprocess.Popen(
            wrapped, stdout=sink, stderr=sink, cwd=output.parent, env=environment, start_new_session=True
        ) as process,
    ):
        try:
            process.wait(_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
    if not figures.exists():
        return Run(output, _SECONDS, 0.0, 0.0, f'no end after {_SECONDS} s')
    code, seconds, cpu, megabytes = json.loads(figures.read_text(encoding='ascii'))
    error = ''
    if code or not (output.exists() or output.with_suffix('.cif').exists()):
        lines = log.read_text(encoding='utf-8', errors='replace').strip().splitlines() or ['nothing on stderr']
        error = f'exit code {code}: {lines[-1][:200]}'
    return Run(output, seconds, cpu, megabytes, error)


def at_once(work: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
    """
    Do what waits for other processes, as many at once as there are cores for it.

    :param work: to be done
    :param items: with each
    :returns: the results in order
    """
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(work, items))
