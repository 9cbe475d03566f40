"""
Binding sites as users describe them:
``{"residue_ids": [{"name": "HIS", "position": "57A", "chain": "A"}]}``.
"""

import json
import re
from typing import Any

from proteins_plus.errors import InputError

_FIELD = 'protein_site_json'
_HINT = 'Give {"residue_ids": [{"name": "HIS", "position": "57", "chain": "A"}, ...]}; all values are text.'
_PATTERNS = {
    'name': re.compile(r'[A-Za-z0-9]{3}', re.ASCII),
    'position': re.compile(r'-?[0-9]{1,6}[A-Za-z]{0,3}', re.ASCII),
    'chain': re.compile(r'[!-~]{1,2}', re.ASCII),
}
_RULES = {
    'name': 'three letters or digits',
    'position': 'a number, which may be negative, and up to three letters, as text',
    'chain': 'one or two characters',
}
#: No pocket has more residues; whole chains are not sites.
MAX_RESIDUES = 2000
_MAX_CHARACTERS = 200 * MAX_RESIDUES


def read_site(value: Any, field: str | None = _FIELD) -> dict[str, list[dict[str, str]]]:
    """
    :param value: a site description, as JSON text (form posts) or as the object itself
    :param field: the request field it came in, for the error
    :returns: ``{"residue_ids": [{"name", "position", "chain"}, ...]}`` with these keys and no others
    :raises InputError: ``site.unreadable``, ``site.empty``, ``site.too_long``, ``site.residue`` or
        ``site.duplicate``
    """
    site = _parsed(value, field) if isinstance(value, str) else value
    residues = site.get('residue_ids') if isinstance(site, dict) else None
    if not isinstance(residues, list):
        raise InputError('The site is not an object with a list residue_ids.', 'site.unreadable', _HINT, field)
    if not residues:
        raise InputError('The site has no residues.', 'site.empty', _HINT, field)
    if len(residues) > MAX_RESIDUES:
        raise _too_long(field)
    checked = [_residue(residue, number, field) for number, residue in enumerate(residues, start=1)]
    _check_distinct(checked, field)
    return {'residue_ids': checked}


def _parsed(text: str, field: str | None) -> Any:
    """
    :param text: JSON text
    :param field: the request field
    :returns: what it says
    :raises InputError: ``site.unreadable`` or ``site.too_long``
    """
    if len(text) > _MAX_CHARACTERS:
        raise _too_long(field)
    try:
        return json.loads(text)
    except (ValueError, RecursionError):  # the latter for a million opening brackets
        raise InputError('The site is not JSON.', 'site.unreadable', _HINT, field) from None


def _residue(residue: Any, number: int, field: str | None) -> dict[str, str]:
    """
    :param residue: one item of residue_ids
    :param number: its place, from 1
    :param field: the request field
    :returns: name, position and chain
    :raises InputError: ``site.residue``
    """
    if not isinstance(residue, dict):
        raise InputError(f'Residue {number} of the site is not an object.', 'site.residue', _HINT, field)
    for key, pattern in _PATTERNS.items():
        value = residue.get(key)
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise InputError(
                f'The {key} of residue {number} of the site is not {_RULES[key]}.',
                'site.residue',
                _HINT,
                field,
            )
    return {key: residue[key] for key in _PATTERNS}


def _check_distinct(residues: list[dict[str, str]], field: str | None) -> None:
    """
    :param residues: checked residues
    :param field: the request field
    :raises InputError: ``site.duplicate``
    """
    seen: set[tuple[str, ...]] = set()
    for residue in residues:
        identity = tuple(residue.values())
        if identity in seen:
            raise InputError(
                f'The site names {" ".join(identity)} twice.',
                'site.duplicate',
                'Name each residue once.',
                field,
            )
        seen.add(identity)


def _too_long(field: str | None) -> InputError:
    """
    :param field: the request field
    :returns: the error for a site beyond all reason
    """
    return InputError(
        f'The site has more than {MAX_RESIDUES} residues.',
        'site.too_long',
        'Give the residues of one pocket.',
        field,
    )
