"""What the index keeps of one file: the entry's properties, its protein chains and its ligands."""

import gzip
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import gemmi
import numpy as np

from engines.preprocessor.additives import ADDITIVES
from engines.siena.chains import Chain, chains_of
from engines.siena.geometry import Points
from engines.structure.bonding import ResidueKey
from engines.structure.classification import Classification, Kind, classify
from engines.structure.components import ComponentDictionary
from engines.structure.molecules import bonded_groups, residue_name, safe_name
from engines.structure.reading import StructureInput, read_structure

_CODE = re.compile(r'[0-9][A-Za-z0-9]{3}|pdb_[0-9A-Za-z]{8}', re.ASCII | re.IGNORECASE)
_IN_STEM = re.compile(r'(?:pdb)?([0-9][A-Za-z0-9]{3})(?=$|[^A-Za-z0-9])', re.ASCII | re.IGNORECASE)
_EC = re.compile(r'[1-7](?:\.(?:[0-9]+|-|n[0-9]+)){0,3}')
_MOST_TITLE = 500


@dataclass(frozen=True)
class Ligand:
    """
    A ligand of an entry.

    :param name: ``HET_CHAIN_NUM`` of its first residue
    :param residues: all of its residues
    :param additive: whether it usually comes from the buffer
    :param points: its heavy atoms, all conformers, shape (n, 3), Angstrom
    """

    name: str
    residues: list[ResidueKey]
    additive: bool
    points: Points


@dataclass
class Entry:
    """
    A file of the archive.

    :param code: PDB id in capitals, or the name of the file
    :param title: of the entry
    :param resolution: Angstrom, None if unknown
    :param year: of the deposition, None if unknown
    :param electron: whether measured data stand behind a density map
    :param ec_numbers: enzyme classes of its molecules
    :param chains: protein chains
    :param ligands: in file order
    """

    code: str
    title: str = ''
    resolution: float | None = None
    year: int | None = None
    electron: bool = False
    ec_numbers: list[str] = field(default_factory=list)
    chains: list[Chain] = field(default_factory=list)
    ligands: list[Ligand] = field(default_factory=list)


def read_entry(path: Path, dictionary: ComponentDictionary) -> Entry:
    """
    :param path: PDB or mmCIF file, plain or gzipped
    :param dictionary: the component dictionary
    :returns: its first model
    :raises EngineError: if the file is no structure
    """
    source = read_structure(path)
    classification = classify(source, dictionary)
    structure = source.structure
    info = structure.info
    return Entry(
        code_of(source),
        _info(info, '_struct.title')[:_MOST_TITLE],
        structure.resolution if structure.resolution > 0 else None,
        _year(_info(info, '_pdbx_database_status.recvd_initial_deposition_date')),
        _has_density(source),
        _ec_numbers(source, path),
        chains_of(classification),
        ligands_of(classification),
    )


def code_of(source: StructureInput) -> str:
    """
    :param source: a structure
    :returns: its PDB id in capitals, from its text or from the name of its file; else the name of the file
    """
    named = _info(source.structure.info, '_entry.id')
    if _CODE.fullmatch(named):
        return named.upper()
    found = _IN_STEM.match(source.stem)
    return found[1].upper() if found else safe_name(source.stem) or 'entry'


def ligands_of(classification: Classification) -> list[Ligand]:
    """
    :param classification: of a structure
    :returns: its ligands without their chemistry
    """
    residues = {item.key: item.residue for item in classification.of_kind(Kind.LIGAND)}
    found = []
    for keys in bonded_groups(list(residues), classification.bonds):
        points = [atom.pos.tolist() for key in keys for atom in residues[key] if not atom.is_hydrogen()]
        additive = all(key[3] in ADDITIVES for key in keys)
        found.append(Ligand(residue_name(keys[0]), keys, additive, np.array(points).reshape(-1, 3)))
    return found


def _info(info: gemmi.InfoMap, name: str) -> str:
    """
    :param info: of a structure
    :param name: mmCIF item
    :returns: its value on one line; empty if it is not there
    """
    return ' '.join(info[name].split()) if name in info else ''


def _year(date: str) -> int | None:
    """
    :param date: ISO date
    :returns: its year
    """
    return int(date[:4]) if date[:4].isdigit() else None


def _has_density(source: StructureInput) -> bool:
    """
    :param source: a structure
    :returns: whether it comes from diffraction, and, where the file tells it, structure factors were released
    """
    methods = [item.method for item in source.structure.meta.experiments] or [
        _info(source.structure.info, '_exptl.method')
    ]
    if not any('DIFFRACTION' in method.upper() or 'CRYSTALLOGRAPHY' in method.upper() for method in methods):
        return False
    status = source.block.find_value('_pdbx_database_status.status_code_sf') if source.block else None
    return status in (None, 'REL', '?', '.')


def _ec_numbers(source: StructureInput, path: Path) -> list[str]:
    """
    :param source: a structure
    :param path: its file
    :returns: EC numbers, each once
    """
    if source.block:
        text = ' '.join(gemmi.cif.as_string(value) for value in source.block.find_values('_entity.pdbx_ec'))
    else:
        with path.open('rb') as file:
            opened = gzip.open if file.read(2) == b'\x1f\x8b' else open
        with opened(path, 'rt', encoding='ascii', errors='replace') as stream:
            text = _compound(stream)
    return list(dict.fromkeys(_EC.findall(text)))


def _compound(file: Iterable[str]) -> str:
    """
    :param file: lines of a PDB file, which are read up to the first atom
    :returns: what its COMPND records say of enzyme classes
    """
    lines = []
    for line in file:
        if line.startswith('COMPND'):
            lines.append(line[10:80].strip())
        elif line.startswith(('ATOM  ', 'HETATM', 'MODEL ')):
            break
    return ' '.join(part.partition('EC:')[2] for part in ' '.join(lines).split(';') if 'EC:' in part)
