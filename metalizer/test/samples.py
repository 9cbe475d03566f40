"""A stand-in for the engine that works at once, and a structure with a metal."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from proteins_plus.test import faults
from proteins_plus.test.samples import GLYCINE, glycine_file

ZINC = 'HETATM    6 ZN    ZN A{:>4}{:1}      3.000   3.000   3.000  1.00 10.00          ZN  \n'


def zinc_text(code: str = '') -> str:
    """
    :param code: insertion code of the zinc
    :returns: a glycine and a zinc
    """
    return GLYCINE.replace('END ', ZINC.format(12, code) + 'END ')


def zinc_file(code: str = '') -> SimpleUploadedFile:
    """
    :param code: insertion code of the zinc
    :returns: a glycine and a zinc
    """
    return glycine_file(text=zinc_text(code))


def site(number: int, free: bool = False) -> dict[str, Any]:
    """
    :param number: of the site
    :param free: whether it has no atom
    :returns: the site as the engine tells it
    """
    atom = {'atom_name': '1:A.O/0', 'element': 'O', 'atom_distance': 2.0}
    return {
        'type': 0 if free else 1,
        'localization': '',
        'min_distance': 3.5,
        'partner_distance': 2.0,
        'partner_coordinate': [3.0 + number, 3.0, 5.0],
        'optimal_direction': [0.0, 0.0, 1.0],
        'atoms': [] if free else [atom],
    }


def prediction(geometry: str, score: float, free: int = 0) -> dict[str, Any]:
    """
    :param geometry: its name
    :param score: its score
    :param free: number of its free sites
    :returns: a geometry as the engine tells it
    """
    numbers = {'id': 1, 'coordination_number': 4, 'nof_bidentates': 0, 'prmsd': 0.1, 'rmsd': 4.5, 'overlap_penalty': 0}
    partners = [site(number, number >= 4 - free) for number in range(4)]
    return {'geometry': geometry, 'score': score, 'free_sites': free, 'unique': True, **numbers, 'partners': partners}


def donor(symmetry: str = '') -> dict[str, Any]:
    """
    :param symmetry: operator of its copy
    :returns: a donor as the engine tells it
    """
    place = {'residue': 'GLY', 'chain': 'A', 'position': '1', 'atom': 'O', 'symmetry': symmetry}
    numbers = {'coordinate': [2.38, 0.22, 0.0], 'distance': 2.04, 'usual_distance': 2.07, 'valence': None}
    return {'atom_name': '1:A.O/0', 'element': 'O', **place, **numbers}


def metal(**changed: Any) -> dict[str, Any]:
    """
    :param changed: of it
    :returns: a zinc as the engine tells it
    """
    return {
        'cutoff': 3.0,
        'element': 'Zn',
        'metal_coordinate': [3.0, 3.0, 3.0],
        'metal_name': '12:A.ZN/0',
        'molecule_name': 'ZN_A_12',
        'pdb_code': '',
        'chain': 'A',
        'position': '12',
        'predictions': [prediction('tetrahedral', 5.0), prediction('trigonal bipyramid', 17.25, 1)],
        'usual_geometries': ['tetrahedral'],
        'donors': [donor(), donor('2_655')],
        'valence': {'element': 'Zn', 'charge': 2, 'sum': 1.9, 'nvecsum': 0.04},
        'alternatives': [],
        **changed,
    }


#: The body of a METALizer that finds what it is told.
_WORKS = """
if [ "$1" = --version ]; then echo works 1.0; exit 0; fi
printf '%s\\n' "$@" > arguments
cp protein.* output/
cat <<'END'
METALS
END
"""


@contextlib.contextmanager
def working_metalizer(*metals: Any, text: str = '', also: str = '') -> Iterator[Path]:
    """
    A METALizer that works in a few milliseconds.

    :param metals: that it finds; a zinc unless given
    :param text: what it writes in their place
    :param also: shell commands it executes afterwards, in the work directory
    :returns: its executable
    """
    script = _WORKS.replace('METALS', text or json.dumps(metals or [metal()]))
    with faults.fake_tool('metalizer', f'{script}\n{also}') as executable:
        yield executable
