"""
EDF, in which programs of the field exchange sites: ``REFERENCE <path>``, then a line for each residue,
``RESIDUE <name> <chain> <number> [<insertion code>]``. The chain is missing where the structure names none.
"""

import re
from string import ascii_letters

_RESIDUE = re.compile(r'RESIDUE\s+(\S+)(?:\s+(\S+))??\s+(-?[0-9]+)(?:\s+([A-Za-z]+))?\s*', re.ASCII)


def read_edf(text: str) -> dict[str, list[dict[str, str]]]:
    """
    Read the site of the first reference; further ones are other structures.

    :param text: an EDF file
    :returns: a site description: ``{"residue_ids": [{"name", "position", "chain"}, ...]}``, insertion codes at the
        position
    :raises ValueError: for a line that names no residue, and for a file without any
    """
    residues = []
    for line in text.partition('REFERENCE')[2].partition('\nREFERENCE')[0].splitlines()[1:]:
        if not line.strip():
            continue
        found = _RESIDUE.fullmatch(line)
        if found is None:
            raise ValueError(f'{line[:80]!r} names no residue.')
        name, chain, number, insertion = found.groups(default='')
        residues.append({'name': name, 'position': f'{number}{insertion}', 'chain': chain})
    if not residues:
        raise ValueError('There are no residues.')
    return {'residue_ids': residues}


def write_edf(description: dict[str, list[dict[str, str]]], reference: str) -> str:
    """
    :param description: of a site, see :func:`read_edf`
    :param reference: file of the structure that it is a site of
    :returns: an EDF file; an unnamed chain as ``_``
    """
    lines = [f'REFERENCE {reference}']
    for residue in description['residue_ids']:
        number = residue['position'].rstrip(ascii_letters)
        insertion = residue['position'][len(number) :]
        lines.append(f'RESIDUE {residue["name"]} {residue["chain"] or "_"} {number} {insertion}'.rstrip())
    return '\n'.join(lines) + '\n'
