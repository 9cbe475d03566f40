"""What a stored structure holds, for the structure page: its chains and metals, from the atom records alone."""

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from molecule_handler.formats.atoms import atoms
from molecule_handler.models import Protein

from .results import Place

_WATER = frozenset({'HOH', 'DOD', 'WAT', 'H2O'})
_NUCLEIC = frozenset({'A', 'C', 'G', 'U', 'I', 'N', 'DA', 'DC', 'DG', 'DT', 'DU', 'DI', 'DN'})


@dataclass
class Chain:
    """A chain: its name, how many residues are modelled, and what they are."""

    name: str
    kind: str
    residues: int = 0


@dataclass
class Inventory:
    """Chains and metals in the order of the file, and the number of waters; of the first model."""

    chains: list[Chain] = field(default_factory=list)
    metals: list[tuple[str, Place]] = field(default_factory=list)
    waters: int = 0


@lru_cache(maxsize=256)
def inventory(key: UUID) -> Inventory:
    """
    :param key: id of a stored protein, which never changes
    :returns: what it holds; read once as long as this process remembers it
    """
    protein = Protein.objects.only('file_type', 'file_string').get(pk=key)
    found, chains = Inventory(), dict[str, Chain]()
    read = atoms(protein.file_string, protein.file_type)
    for (chain, number, icode, residue), group in groupby(read, attrgetter('place')):
        inside = list(group)
        if residue in _WATER:
            found.waters += 1
        elif len(inside) > 1:
            kind = 'nucleic acid' if residue in _NUCLEIC else 'protein'
            chains.setdefault(chain, Chain(chain, kind)).residues += 1
        elif inside[0].is_metal:
            found.metals.append((residue, Place(chain, int(number), icode)))
    found.chains = list(chains.values())
    return found
