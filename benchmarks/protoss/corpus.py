"""Part g: whether the engine's output can be read, and whether heavy atoms are where they were."""

import json
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gemmi
from rdkit import Chem, rdBase

from engines.errors import EngineError

from .flips import ENDS
from .programs import Run
from .structures import HYDROGENS, WATERS, load

#: Chain, residue number, residue name, atom name, altloc.
Name = tuple[str, str, str, str, str]
_DECIMALS = 2
_SUFFIXES = ('.pdb', '.pdb.gz', '.cif', '.cif.gz')
FAMILY_STEP = 24
_BIOPYTHON = """
import json, sys
from Bio.PDB import MMCIFParser, PDBParser
counts = {}
for name in sys.argv[1:]:
    parser = (MMCIFParser if name.endswith('.cif') else PDBParser)(QUIET=True)
    try:
        residues = [r for r in parser.get_structure('x', name).get_residues()]
        whole = [x for r in residues for x in (r.disordered_get_list() if r.is_disordered() == 2 else [r])]
        counts[name] = sum(len(r.get_unpacked_list()) for r in whole)
    except Exception as error:
        counts[name] = str(error)
print(json.dumps(counts))
"""


@dataclass
class Entry:
    """
    What became of one file.

    :param name: of the file
    :param run: of the engine on it
    :param heavy: number of heavy atoms of its first model
    :param hydrogens: number of hydrogens written
    :param code: of the coded refusal, or empty
    :param faults: everything that is wrong
    :param remarks: what a reader cannot read of the input either
    :param flips: number of reported flips
    """

    name: str
    run: Run
    heavy: int = 0
    hydrogens: int = 0
    code: str = ''
    faults: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    flips: int = 0


def files(data: Path) -> list[Path]:
    """
    :param data: folder of structures
    :returns: all entries, the docking receptors, and a sample of the families, by name
    """
    family = sorted(path for path in (data / 'families').rglob('*') if path.name.endswith(_SUFFIXES))
    whole = [path for name in ('entries', 'docking') for path in sorted((data / name).iterdir())]
    return [path for path in whole if path.name.endswith(_SUFFIXES)] + family[::FAMILY_STEP]


def outputs(run: Run) -> list[Path]:
    """
    :param run: of the engine
    :returns: the structures it has written
    """
    return [path for path in (run.output, run.output.with_suffix('.cif')) if path.exists()]


def report_of(run: Run) -> dict[str, Any]:
    """
    :param run: of the engine
    :returns: its report
    """
    content: dict[str, Any] = json.loads((run.folder / 'report.json').read_text(encoding='utf-8'))
    return content


def ligand_atoms(run: Run) -> list[list[tuple[str, gemmi.Position]]]:
    """
    :param run: of the engine
    :returns: of each ligand element and position of every atom
    """
    return [
        [
            (atom.GetSymbol().upper(), gemmi.Position(*molecule.GetConformer().GetAtomPosition(atom.GetIdx())))
            for atom in molecule.GetAtoms()
        ]
        for molecule in _molecules(run.folder / 'ligands.sdf', sanitize=False)
    ]


def _molecules(path: Path, *, sanitize: bool) -> list[Any]:
    """
    :param path: SDF file, which need not exist
    :param sanitize: whether RDKit has to find it sound
    :returns: its records; None for each that is not
    """
    if not path.exists() or not path.stat().st_size:
        return []
    return list(Chem.SDMolSupplier(str(path), removeHs=False, sanitize=sanitize))


def check(path: Path, run: Run, peers: Path) -> Entry:
    """
    :param path: the input
    :param run: of the engine on it
    :param peers: folder of executables of the peers' environment
    :returns: what became of it
    """
    entry = Entry(path.name, run)
    try:
        source = load(path)
        entry.heavy = sum(1 for cra in source[0].all() if cra.atom.element.name not in HYDROGENS)
        if run.error:
            entry.code, entry.faults = _refusal(run)
            return entry
        written = outputs(run)
        unreadable = _unreadable(written, run, peers)
        if unreadable and _as_the_input(source, written, run, peers):
            entry.remarks, unreadable = [f'{fault}; so of the input' for fault in unreadable], []
        entry.faults += unreadable
        entry.flips = len(report_of(run)['flips'])
        entry.hydrogens, moved = _moved(source, load(written[-1]), run)
        entry.faults += moved
    except (EngineError, ValueError, RuntimeError, KeyError, OSError) as error:
        entry.faults.append(f'{type(error).__name__}: {error}')
    return entry


def _refusal(run: Run) -> tuple[str, list[str]]:
    """
    :param run: that ended with an error
    :returns: its code, and the fault if it has none
    """
    lines = (run.folder / 'log').read_text(encoding='utf-8', errors='replace').strip().splitlines()
    try:
        return str(json.loads(lines[-1])['code']), [] if 'exit code 65' in run.error else [run.error]
    except (ValueError, KeyError, IndexError, TypeError):
        return '', [run.error]


def _unreadable(written: list[Path], run: Run, peers: Path) -> list[str]:
    """
    :param written: structures of the run
    :param run: of the engine
    :param peers: folder of executables with Biopython
    :returns: what cannot be read, by whom
    """
    rdBase.DisableLog('rdApp.*')
    counts = _biopython(written, peers)
    faults = []
    for path in written:
        atoms, read = load(path)[0].count_atom_sites(), counts.get(path, 'no answer')
        if read != atoms:
            faults.append(f'Biopython reads {path.name}: {read} of {atoms} atoms')
        if path.suffix == '.pdb' and not _rdkit_reads(path):
            faults.append(f'RDKit cannot read {path.name}')
    records = enumerate(_molecules(run.folder / 'ligands.sdf', sanitize=True), start=1)
    return faults + [f'RDKit refuses ligand record {number}' for number, molecule in records if molecule is None]


def _rdkit_reads(path: Path) -> bool:
    """
    :param path: PDB file
    :returns: whether RDKit makes a molecule of it
    """
    molecule: Any = Chem.MolFromPDBFile(str(path), sanitize=False, removeHs=False, proximityBonding=False)
    return molecule is not None


def _biopython(paths: list[Path], peers: Path) -> dict[Path, int | str]:
    """
    :param paths: structures
    :param peers: folder of executables with Biopython
    :returns: of each the number of atoms that Biopython reads, or why it does not
    """
    argv = [str(peers / 'python'), '-c', _BIOPYTHON, *map(str, paths)]
    answer = subprocess.run(argv, capture_output=True, text=True, check=False)
    counts: dict[str, int | str] = json.loads(answer.stdout) if answer.returncode == 0 else {}
    return {Path(name): count for name, count in counts.items()}


def _as_the_input(source: gemmi.Structure, written: list[Path], run: Run, peers: Path) -> bool:
    """
    Whether a reader that fails on the output fails on the input, too, written by gemmi in the same formats.

    :param source: the input
    :param written: structures of the run
    :param run: of the engine
    :param peers: folder of executables with Biopython
    :returns: True if the output is no worse than the input
    """
    copies = [run.folder / f'input{path.suffix}' for path in written]
    for copy in copies:
        if copy.suffix == '.pdb':
            copy.write_text(source.make_pdb_string(gemmi.PdbWriteOptions(minimal=True)), encoding='ascii')
        else:
            source.make_mmcif_document().write_file(str(copy))
    return bool(_unreadable(copies, run, peers))


def _moved(source: gemmi.Structure, output: gemmi.Structure, run: Run) -> tuple[int, list[str]]:
    """
    Compare heavy atoms by name and place. Those that left as ligands are compared by place only.

    :param source: the input
    :param output: the protein as written
    :param run: of the engine
    :returns: number of hydrogens, and the atoms that moved, came or went without a reported flip
    """
    before, _ = _heavy(source)
    after, hydrogens = _heavy(output)
    ligands = [atom for molecule in ligand_atoms(run) for atom in molecule]
    places = Counter(_rounded(position) for element, position in ligands if element not in HYDROGENS)
    flipped = {tuple(label.split()[0].split('_')) for label in report_of(run)['flips']}
    removed = {str(item if isinstance(item, str) else item.get('name')) for item in report_of(run)['removed']}
    told, faults = _reduced(run), []
    for name, position in before.items():
        if after.get(name) == position:
            continue
        chain, seqid, residue = name[:3]
        if name not in after:
            ligand = f'{residue}_{chain}_{seqid}'
            if not places[position] and ligand not in removed and not (name[4] and chain in told):
                faults.append(f'lost {_text(name)}')
            places[position] -= 1
        elif not ((residue, chain, seqid) in flipped and name[3] in _ends(residue)):
            faults.append(f'moved {_text(name)}')
    faults += [f'new {_text(name)}' for name in after if name not in before]
    hydrogens += sum(element in HYDROGENS for element, _ in ligands)
    return hydrogens, faults if hydrogens else [*faults, 'no hydrogens']


def _reduced(run: Run) -> set[str]:
    """
    :param run: of the engine
    :returns: chains of ligands of which, as a note says, one conformer was taken; a ligand of several residues is named
        by its first
    """
    notes = json.loads((run.folder / 'notes.json').read_text(encoding='utf-8'))
    return {note['subject'].split('_')[1] for note in notes if note['code'] == 'ligand.altlocs'}


def _ends(residue: str) -> set[str]:
    """
    :param residue: name
    :returns: atoms that a flip exchanges
    """
    return {atom for pair in ENDS.get(residue, ()) for atom in pair}


def _heavy(structure: gemmi.Structure) -> tuple[dict[Name, tuple[float, ...]], int]:
    """
    :param structure: any
    :returns: its heavy atoms with their places, and its number of hydrogens
    """
    found: dict[Name, tuple[float, ...]] = {}
    hydrogens = 0
    for cra in structure[0].all():
        if cra.atom.element.name in HYDROGENS:
            hydrogens += 1
            continue
        residue = 'HOH' if cra.residue.name in WATERS else cra.residue.name
        altloc = cra.atom.altloc if cra.atom.has_altloc() else ''
        found[cra.chain.name, str(cra.residue.seqid), residue, cra.atom.name, altloc] = _rounded(cra.atom.pos)
    return found, hydrogens


def _rounded(position: gemmi.Position) -> tuple[float, ...]:
    """
    :param position: of an atom
    :returns: it with the digits that every format keeps
    """
    return tuple(round(x, _DECIMALS) + 0.0 for x in position.tolist())


def _text(name: Name) -> str:
    """
    :param name: of an atom
    :returns: it for the report
    """
    chain, seqid, residue, atom, altloc = name
    return f'{atom}{altloc and "." + altloc} of {residue}_{chain}_{seqid}'


def same_twice(run: Run, again: Run) -> bool:
    """
    :param run: of the engine
    :param again: another one on the same input
    :returns: whether both wrote the same bytes
    """
    names = ('out.pdb', 'out.cif', 'ligands.sdf', 'report.json', 'notes.json')
    files_of = [[_bytes(one.folder / name) for name in names] for one in (run, again)]
    return files_of[0] == files_of[1]


def _bytes(path: Path) -> bytes:
    """
    :param path: a file, which need not exist
    :returns: its content
    """
    return path.read_bytes() if path.exists() else b''
