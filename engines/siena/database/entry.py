"""What the index keeps of one file: the entry's properties, its protein chains and its ligands."""

import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from engines.archive import header
from engines.preprocessor.additives import ADDITIVES
from engines.siena.chains import Chain, chains_of
from engines.siena.geometry import Points
from engines.structure.bonding import ResidueKey
from engines.structure.classification import Classification, Kind, classify
from engines.structure.components import ComponentDictionary
from engines.structure.molecules import bonded_groups, residue_name, safe_name
from engines.structure.reading import StructureInput, read_structure

_IN_STEM = re.compile(r'(?:pdb)?([0-9][A-Za-z0-9]{3})(?=$|[^A-Za-z0-9])', re.ASCII | re.IGNORECASE)


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
    ec_numbers: tuple[str, ...] = ()
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
    head = header.header(source)
    return Entry(
        code_of(source),
        head.title,
        head.resolution,
        int(head.date[:4]) if head.date else None,
        _has_density(source, head.method),
        head.ec,
        chains_of(classification),
        ligands_of(classification),
    )


def code_of(source: StructureInput) -> str:
    """
    :param source: a structure, perhaps one chain of an entry
    :returns: PDB id of the entry in capitals, from its text or from the beginning of its file's name; else that name
    """
    if code := header.code_of(source):
        return code
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


def _has_density(source: StructureInput, method: str) -> bool:
    """
    :param source: a structure
    :param method: how it was determined, as its head says
    :returns: whether it comes from diffraction, and, where the file tells it, structure factors were released
    """
    methods = [item.method for item in source.structure.meta.experiments] or [method]
    if not any('DIFFRACTION' in method.upper() or 'CRYSTALLOGRAPHY' in method.upper() for method in methods):
        return False
    status = source.block.find_value('_pdbx_database_status.status_code_sf') if source.block else None
    return status in (None, 'REL', '?', '.')
