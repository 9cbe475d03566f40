"""
Druggability of a pocket by two small models.

Both were fitted by ``python -m benchmarks.dogsite.druggability`` to tell the pockets that bind a ligand from the other
pockets of the same structures; ``docs/validation/dogsite.md`` gives the data and the cross-validated figures.
"""

from collections.abc import Mapping

import numpy as np

SIMPLE = {'intercept': -0.477, 'volume': 1.492, 'hydrophobicity': -0.052, 'enclosure': -0.611}
DRUG = {'intercept': -9.49, 'volume': 12.732, 'enclosure': -5.972, 'apolarAA': 2.551}


def simple_score(values: Mapping[str, float | int | str]) -> float:
    """
    The linear score.

    :param values: descriptors of a pocket
    :returns: 0 to 1
    """
    return min(max(_sum(SIMPLE, values), 0.0), 1.0)


def drug_score(values: Mapping[str, float | int | str]) -> float:
    """
    The logistic score.

    :param values: descriptors of a pocket
    :returns: 0 to 1
    """
    return float(1 / (1 + np.exp(-_sum(DRUG, values))))


def _sum(weights: Mapping[str, float], values: Mapping[str, float | int | str]) -> float:
    """
    Weighted sum of descriptors.

    :param weights: by descriptor, and the intercept
    :param values: descriptors
    :returns: the sum
    """
    total = weights['intercept']
    for name, weight in weights.items():
        if name != 'intercept':
            total += weight * feature(name, values)
    return total


def feature(name: str, values: Mapping[str, float | int | str]) -> float:
    """
    A descriptor as the models see it: volumes by their cube root, so that giants do not rule.

    :param name: of the column
    :param values: descriptors
    :returns: the number; lengths and cube roots of volumes in units of 10 Angstrom
    """
    value = float(values[name])
    if name == 'volume':
        return float(np.cbrt(value)) / 10
    return value / 10 if name == 'depth' else value
