"""The programs that the engine is compared with, each in a process of its own and in an environment of their own."""

import json
import os
import resource
import subprocess
from pathlib import Path

import numpy as np

from .targets import Coordinates

FPOCKET, KVFINDER = 'fpocket-rs', 'pyKVFinder'
BY_SIZE = 'fpocket-rs, by size'
"""The pockets of fpocket-rs in the order of their number of alpha spheres instead of its score."""
REACH = {FPOCKET: 3.0, KVFINDER: 1.0}
"""Angstrom between an atom of a ligand and a point of a pocket up to which the atom is inside. For the centres of alpha
spheres it is the criterion of their authors (Le Guilloux et al. 2009, BMC Bioinformatics 10:168), which favours them;
for points of a grid it is that of the engine."""
LOCK = Path(__file__).with_name('requirements.txt')
_SECONDS = 60
"""Processor time after which a peer is ended; on some structures fpocket-rs does not come to an end."""
_PROGRAMS = {
    FPOCKET: """
import json, sys, fpocket_rs
found = fpocket_rs.detect_pockets(sys.argv[1])['pockets']
found.sort(key=lambda pocket: pocket['rank'])
points = [[list(sphere[:3]) for sphere in pocket['alpha_spheres']] for pocket in found]
json.dump({'points': points, 'drug': [pocket['drug_score'] for pocket in found]}, open(sys.argv[2], 'w'))
""",
    KVFINDER: """
import json, sys, warnings
import numpy, pyKVFinder
warnings.simplefilter('ignore')
atoms = pyKVFinder.read_pdb(sys.argv[1])
vertices = pyKVFinder.get_vertices(atoms)
number, grid = pyKVFinder.detect(atoms, vertices)
places = numpy.argwhere(grid >= 2)
labels = grid[tuple(places.T)]
places = vertices[0] + 0.6 * places
points = [places[labels == label].round(2).tolist() for label in numpy.unique(labels)]
json.dump({'points': sorted(points, key=len, reverse=True), 'drug': []}, open(sys.argv[2], 'w'))
""",
}


def run_peer(python: Path, program: str, protein: Path) -> tuple[list[Coordinates], list[float]] | None:
    """
    Run a peer on a structure; what it found is kept beside the structure and used again.

    :param python: of the peers' environment
    :param program: one of :data:`REACH`
    :param protein: PDB file
    :returns: points of each pocket in the program's order, Angstrom, and their druggability, if the program gives one;
        or None if it fails or does not come to an end
    """
    output = protein.with_name(f'{protein.stem}.{program}.json')
    if not output.exists():
        environment = {**os.environ, 'OMP_NUM_THREADS': '1', 'OPENBLAS_NUM_THREADS': '1'}
        argv = [str(python), '-c', _PROGRAMS[program], str(protein), f'{output}.part']
        done = subprocess.run(argv, check=False, capture_output=True, env=environment, preexec_fn=_limit)
        output.write_text('null', encoding='utf-8')
        if done.returncode == 0:
            Path(f'{output}.part').replace(output)
    content = json.loads(output.read_text(encoding='utf-8'))
    if content is None:
        return None
    return [np.array(points, np.float64).reshape(-1, 3) for points in content['points']], list(content['drug'])


def _limit() -> None:
    """Bound the processor time of a peer."""
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
