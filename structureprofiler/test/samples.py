"""A stand-in for the engine that works at once."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from proteins_plus.test import faults

COMPLEX = ('resolution\t1.8', 'rFree\t', 'resolutionTest\tpassed', 'significanceTest\t', 'resolutionThreshold\t2.5')
LIGANDS = (
    'name\tMTN_A_1\tMTN_A_2',
    'ID\t1\t2',
    'heavyAtoms\t1\t1',
    'OWAB\t20.5\t81',
    'OWABTest\tpassed\tfailed',
    'noAltLocs\tfailed\tuntested',
    'altLocs\t1\t',
    'OWABThreshold\t50\t50',
    'altLocsThreshold\t0\t0',
)
SITES = (
    'ligand\tMTN_A_1\tMTN_A_2',
    'chains\tA,B\tA',
    'noIntermolecularClash\tfailed\tpassed',
    'intermolecularDistance\t0.5\t0.9',
    'intermolecularDistanceThreshold\t0.75\t0.75',
)
NONE = ('name',)


def place(position: str, atom: str) -> dict[str, str]:
    """
    :param position: of a residue
    :param atom: of it
    :returns: the atom as the engine tells it
    """
    return {'chain': 'A', 'position': position, 'residue': 'GLY', 'atom': atom}


OFFENDERS: dict[str, Any] = {
    'complex': {},
    'ligands': {'1': {'noAltLocs': [{'value': 'altLocs', 'amount': 1, 'atoms': [place('1', 'CA')]}]}, '2': {}},
    'active_sites': {
        '1': {'noIntermolecularClash': [{'value': 'x', 'amount': 0.5, 'atoms': [place('1', 'N'), place('7B', 'O')]}]},
        '2': {},
    },
}

#: The body of a StructureProfiler that finds what it is told.
_WORKS = """
if [ "$1" = --version ]; then echo works 1.0; exit 0; fi
printf '%s\\n' "$@" > arguments
cat > output/proteinComplex.csv <<'END'
COMPLEX
END
cat > output/proteinLigands.csv <<'END'
LIGANDS
END
cat > output/proteinActiveSites.csv <<'END'
SITES
END
cat > output/profile.json <<'END'
PROFILE
END
"""


@contextlib.contextmanager
def working_structureprofiler(
    whole: tuple[str, ...] = COMPLEX,
    ligands: tuple[str, ...] = LIGANDS,
    sites: tuple[str, ...] = SITES,
    offenders: object = OFFENDERS,
    also: str = '',
) -> Iterator[Path]:
    """
    A StructureProfiler that works in a few milliseconds.

    :param whole: lines of its table of the complex
    :param ligands: lines of its table of ligands
    :param sites: lines of its table of sites
    :param offenders: where its tests have failed
    :param also: shell commands it executes afterwards, in the work directory
    :returns: its executable
    """
    parts = {
        'COMPLEX': '\n'.join(whole),
        'LIGANDS': '\n'.join(ligands),
        'SITES': '\n'.join(sites),
        'PROFILE': json.dumps({'offenders': offenders}),
    }
    script = _WORKS
    for word, part in parts.items():
        script = script.replace(word, part)
    with faults.fake_tool('structureprofiler', f'{script}\n{also}') as executable:
        yield executable
