"""The electron density sphere of an atom, by its element, its charge and the resolution."""

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


def radius(element: str, charge: int, resolution: float) -> float:
    """
    Radius of the electron density sphere, linear between the tabulated resolutions. An atom whose charge is not
    tabulated gets the radius of its element with the nearest charge that is.

    :param element: symbol, such as ``Zn``
    :param charge: formal charge
    :param resolution: of the map, Angstrom
    :returns: radius, Angstrom
    """
    known = [other for symbol, other in RADII if symbol == element]
    if not known:
        return radius('Fe', 2, resolution)
    nearest = min(known, key=lambda other: (abs(other - charge), other))
    return float(np.interp(resolution, RESOLUTIONS, RADII[element, nearest]))
