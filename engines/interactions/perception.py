"""The interactions of some atoms of a complex, by default of its ligands, with everything around them."""

from collections.abc import Iterable

from engines.interactions.assembly import Assembly
from engines.interactions.contacts import Contacts
from engines.interactions.hydrogen_bonds import HydrogenBonds
from engines.interactions.interaction import Interaction
from engines.interactions.surroundings import Surroundings


def perceive(assembly: Assembly, focus: Iterable[int] | None = None, *, symmetry: bool = False) -> list[Interaction]:
    """
    The interactions between atoms in question and all others: polymers, cofactors, other ligands, metals, waters as
    bridges, and, if asked for, symmetry copies. Those within the focus are left out.

    :param assembly: the complex
    :param focus: atoms in question; by default each ligand in turn
    :param symmetry: whether symmetry copies of the crystal count
    :returns: the interactions by kind, then by their atoms; equal for equal input. An interaction of two ligands is
        seen from either side
    """
    wanted = [frozenset(focus)] if focus is not None else [frozenset(atoms) for atoms in assembly.atoms]
    found: list[Interaction] = []
    for atoms in wanted:
        if atoms:
            around = Surroundings(assembly, atoms, symmetry=symmetry)
            own = [*Contacts(around).interactions(), *HydrogenBonds(around).interactions()]
            found += sorted(own, key=Interaction.order)
    return found
