"""A PyMOL script that shows the files of a result: cartoon, ligands as sticks, maps as see-through surfaces."""

import re
from collections.abc import Iterator

from .results import File, Result

_STRUCTURES = ('.pdb', '.cif')
_HEAD = """\
# PyMOL: open this file with File > Open, or start 'pymol result.pml' in its folder.
# The surfaces of maps have the levels of the file.
set normalize_ccp4_maps, 0
"""
#: Single atoms are metals and ions; water stays in the structure and is not shown.
_STYLE = """\
hide everything
show cartoon, polymer
show sticks, organic
show sticks, byres (polymer within 4.5 of organic)
show spheres, inorganic
set sphere_scale, 0.35, inorganic
hide sticks, hydro and (neighbor elem C)
util.cbaw polymer
util.cbag organic
"""


def script(result: Result) -> str:
    """
    :param result: of a job
    :returns: a script for the folder of which its files are ``files/``
    """
    return _HEAD + ''.join(f'{line}\n' for line in _loads(result)) + _STYLE + ''.join(_ends(result))


def _loads(result: Result) -> Iterator[str]:
    """
    :param result: of a job
    :returns: what loads its molecules and maps; a structure that is there in two formats is loaded once
    """
    seen = set()
    for file in result.files:
        stem, ending = _parts(file)
        if ending in _STRUCTURES and stem not in seen:
            seen.add(stem)
            # 'protein' itself is a word of PyMOL's selections
            yield f'load files/{file.name}, {stem}_model'
        elif ending == '.sdf':
            yield f'load files/{file.name}, {stem}, multiplex=1'
        elif file.contour:
            level, colour = file.contour
            yield f'load files/{file.name}, {stem}_map'
            yield f'isosurface {stem}, {stem}_map, {level:g}'
            yield f'color 0x{colour.removeprefix("#")}, {stem}'
            yield f'set transparency, 0.5, {stem}'


def _ends(result: Result) -> Iterator[str]:
    """
    :param result: of a job
    :returns: what comes after the style, which hides everything
    """
    for file in result.files:
        if file.contour:
            yield f'show surface, {_parts(file)[0]}\n'
    yield 'orient\n'


def _parts(file: File) -> tuple[str, str]:
    """
    :param file: a file
    :returns: a name for PyMOL's objects, and how its name ends
    """
    stem, dot, ending = file.name.rpartition('.')
    return re.sub(r'\W', '_', stem, flags=re.ASCII), f'{dot}{ending}'.lower()
