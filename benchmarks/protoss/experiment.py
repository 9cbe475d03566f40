"""Part a: hydrogens that were seen in experiments, removed, placed anew, and compared."""

from dataclasses import dataclass, field
from itertools import permutations

import gemmi
import numpy as np

from .structures import Atoms, Key, Search, Vector, place, to_atoms

#: Bond lengths from neutron diffraction, in Angstrom: Allen & Bruno (2010), Acta Cryst. B66, 380.
LENGTHS = {'C': 1.09, 'N': 1.01, 'O': 0.98, 'S': 1.34}
NEAR = 0.15
ANGLE = 30.0
PARTNER = 2.5
_PARTNER_ANGLE = 110.0
#: Least occupancy of a partner that is there in every molecule of the crystal.
FULL = 0.99
MISSING = float('inf')


@dataclass(frozen=True)
class Site:
    """
    A heavy atom with the hydrogens of the experiment.

    :param key: of the heavy atom
    :param kind: 'fixed', 'rotor', 'methyl' or 'water'
    :param partner: acceptor that one of its hydrogens points at, and its distance from the hydrogen; or empty
    :param firm: whether the partner is fully occupied
    :param directions: unit vectors to the hydrogens
    :param origin: of the heavy atom
    :param axis: unit vector from the atom in front to this one; for rotors only
    :param strain: for CH with three other neighbours and XH with two, how far the hydrogen is, in Angstrom, from where
        these neighbours alone would put it; None for others
    :param torsion: of a rotor's first hydrogen, in degrees
    """

    key: Key
    kind: str
    partner: str
    firm: bool
    directions: list[Vector]
    origin: Vector
    axis: Vector | None
    strain: float | None
    torsion: float | None = None


@dataclass
class Comparison:
    """
    One program against one experiment.

    :param values: site and, for fixed ones, the distance in Angstrom of each hydrogen, else one angle in degrees
    :param extra: heavy atoms, with hydrogens in the experiment or in the output, that got more of them than there were
    """

    values: list[tuple[Site, list[float]]] = field(default_factory=list)
    extra: list[Key] = field(default_factory=list)

    def share(self, kind: str, limit: float, firm: bool = False) -> tuple[int, int]:
        """
        :param kind: of sites; of rotors and waters only those with a partner count
        :param limit: of the value
        :param firm: count only those whose partner is fully occupied
        :returns: how many are within it, of how many
        """
        found = [
            value
            for site, values in self.values
            if site.kind == kind and (site.firm or not firm) and (site.partner or kind in ('fixed', 'methyl'))
            for value in values
        ]
        return sum(value <= limit for value in found), len(found)


def unit(vector: Vector) -> Vector:
    """
    :param vector: not zero
    :returns: it with length 1
    """
    return np.asarray(vector / np.linalg.norm(vector), dtype=float)


def sites(structure: gemmi.Structure) -> list[Site]:
    """
    :param structure: one conformer of an experiment, with its cell
    :returns: every heavy atom with hydrogens
    """
    atoms = to_atoms(structure)
    search = Search(structure)
    return [
        _site(atoms, atom, search)
        for atom, element in enumerate(atoms.elements)
        if element in LENGTHS and atoms.hydrogens_of(atom)
    ]


def _site(atoms: Atoms, atom: int, search: Search) -> Site:
    """
    :param atoms: of the experiment
    :param atom: a heavy atom with hydrogens
    :param search: on the same atoms, symmetry included
    :returns: the site
    """
    hydrogens, heavy = atoms.hydrogens_of(atom), atoms.heavy_of(atom)
    origin = atoms.xyz[atom]
    directions = [unit(atoms.xyz[h] - origin) for h in hydrogens]
    kind = _kind(atoms.elements[atom], len(hydrogens), len(heavy))
    axis = unit(origin - atoms.xyz[heavy[0]]) if kind in ('rotor', 'methyl') else None
    wanted = directions if kind in ('rotor', 'water') else []
    partners = filter(None, (_partner(atoms, atom, way, search) for way in wanted))
    partner, occupancy = next(partners, ('', 0.0))
    strain = None
    if kind == 'fixed' and len(hydrogens) == 1 and len(heavy) in (2, 3):
        away = unit(-np.sum([unit(atoms.xyz[other] - origin) for other in heavy], axis=0))
        strain = LENGTHS[atoms.elements[atom]] * float(np.linalg.norm(away - directions[0]))
    behind = [other for other in atoms.heavy_of(heavy[0]) if other != atom] if kind == 'rotor' else []
    torsion = None
    if axis is not None and behind:
        torsion = _turn(axis, atoms.xyz[behind[0]] - atoms.xyz[heavy[0]], directions[0])
    return Site(atoms.keys[atom], kind, partner, occupancy >= FULL, directions, origin, axis, strain, torsion)


def _kind(element: str, hydrogens: int, heavy: int) -> str:
    """
    :param element: of the heavy atom
    :param hydrogens: number of them at it
    :param heavy: number of other neighbours
    :returns: the kind of its site
    """
    if element == 'O' and heavy == 0:
        return 'water'
    if heavy != 1:
        return 'fixed'
    if element in 'OS' or (element == 'N' and hydrogens == 3):
        return 'rotor'
    return 'methyl' if element == 'C' and hydrogens == 3 else 'fixed'


def _partner(atoms: Atoms, atom: int, direction: Vector, search: Search) -> tuple[str, float] | None:
    """
    :param atoms: of the experiment
    :param atom: a donor
    :param direction: to its hydrogen
    :param search: on the same atoms, symmetry included
    :returns: an oxygen, or a nitrogen without hydrogen, that accepts it, in this copy or (with a star) in a
        neighbour's, and its occupancy
    """
    hydrogen = atoms.xyz[atom] + LENGTHS[atoms.elements[atom]] * direction
    near = atoms.within(atom, 3)
    for other, position, own in search.around(hydrogen, PARTNER):
        if (other in near and own) or atoms.elements[other] not in ('O', 'N'):
            continue
        if atoms.elements[other] == 'N' and atoms.hydrogens_of(other):
            continue
        towards = position - hydrogen
        if np.degrees(np.arccos(np.clip(np.dot(unit(towards), -direction), -1, 1))) >= _PARTNER_ANGLE:
            chain, seqid, name, partner = atoms.keys[other]
            occupancy = atoms.occupancies[other]
            there = '' if occupancy >= FULL else f' ({100 * occupancy:.0f} %)'
            return (
                f'{partner} of {name}_{chain}_{seqid}{"" if own else "*"}{there} {np.linalg.norm(towards):.1f}',
                occupancy,
            )
    return None


def compare(experiment: list[Site], output: Atoms) -> Comparison:
    """
    :param experiment: its sites
    :param output: of a program
    :returns: the comparison
    """
    result, known = Comparison(), output.places()
    for site in experiment:
        atom = known.get(place(site.key))
        placed = [] if atom is None else output.hydrogens_of(atom)
        origin = site.origin if atom is None else output.xyz[atom]
        directions = [unit(output.xyz[h] - origin) for h in placed]
        result.values.append((site, _values(site, origin, directions)))
        if len(directions) > len(site.directions):
            result.extra.append(site.key)
    return result


def _values(site: Site, origin: Vector, directions: list[Vector]) -> list[float]:
    """
    :param site: of the experiment
    :param origin: where the program has the heavy atom
    :param directions: to the hydrogens the program placed
    :returns: distances of each hydrogen, or one angle
    """
    if site.kind == 'fixed':
        length = LENGTHS.get(site.key[3][:1], 1.0)
        ends = [origin + length * way for way in directions]
        return _assign([site.origin + length * way for way in site.directions], ends)
    if not directions:
        return [MISSING]
    if site.axis is None:
        return [max(min(_angle(way, other) for other in directions) for way in site.directions)]
    turns = [min(abs(_turn(site.axis, way, other)) for other in directions) for way in site.directions]
    return [float(np.mean(turns))]


def turned(one: Site, other: Site) -> float:
    """
    :param one: a rotor
    :param other: the same one of another experiment
    :returns: the angle between them about their axes, in degrees
    """
    period = 360 / len(one.directions)
    angle = abs((one.torsion or 0.0) - (other.torsion or 0.0)) % period
    return min(angle, period - angle)


def _assign(wanted: list[Vector], ends: list[Vector]) -> list[float]:
    """
    :param wanted: positions of the experiment
    :param ends: positions of the program
    :returns: distance of each wanted one from its partner in the best assignment; infinite without a partner
    """
    slots = [*range(len(ends)), *[-1] * len(wanted)]
    best = [MISSING] * len(wanted)
    for order in set(permutations(slots, len(wanted))):
        found = [
            float(np.linalg.norm(a - ends[slot])) if slot >= 0 else MISSING
            for a, slot in zip(wanted, order, strict=True)
        ]
        best = min(best, found, key=lambda row: sum(min(value, 9.0) for value in row))
    return best


def _angle(one: Vector, other: Vector) -> float:
    """
    :param one: unit vector
    :param other: unit vector
    :returns: the angle between them in degrees
    """
    return float(np.degrees(np.arccos(np.clip(np.dot(one, other), -1, 1))))


def _turn(axis: Vector, one: Vector, other: Vector) -> float:
    """
    :param axis: unit vector
    :param one: a direction
    :param other: a direction
    :returns: the angle from one to the other about the axis, in degrees
    """
    a, b = (unit(way - np.dot(way, axis) * axis) for way in (one, other))
    return float(np.degrees(np.arctan2(np.dot(np.cross(a, b), axis), np.dot(a, b))))
