"""Takes the ligands out of a structure, with every record that names them."""

import gemmi

from engines.structure.bonding import ResidueKey, residue_key

_HETEROGEN_REMARKS = {600, 610, 615, 620, 630, 800}
"""PDB remarks about ligands and their sites."""
_KEPT_REMARKS = {1, 2, 3}
"""PDB remarks that are kept as they are: bibliography, resolution, refinement."""


def remove_residues(structure: gemmi.Structure, keys: set[ResidueKey]) -> None:
    """
    Remove residues from all models, and connections, entities and remarks that name them.

    :param structure: the structure, changed in place; references to its residues become invalid
    :param keys: the residues
    """
    for model in structure:
        for chain in model:
            for index in reversed(range(len(chain))):
                if residue_key(chain.name, chain[index]) in keys:
                    del chain[index]
    structure.remove_empty_chains()
    structure.clear_conect()
    _remove_connections(structure, keys)
    _remove_entities(structure)
    left = {residue.name for model in structure for chain in model for residue in chain}
    gone = {key[3] for key in keys} - left
    structure.raw_remarks = [line for line in structure.raw_remarks if _is_kept(line, gone)]


def _remove_connections(structure: gemmi.Structure, keys: set[ResidueKey]) -> None:
    """
    Remove connections that have an end in a removed residue.

    :param structure: the structure, changed in place
    :param keys: the removed residues
    """
    for index in reversed(range(len(structure.connections))):
        connection = structure.connections[index]
        if any(_address_key(end) in keys for end in (connection.partner1, connection.partner2)):
            del structure.connections[index]


def _address_key(address: gemmi.AtomAddress) -> ResidueKey:
    """
    The residue that an atom address names.

    :param address: end of a connection
    :returns: the key
    """
    number = address.res_id.seqid
    return address.chain_name, number.num or 0, number.icode.strip(), address.res_id.name


def _remove_entities(structure: gemmi.Structure) -> None:
    """
    Remove entities of which nothing is left; polymers keep their sequence as long as one copy is there.

    :param structure: the structure, changed in place
    """
    left = {residue.subchain for model in structure for chain in model for residue in chain}
    for index in reversed(range(len(structure.entities))):
        entity = structure.entities[index]
        entity.subchains = [name for name in entity.subchains if name in left]
        if not entity.subchains:
            del structure.entities[index]


def _is_kept(line: str, gone: set[str]) -> bool:
    """
    Whether a remark stays.

    :param line: REMARK line
    :param gone: residue names that are no longer in the structure
    :returns: False for remarks on ligand sites and lines that name a removed ligand
    """
    number = int(line[7:10]) if line[7:10].strip().isdigit() else 0
    if number in _HETEROGEN_REMARKS:
        return False
    return number in _KEPT_REMARKS or gone.isdisjoint(line[10:].replace(',', ' ').split())
