"""
pKa values of the groups of a ligand, by substructure.

Two tables in one format, the first match claims its atoms: the own one (``pka.tsv``), which corrects classes
that matter in binding sites (imidazole, aminopyridines, nucleobases, phenols), then that of Dimorphite-DL (Ropp et al.
2019, doi:10.1186/s13321-019-0336-9): mean and standard deviation of the experimental values of a class. The latter is
read as the data file it is: importing the package costs a quarter of a second, and its functions work on SMILES, in
which the order and the coordinates of the atoms are lost.
"""

import math
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from rdkit import Chem

UNIT = 5.71
"""kJ/mol for one pKa unit: RT ln 10 at 298.15 K."""
_SD_CAP = 1.0
"""Largest spread of a class that softens a penalty; the spread of the broad classes is that of the class, and a single
compound is rarely farther than a unit from a value that a chemist would name."""
REACH = 5.5
"""pKa units from the pH beyond which a form is not offered: no set of hydrogen bonds pays for it."""
_NEVER = -100.0
"""Dimorphite-DL and the own table mark a group that is never protonated (or always deprotonated) by a pKa below."""


class PkaRule(NamedTuple):
    """A substructure with titratable atoms: pairs of (index in the pattern, pKa, standard deviation)."""

    name: str
    pattern: Chem.Mol
    values: tuple[tuple[int, float, float], ...]
    is_acid: bool | None


@dataclass(frozen=True)
class Titration:
    """
    A titratable atom of a neutral molecule.

    :param atom: index of the heavy atom that gains or loses the proton
    :param is_acid: True if the neutral form loses it, False if it gains it
    :param pka: mean pKa of the class
    :param sd: standard deviation of the class
    :param rule: name of the class
    """

    atom: int
    is_acid: bool
    pka: float
    sd: float
    rule: str


def proton_cost(ph: float, pka: float, sd: float) -> float:
    """
    Free energy of holding a proton, relative to having lost it.

    The distance of pH and pKa counts :data:`UNIT` each. A pKa that is known only with a spread is averaged over:
    the population of a normally distributed pKa is close to a logistic one with the distance divided by
    sqrt(1 + pi/8 (ln10 sd)^2) (MacKay 1992, doi:10.1162/neco.1992.4.5.720).

    :param ph: pH
    :param pka: mean pKa
    :param sd: its standard deviation; more than one counts as one
    :returns: kJ/mol, negative where the protonated form prevails
    """
    spread = math.log(10.0) * min(sd, _SD_CAP)
    return UNIT * (ph - pka) / math.sqrt(1.0 + math.pi / 8.0 * spread * spread)


def is_offered(item: Titration, ph: float) -> bool:
    """
    Whether the charged form is worth a state.

    :param item: a titratable atom
    :param ph: pH
    :returns: True if it prevails, or its pKa is not farther than :data:`REACH` from the pH
    """
    return (item.pka - ph) * (-1 if item.is_acid else 1) >= -REACH


def titrations(mol: Chem.Mol) -> list[Titration]:
    """
    The titratable atoms of a molecule.

    :param mol: sanitised neutral molecule without explicit hydrogens
    :returns: at most one entry per atom and proton, in the order of the tables; those that never change are left out
    """
    full = Chem.AddHs(mol)
    heavy = mol.GetNumAtoms()
    claimed: set[int] = set()
    found: list[Titration] = []
    for rule in rules():
        context: set[int] = set()
        for match in full.GetSubstructMatches(rule.pattern):
            sites = {match[index] for index, _, _ in rule.values}
            if not claimed.isdisjoint(match):
                continue
            claimed |= sites
            context |= {index for index in match if index < heavy}
            for index, pka, sd in rule.values:
                atom = full.GetAtomWithIdx(match[index])
                acid = rule.is_acid or atom.GetAtomicNum() != 7
                full_ring = atom.GetIsAromatic() and atom.GetDegree() > 2
                if pka > _NEVER and atom.GetAtomicNum() != 1 and (acid or not full_ring):
                    found.append(Titration(match[index], acid, pka, sd, rule.name))
        claimed |= context
    return found


@cache
def rules() -> tuple[PkaRule, ...]:
    """
    Both tables, the own one first.

    :returns: the rules in the order in which they claim atoms
    :raises FileNotFoundError: if the table of Dimorphite-DL is not installed
    """
    spec = find_spec('dimorphite_dl')
    if spec is None or spec.origin is None:
        raise FileNotFoundError('dimorphite_dl')
    tables = (
        Path(__file__).with_name('pka.tsv'),
        Path(spec.origin).parent / 'smarts' / 'site_substructures.smarts',
    )
    return tuple(rule for table in tables for rule in _read(table))


def _read(table: Path) -> list[PkaRule]:
    """
    Read one table: name, SMARTS, then triples of atom index, mean and standard deviation.

    :param table: the file; lines that begin with # are comments, a star before the name marks a nitrogen acid
    :returns: the rules
    """
    found = []
    for line in table.read_text(encoding='utf-8').splitlines():
        if not line.strip() or line.startswith('#'):
            continue
        name, smarts, *numbers = line.split()
        values = tuple(
            (int(numbers[i]), float(numbers[i + 1]), float(numbers[i + 2])) for i in range(0, len(numbers), 3)
        )
        found.append(PkaRule(name.lstrip('*'), Chem.MolFromSmarts(smarts), values, name.startswith('*')))
    return found
