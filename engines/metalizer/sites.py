"""The metals of a structure and their names, such as ``1300:A.ZN``."""

import re
from dataclasses import dataclass

import gemmi

from engines.errors import EngineError
from engines.notes import listing

_NAME = re.compile(r'(?P<residue>-?\d+[A-Za-z]?):(?P<chain>[^.:]*)\.(?P<name>[^.:]+)', re.ASCII)


@dataclass(frozen=True)
class Metal:
    """
    A metal atom, in the conformer that is occupied most.

    :param chain: name of its chain
    :param residue: that it belongs to
    :param atom: itself
    """

    chain: str
    residue: gemmi.Residue
    atom: gemmi.Atom

    @property
    def name(self) -> str:
        """:returns: such as ``1300:A.ZN``"""
        return f'{self.residue.seqid}:{self.chain}.{self.atom.name}'

    @property
    def molecule(self) -> str:
        """:returns: such as ``ZN_A_1300``"""
        return f'{self.residue.name}_{self.chain}_{self.residue.seqid}'

    @property
    def element(self) -> str:
        """:returns: such as Zn"""
        return str(self.atom.element.name)


def find_metals(model: gemmi.Model) -> list[Metal]:
    """
    :param model: a model
    :returns: its metals in the order of the file
    """
    found: dict[tuple[str, str, str, str], Metal] = {}
    for chain in model:
        for residue in chain:
            for atom in residue:
                if not atom.element.is_metal:
                    continue
                key = (chain.name, str(residue.seqid), residue.name, atom.name)
                if key not in found or found[key].atom.occ < atom.occ:
                    found[key] = Metal(chain.name, residue, atom)
    return list(found.values())


def choose(metals: list[Metal], name: str | None) -> list[Metal]:
    """
    :param metals: of the structure
    :param name: residue number with insertion code, chain, and name of the atom, of the residue or of the element
    :returns: those that are meant: all of them without a name
    :raises EngineError: ``metal.none``, ``metal.name`` or ``metal.not_found``
    """
    if not metals:
        raise EngineError('metal.none', 'The structure has no metal.')
    if name is None:
        return metals
    parts = _NAME.fullmatch(name.strip())
    if parts is None:
        raise EngineError('metal.name', f'{name!r} does not name a metal.', 'Write it like 1300:A.ZN.')
    here = [m for m in metals if (str(m.residue.seqid), m.chain) == (parts['residue'], parts['chain'])]
    wanted = parts['name'].upper()
    for names in ('atom', 'residue', 'element'):
        chosen = [m for m in here if _called(m, names) == wanted]
        if chosen:
            return chosen
    raise EngineError(
        'metal.not_found', f'The structure has no metal {name}.',
        f'It has {listing([metal.name for metal in metals])}.',
    )  # fmt: skip


def _called(metal: Metal, kind: str) -> str:
    """
    :param metal: a metal
    :param kind: of name: atom, residue or element
    :returns: its name of this kind in capitals
    """
    names = {'atom': metal.atom.name, 'residue': metal.residue.name, 'element': metal.element}
    return names[kind].upper()
