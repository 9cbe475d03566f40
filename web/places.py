"""Residues by name, as ligands and reports call them: ``P86_A_400``, ``HIS_A_69B``."""

import re

from .results import Place

_NAME = re.compile(r'[^_]+_(?P<chain>[^_]*)_(?P<number>-?[0-9]+)(?P<icode>[A-Za-z]?)(?:_[0-9]+)?', re.ASCII)


def place_of(name: str) -> Place | None:
    """
    :param name: of a residue or ligand
    :returns: where it is; None if the name is somebody's own
    """
    found = _NAME.fullmatch(name)
    return Place(found['chain'], int(found['number']), found['icode']) if found else None


def text(place: Place) -> str:
    """
    :param place: a residue
    :returns: as the viewer reads it: ``A:69B``
    """
    return f'{place.chain}:{place.number}{place.insertion_code}'
