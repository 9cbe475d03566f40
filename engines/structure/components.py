"""
Chemical components (CCD) looked up in the SQLite file that ``component_build.py`` makes.

The standard library is enough: a look-up costs under a millisecond and no memory worth mentioning.
"""

import json
import os
import sqlite3
import zlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from engines.errors import EngineError

PROJECT_ROOT = Path(__file__).resolve().parents[2]
"""Folder that holds ``engines`` and, after set-up, ``var/ccd.sqlite``."""


class ComponentAtom(NamedTuple):
    """An atom of a component. ``stereo`` is R, S or N; ``leaving`` atoms go when the component is bound."""

    name: str
    old_name: str
    element: str
    charge: int
    leaving: bool
    stereo: str


class ComponentBond(NamedTuple):
    """A bond of a component: indices of two atoms, order 1 to 3 in Kekule form, ``stereo`` E, Z or N."""

    first: int
    second: int
    order: int
    stereo: str


@dataclass(frozen=True)
class Component:
    """
    A residue type: its atoms and bonds as the dictionary defines the unbound molecule.

    :param id: residue name, for example ATP
    :param name: chemical name, in capitals
    :param type: for example ``NON-POLYMER`` or ``L-PEPTIDE LINKING``, in capitals
    :param parent: standard residue it derives from, for example MET for MSE, or empty
    :param one_letter: one letter code, or empty
    :param status: REL or OBS
    :param replaced_by: id of the successor of an obsolete component, or empty
    :param atoms: the atoms, hydrogens included
    :param bonds: the bonds
    :param ideal: ideal coordinates in Angstrom, one triple an atom, or empty
    """

    id: str
    name: str
    type: str
    parent: str
    one_letter: str
    status: str
    replaced_by: str
    atoms: tuple[ComponentAtom, ...]
    bonds: tuple[ComponentBond, ...]
    ideal: tuple[tuple[float, float, float], ...] = ()

    @property
    def is_amino_acid(self) -> bool:
        """True for a component that links into a peptide chain."""
        return 'PEPTIDE' in self.type and self.type != 'PEPTIDE-LIKE'

    @property
    def is_nucleotide(self) -> bool:
        """True for a component that links into a DNA or RNA chain."""
        return 'DNA' in self.type or 'RNA' in self.type

    @property
    def is_saccharide(self) -> bool:
        """True for a sugar."""
        return 'SACCHARIDE' in self.type

    @cached_property
    def heavy_atoms(self) -> tuple[ComponentAtom, ...]:
        """The atoms that are not hydrogen."""
        return tuple(atom for atom in self.atoms if atom.element not in ('H', 'D'))


class ComponentDictionary:
    """
    Read-only access to the dictionary.

    :param path: SQLite file
    :raises EngineError: if the file is missing or not a dictionary (``components.missing``)
    """

    def __init__(self, path: Path) -> None:
        self._cache: dict[str, Component | None] = {}
        try:
            if not path.is_file():
                raise FileNotFoundError
            self._connection = sqlite3.connect(f'{path.resolve().as_uri()}?mode=ro&immutable=1', uri=True)
            self._connection.execute('SELECT id FROM component LIMIT 1').fetchall()
        except (OSError, sqlite3.Error) as error:
            raise EngineError(
                'components.missing', 'The chemical component dictionary is not available.', './start.sh builds it'
            ) from error

    def get(self, component_id: str) -> Component | None:
        """
        Look up one component. An obsolete one stays what it was; its successor has other atom names.

        :param component_id: residue name, for example ATP
        :returns: the component, or None if the dictionary does not know it
        """
        if component_id not in self._cache:
            row = self._connection.execute(
                'SELECT id, name, type, parent, one_letter, status, replaced_by, data FROM component WHERE id = ?',
                (component_id,),
            ).fetchone()
            self._cache[component_id] = _component(*row) if row else None
        return self._cache[component_id]

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def _component(
    component_id: str, name: str, kind: str, parent: str, letter: str, status: str, replaced_by: str, packed: bytes
) -> Component:  # fmt: skip
    """
    Unpack one row of the dictionary.

    :param component_id: residue name
    :param name: chemical name
    :param kind: type of the component
    :param parent: standard residue it derives from
    :param letter: one letter code
    :param status: release status
    :param replaced_by: successor
    :param packed: atoms and bonds, packed by ``component_build.py``
    :returns: the component
    """
    data = json.loads(zlib.decompress(packed))
    leaving, names = set(data['leaving']), data['names']
    atoms = tuple(
        ComponentAtom(
            atom_name, data['old_names'].get(str(i), atom_name), element, data['charges'].get(str(i), 0),
            i in leaving, data['stereo'].get(str(i), 'N'),
        )
        for i, (atom_name, element) in enumerate(zip(names, data['elements'], strict=True))
    )  # fmt: skip
    bonds = tuple(
        ComponentBond(first, second, order, data['bond_stereo'].get(str(i), 'N'))
        for i, ((first, second), order) in enumerate(zip(data['bonds'], data['orders'], strict=True))
    )
    ideal = tuple((x / 1000, y / 1000, z / 1000) for x, y, z in zip(*(data['ideal'] or ()), strict=True))
    return Component(
        component_id, name, kind.upper(), parent, letter, status, replaced_by, atoms, bonds, ideal
    )  # fmt: skip


def default_path() -> Path:
    """
    Where the dictionary lies unless a command line says otherwise.

    :returns: the environment variable ``PPLUS_CCD``, else ``var/ccd.sqlite`` of the project
    """
    return Path(os.environ.get('PPLUS_CCD') or PROJECT_ROOT / 'var' / 'ccd.sqlite')
