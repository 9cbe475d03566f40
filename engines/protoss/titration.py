"""
Scores of protonation states before their surroundings are looked at.

A state that the pH does not favour costs RT ln 10 for each unit between pH and pKa. PROPKA's pKa already holds the
effect of hydrogen bonds, which the network counts again; so a state of unusual charge pays one hydrogen bond more.
"""

import math

from engines.protoss.score import HYDROGEN_BOND

UNIT = 2.479 * math.log(10)
"""kJ/mol; RT ln 10 at 298 K, the free energy of one pKa unit."""
DOUBLE_COUNT = HYDROGEN_BOND
"""kJ/mol; the hydrogen bond that an unusual state gains and that its pKa has paid for already."""
HID_COST = 2.479 * math.log(4)
"""kJ/mol; free histidine is four times as often protonated at NE2 as at ND1 (Blomberg et al. 1977)."""

MODEL_PKA = {'ASP': 3.8, 'GLU': 4.5, 'HIS': 6.5, 'CYS': 9.0, 'TYR': 10.0, 'LYS': 10.5, 'N+': 8.0, 'C-': 3.2}
"""pKa in water, as PROPKA 3 uses them (Olsson et al. 2011, doi:10.1021/ct100578z)."""


def protonated(pka: float, ph: float, usual: bool) -> float:
    """
    Score of a state that holds the proton.

    :param pka: pKa of the group
    :param ph: pH
    :param usual: whether the group holds it in water at neutral pH
    :returns: kJ/mol, at most 0
    """
    return -UNIT * max(0.0, ph - pka) - (0.0 if usual else DOUBLE_COUNT)


def deprotonated(pka: float, ph: float, usual: bool) -> float:
    """
    Score of a state without the proton.

    :param pka: pKa of the group
    :param ph: pH
    :param usual: whether the group lacks it in water at neutral pH
    :returns: kJ/mol, at most 0
    """
    return -UNIT * max(0.0, pka - ph) - (0.0 if usual else DOUBLE_COUNT)
