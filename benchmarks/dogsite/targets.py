"""The structures with their ligands: read, split, and written without ligands for all programs alike."""

from dataclasses import dataclass
from pathlib import Path

import gemmi
import numpy as np
import numpy.typing as npt
from rdkit import Chem

from engines.preprocessor.additives import ADDITIVES
from engines.structure.classification import Classification, Kind, classify
from engines.structure.components import ComponentDictionary
from engines.structure.custom_ligands import read_ligands
from engines.structure.molecules import Ligand, find_ligands
from engines.structure.reading import read_structure
from engines.structure.splitting import remove_residues
from engines.structure.writing import write_pdb

Coordinates = npt.NDArray[np.float64]

SMALLEST = 6
"""Heavy atoms of the smallest ligand that counts."""
DRUG = 10
"""Heavy atoms of the smallest ligand that counts as like a drug, if it has neither phosphorus nor a metal."""
SAME = 0.98
"""Share of equal residues from which two chains of the LDH set count as one."""
LDH = 'lactate and malate dehydrogenases'
FAMILIES = {
    'globins and cytochromes': '1g9v 4hhb 19hc',
    'proteases': '1a3e 1gbt 1hpv 1hvr',
    'other oxidoreductases': '1afs 4laz 1ia1',
    'kinases': '1ake 4x21 7ztl',
    'other hydrolases': '2ha2 2ha3 1pwc',
    'receptors and binding proteins': '1a28 2izf 4agm 7cfn',
}


@dataclass(frozen=True)
class Target:
    """
    A structure without its ligands, and where they were.

    :param name: of the entry, or entry and chain
    :param family: what it is reported under
    :param protein: PDB file without ligands and waters
    :param ligands: heavy atoms of each ligand, Angstrom
    :param names: of the ligands
    :param drug_like: of each whether it is large enough for a drug, and no nucleotide, lipid phosphate or haem
    """

    name: str
    family: str
    protein: Path
    ligands: list[Coordinates]
    names: list[str]
    drug_like: list[bool]


def targets(data: Path, work: Path, ccd: Path) -> list[Target]:
    """
    :param data: folder with entries, docking and families
    :param work: folder for the files without ligands
    :param ccd: component dictionary
    :returns: all targets, those of the LDH set one a sequence cluster
    """
    work.mkdir(parents=True, exist_ok=True)
    dictionary = ComponentDictionary(ccd)
    found = []
    for family, names in FAMILIES.items():
        for name in names.split():
            files = (p for folder in ('entries', 'docking') for p in sorted((data / folder).glob(f'{name}*.*')))
            path = next(p for p in files if p.suffix != '.sdf')
            found.append(_target(path, name, family, dictionary, work))
    sequences: list[list[str]] = []
    for path in sorted((data / 'families' / 'ldh').iterdir()):
        structure = read_structure(path).structure
        residues = [r.name for c in structure[0] for r in c.get_polymer()]
        if any(_same(residues, other) for other in sequences):
            continue
        target = _target(path, path.name.split('.')[0], LDH, dictionary, work)
        if target.ligands:
            sequences.append(residues)
            found.append(target)
    dictionary.close()
    return found


def _same(first: list[str], second: list[str]) -> bool:
    """
    :param first: residue names
    :param second: residue names
    :returns: whether they are one sequence but for a few residues
    """
    if min(len(first), len(second)) < SAME * max(len(first), len(second)):
        return False
    aligned = gemmi.align_string_sequences(first, second, [])
    return aligned.calculate_identity() >= 100 * SAME


def _target(path: Path, name: str, family: str, dictionary: ComponentDictionary, work: Path) -> Target:
    """
    :param path: structure file
    :param name: of the target
    :param family: of the target
    :param dictionary: of components
    :param work: folder to write to
    :returns: the target
    """
    source = read_structure(path)
    classification = classify(source, dictionary)
    ligands = find_ligands(classification)
    kept = [ligand for ligand in ligands if _counts(ligand, classification)]
    names = [ligand.name for ligand in kept]
    molecules = [ligand.molecule.mol for ligand in kept]
    for sdf in sorted(path.parent.glob(f'{name}_*.sdf')) if 'docking' in path.parts else []:
        if not sdf.stem.endswith('_ligands'):
            for title, _, mol in read_ligands(sdf):
                names.append(title)
                molecules.append(mol)
    waters = {item.key for item in classification.of_kind(Kind.WATER)}
    remove_residues(source.structure, {key for ligand in ligands for key in ligand.keys} | waters)
    protein = work / f'{name}.pdb'
    while len(source.structure) > 1:
        del source.structure[1]
    write_pdb(source.structure, protein)
    return Target(name, family, protein, [_heavy(m) for m in molecules], names, [_is_drug_like(m) for m in molecules])


def _counts(ligand: Ligand, classification: Classification) -> bool:
    """
    :param ligand: of the structure
    :param classification: with its components
    :returns: whether it shows a binding site: no additive, no glycan, not too small
    """
    names = {key[3] for key in ligand.keys}
    components = [classification.components.get(name) for name in names]
    if names <= ADDITIVES.keys() or all(c is not None and c.is_saccharide for c in components):
        return False
    return len(_heavy(ligand.molecule.mol)) >= SMALLEST


def _is_drug_like(mol: Chem.Mol) -> bool:
    """
    :param mol: ligand
    :returns: whether it could pass for a drug by size and elements
    """
    elements = [gemmi.Element(atom.GetAtomicNum()) for atom in mol.GetAtoms() if atom.GetAtomicNum() > 1]
    return len(elements) >= DRUG and not any(element.is_metal or element.name == 'P' for element in elements)


def _heavy(mol: Chem.Mol) -> Coordinates:
    """
    :param mol: molecule with a conformer
    :returns: positions of its heavy atoms, Angstrom
    """
    positions: Coordinates = mol.GetConformer().GetPositions()
    numbers = np.array([a.GetAtomicNum() for a in mol.GetAtoms()])
    return positions[numbers > 1]
