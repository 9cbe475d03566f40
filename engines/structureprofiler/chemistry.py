"""What a ligand is made of: size, lipophilicity, flexibility, and what keeps it out of sets of references."""

from rdkit import Chem
from rdkit.Chem import rdMolDescriptors

from engines.preprocessor.additives import ADDITIVES
from engines.structureprofiler.measures import Measures, Part
from engines.structureprofiler.subject import Subject

_PEPTIDE = '[NX3,NX4+;!$(N=*)][CX4;$([CX4](N)C(=O)[N,O])][CX3](=O)[N,O]'
"""The backbone of an amino acid: N, CA, C, O, and what follows."""


def measure_chemistry(subject: Subject, patterns: dict[str, str], measures: Measures) -> None:
    """
    Descriptors of RDKit, and the lists of exclusions.

    :param subject: the ligand
    :param patterns: SMARTS that exclude a ligand, by name
    :param measures: gets the values
    """
    mol = Chem.RemoveAllHs(subject.mol, sanitize=False)
    mol.UpdatePropertyCache(strict=False)
    Chem.GetSymmSSSR(mol)
    peptide = mol.GetSubstructMatches(Chem.MolFromSmarts(_PEPTIDE))
    measures.values |= {
        'heavyAtoms': mol.GetNumHeavyAtoms(),
        'molecularWeight': sum(atom.GetMass() for atom in subject.mol.GetAtoms()),
        'lipinskiDonors': rdMolDescriptors.CalcNumLipinskiHBD(mol),
        'lipinskiAcceptors': rdMolDescriptors.CalcNumLipinskiHBA(mol),
        'logP': rdMolDescriptors.CalcCrippenDescriptors(mol)[0],
        'nofPeptideResidues': len({match[1] for match in peptide}),
        'NROT': rdMolDescriptors.CalcNumRotatableBonds(mol),
        'stereoCenters': _stereo_centres(mol),
    }
    _exclude_patterns(mol, subject, patterns, measures)
    keys = subject.found.shown if subject.found else [subject.key]
    additives = [key for key in keys if key[3] in ADDITIVES]
    parts = [Part(1, tuple(atom for atom in subject.atoms if atom.key == key)) for key in additives]
    measures.count('excludedCodes', parts)


def _exclude_patterns(mol: Chem.Mol, subject: Subject, patterns: dict[str, str], measures: Measures) -> None:
    """
    :param mol: molecule without hydrogens
    :param subject: the ligand
    :param patterns: SMARTS by name
    :param measures: gets the number of patterns that match
    """
    matches = (mol.GetSubstructMatch(Chem.MolFromSmarts(smarts)) for smarts in patterns.values())
    parts = [Part(1, tuple(subject.atoms[i] for i in match)) for match in matches if match]
    measures.count('excludedPatterns', parts)


def _stereo_centres(mol: Chem.Mol) -> int:
    """
    :param mol: molecule
    :returns: number of its tetrahedral stereocentres, specified or not
    """
    found = Chem.FindPotentialStereo(mol)
    return sum(item.type == Chem.StereoType.Atom_Tetrahedral for item in found)
