"""Notes on ligands: what they are, how they are bound, and what the model does not show of them."""

from collections.abc import Iterator

from engines.notes import Note, counted, listing
from engines.preprocessor.additives import ADDITIVES
from engines.structure.chirality import compare_double_bonds, compare_handedness
from engines.structure.classification import Classification
from engines.structure.ligands import ODD_VALENCE
from engines.structure.molecules import Ligand, residue_name


def ligand_notes(ligands: list[Ligand], classification: Classification) -> list[Note]:
    """
    All notes on the ligands of a structure.

    :param ligands: the ligands
    :param classification: the classified structure
    :returns: notes in the order of the ligands
    """
    return [note for ligand in ligands for note in _notes(ligand, classification)]


def _notes(ligand: Ligand, classification: Classification) -> Iterator[Note]:
    """
    The notes on one ligand.

    :param ligand: the ligand
    :param classification: the classified structure
    :returns: iterator over notes
    """
    yield from _identity_notes(ligand, classification)
    yield from _bond_notes(ligand)
    yield from _model_notes(ligand)
    yield from _stereo_notes(ligand, classification)


def _identity_notes(ligand: Ligand, classification: Classification) -> Iterator[Note]:
    """
    What the ligand is.

    :param ligand: the ligand
    :param classification: the classified structure
    :returns: iterator over notes
    """
    names = [key[3] for key in ligand.shown]
    if all(name in ADDITIVES for name in names):
        yield Note(
            'ligand.additive', ligand.name,
            f'{names[0]} is usually {ADDITIVES[names[0]]}; it is listed as a ligand and marked as an additive.',
        )  # fmt: skip
    known = [classification.components.get(name) for name in names]
    is_glycan = all(c is not None and c.is_saccharide for c in known)
    if is_glycan and (len(names) > 1 or ligand.outer_bonds):
        yield Note(
            'ligand.glycan', ligand.name, f'{ligand.name} is a glycan of {counted(len(names), "sugar residue")}.'
        )
    if classification.peptide_ligands and _is_peptide_like(ligand, classification):
        yield Note(
            'ligand.peptide_like', ligand.name,
            f'{ligand.name} is a chain of amino acids, mostly modified ones, and treated as one peptide-like ligand.',
        )  # fmt: skip
    if len(names) > 1:
        members = listing([residue_name(key) for key in ligand.shown], 20)
        yield Note(
            'ligand.multi_residue', ligand.name,
            f'{ligand.name} consists of {len(names)} bonded residues, which are written as one molecule: {members}.',
        )  # fmt: skip


def _is_peptide_like(ligand: Ligand, classification: Classification) -> bool:
    """
    Whether a ligand holds a chain that is made like a polymer.

    :param ligand: the ligand
    :param classification: the classified structure
    :returns: True if so
    """
    own = set(ligand.keys)
    chains = {item.chain_id for item in classification.residues if item.key in own}
    return bool(chains & classification.peptide_ligands)


def _bond_notes(ligand: Ligand) -> Iterator[Note]:
    """
    How the ligand is bound to the polymer.

    :param ligand: the ligand
    :returns: iterator over notes
    """
    own = set(ligand.keys)
    ends = []
    for bond in ligand.outer_bonds:
        near, far = (
            (bond.first_atom, (bond.second, bond.second_atom)),
            (bond.second_atom, (bond.first, bond.first_atom)),
        )
        atom, (other, other_atom) = near if bond.first in own else far
        source = 'declared' if bond.declared else 'found by distance'
        ends.append(f'{atom} to {other_atom} of {residue_name(other)} ({bond.length:.2f} Å, {source})')
    if ends:
        yield Note(
            'ligand.covalent', ligand.name,
            f'{ligand.name} is covalently bound: {listing(sorted(set(ends)))}. It is cut there; bond orders and '
            'charges are those of the unbound component, and hydrogen takes the place of the protein.',
        )  # fmt: skip


def _model_notes(ligand: Ligand) -> Iterator[Note]:
    """
    What the model shows of the ligand.

    :param ligand: the ligand
    :returns: iterator over notes
    """
    molecule = ligand.molecule
    for key, names in molecule.missing.items():
        if names:
            yield Note(
                'ligand.missing_atoms', ligand.name,
                f'The model of {residue_name(key)} lacks {counted(len(names), "atom")}: {listing(names, 30)}. The SDF '
                'holds what is modelled, closed with hydrogen.',
            )  # fmt: skip
    for key in molecule.renamed:
        yield Note(
            'ligand.renamed_atoms', ligand.name,
            f'The atoms of {residue_name(key)} have other names than in the component dictionary; they were matched by '
            'structure.',
        )  # fmt: skip
    for key in molecule.perceived:
        yield Note(
            'ligand.not_in_ccd', ligand.name,
            f'{key[3]} with these atoms is not in the component dictionary; its bonds were perceived from the geometry '
            'and may be wrong.',
        )  # fmt: skip
    if molecule.mol.HasProp(ODD_VALENCE):
        yield Note(
            'ligand.odd_valence', ligand.name,
            f'An atom of {ligand.name} has more bonds than its element usually allows; the SDF keeps them, and other '
            'programs may refuse it.',
        )  # fmt: skip
    if ligand.label:
        yield Note(
            'ligand.altlocs', ligand.name,
            f'{ligand.name} has alternative conformers; the SDF shows conformer {ligand.label}, the most occupied one.',
        )  # fmt: skip
    if any(key[2] for key in ligand.keys):
        yield Note('ligand.insertion_code', ligand.name, f'{ligand.name} carries an insertion code in its number.')


def _stereo_notes(ligand: Ligand, classification: Classification) -> Iterator[Note]:
    """
    Stereocentres and double bonds that the model builds the other way round than the component.

    :param ligand: the ligand
    :param classification: with the components
    :returns: iterator over notes
    """
    for key in ligand.molecule.names:
        component, positions = classification.components[key[3]], ligand.positions(key)
        mirrored, flat = compare_handedness(component, positions)
        turned = compare_double_bonds(component, positions)
        where = residue_name(key)
        if mirrored or turned:
            yield Note(
                'ligand.stereo_differs', ligand.name,
                f'{where} is modelled as another stereoisomer than the component {key[3]}, at '
                f'{listing([*mirrored, *turned])}; the SDF shows the model.',
            )  # fmt: skip
        if flat:
            yield Note(
                'ligand.stereo_uncertain', ligand.name,
                f'{where} is modelled nearly flat at {listing(flat)}, so that the handedness there is uncertain.',
            )  # fmt: skip
