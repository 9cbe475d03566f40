"""The atoms that line a pocket: what they can do."""

from collections import Counter

import gemmi
import numpy as np

from engines.dogsite.columns import AMINO_ACIDS
from engines.dogsite.molecule import Molecule

CLASSES = {
    'negAA': ('ASP', 'GLU'),
    'posAA': ('ARG', 'HIS', 'LYS'),
    'polarAA': ('ASN', 'CYS', 'GLN', 'SER', 'THR', 'TYR'),
    'apolarAA': ('ALA', 'GLY', 'ILE', 'LEU', 'MET', 'PHE', 'PRO', 'TRP', 'VAL'),
}
_BOTH = {
    ('SER', 'OG'), ('THR', 'OG1'), ('TYR', 'OH'), ('HIS', 'ND1'), ('HIS', 'NE2'),
}  # fmt: skip
"""Atoms that give and take; of histidine either nitrogen may hold the proton."""
_NUCLEOTIDE_ACCEPTORS = {
    'A': ('N1', 'N3', 'N7'), 'G': ('N3', 'N7', 'O6'), 'C': ('N3', 'O2'), 'U': ('O2', 'O4'), 'T': ('O2', 'O4'),
}  # fmt: skip
_NUCLEOTIDE_DONORS = {'A': ('N6',), 'G': ('N1', 'N2'), 'C': ('N4',), 'U': ('N3',), 'T': ('N3',)}
_HETERO_BOND = 1.75
"""Longest bond of carbon or sulphur to N, O or P, Angstrom."""


class Chemistry:
    """
    Knows of each atom of a molecule whether it is a donor, an acceptor, hydrophobic or a metal.

    :param molecule: the protein
    """

    def __init__(self, molecule: Molecule) -> None:
        self._molecule = molecule
        self._polar: dict[int, list[int]] = {}
        for atom, owner in enumerate(molecule.owners):
            if molecule.atoms[atom][1] in ('N', 'O', 'P'):
                self._polar.setdefault(owner, []).append(atom)

    def counts(self, atoms: list[int]) -> Counter[str]:
        """
        Count what the atoms can do and which elements they are.

        :param atoms: indices of atoms
        :returns: numbers under accept, donor, hydrophobic_interactions, metal, Cs, Ns, Os, Ss, Xs
        """
        result: Counter[str] = Counter()
        for atom in atoms:
            name, element = self._molecule.atoms[atom]
            result[f'{element}s' if element in ('C', 'N', 'O', 'S') else 'Xs'] += 1
            if gemmi.Element(element).is_metal:
                result['metal'] += 1
            elif element in ('C', 'S', 'Se'):
                result['hydrophobic_interactions'] += self._is_hydrophobic(atom)
            elif element in ('N', 'O'):
                residue = parent(self._molecule.residues[self._molecule.owners[atom]][3])
                gives, takes = hydrogen_bonding(residue, name, element)
                result['donor'] += gives
                result['accept'] += takes
        return result

    def residues(self, atoms: list[int]) -> list[int]:
        """
        The residues of atoms.

        :param atoms: indices of atoms
        :returns: indices of residues in file order
        """
        return sorted({self._molecule.owners[atom] for atom in atoms})

    def composition(self, residues: list[int]) -> Counter[str]:
        """
        Count the amino acids.

        :param residues: indices of residues
        :returns: numbers by name; a modified one counts as what it was made from
        """
        return Counter(parent(self._molecule.residues[i][3]) for i in residues)

    def _is_hydrophobic(self, atom: int) -> bool:
        """
        Whether an atom is apolar.

        :param atom: index of a carbon, sulphur or selenium
        :returns: True if no N, O or P of its residue is bonded to it
        """
        molecule = self._molecule
        if (polar := self._polar.get(molecule.owners[atom])) is None:
            return True
        squares = ((molecule.positions[polar] - molecule.positions[atom]) ** 2).sum(1)
        return bool(squares.min() > _HETERO_BOND**2)


def parent(name: str) -> str:
    """
    The standard residue that a residue comes from.

    :param name: such as ``MSE`` or ``DA``
    :returns: three letters of an amino acid, one letter of a nucleotide, or the name itself
    """
    info = gemmi.find_tabulated_residue(name)
    letter = info.one_letter_code.upper().strip()
    if info.is_amino_acid() and letter:
        return str(gemmi.expand_one_letter(letter, gemmi.ResidueKind.AA) or name)
    return letter if info.is_nucleic_acid() and letter else name


def hydrogen_bonding(residue: str, name: str, element: str) -> tuple[bool, bool]:
    """
    Whether an atom gives and whether it takes hydrogen bonds.

    :param residue: from :func:`parent`
    :param name: of the atom
    :param element: ``N`` or ``O``
    :returns: donor, acceptor; what is not known is both for oxygen without a standard name and a donor for nitrogen
    """
    if residue in _NUCLEOTIDE_DONORS:
        gives = name in _NUCLEOTIDE_DONORS[residue] or name in ("O2'", 'O2*')
        backbone = element == 'O' and ("'" in name or '*' in name or 'P' in name)
        return gives, backbone or name in _NUCLEOTIDE_ACCEPTORS[residue]
    if (residue, name) in _BOTH:
        return True, True
    if residue in AMINO_ACIDS:
        proline = residue == 'PRO' and name == 'N'
        return element == 'N' and not proline, element == 'O'
    return True, element == 'O'


def fractions(composition: Counter[str]) -> dict[str, float]:
    """
    Shares of the kinds of amino acids.

    :param composition: number of residues by name
    :returns: 0 to 1 under the keys of :data:`CLASSES`; all 0 without amino acids
    """
    total = sum(composition[name] for name in AMINO_ACIDS)
    return {key: float(np.divide(sum(composition[n] for n in names), total or 1)) for key, names in CLASSES.items()}
