"""The electron density sphere of an atom, by its element, its charge and the resolution."""

from functools import lru_cache

import gemmi
import numpy as np

RESOLUTIONS = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0)
"""Angstrom; below and above the radii of the first and the last one hold."""

RADII = {
    ('C', 0): (1.02, 1.14, 1.26, 1.38, 1.65, 1.98),
    ('N', 0): (0.96, 1.11, 1.23, 1.35, 1.62, 1.95),
    ('O', 0): (0.93, 1.08, 1.20, 1.32, 1.62, 1.92),
    ('O', -1): (0.99, 1.11, 1.23, 1.35, 1.65, 1.95),
    ('S', 0): (0.90, 1.05, 1.17, 1.32, 1.62, 1.92),
    ('Cl', 0): (0.90, 1.05, 1.17, 1.32, 1.62, 1.92),
    ('P', 0): (0.90, 1.05, 1.17, 1.32, 1.62, 1.95),
    ('F', 0): (0.90, 1.05, 1.17, 1.32, 1.59, 1.92),
    ('Br', 0): (0.84, 0.99, 1.11, 1.29, 1.59, 1.89),
    ('I', 0): (0.84, 0.99, 1.11, 1.29, 1.56, 1.89),
    ('Se', 0): (0.84, 0.99, 1.11, 1.29, 1.59, 1.89),
    ('Zn', 0): (0.84, 0.99, 1.11, 1.29, 1.56, 1.89),
    ('Zn', 2): (0.81, 0.96, 1.08, 1.26, 1.56, 1.89),
    ('Mg', 2): (0.81, 0.96, 1.08, 1.26, 1.56, 1.89),
    ('Ca', 2): (0.87, 0.99, 1.14, 1.29, 1.56, 1.89),
    ('Na', 1): (0.84, 0.99, 1.11, 1.26, 1.56, 1.89),
    ('K', 1): (0.87, 1.02, 1.14, 1.29, 1.59, 1.92),
    ('Fe', 2): (0.84, 0.96, 1.11, 1.26, 1.56, 1.89),
    ('Mn', 2): (0.84, 0.99, 1.11, 1.26, 1.56, 1.89),
}
"""Radii in Angstrom at each of the RESOLUTIONS, as published with the open implementation in qFit."""


_SHARES = (0.75, 0.71, 0.71, 0.72, 0.63, 0.62)
"""Share of its electrons that an atom of the table has within its radius at each of the RESOLUTIONS, on average."""
_B_FACTORS = (6.32, 14.49, 20.88, 27.71, 55.64, 83.57)
"""Mean B factors at the RESOLUTIONS, square Angstrom; the last one continues the line of the two before."""


def radius(element: str, charge: int, resolution: float) -> float:
    """
    Radius of the electron density sphere, linear between the tabulated resolutions. An atom whose charge is not
    tabulated gets the radius of its element with the nearest charge that is; a metal ion is charged although most
    files do not tell.

    :param element: symbol, such as ``Zn``
    :param charge: formal charge
    :param resolution: of the map, Angstrom
    :returns: radius, Angstrom
    """
    return float(np.interp(resolution, RESOLUTIONS, _radii(element, charge)))


@lru_cache(maxsize=256)
def _radii(element: str, charge: int) -> tuple[float, ...]:
    """
    Radii of an element.

    :param element: symbol
    :param charge: formal charge
    :returns: Angstrom, at each of the RESOLUTIONS
    """
    known = [other for symbol, other in RADII if symbol == element]
    if not gemmi.Element(element).atomic_number:
        return RADII['C', 0]
    if not known:
        return tuple(derived(element, index) for index in range(len(RESOLUTIONS)))
    if charge == 0 and gemmi.Element(element).is_metal:
        return RADII[element, max(known)]
    return RADII[element, min(known, key=lambda other: abs(other - charge))]


def derived(element: str, index: int) -> float:
    """
    Radius of an element that is not in the table: it holds as many of the electrons as those of the table do. The
    density is that of the neutral atom's scattering factor (International Tables C, 4.3.2), smeared by the usual B
    factor and cut off at the resolution.

    :param element: symbol
    :param index: into RESOLUTIONS
    :returns: Angstrom, in steps of 0.03 as the table
    """
    factor = gemmi.Element(element).it92
    s = np.linspace(0, 1 / RESOLUTIONS[index], 400)
    waves = np.array([factor.calculate_sf(x * x / 4) for x in s]) * np.exp(-_B_FACTORS[index] * s * s / 4)
    r = np.arange(0, 3, 0.01)
    density = np.trapezoid(4 * np.pi * s * s * waves * np.sinc(2 * np.outer(r, s)), s, axis=1)
    held = np.cumsum(4 * np.pi * r * r * density) * 0.01 / gemmi.Element(element).atomic_number
    return float(round(r[np.argmax(held >= _SHARES[index])] / 0.03) * 0.03)
