"""
Which complexes are looked at.

Every file of ``entries`` and ``docking`` that holds a ligand and at most :data:`MOST_ATOMS` heavy atoms, and of the
family of lactate dehydrogenases, which are much alike, the first chain of every sixth entry. Of each the ligands with
:data:`LEAST_ATOMS` heavy atoms or more that are no additive of the preparation, of those of one name the first two.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from engines.preprocessor.additives import ADDITIVES
from engines.protoss.ligand.molecules import Molecule

LEAST_ATOMS = 6
MOST_ATOMS = 6_000
RULE = (
    f'Looked at are all files of entries and docking with a ligand and at most {MOST_ATOMS:,} heavy atoms, and of the '
    'lactate dehydrogenases the first chain of every sixth entry; of each the ligands of '
    f'{LEAST_ATOMS} heavy atoms and more that are no additive of the preparation, of those of one name the first two.'
)
_EACH, _COPIES = 6, 2


def files(data: Path) -> Iterator[Path]:
    """
    :param data: folder with ``entries``, ``docking`` and ``families``
    :returns: iterator over the structures that may hold a complex
    """
    for folder in ('entries', 'docking'):
        for path in sorted((data / folder).iterdir()):
            if '.pdb' in path.suffixes or '.cif' in path.suffixes:
                yield path
    first: dict[str, Path] = {}
    for path in sorted((data / 'families' / 'ldh').iterdir()):
        first.setdefault(path.name.split('_')[0], path)
    yield from list(first.values())[::_EACH]


def wanted(molecules: list[Molecule]) -> list[int]:
    """
    :param molecules: the ligands of a complex
    :returns: numbers of those that are looked at
    """
    copies: Counter[str] = Counter()
    found = []
    for number, molecule in enumerate(molecules):
        name = '-'.join(key[3] for key in molecule.keys)
        if len(molecule.atoms) < LEAST_ATOMS or all(key[3] in ADDITIVES for key in molecule.keys):
            continue
        copies[name] += 1
        if copies[name] <= _COPIES:
            found.append(number)
    return found
