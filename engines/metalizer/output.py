"""Writes predictions as JSON, and the structure with its coordination as LINK and struct_conn records."""

import itertools
import math
from collections.abc import Iterable, Sequence
from typing import Any

import gemmi

from engines.metalizer.parameters import GEOMETRIES, usual_distance
from engines.metalizer.partners import Neighbour, Surroundings
from engines.metalizer.predictions import Prediction, is_distinct
from engines.metalizer.sites import Metal
from engines.metalizer.valences import Valences, alternatives, of_model

DIGITS = 6
"""After the point."""
OCCUPIED, FREE = 1, 0
Json = dict[str, Any]


def described(around: Surroundings, predictions: Sequence[Prediction], cutoff: float, code: str) -> Json:
    """
    :param around: a metal and its donors
    :param predictions: the best first
    :param cutoff: distance that was asked for, Angstrom
    :param code: of the entry, may be empty
    :returns: what is told of the metal
    """
    own = of_model(around)
    copies = {'': 0} | {copy: i for i, copy in enumerate(dict.fromkeys(d.copy for d in around.donors if d.copy), 1)}
    return {
        'cutoff': cutoff,
        'element': around.metal.element,
        'metal_coordinate': _numbers(around.origin),
        'metal_name': f'{around.metal.name}/0',
        'molecule_name': around.metal.molecule,
        'pdb_code': code.upper(),
        'chain': around.metal.chain,
        'position': str(around.metal.residue.seqid),
        'predictions': [
            _prediction(number, each, predictions, copies, around) for number, each in enumerate(predictions, 1)
        ],
        'usual_geometries': list(GEOMETRIES.get(around.metal.element, ())),
        'donors': [_donor(donor, around, own, index, copies) for index, donor in enumerate(around.donors)],
        'valence': _valence(own),
        'alternatives': [_valence(each) for each in alternatives(around, own)],
    }


def _prediction(
    number: int, each: Prediction, others: Sequence[Prediction], copies: dict[str, int], around: Surroundings
) -> Json:
    """
    :param number: its rank
    :param each: a prediction
    :param others: all predictions
    :param copies: numbers of the symmetry copies
    :param around: the metal
    :returns: what is told of it
    """
    return {
        'id': number,
        'geometry': each.fit.polyhedron.name,
        'coordination_number': each.fit.polyhedron.size,
        'free_sites': len(each.fit.free),
        'nof_bidentates': each.bidentates,
        'overlap_penalty': _number(each.overlap),
        'prmsd': _number(each.fit.prmsd),
        'rmsd': _number(each.fit.rmsd),
        'score': _number(each.score),
        'unique': is_distinct(each, others),
        'partners': list(_sites(each, copies, around)),
    }


def _sites(each: Prediction, copies: dict[str, int], around: Surroundings) -> Iterable[Json]:
    """
    :param each: a prediction
    :param copies: numbers of the symmetry copies
    :param around: the metal
    :returns: its sites, those with a partner first
    """
    kinds, fit = each.fit.polyhedron.kinds, each.fit
    points = [*(partner.point for partner in each.partners), *each.free_points]
    atoms = [*(partner.atoms for partner in each.partners), *(() for _ in fit.free)]
    for site, point, inside, gap in zip((*fit.sites, *fit.free), points, atoms, each.gaps, strict=True):
        yield {
            'type': OCCUPIED if inside else FREE,
            'localization': kinds[site],
            'min_distance': _number(gap) if math.isfinite(gap) else None,
            'partner_distance': _number(math.dist(point, around.origin)),
            'partner_coordinate': _numbers(point),
            'optimal_direction': _numbers(fit.directions[site]),
            'atoms': [
                {
                    'atom_name': _name(atom, copies), 'element': atom.element, 'atom_distance': _number(atom.distance),
                }
                for atom in inside
            ],
        }  # fmt: skip


def _donor(donor: Neighbour, around: Surroundings, own: Valences | None, index: int, copies: dict[str, int]) -> Json:
    """
    :param donor: a partner
    :param around: the metal
    :param own: valences of the metal
    :param index: of the donor
    :param copies: numbers of the symmetry copies
    :returns: what is told of the bond
    """
    usual = usual_distance(around.metal.element, donor.element, donor.group)
    return {
        'atom_name': _name(donor, copies),
        'element': donor.element,
        'residue': donor.residue.name,
        'chain': donor.chain,
        'position': str(donor.residue.seqid),
        'atom': donor.atom.name,
        'symmetry': donor.copy,
        'coordinate': _numbers(donor.point),
        'distance': _number(donor.distance),
        'usual_distance': None if usual is None else round(usual, 3),
        'valence': None if own is None else _number(own.bonds[index]),
    }


def _valence(each: Valences | None) -> Json | None:
    """
    :param each: valences of a metal
    :returns: what is told of them; None if they are not known
    """
    if each is None:
        return None
    return {
        'element': each.metal,
        'charge': each.charge,
        'sum': _number(each.total),
        'nvecsum': _number(each.imbalance),
    }


def _name(atom: Neighbour, copies: dict[str, int]) -> str:
    """
    :param atom: a donor
    :param copies: numbers of the symmetry copies
    :returns: such as ``179:A.ND1/0``; 0 is the asymmetric unit
    """
    return f'{atom.residue.seqid}:{atom.chain}.{atom.atom.name}/{copies[atom.copy]}'


def _number(value: float) -> float:
    """
    :param value: a number
    :returns: it with the digits that mean something
    """
    return round(float(value), DIGITS)


def _numbers(values: Iterable[float]) -> list[float]:
    """
    :param values: of a vector
    :returns: its numbers
    """
    return [_number(value) for value in values]


def link(structure: gemmi.Structure, surroundings: Iterable[Surroundings]) -> None:
    """
    Say in the structure which atoms coordinate the metals; what the file says of these metals is replaced.

    :param structure: changed in place
    :param surroundings: metals and their donors
    """
    places = list(surroundings)
    looked_at = {_key(_address(each.metal)) for each in places}
    kept = [
        each for each in structure.connections
        if not {_key(each.partner1), _key(each.partner2)} & looked_at
    ]  # fmt: skip
    structure.connections.clear()
    for connection in kept:
        structure.connections.append(connection)
    taken = {each.name for each in kept}
    names = (name for number in itertools.count(1) if (name := f'metalc{number}') not in taken)
    for around in places:
        for donor in around.donors:
            structure.connections.append(_connection(next(names), around.metal, donor))


def _connection(name: str, metal: Metal, donor: Neighbour) -> gemmi.Connection:
    """
    :param name: of the record
    :param metal: a metal
    :param donor: a partner of it
    :returns: the record
    """
    connection = gemmi.Connection()
    connection.name, connection.type = name, gemmi.ConnectionType.MetalC
    connection.asu = gemmi.Asu.Different if donor.copy else gemmi.Asu.Same
    connection.partner1 = _address(metal)
    connection.partner2 = _address(donor)
    connection.reported_distance = donor.distance
    return connection


def _address(atom: Metal | Neighbour) -> gemmi.AtomAddress:
    """
    :param atom: an atom of the structure
    :returns: its address
    """
    return gemmi.AtomAddress(atom.chain, atom.residue.seqid, atom.residue.name, atom.atom.name, atom.atom.altloc)


def _key(address: gemmi.AtomAddress) -> tuple[str, str, str]:
    """
    :param address: of an atom
    :returns: chain, number and atom
    """
    return address.chain_name, str(address.res_id.seqid), address.atom_name
