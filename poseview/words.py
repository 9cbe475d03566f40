"""Interactions in sentences: what a reader wants to know first."""

from collections.abc import Callable, Iterator
from typing import Any

Interaction = dict[str, Any]
#: What every interaction of the program's table has, and of which type.
FIELDS: dict[str, type] = {
    'interaction': str, 'kind': str, 'colour': str, 'ligandAtoms': list, 'ligandRole': str, 'residue': str,
    'chain': str, 'number': int, 'insertionCode': str, 'partnerAtoms': list, 'partnerRole': str, 'symmetryCopy': int,
    'distance': float, 'angles': dict, 'lengths': dict, 'water': str, 'ligandPoint': list, 'partnerPoint': list,
    'waterPoint': list,
}  # fmt: skip
#: Residues that a sentence names.
_MOST = 8


def in_words(get: Callable[[str], dict[str, Any]], job: dict[str, Any]) -> Iterator[str]:
    """
    For ``manage.py demo``.

    :param get: reads a route below ``/api/v2/``
    :param job: a successful job as clients see it
    :returns: sentences
    """
    if job['poseview_info']:
        yield from sentences(get(f'poseview/info/{job["poseview_info"]}/')['interactions'])


def sentences(interactions: list[Interaction]) -> Iterator[str]:
    """
    :param interactions: of a ligand
    :returns: one for each kind, with the residues that take part
    """
    if not interactions:
        yield 'The ligand has no interaction.'
    for kind in dict.fromkeys(each['kind'] for each in interactions):
        own = [each for each in interactions if each['kind'] == kind]
        partners = list(dict.fromkeys(partner_of(each) for each in own))
        more = f' and {len(partners) - _MOST} more' if len(partners) > _MOST else ''
        yield f'{kind}: {len(own)}, with {", ".join(partners[:_MOST])}{more}.'


def partner_of(interaction: Interaction) -> str:
    """
    :param interaction: of a ligand
    :returns: the residue on its other side: ``ASP A 25``
    """
    position = f'{interaction["number"]}{interaction["insertionCode"]}'
    return ' '.join(filter(None, (interaction['residue'], interaction['chain'], position)))
