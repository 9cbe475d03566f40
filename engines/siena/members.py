"""
Writes the structures of an ensemble: of each the chains with the site, moved onto the query, and the ligands of the
site. Other chains and the water outside the site are left out: hundreds of whole structures would be stored for
nothing.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import gemmi
import numpy as np

from engines.errors import EngineError
from engines.siena.database.files import file_state
from engines.siena.database.reader import Index, Properties
from engines.siena.geometry import Transform
from engines.siena.occurrence import CONTACT, Occurrence, touching
from engines.structure.bonding import ResidueKey, find_bonds, residue_key
from engines.structure.classification import Classification, Classified, Kind
from engines.structure.components import ComponentDictionary
from engines.structure.reading import read_structure
from engines.structure.writing import pdb_obstacle, write_mmcif, write_pdb


@dataclass(frozen=True)
class Member:
    """
    A structure of the ensemble.

    :param name: ``<code>_<rank>``
    :param occurrence: what it shows
    """

    name: str
    occurrence: Occurrence


class Writer:
    """
    Writes members.

    :param index: of the archive
    :param output: folder to write to
    :param ccd: component dictionary
    """

    def __init__(self, index: Index, output: Path, ccd: Path) -> None:
        self._index, self._ccd = index, ccd
        self._proteins, self._ligands = output / 'ensemble', output / 'ligands'
        for folder in (self._proteins, self._ligands):
            folder.mkdir(parents=True, exist_ok=True)

    def write(self, occurrences: list[Occurrence]) -> tuple[list[Member], list[Occurrence]]:
        """
        :param occurrences: in their order
        :returns: what was written, ranked from 1, and those whose files are gone or have changed
        """
        members: list[Member] = []
        lost: list[Occurrence] = []
        with closing(ComponentDictionary(self._ccd)) as dictionary:
            for occurrence in occurrences:
                member = Member(f'{occurrence.properties.code}_{len(members) + 1}', occurrence)
                try:
                    self._write(member, dictionary)
                except EngineError:
                    lost.append(occurrence)
                else:
                    members.append(member)
        return members, lost

    def _write(self, member: Member, dictionary: ComponentDictionary) -> None:
        """
        :param member: to write
        :param dictionary: the component dictionary
        :raises EngineError: if its file is not what was indexed
        """
        occurrence = member.occurrence
        entry = occurrence.properties
        structure = _read(self._index.source, entry)
        records = ''.join(_records(structure, occurrence, dictionary))
        if records:
            (self._ligands / f'{member.name}.sdf').write_text(records, encoding='utf-8')
        kept = _kept(
            structure[0], occurrence, {key for ligand in self._index.ligands(entry.key) for key in ligand.residues}
        )
        _write_structure(_moved(structure, kept, occurrence.transform), self._proteins / member.name)


def _read(archive: Path, properties: Properties) -> gemmi.Structure:
    """
    :param archive: folder of the structure files
    :param properties: of an entry
    :returns: its structure
    :raises EngineError: ``siena.changed_file`` if the file is not the one that was looked through for the index
    """
    path = archive / properties.file
    if file_state(archive, path) != properties.state:
        raise EngineError('siena.changed_file', 'The file is not what was indexed.')
    try:
        structure = gemmi.read_structure(str(path))
    except (ValueError, RuntimeError):
        return read_structure(path).structure  # of a layout that needs some help
    structure.setup_entities()
    return structure


def _records(structure: gemmi.Structure, occurrence: Occurrence, dictionary: ComponentDictionary) -> Iterator[str]:
    """
    :param structure: of a member
    :param occurrence: what it shows
    :param dictionary: the component dictionary
    :returns: the ligands of the site, additives left out, in the frame of the query as SD records
    """
    keys = {key for ligand in occurrence.ligands if not ligand.additive for key in ligand.residues}
    if not keys:
        return
    # RDKit takes a while to import, and sites without a ligand need none of it.
    from rdkit.Chem import rdMolTransforms

    from engines.structure.molecules import find_ligands
    from engines.structure.sdf import sdf_record

    model, names = structure[0], {key[3] for key in keys}
    residues = [
        Classified(residue_key(chain.name, residue), residue, Kind.LIGAND, residue.subchain)
        for chain in model for residue in chain
        if residue.name in names and residue_key(chain.name, residue) in keys
    ]  # fmt: skip
    bonds = find_bonds(
        model, structure, lambda chain, residue: residue.name in names and residue_key(chain, residue) in keys
    )
    found = {name: component for name in names if (component := dictionary.get(name))}
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = occurrence.transform.rotation, occurrence.transform.shift
    for ligand in find_ligands(Classification(residues, bonds, found)):
        rdMolTransforms.TransformConformer(ligand.molecule.mol.GetConformer(), matrix)
        yield sdf_record(ligand.molecule.mol, ligand.name)


def _kept(model: gemmi.Model, occurrence: Occurrence, ligands: set[ResidueKey]) -> list[list[gemmi.Residue]]:
    """
    :param model: of the structure
    :param occurrence: the site
    :param ligands: residues of all ligands of the entry
    :returns: of each chain what is kept: of those with the site all but ligands, and the water and ions that touch it
    """
    names, chains = {key[3] for key in ligands}, set(occurrence.chain_names)
    site = occurrence.site_points[0]
    low, high = site.min(0) - CONTACT, site.max(0) + CONTACT
    kept: list[list[gemmi.Residue]] = []
    for chain in model:
        kept.append([])
        for residue in chain:
            if residue.name in names and residue_key(chain.name, residue) in ligands:
                continue
            small = residue.is_water() or (len(residue) == 1 and chain.name not in chains)
            place = np.array(residue[0].pos.tolist()) if small else low
            if small and not (((place > low) & (place < high)).all() and len(touching(site, place[None]))):
                continue
            if small or chain.name in chains:
                kept[-1].append(residue)
    return kept


def _moved(structure: gemmi.Structure, kept: list[list[gemmi.Residue]], transform: Transform) -> gemmi.Structure:
    """
    :param structure: whose first model is taken
    :param kept: residues of each of its chains
    :param transform: to the frame of the query
    :returns: these residues there. Crystal and assembly are those of another frame, and left out
    """
    result = gemmi.Structure()
    result.name, result.resolution = structure.name, structure.resolution
    for item in ('_entry.id', '_struct.title'):
        if item in structure.info:
            result.info[item] = structure.info[item]
    model = result.add_model(gemmi.Model(1))
    for chain, residues in zip(structure[0], kept, strict=True):
        if residues:
            copy = model.add_chain(gemmi.Chain(chain.name))
            for residue in residues:
                copy.add_residue(residue)
    result.setup_entities()
    motion = gemmi.Transform(gemmi.Mat33(transform.rotation.tolist()), gemmi.Vec3(*transform.shift))
    result[0].transform_pos_and_adp(motion)
    return result


def _write_structure(structure: gemmi.Structure, path: Path) -> None:
    """
    :param structure: to write
    :param path: without its ending: ``.pdb``, or ``.cif`` where that format is too old for it
    """
    if pdb_obstacle(structure):
        write_mmcif(structure, path.with_name(f'{path.name}.cif'))
    else:
        write_pdb(structure, path.with_name(f'{path.name}.pdb'))
