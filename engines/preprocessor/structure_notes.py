"""Notes on the structure as a whole and on its polymer."""

from collections import Counter
from collections.abc import Iterator

import gemmi

from engines.notes import Note, counted, listing
from engines.structure.classification import PEPTIDE_LIMIT, Classification, Classified, Kind
from engines.structure.components import Component
from engines.structure.molecules import residue_name
from engines.structure.reading import StructureInput

_PHOSPHATE = {'P', 'OP1', 'OP2', 'OP3'}
"""Atoms that the first nucleotide of a chain may lack without a gap in the model."""


def structure_notes(source: StructureInput, classification: Classification) -> list[Note]:
    """
    All notes on structure and polymer.

    :param source: the structure
    :param classification: its residues
    :returns: the notes
    """
    polymer = list(classification.of_kind(Kind.POLYMER))
    return [
        *_file_notes(source, polymer),
        *_staying_notes(classification),
        *_chain_notes(polymer, classification),
        *_position_notes(polymer),
        *_missing_residue_notes(source.structure, polymer),
        *_missing_atom_notes(polymer, classification),
    ]


def _file_notes(source: StructureInput, polymer: list[Classified]) -> Iterator[Note]:
    """
    Models and conformers.

    :param source: the structure
    :param polymer: residues of the polymer
    :returns: iterator over notes
    """
    models = len(source.structure)
    if models > 1:
        yield Note(
            'structure.models', '',
            f'The file holds {models} models. The protein keeps all of them; the ligands are those of the first model.',
        )  # fmt: skip
    split = [residue_name(i.key) for i in polymer if any(atom.has_altloc() for atom in i.residue)]
    if split:
        yield Note(
            'structure.altlocs', '',
            f'Alternative conformers in {counted(len(split), "polymer residue")}, all of them kept: {listing(split)}.',
        )  # fmt: skip


def _staying_notes(classification: Classification) -> Iterator[Note]:
    """
    Waters, metals and ions, which stay with the protein.

    :param classification: the residues
    :returns: iterator over notes
    """
    waters = sum(1 for _ in classification.of_kind(Kind.WATER))
    metals: dict[str, int] = {}
    for item in classification.of_kind(Kind.METAL):
        metals[item.key[3]] = metals.get(item.key[3], 0) + 1
    parts = [counted(waters, 'water')] if waters else []
    parts += [f'{number} {name}' for name, number in metals.items()]
    if parts:
        yield Note('structure.waters_and_metals', '', f'Stay with the protein: {listing(parts, 20)}.')


def _chain_notes(polymer: list[Classified], classification: Classification) -> Iterator[Note]:
    """
    Nucleic acids, peptides and modified residues.

    :param polymer: residues of the polymer
    :param classification: with the components
    :returns: iterator over notes
    """
    chains: dict[tuple[str, str], list[Classified]] = {}
    modified: dict[str, list[str]] = {}
    for item in polymer:
        chains.setdefault((item.key[0], item.chain_id), []).append(item)
        if not gemmi.find_tabulated_residue(item.key[3]).is_standard():
            modified.setdefault(item.key[3], []).append(residue_name(item.key))
    nucleic = [chain for (chain, _), items in chains.items() if _is_mostly(items, classification, 'is_nucleotide')]
    if nucleic:
        yield Note('structure.nucleic_acid', '', f'Chains of nucleic acid stay with the protein: {listing(nucleic)}.')
    for (chain, _), items in chains.items():
        length = len({item.key[1:3] for item in items})
        if len(chains) > 1 and length <= PEPTIDE_LIMIT and _is_mostly(items, classification, 'is_amino_acid'):
            message = f'Chain {chain} is a peptide of {counted(length, "residue")}; it stays with the protein.'
            yield Note('polymer.peptide_chain', chain, message)
    for name, places in modified.items():
        component = classification.components.get(name)
        origin = f', derived from {component.parent},' if component and component.parent else ''
        message = f'{name}{origin} is part of a polymer chain and stays there: {listing(places)}.'
        yield Note('polymer.modified_residue', name, message)


def _is_mostly(items: list[Classified], classification: Classification, attribute: str) -> bool:
    """
    Whether most residues of a chain are of one kind.

    :param items: residues of the chain
    :param classification: with the components
    :param attribute: name of a yes-or-no attribute of :class:`Component`
    :returns: True for more than half
    """
    known = (classification.components.get(item.key[3]) for item in items)
    return sum(bool(getattr(component, attribute)) for component in known if component) > len(items) / 2


def _position_notes(polymer: list[Classified]) -> Iterator[Note]:
    """
    Insertion codes, and two residue names at one place.

    :param polymer: residues of the polymer
    :returns: iterator over notes
    """
    inserted = [residue_name(item.key) for item in polymer if item.key[2]]
    if inserted:
        message = (
            f'Insertion codes in {counted(len(inserted), "polymer residue")}, which keep them: {listing(inserted)}.'
        )
        yield Note('structure.insertion_codes', '', message)
    places: dict[tuple[str, int, str], list[str]] = {}
    for item in polymer:
        places.setdefault(item.key[:3], []).append(item.key[3])
    mixed = [
        f'{"/".join(dict.fromkeys(names))} at {chain} {number}{icode}'
        for (chain, number, icode), names in places.items()
        if len(set(names)) > 1
    ]
    if mixed:
        message = f'Different residues share one place (microheterogeneity), all of them are kept: {listing(mixed)}.'
        yield Note('structure.microheterogeneity', '', message)


def _missing_residue_notes(structure: gemmi.Structure, polymer: list[Classified]) -> Iterator[Note]:
    """
    Residues of the sequence that the model lacks, where the file gives the sequence.

    :param structure: the structure; residues get their place in the sequence if they lack it
    :param polymer: residues of the polymer
    :returns: iterator over notes
    """
    structure.assign_label_seq_id()
    seen: dict[tuple[str, str], set[int]] = {}
    for item in polymer:
        if item.residue.label_seq is not None:
            seen.setdefault((item.key[0], item.chain_id), set()).add(item.residue.label_seq)
    lacking, total = [], 0
    for (chain, chain_id), numbers in seen.items():
        entity = _entity_of(structure, chain_id)
        number = len(entity.full_sequence) - len(numbers) if entity else 0
        inner = max(numbers) - min(numbers) + 1 - len(numbers)
        if number > 0:
            total += number
            gaps = f' ({inner} between modelled residues)' if inner else ''
            lacking.append(f'{number} of chain {chain}{gaps}')
    if lacking:
        message = f'The model lacks {counted(total, "residue")} of the sequence: {listing(lacking)}.'
        yield Note('structure.missing_residues', '', message)


def _entity_of(structure: gemmi.Structure, chain_id: str) -> gemmi.Entity | None:
    """
    The entity of a chain.

    :param structure: the structure
    :param chain_id: label_asym_id
    :returns: the entity, or None
    """
    return next((entity for entity in structure.entities if chain_id in entity.subchains), None)


def _missing_atom_notes(polymer: list[Classified], classification: Classification) -> Iterator[Note]:
    """
    Atoms that modelled residues of the polymer lack.

    :param polymer: residues of the polymer
    :param classification: with the components
    :returns: iterator over notes
    """
    wanted = {name: _expected_atoms(component) for name, component in classification.components.items()}
    lacking, places = [], Counter(item.key[:3] for item in polymer)
    for item in polymer:
        if places[item.key[:3]] > 1:
            continue  # residues that share a place also share atoms
        missing = wanted.get(item.key[3], set()).difference(atom.name for atom in item.residue)
        if missing - _PHOSPHATE:
            lacking.append(f'{residue_name(item.key)} ({listing(sorted(missing), 4)})')
    if lacking:
        message = f'Atoms are missing in {counted(len(lacking), "polymer residue")}: {listing(lacking)}.'
        yield Note('structure.missing_atoms', '', message)


def _expected_atoms(component: Component) -> set[str]:
    """
    The heavy atoms that a residue within a chain has.

    :param component: its component
    :returns: atom names
    """
    return {atom.name for atom in component.heavy_atoms if not atom.leaving}
