"""Compares a ligand that the preprocessor wrote with the component dictionary, for the validation."""

from dataclasses import dataclass
from enum import Enum

from rdkit import Chem

from engines.notes import listing
from engines.preprocessor.reference import (
    canonical,
    component_molecule,
    ideal_molecule,
    modelled_part,
    skeleton,
    stereo_variants,
)
from engines.structure.chirality import compare_double_bonds, compare_handedness
from engines.structure.components import Component
from engines.structure.ligands import ODD_VALENCE
from engines.structure.molecules import Ligand


class Verdict(Enum):
    """Outcome of a comparison; the value is the heading in the report."""

    EQUAL = 'equal to the dictionary, stereo included'
    MODEL_DIFFERS = 'equal but for stereo, and the modelled coordinates prove it'
    LABELS_DIFFER = 'equal to the ideal coordinates of the dictionary, whose stereo labels are wrong or lack'
    INCOMPLETE = 'atoms missing in the model; the modelled part equal'
    BOUND = 'covalently bound or of several residues; the modelled part equal'
    PERCEIVED = 'not in the dictionary, bonds perceived'
    ODD_VALENCE = 'more bonds on an atom than its element allows; cannot be compared'
    DIFFERENT = 'DIFFERENT'


@dataclass(frozen=True)
class Comparison:
    """
    One ligand's verdict.

    :param name: the ligand
    :param verdict: the outcome
    :param reason: why it is not simply equal, may be empty
    """

    name: str
    verdict: Verdict
    reason: str = ''


def compare(ligand: Ligand, record: str, components: dict[str, Component]) -> Comparison:
    """
    Compare a written ligand with the dictionary.

    :param ligand: the ligand, for its residues and the names of its modelled atoms
    :param record: the SDF record that was written
    :param components: the components by name
    :returns: the verdict
    """
    if ligand.molecule.perceived:
        return Comparison(ligand.name, Verdict.PERCEIVED, ligand.molecule.perceived[0][3])
    if ligand.molecule.mol.HasProp(ODD_VALENCE):
        return Comparison(ligand.name, Verdict.ODD_VALENCE)
    written: Chem.Mol | None = Chem.MolFromMolBlock(record)
    if written is None:
        return Comparison(ligand.name, Verdict.DIFFERENT, 'the SDF cannot be read')
    missing = [name for names in ligand.molecule.missing.values() for name in names]
    if len(ligand.shown) > 1 or ligand.outer_bonds or missing:
        return _compare_part(ligand, written, components, missing)
    return _compare_whole(ligand, written, components[ligand.shown[0][3]])


def _compare_whole(ligand: Ligand, written: Chem.Mol, component: Component) -> Comparison:
    """
    Compare a complete, free ligand of one residue.

    :param ligand: the ligand
    :param written: the molecule of its SDF
    :param component: its component
    :returns: the verdict
    """
    found, reference = canonical(written), component_molecule(component)
    if found == canonical(reference):
        return Comparison(ligand.name, Verdict.EQUAL)
    if canonical(written, stereo=False) != canonical(reference, stereo=False):
        return Comparison(ligand.name, Verdict.DIFFERENT, f'{found} is not {canonical(reference)}')
    if component.ideal and found == canonical(ideal_molecule(component)):
        return Comparison(ligand.name, Verdict.LABELS_DIFFER, canonical(reference))
    positions = ligand.positions(ligand.shown[0])
    mirrored, flat = compare_handedness(component, positions)
    evidence = {'mirrored': mirrored, 'flat': flat, 'cis for trans': compare_double_bonds(component, positions)}
    if any(found == canonical(variant) for variant in stereo_variants(component, *evidence.values())):
        reason = '; '.join(f'{word} in the model: {listing(names)}' for word, names in evidence.items() if names)
        return Comparison(ligand.name, Verdict.MODEL_DIFFERS, reason)
    return Comparison(ligand.name, Verdict.DIFFERENT, f'{found} is not {canonical(reference)}')


def _compare_part(
    ligand: Ligand, written: Chem.Mol, components: dict[str, Component], missing: list[str]
) -> Comparison:
    """
    Compare a ligand that is bound, has several residues or lacks atoms with what its components give when the same
    atoms are kept.

    :param ligand: the ligand
    :param written: the molecule of its SDF
    :param components: the components by name
    :param missing: names of missing atoms
    :returns: the verdict
    """
    shown = ligand.shown
    number = {key: i for i, key in enumerate(shown)}
    parts = [(component_molecule(components[key[3]]), ligand.molecule.names[key]) for key in shown]
    links = {
        ((number[b.first], b.first_atom), (number[b.second], b.second_atom))
        for b in ligand.bonds
        if {(b.first, b.first_atom), (b.second, b.second_atom)} <= ligand.molecule.atoms.keys()
    }
    reference = modelled_part(parts, sorted(links))
    same = skeleton(written) == skeleton(reference)
    if not missing:
        same = same and canonical(written, stereo=False) == canonical(reference, stereo=False)
    if not same:
        return Comparison(ligand.name, Verdict.DIFFERENT, f'{canonical(written)} is not {canonical(reference)}')
    verdict = Verdict.INCOMPLETE if missing else Verdict.BOUND
    return Comparison(ligand.name, verdict, f'lacks {listing(missing)}' if missing else '')
