"""
Scores of protonation states before their surroundings are looked at.

A state that the pH does not favour costs RT ln 10 for each unit between pH and pKa. PROPKA's pKa already holds the
effect of hydrogen bonds, which the network counts again; so a state of unusual charge pays one hydrogen bond more.
"""

import math

from engines.protoss.score import HYDROGEN_BOND
from engines.protoss.states import Alternative, Site
from engines.protoss.system import System

UNIT = 2.479 * math.log(10)
"""kJ/mol; RT ln 10 at 298 K, the free energy of one pKa unit."""
DOUBLE_COUNT = HYDROGEN_BOND
"""kJ/mol; the hydrogen bond that an unusual state gains and that its pKa has paid for already."""
HID_COST = 2.479 * math.log(4)
"""kJ/mol; free histidine is four times as often protonated at NE2 as at ND1 (Blomberg et al. 1977)."""

MODEL_PKA = {'ASP': 3.8, 'GLU': 4.5, 'HIS': 6.5, 'CYS': 9.0, 'TYR': 10.0, 'LYS': 10.5, 'N+': 8.0, 'C-': 3.2}
"""pKa in water, as PROPKA 3 uses them (Olsson et al. 2011, doi:10.1021/ct100578z)."""


PkaTable = dict[tuple[str, int, str, str], float]
"""pKa by chain, residue number, insertion code, and group: residue name, ``N+`` or ``C-``."""


_REACH = 2.0
"""
pKa units from the pH beyond which Lys, Tyr, Cys and the amino end keep their proton, so that no contact of a poor model
takes it away.
"""
_KEEPERS = {'LYS', 'TYR', 'CYS', 'N+'}


def titration(alternative: Alternative, kind: str, pka: float, ph: float) -> float:
    """
    Score of a protonation state at a pH.

    :param alternative: the state
    :param kind: kind of its site
    :param pka: pKa of its group
    :param ph: pH
    :returns: kJ/mol, at most 0; minus infinity forbids
    """
    if alternative.proton is None:
        return 0.0
    if kind in _KEEPERS and not alternative.proton and pka > ph + _REACH:
        return -math.inf
    uphill = ph - pka if alternative.proton else pka - ph
    return -UNIT * max(0.0, uphill) - (0.0 if alternative.usual else DOUBLE_COUNT)


def pka_of(system: System, site: Site, pkas: PkaTable) -> float:
    """
    The pKa of a site.

    :param system: the system
    :param site: a site of a titratable group
    :param pkas: what PROPKA found
    :returns: PROPKA's value, else that of the free group
    """
    chain, number, icode, _ = system.members[site.owner].key
    return pkas.get((chain, number, icode, site.kind), MODEL_PKA[site.kind])
