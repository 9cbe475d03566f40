"""The engine on the structures of the report."""

import json
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engines.dogsite.describe import Describer, Value
from engines.dogsite.detect import Pocket, find_pockets, volume
from engines.dogsite.molecule import Molecule, read_input

from ..harness import MEASURE, ROOT, Cost
from .targets import Coordinates, Target

AT_ONCE = 2
_TWICE = """
import sys, time
from engines.dogsite.cli import command
command(sys.argv[1:])
began = time.monotonic()
command(sys.argv[1:])
print(time.monotonic() - began)
"""
"""Runs the engine a second time, when everything is imported."""


@dataclass(frozen=True)
class Result:
    """
    The pockets of one structure.

    :param points: of each pocket, Angstrom, in the frame of the file
    :param volumes: cubic Angstrom
    :param values: descriptors of each pocket, if they were asked for
    :param parts: points of the subpockets of each pocket
    """

    points: list[Coordinates]
    volumes: list[float]
    values: list[dict[str, Value]]
    parts: list[list[Coordinates]]


@dataclass(frozen=True)
class Job:
    """
    What is to be done.

    :param protein: PDB file
    :param ccd: component dictionary
    :param spacing: Angstrom
    :param seed: of a random rotation and shift, or None to leave the structure as it is
    :param described: whether descriptors are wanted
    """

    protein: Path
    ccd: Path
    spacing: float = 0.8
    seed: int | None = None
    described: bool = False


def run_all(jobs: list[Job]) -> list[Result]:
    """
    :param jobs: to be done
    :returns: their results in order
    """
    with ProcessPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(_kept, jobs))


def _kept(job: Job) -> Result:
    """
    Do a job once: its result is kept beside the structure, so that a run in a folder of its own can be taken up again.

    :param job: to be done
    :returns: its result
    """
    path = job.protein.with_name(f'{job.protein.stem}.{job.spacing}.{job.seed}.{job.described}.json')
    if not path.exists():
        result = _run(job)
        lists = [one.round(3).tolist() for one in result.points]
        parts = [[one.round(3).tolist() for one in several] for several in result.parts]
        part = path.with_suffix('.part')
        text = json.dumps({'points': lists, 'volumes': result.volumes, 'values': result.values, 'parts': parts})
        part.write_text(text, encoding='utf-8')
        part.replace(path)
    content = json.loads(path.read_text(encoding='utf-8'))
    points = [np.array(one).reshape(-1, 3) for one in content['points']]
    parts = [[np.array(one).reshape(-1, 3) for one in several] for several in content['parts']]
    return Result(points, content['volumes'], content['values'], parts)


def _run(job: Job) -> Result:
    """
    :param job: to be done
    :returns: its result; points of a rotated structure are turned back
    """
    molecule = read_input(job.protein, job.ccd, '', None, '').molecule
    rotation, shift = _motion(job.seed)
    # A file has three decimals.
    moved = np.round(molecule.positions @ rotation.T + shift, 3)
    found = find_pockets(moved, molecule.radii, job.spacing)

    def placed(pocket: Pocket) -> Coordinates:
        """Its points in the frame of the file."""
        own: Coordinates = found.grid.points(found.indices(pocket.points)) @ found.frame + found.centre - shift
        return own @ rotation

    points = [placed(pocket) for pocket in found.pockets]
    parts = [[placed(part) for part in pocket.parts] for pocket in found.pockets]
    values = []
    if job.described:
        turned = Molecule(moved, molecule.radii, molecule.atoms, molecule.owners, molecule.residues)
        describer = Describer(found, turned, None)
        values = [describer.row(f'P_{i}', pocket).values for i, pocket in enumerate(found.pockets, 1)]
    return Result(points, [volume(pocket, found.grid) for pocket in found.pockets], values, parts)


def _motion(seed: int | None) -> tuple[Coordinates, Coordinates]:
    """
    A random motion, uniform over all rotations (a random unit quaternion).

    :param seed: of it, or None for no motion
    :returns: rotation, shape (3, 3), and shift, Angstrom
    """
    if seed is None:
        return np.eye(3), np.zeros(3)
    random = np.random.default_rng(seed)
    a, b, c, d = (lambda q: q / np.linalg.norm(q))(random.normal(size=4))
    rotation = np.array(
        [
            [1 - 2 * (c * c + d * d), 2 * (b * c - a * d), 2 * (b * d + a * c)],
            [2 * (b * c + a * d), 1 - 2 * (b * b + d * d), 2 * (c * d - a * b)],
            [2 * (b * d - a * c), 2 * (c * d + a * b), 1 - 2 * (b * b + c * c)],
        ]
    )
    return rotation, random.uniform(-10, 10, 3)


def jobs_of(targets: list[Target], ccd: Path, **options: object) -> list[Job]:
    """
    :param targets: structures
    :param ccd: component dictionary
    :param options: of each :class:`Job`
    :returns: one job a target
    """
    return [Job(target.protein, ccd, **options) for target in targets]  # type: ignore[arg-type]


def process(structure: Path, work: Path, ccd: Path) -> Cost:
    """
    Run the executable with all outputs.

    :param structure: to be read
    :param work: folder for its files
    :param ccd: component dictionary
    :returns: what it took
    """
    argv = ['-S', '-c', MEASURE, str(ROOT / 'bin' / 'dogsite' / 'dogsite')]
    return Cost(*json.loads(_printed(argv, structure, work, ccd)))


def own_work(structure: Path, work: Path, ccd: Path) -> float:
    """
    :param structure: as :func:`process`
    :param work: likewise
    :param ccd: likewise
    :returns: wall time in seconds without the start of Python and the imports
    """
    return float(_printed(['-c', _TWICE], structure, work, ccd).split()[-1])


def _printed(argv: list[str], structure: Path, work: Path, ccd: Path) -> str:
    """
    :param argv: for Python
    :param structure: as :func:`process`
    :param work: likewise
    :param ccd: likewise
    :returns: what it printed
    """
    work.mkdir(parents=True, exist_ok=True)
    writes = ['--writeSiteResiduesEDF', '--writeGridCCP4', '--writeDescToFile', '--subpocDetect']
    files = [f'--proteinFile={structure}', f'--outputName={work}/x', f'--ccd={ccd}']
    environment = {**os.environ, 'OMP_NUM_THREADS': '1', 'OPENBLAS_NUM_THREADS': '1', 'PYTHONPATH': str(ROOT)}
    whole = [sys.executable, *argv, *files, *writes]
    return subprocess.run(whole, check=True, capture_output=True, text=True, env=environment).stdout
