"""Chooses what is drawn of the interactions of a ligand, and turns it into structures and lines."""

from engines.interactions.assembly import Assembly
from engines.interactions.interaction import Interaction, Kind, Partner
from engines.poseview.diagram import Diagram, Link, Shape, Structure
from engines.poseview.formulas import depictions, parts, residue_label

_CROWDED = 24
"""Structures beyond which residues that only touch the ligand are left out, the farthest first."""
Place = tuple[int, int]
"""A residue in a symmetry copy: its number and that of the copy."""


class Chooser:
    """
    Builds the diagram of one ligand.

    :param assembly: the complex
    :param number: of the ligand among the molecules
    :param found: its interactions
    """

    def __init__(self, assembly: Assembly, number: int, found: list[Interaction]) -> None:
        self.assembly, self.number = assembly, number
        self._bonded = [i for i in found if i.kind is not Kind.HYDROPHOBIC and not self._is_told(i, found)]
        self._touching = [i for i in found if i.kind is Kind.HYDROPHOBIC]
        self._where: dict[tuple[int, int], int] = {}
        self._structures: list[Structure] = []

    def diagram(self, title: str) -> Diagram:
        """
        :param title: of the diagram
        :returns: it with structures that have not been placed yet
        """
        assembly = self.assembly
        own = assembly.atoms[self.number]
        name = assembly.molecules[self.number].name
        names = [assembly.system.names[a] for a in own]
        drawn = depictions(assembly.mols[self.number], own, names, name)
        self._structures = [next(drawn)]
        self._where = {(a, 0): 0 for a in own}
        for atoms, image in self._drawn().values():
            for structure in parts(assembly, atoms, residue_label(assembly, min(atoms), image)):
                self._structures.append(structure)
                self._where |= {(atom.index, image): len(self._structures) - 1 for atom in structure.atoms}
        links: dict[tuple[object, ...], Link] = {}
        for item in self._bonded:
            for link in self._links(item):
                links.setdefault((link.ends, link.atoms, item.kind), link)  # arms of a water are shared by its bridges
        return Diagram(title, self._structures, [*links.values(), *self._contacts()], drawn)

    def _owner(self, partner: Partner) -> Place:
        """
        :param partner: one side of an interaction
        :returns: its residue
        """
        return self.assembly.system.owner[partner.atoms[0]], partner.image

    def _is_told(self, item: Interaction, found: list[Interaction]) -> bool:
        """
        :param item: an interaction
        :param found: all of them
        :returns: whether it is a salt bridge whose groups a hydrogen bond or a metal ties anyway
        """
        if item.kind is not Kind.SALT_BRIDGE:
            return False
        kinds = (Kind.HYDROGEN_BOND, Kind.METAL)
        own, other = set(item.focus.atoms), set(item.partner.atoms)
        return any(i.kind in kinds and own & set(i.focus.atoms) and other & set(i.partner.atoms) for i in found)

    def _drawn(self) -> dict[Place, tuple[set[int], int]]:
        """
        :returns: interacting atoms of each residue that gets a formula, waters first, since others hang on them
        """
        sides = [i.through for i in self._bonded if i.through] + [i.partner for i in self._bonded]
        result: dict[Place, tuple[set[int], int]] = {}
        for side in sides:
            result.setdefault(self._owner(side), (set(), side.image))[0].update(side.atoms)
        return result

    def _links(self, item: Interaction) -> list[Link]:
        """
        :param item: an interaction
        :returns: its lines: one, or two over a water
        """
        first, last = item.focus, item.partner
        if item.kind is Kind.SALT_BRIDGE:
            first, last = self._nearest(first), self._nearest(last)
        if item.through is None:
            return [self._link(item, first, last, item.distance)]
        return [
            self._link(item, first, item.through, item.lengths['focus_arm']),
            self._link(item, item.through, last, item.lengths['partner_arm']),
        ]

    def _nearest(self, side: Partner) -> Partner:
        """
        :param side: a charged group
        :returns: the atom of it where the distance was measured
        """
        positions = self.assembly.positions
        if side.image:
            return side
        away = {a: float(((positions[a] - side.centre) ** 2).sum()) for a in side.atoms}
        return Partner(side.role, (min(away, key=lambda a: (away[a], a)),), side.image, side.centre)

    def _link(self, item: Interaction, first: Partner, last: Partner, distance: float | None) -> Link:
        """
        :param item: an interaction
        :param first: where its line begins
        :param last: where it ends
        :param distance: Angstrom
        :returns: the line
        """
        ends = self._where[first.atoms[0], first.image], self._where[last.atoms[0], last.image]
        return Link(item, ends, (first.atoms, last.atoms), distance)

    def _contacts(self) -> list[Link]:
        """
        :returns: one link for each residue that touches the ligand and is not drawn already; its structure is added
        """
        nearest = sorted(self._touching, key=lambda i: (i.distance, i.order()))
        drawn = {self._owner(i.partner) for i in self._bonded}
        chosen: dict[Place, list[Interaction]] = {}
        for item in nearest:
            place = self._owner(item.partner)
            if place not in drawn and (place in chosen or len(chosen) + len(self._structures) < _CROWDED):
                chosen.setdefault(place, []).append(item)
        links = []
        for items in chosen.values():
            side = items[0].partner
            label = residue_label(self.assembly, side.atoms[0], side.image)
            self._structures.append(Structure(label, Shape.CONTACT, [], [], [], self._structures[0].points[:1] * 0.0))
            touched = tuple(sorted({a for i in items for a in i.focus.atoms}))
            links.append(Link(items[0], (0, len(self._structures) - 1), (touched, ()), None))
        return links
