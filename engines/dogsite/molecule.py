"""What the pockets are looked for in: the atoms of the protein, and the ligands that are compared with them."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import gemmi
import numpy as np

from engines.dogsite.grid import Coordinates
from engines.errors import EngineError
from engines.notes import Note, counted, listing
from engines.structure.bonding import ResidueKey
from engines.structure.classification import Classification, Classified, Kind, classify
from engines.structure.components import ComponentDictionary
from engines.structure.conformers import ChosenResidue, best_label, choose
from engines.structure.prediction import is_prediction
from engines.structure.reading import StructureInput, read_structure

LOW_PLDDT = 50.0
"""Confidence below which a predicted residue is left out: such regions are mostly disordered and their coordinates are
not to be interpreted (Tunyasuvunakool et al. 2021, Nature 596:590)."""
MOST_SPACE = 5e8
"""Cubic Angstrom; the box of a capsid of 800 Angstrom."""
_COORDINATION = 3.0
"""Longest distance between a metal and its donors, Angstrom."""


@dataclass(frozen=True)
class Molecule:
    """
    The heavy atoms of a protein, one conformer each.

    :param positions: Angstrom, shape (n, 3)
    :param radii: van der Waals radii, Angstrom, shape (n,)
    :param atoms: name and element of each
    :param owners: index of the residue of each
    :param residues: the residues in file order
    """

    positions: Coordinates
    radii: Coordinates
    atoms: list[tuple[str, str]]
    owners: list[int]
    residues: list[ResidueKey]


@dataclass(frozen=True)
class ReferenceLigand:
    """
    A ligand with which pockets are compared.

    :param name: as the table shows it
    :param positions: all its atoms, with the hydrogens that it has, Angstrom, shape (n, 3)
    :param radii: van der Waals radii, Angstrom, shape (n,)
    """

    name: str
    positions: Coordinates
    radii: Coordinates


@dataclass(frozen=True)
class Input:
    """What was read: the protein, the ligands to compare with (None if none was asked for), and notes."""

    molecule: Molecule
    ligands: list[ReferenceLigand] | None
    notes: list[Note]


def read_input(
    protein: Path, ccd: Path, chain: str, ligand_file: Path | None, ligand_name: str, any_ligand: bool = False
) -> Input:
    """
    Read a structure, take its ligands and waters out and choose the first model and one conformer of each residue.

    :param protein: PDB or mmCIF file
    :param ccd: component dictionary
    :param chain: name of the only chain that counts, or empty
    :param ligand_file: SDF of ligands to compare with, or None
    :param ligand_name: residue name (``P86``) or name (``P86_A_400``) of ligands of the file, else of the structure
    :param any_ligand: whether to compare with all ligands of the structure if neither file nor name is given
    :returns: the input of the search
    :raises EngineError: if a file cannot be used, or nothing is left
    """
    source = read_structure(protein)
    with closing(ComponentDictionary(ccd)) as dictionary:
        classification = classify(source, dictionary)
    notes = list(source.notes)
    if len(source.structure) > 1:
        notes.append(Note('structure.models', '', f'The first of {len(source.structure)} models was used.'))
    chains = list(dict.fromkeys(item.key[0] for item in classification.residues))
    if chain and chain not in chains:
        hint = f'It has {listing([name or "one without a name" for name in chains], 50)}. Case matters.'
        raise EngineError('structure.no_chain', f'The structure has no chain {chain}.', hint)
    molecule = protein_of(source, classification, chain, notes)
    return Input(molecule, _ligands(classification, ligand_file, ligand_name, any_ligand), notes)


def protein_of(source: StructureInput, classification: Classification, chain: str, notes: list[Note]) -> Molecule:
    """
    What pockets are looked for in: polymers, and the metals that they hold.

    :param source: the structure
    :param classification: of its residues
    :param chain: name of the only chain that counts, or empty
    :param notes: gets a note on what was left out
    :returns: the protein
    :raises EngineError: ``dogsite.too_large`` or ``structure.no_protein``
    """
    _check_extent(source)
    kept = [item for item in classification.of_kind(Kind.POLYMER) if chain in ('', item.key[0])]
    kept = _confident(source, kept, notes)
    metals = [item for item in _bound_metals(classification, kept) if chain in ('', item.key[0])]
    _removal_note(classification, metals, chain, notes)
    return _molecule([*kept, *metals])


def _check_extent(source: StructureInput) -> None:
    """
    Refuse a structure whose atoms are endlessly far apart, before anything is laid out between them.

    :param source: the structure
    :raises EngineError: ``dogsite.too_large``
    """
    size = source.structure.calculate_box().get_size()
    if max(size.x, 1) * max(size.y, 1) * max(size.z, 1) > MOST_SPACE:
        raise EngineError(
            'dogsite.too_large', 'The atoms of the structure are too far apart for a grid.',
            'Look for atoms with wrong coordinates, or send a part of the structure.',
        )  # fmt: skip


def _confident(source: StructureInput, kept: list[Classified], notes: list[Note]) -> list[Classified]:
    """
    Leave out what a prediction is not sure about.

    :param source: the structure
    :param kept: its polymer residues
    :param notes: gets a note on what was left out
    :returns: the residues that count
    """
    if not is_prediction(source):
        return kept
    sure = [item for item in kept if max((atom.b_iso for atom in item.residue), default=0.0) >= LOW_PLDDT]
    if len(sure) < len(kept):
        message = (
            f'The structure is a prediction: {counted(len(kept) - len(sure), "residue")} of {len(kept)} with a '
            f'confidence (pLDDT) below {LOW_PLDDT:.0f} were left out, since their coordinates mean little.'
        )
        notes.append(Note('structure.low_confidence', '', message))
    return sure


def _bound_metals(classification: Classification, polymer: list[Classified]) -> list[Classified]:
    """
    Metal ions that the protein holds: with two donors (N, O, S) of the polymer, and not more of a ligand.

    :param classification: of the structure
    :param polymer: residues that count
    :returns: the residues of such metals
    """
    metals = [item for item in classification.of_kind(Kind.METAL) if any(a.element.is_metal for a in item.residue)]
    if not metals:
        return []
    places = [_donors(polymer), _donors(list(classification.of_kind(Kind.LIGAND)))]
    result = []
    for item in metals:
        centre = np.array(next(a for a in item.residue if a.element.is_metal).pos.tolist())
        own, foreign = (int((((p - centre) ** 2).sum(1) <= _COORDINATION**2).sum()) for p in places)
        if own >= 2 and own >= foreign:
            result.append(item)
    return result


def _donors(items: list[Classified]) -> Coordinates:
    """
    Atoms that may hold a metal.

    :param items: residues
    :returns: positions of their N, O and S, Angstrom, shape (n, 3)
    """
    found = [a.pos.tolist() for item in items for a in item.residue if a.element.name in ('N', 'O', 'S')]
    return np.array(found, np.float64).reshape(-1, 3)


def _removal_note(classification: Classification, metals: list[Classified], chain: str, notes: list[Note]) -> None:
    """
    Tell what was not taken as a part of the protein, and which metals were.

    :param classification: of the structure
    :param metals: those that stay
    :param chain: the chain that counts, or empty
    :param notes: gets the notes
    """
    where = [item for item in classification.residues if chain in ('', item.key[0])]
    gone = sorted({item.key[3] for item in where if item.kind is Kind.LIGAND})
    if gone:
        message = f'Ligands of the structure are no part of the protein and were taken out: {listing(gone)}.'
        notes.append(Note('structure.ligands_removed', '', message))
    if metals:
        names = listing(sorted({item.key[3] for item in metals}))
        message = f'Metal ions that the protein holds are a part of it: {names} ({len(metals)}).'
        notes.append(Note('structure.metals_kept', '', message))


def _molecule(items: list[Classified]) -> Molecule:
    """
    The atoms of residues.

    :param items: residues
    :returns: their heavy atoms, of the conformer with the highest occupancy
    :raises EngineError: ``structure.no_protein``
    """
    chosen: list[ChosenResidue] = []
    places: dict[tuple[str, int, str], list[Classified]] = {}
    for item in items:
        places.setdefault(item.key[:3], []).append(item)
    for members in places.values():
        pairs = [(member.key, member.residue) for member in members]
        chosen += choose(pairs, best_label([residue for _, residue in pairs]))
    atoms = [(i, atom) for i, residue in enumerate(chosen) for atom in residue.heavy]
    if not atoms:
        raise EngineError(
            'structure.no_protein', 'Nothing is left to search: no protein or nucleic acid.',
            'A structure with a polymer is needed.',
        )  # fmt: skip
    return Molecule(
        np.array([atom.pos.tolist() for _, atom in atoms]),
        np.array([atom.element.vdw_r for _, atom in atoms]),
        [(atom.name, atom.element.name) for _, atom in atoms],
        [i for i, _ in atoms],
        [residue.key for residue in chosen],
    )


def _ligands(
    classification: Classification, file: Path | None, name: str, any_ligand: bool
) -> list[ReferenceLigand] | None:
    """
    The ligands to compare with.

    :param classification: of the structure
    :param file: SDF, or None
    :param name: of ligands of the file or, if it has none of this name, of the structure; empty for all of the file
    :param any_ligand: whether those of the structure count if neither file nor name is given
    :returns: the ligands, or None if none was asked for
    :raises EngineError: ``ligand.unknown`` if there is no such ligand; or what is wrong with the file
    """
    if file is None and not name and not any_ligand:
        return None
    there = _of_file(file) if file else {}
    found = _called(name, there)
    if not found:
        there |= _of_structure(classification)
        found = _called(name, there)
    if name and not found:
        hint = f'There are {listing(list(there), 50)}.' if there else 'The structure has no ligands.'
        raise EngineError('ligand.unknown', f'There is no ligand {name}.', f'{hint} Case matters.')
    return found or None


def _called(name: str, there: dict[str, tuple[set[str], ReferenceLigand]]) -> list[ReferenceLigand]:
    """
    :param name: full, or of a residue; empty for all
    :param there: ligands by their full names, each with the names of its residues
    :returns: those of this name
    """
    return [ligand for full, (parts, ligand) in there.items() if name in ('', full) or name in parts]


def _of_file(file: Path) -> dict[str, tuple[set[str], ReferenceLigand]]:
    """
    Imports RDKit only here and below: it takes time that most jobs need not spend.

    :param file: SDF
    :returns: its ligands, see :func:`_called`; a title such as ``P86_A_400`` begins with the name of the residue
    :raises EngineError: if it cannot be used
    """
    from engines.structure.custom_ligands import read_ligands

    return {title: ({title.partition('_')[0]}, _reference(title, mol)) for title, _, mol in read_ligands(file)}


def _of_structure(classification: Classification) -> dict[str, tuple[set[str], ReferenceLigand]]:
    """
    :param classification: of a structure
    :returns: its ligands, see :func:`_called`
    """
    from engines.structure.molecules import find_ligands

    return {
        ligand.name: ({key[3] for key in ligand.keys}, _reference(ligand.name, ligand.molecule.mol))
        for ligand in find_ligands(classification)
    }


def _reference(name: str, mol: object) -> ReferenceLigand:
    """
    A molecule as a reference.

    :param name: of the ligand
    :param mol: RDKit molecule with a conformer
    :returns: the reference
    """
    atoms = mol.GetAtoms()  # type: ignore[attr-defined]
    radii = [gemmi.Element(atom.GetAtomicNum()).vdw_r for atom in atoms]
    positions = np.array(mol.GetConformer().GetPositions())  # type: ignore[attr-defined]
    return ReferenceLigand(name, positions, np.array(radii))
