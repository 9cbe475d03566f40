"""Geometries in sentences: what a reader wants to know first."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

Metal = dict[str, Any]
#: Metals that get a sentence; a ribosome has hundreds.
_MOST = 6
#: Of the charge; a sum farther from it is worth a word.
_ODD_VALENCE = 0.25


def geometries(get: Callable[[str], dict[str, Any]], job: dict[str, Any]) -> Iterator[str]:
    """
    For ``manage.py demo``.

    :param get: reads a route below ``/api/v2/``
    :param job: a successful job as clients see it
    :returns: sentences
    """
    yield from sentences(get(f'metalizer/info/{job["metalizer_info"]}/')['metals'])


def sentences(metals: list[Metal]) -> Iterator[str]:
    """
    :param metals: that were looked at
    :returns: one or two for each of the first of them
    """
    for metal in metals[:_MOST]:
        yield _shape(metal)
        yield from _valence(metal)
    if len(metals) > _MOST:
        more = metals[_MOST:]
        found = sum(bool(metal['predictions']) for metal in more)
        yield f'{len(more)} more metals, {found} of them with a geometry, are in the table.'


def called(metal: Metal) -> str:
    """
    :param metal: a metal
    :returns: its name without the number of the copy: ``1300:A.ZN``
    """
    return str(metal['metal_name']).rpartition('/')[0] or str(metal['metal_name'])


def listed(words: Iterable[str]) -> str:
    """
    :param words: some
    :returns: them in a sentence
    """
    *rest, last = [*words]
    return f'{", ".join(rest)} and {last}' if rest else last


def donors_of(metal: Metal) -> str:
    """
    :param metal: a metal
    :returns: how many atoms of which element coordinate it: ``1 N, 3 S``
    """
    elements = [donor['element'] for donor in metal.get('donors', [])]
    return ', '.join(f'{elements.count(element)} {element}' for element in sorted(set(elements)))


def alternatives_of(metal: Metal) -> list[str]:
    """
    :param metal: a metal
    :returns: metals that the valences suit better, with their charge
    """
    return [f'{each["element"]}({each["charge"]}+)' for each in metal.get('alternatives', [])]


def _shape(metal: Metal) -> str:
    """
    :param metal: a metal
    :returns: what its geometry is
    """
    if not metal['predictions']:
        return f'{called(metal)}: no ideal geometry fits.'
    best, *rest = metal['predictions']
    free = best['free_sites'] and f' with {best["free_sites"]} free site{"s" * (best["free_sites"] > 1)}'
    donors = donors_of(metal)
    next_one = f'; next comes {rest[0]["geometry"]} with {rest[0]["score"]:.1f}' if rest else ''
    return (
        f'{called(metal)}: {best["geometry"]}{free or ""}{donors and f" ({donors})"}, '
        f'score {best["score"]:.1f}{next_one}.'
    )


def _valence(metal: Metal) -> Iterator[str]:
    """
    :param metal: a metal
    :returns: what is odd about its bonds, if anything is
    """
    valence = metal.get('valence')
    if valence and abs(valence['sum'] - valence['charge']) > _ODD_VALENCE * valence['charge']:
        better = alternatives_of(metal)
        instead = f'; the bonds would suit {listed(better)} better' if better else ''
        yield f'Its bond-valence sum is {valence["sum"]:.1f}, and its charge {valence["charge"]}{instead}.'
