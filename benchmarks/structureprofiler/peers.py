"""The programs that the engine is compared with, each in a process of its own and in an environment of their own."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

LOCK = Path(__file__).with_name('requirements.txt')
_POSEBUSTERS = """
import json, sys, warnings
warnings.simplefilter('ignore')
from pathlib import Path
import posebusters, yaml
settings = yaml.safe_load((Path(posebusters.__file__).parent / 'config' / 'mol.yml').read_text())
wanted = ('loading', 'distance_geometry', 'flatness')
settings['modules'] = [m for m in settings['modules'] if m['function'] in wanted]
table = posebusters.PoseBusters(config=settings).bust([sys.argv[1]])
names = ('bond_lengths', 'bond_angles', 'internal_steric_clash', 'aromatic_ring_flatness')
json.dump([[None if row[n] is None else bool(row[n]) for n in names] for _, row in table.iterrows()], sys.stdout)
"""
_DISTANCES = """
import json, sys, warnings
warnings.simplefilter('ignore')
from rdkit import Chem
from posebusters.modules.intermolecular_distance import check_intermolecular_distance
answers = []
for number, mol in enumerate(Chem.SDMolSupplier(sys.argv[1] + '/poses.sdf', removeHs=False, sanitize=False)):
    protein = Chem.MolFromPDBFile(f'{sys.argv[1]}/{number}.pdb', sanitize=False, proximityBonding=False)
    found = check_intermolecular_distance(mol, protein)['results']
    answers.append([bool(found['no_clashes']), float(found['most_extreme_relative_distance'])])
json.dump(answers, sys.stdout)
"""
_RAMALYZE = """
import json, sys
import iotbx.pdb
from mmtbx.validation.ramalyze import ramalyze
found = ramalyze(iotbx.pdb.input(sys.argv[1]).construct_hierarchy(), outliers_only=False)
rows = [(r.chain_id.strip(), r.resseq.strip() + r.icode.strip(), r.resname.strip(), r.rama_type, r.score)
        for r in found.results]
json.dump(rows, sys.stdout)
"""


def posebusters(python: Path, sdf: Path) -> list[list[bool | None]]:
    """
    :param python: of the peers' environment
    :param sdf: molecules with hydrogens
    :returns: verdicts on bond lengths, bond angles, overlaps and aromatic rings of each
    """
    rows: list[list[bool | None]] = _run([str(python), '-c', _POSEBUSTERS, str(sdf)])
    return rows


def distances(python: Path, folder: Path) -> list[tuple[bool, float]]:
    """
    :param python: of the peers' environment
    :param folder: with ``poses.sdf``, and a PDB file of the surroundings of each record by its number
    :returns: whether a ligand touches nothing, and its smallest distance over the sum of van der Waals radii
    """
    return [(bool(row[0]), float(row[1])) for row in _run([str(python), '-c', _DISTANCES, str(folder)])]


def ramalyze(python: Path, pdb: Path) -> list[list[Any]]:
    """
    :param python: of the peers' environment
    :param pdb: structure
    :returns: chain, position, residue name, number of the outcome, and share in percent of each residue
    """
    rows: list[list[Any]] = _run([str(python), '-c', _RAMALYZE, str(pdb)])
    return rows


def tortoize(pdb: Path) -> dict[tuple[str, str], float] | None:
    """
    :param pdb: structure
    :returns: Z-scores of side chains by chain and position; None where the program is not installed or fails
    """
    program = shutil.which('tortoize')
    if program is None:
        return None
    output = pdb.with_suffix('.tortoize.json')
    done = subprocess.run([program, str(pdb), str(output)], check=False, capture_output=True)
    if done.returncode:
        return None
    model = json.loads(output.read_text(encoding='utf-8'))['model']['1']
    found = {}
    for row in model['residues']:
        place, score = row['pdb'], row.get('torsion', {}).get('z-score')
        if score is not None:
            found[place['strandID'], f'{place["seqNum"]}{place["insCode"]}'] = float(score)
    return found


def _run(argv: list[str]) -> Any:
    """
    :param argv: of a program that writes JSON
    :returns: what it wrote
    """
    done = subprocess.run(argv, check=True, capture_output=True, text=True)
    return json.loads(done.stdout[done.stdout.index('[') :])
