"""A place of the archive that looks like the site, and what can be told of it."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from engines.siena.alignment import Alignment, Indices
from engines.siena.chains import UNKNOWN, Chain
from engines.siena.database.entry import Ligand
from engines.siena.database.reader import Index, Properties, StoredChain
from engines.siena.geometry import Points, Transform, rmsd
from engines.siena.query import Query

CONTACT = 4.5
"""Angstrom; a ligand touches a residue with two heavy atoms within this distance."""
LEAST_CONTACTS = 3
"""Residues of the site that a ligand touches if it is in the site."""
GAP = '-'


def touching(points: Points, others: Points) -> Indices:
    """
    :param points: shape (n, 3), Angstrom
    :param others: shape (m, 3), Angstrom; few, since all distances are looked at
    :returns: indices of the points within :data:`CONTACT` of one of the others
    """
    apart = np.einsum('ijk,ijk->ij', *[points[:, None] - others[None]] * 2)
    return np.flatnonzero((apart <= CONTACT**2).any(1))


@dataclass(frozen=True, eq=False)
class Part:
    """
    What stands for the residues of the site that one chain of the query has.

    :param stored: chain of the index
    :param partners: residues of it, -1 for none, one for each of these residues of the site
    :param alignment: of the whole chains
    :param near: share of the residues in and around the site that are the same amino acid
    """

    stored: StoredChain
    partners: Indices
    alignment: Alignment
    near: float

    @property
    def chain(self) -> Chain:
        """The chain with its atoms."""
        return self.stored.chain


@dataclass(eq=False)
class Occurrence:
    """
    A place of the archive that looks like the site.

    :param query: the site
    :param properties: of the entry
    :param parts: by index of the query's chain
    :param pairs: of each residue of the site what stands for it; None for a gap
    :param index: that it is from
    :param backbone_rmsd: of the pairs after superposition on N, CA, C and O, Angstrom
    :param transform: from the frame of the entry to that of the query
    """

    query: Query
    properties: Properties
    parts: dict[int, Part]
    pairs: list[tuple[Part, int] | None]
    index: Index
    backbone_rmsd: float = 0.0
    transform: Transform = field(default_factory=lambda: Transform(np.eye(3), np.zeros(3)))

    @cached_property
    def same(self) -> list[bool]:
        """Of each residue of the site whether it is the same amino acid here."""
        return [
            pair is not None
            and self._letter(number) != UNKNOWN
            and pair[0].chain.letters[pair[1]] == self._letter(number)
            for number, pair in enumerate(self.pairs)
        ]

    def _letter(self, number: int) -> str:
        """
        :param number: of a residue of the site
        :returns: its one-letter code in the query
        """
        chain, residue = self.query.site[number]
        return self.query.chains[chain].letters[residue]

    @cached_property
    def paired(self) -> int:
        """Number of pairs."""
        return sum(pair is not None for pair in self.pairs)

    @property
    def gaps(self) -> int:
        """Residues of the site without a partner."""
        return len(self.pairs) - self.paired

    @property
    def coverage(self) -> float:
        """Share of the site that is paired."""
        return self.paired / len(self.pairs)

    @property
    def mutations(self) -> int:
        """Pairs of different amino acids."""
        return self.paired - sum(self.same)

    @property
    def identity(self) -> float:
        """Share of the pairs that are the same amino acid."""
        return sum(self.same) / self.paired

    @property
    def chain_names(self) -> list[str]:
        """The chains, in the order of those of the query."""
        return list(dict.fromkeys(part.stored.name for part in self.parts.values()))

    @cached_property
    def residues(self) -> frozenset[tuple[int, int]]:
        """The residues, whichever of the query they stand for: keys of chains and indices."""
        return frozenset((pair[0].stored.key, pair[1]) for pair in self.pairs if pair)

    def cells(self) -> list[str]:
        """:returns: of each residue of the site what stands for it, as alignments name it"""
        return [pair[0].chain.cell(pair[1]) if pair else GAP for pair in self.pairs]

    def mutation_names(self) -> list[str]:
        """:returns: pairs of different amino acids: ``Y-220-A>C-220-B``"""
        cells = zip(self.query.cells(), self.cells(), self.pairs, self.same, strict=True)
        return [f'{before}>{after}' for before, after, pair, same in cells if pair and not same]

    @cached_property
    def global_mutations(self) -> frozenset[tuple[int, int, str]]:
        """Residues anywhere in the chains that differ: chain and residue of the query, and what is there instead."""
        found = []
        for number, part in self.parts.items():
            letters, partners = part.stored.segments.replace(GAP, ''), part.alignment.partners
            found += [(number, int(place), letters[partners[place]]) for place in part.alignment.mutations]
        return frozenset(found)

    @property
    def global_identity(self) -> float:
        """Share of the paired residues of the chains that are the same amino acid."""
        same = sum(int(part.alignment.same.sum()) for part in self.parts.values())
        paired = sum(int((part.alignment.partners >= 0).sum()) for part in self.parts.values())
        return same / paired

    @property
    def is_same_sequence(self) -> bool:
        """Whether the observed sequences of all chains are those of the query."""
        numbers = {number for number, _ in self.query.site}
        return numbers == self.parts.keys() and all(
            part.stored.segments.replace(GAP, '') == self.query.chains[number].letters
            for number, part in self.parts.items()
        )

    @cached_property
    def atoms(self) -> dict[tuple[int, str], Points]:
        """Atoms that both have: number of the residue of the site, name, and where it is in the query and here."""
        keys, own, there = [], [], []
        for number, ((chain, residue), pair) in enumerate(zip(self.query.site, self.pairs, strict=True)):
            if pair:
                first, second = self.query.chains[chain].atoms(residue), pair[0].chain.atoms(pair[1])
                shared = [name for name in first if name in second]
                keys += [(number, name) for name in shared]
                own += [first[name] for name in shared]
                there += [second[name] for name in shared]
        if not keys:
            return {}
        both = np.stack([np.array(own), self.transform.apply(np.array(there))], axis=1)
        return dict(zip(keys, both, strict=True))

    @property
    def all_atom_rmsd(self) -> float:
        """Of the atoms that both have, superposed on the backbone, Angstrom."""
        points = np.array(list(self.atoms.values())).reshape(-1, 2, 3)
        return rmsd(points[:, 0], points[:, 1])

    @property
    def is_complete(self) -> bool:
        """Whether no residue and no heavy atom of the site lacks, as far as the query tells what there should be."""
        return all(
            pair is not None
            and (not same or self.query.chains[chain].atom_names(residue) <= pair[0].chain.atom_names(pair[1]))
            for (chain, residue), pair, same in zip(self.query.site, self.pairs, self.same, strict=True)
        )

    @cached_property
    def ligands(self) -> list[Ligand]:
        """Those of the entry that are in the site."""
        points, owners = self.site_points
        least = min(LEAST_CONTACTS, self.paired)
        return [
            ligand
            for ligand in self.index.ligands(self.properties.key)
            if len(np.unique(owners[touching(points, ligand.points)])) >= least
        ]

    @cached_property
    def site_points(self) -> tuple[Points, Indices]:
        """Heavy atoms of the site in the frame of the entry, Angstrom, and of each the number of its pair."""
        heavy = [pair[0].chain.heavy(pair[1]) for pair in self.pairs if pair]
        return np.concatenate(heavy), np.repeat(np.arange(len(heavy)), [len(each) for each in heavy])

    @property
    def true_ligands(self) -> list[str]:
        """Names of the ligands of the site that are no additives."""
        return [ligand.name for ligand in self.ligands if not ligand.additive]

    @property
    def additives(self) -> list[str]:
        """Names of the others."""
        return [ligand.name for ligand in self.ligands if ligand.additive]
