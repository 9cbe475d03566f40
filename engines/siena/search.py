"""Finds every occurrence of a site in an index: candidates by k-mers, pairs by alignment, superposition."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engines.siena.alignment import NONE, Alignment, Indices, align
from engines.siena.database.reader import Index, Properties, StoredChain
from engines.siena.filters import entry_passes
from engines.siena.geometry import Points, rmsd, superpose
from engines.siena.kmers import BREAK, Codes, around, distinct
from engines.siena.occurrence import Occurrence, Part
from engines.siena.options import Options
from engines.siena.pairing import mend
from engines.siena.query import Query

MOST_CANDIDATES = 20_000
"""Chains that are aligned, those with the most k-mers first."""
_KMER_SHARE = 0.15
"""Of the k-mers that are left on average if the share of the site that may differ does so anywhere."""
_MANY_KMERS = 40
"""From so many on one shared k-mer is chance, and two are asked for."""
_REACH = 10
"""Residues before and behind those of the site that have to be alike, too."""
_NEAR = (0.3, 0.4)
"""Least and greatest share of them that is asked for. Chance gives a fifth; without this, three residues would be found
in every protein."""
_NEAR_SHARE = 0.6
"""Of the identity of the site that is asked for: what surrounds a site is less conserved."""
_SURE = 0.5
"""Share from which sequences are alike whatever the shape."""
_SAME_SHAPE = 4.0
"""Angstrom; RMSD of the backbone up to which less is enough."""
_SHORTEST_REPEAT = 20
"""Residues that a chain needs beside what was paired to hold the site once more."""
_SLACK = 0.9
"""What geometry may still change in a site that has too little by its sequence."""
_LEAST_POINTS = 3
"""Without three there is no superposition."""
_SAME_PLACE = 8.0
"""Angstrom; RMSD up to which another chain is where the query has it."""


@dataclass
class Found:
    """
    What a search found.

    :param occurrences: that have enough of the site, in no order
    :param more: whether there were more candidates than were looked at
    """

    occurrences: list[Occurrence]
    more: bool = False


class Search:
    """
    A search for one site.

    :param index: of the archive
    :param query: the site
    :param options: of the search
    """

    def __init__(self, index: Index, query: Query, options: Options) -> None:
        self._index, self._query, self._options = index, query, options
        self._places: dict[int, Indices] = {}
        for number, _ in query.site:
            if number not in self._places:
                self._places[number] = np.array([place for chain, place in query.site if chain == number])
        self._anchor = max(self._places, key=lambda number: len(self._places[number]))
        self._kmers: dict[int, Codes] = {
            number: around(query.chains[number].segments, places) for number, places in self._places.items()
        }

        self._near = min(max(_NEAR_SHARE * options.minimal_site_identity, _NEAR[0]), _NEAR[1])

    def least(self, number: int) -> int:
        """
        :param number: of a chain of the query
        :returns: k-mers that a candidate for it must have
        """
        share = _KMER_SHARE * self._options.minimal_site_identity**4
        kmers = len(self._kmers[number])
        return max(2 if kmers >= _MANY_KMERS else 1, int(share * kmers))

    def run(self) -> Found:
        """
        :returns: the occurrences
        """
        counts = self._index.candidates(self._kmers[self._anchor], self.least(self._anchor))
        keys = list(counts)[:MOST_CANDIDATES]
        by_entry: dict[int, list[StoredChain]] = {}
        for stored in self._index.chains(keys):
            by_entry.setdefault(stored.entry, []).append(stored)
        properties = {
            key: value
            for key, value in self._index.properties(by_entry).items()
            if entry_passes(value, self._index, self._options)
        }
        others: dict[int, list[StoredChain]] = {key: [] for key in properties}
        if len(self._places) > 1:
            for stored in self._index.chains_of(properties):
                others[stored.entry].append(stored)
        found = [
            occurrence
            for key, value in properties.items()
            for occurrence in self._of_entry(value, by_entry[key], others[key])
        ]
        return Found(found, len(counts) > MOST_CANDIDATES)

    def _of_entry(
        self, properties: Properties, candidates: list[StoredChain], others: list[StoredChain]
    ) -> list[Occurrence]:
        """
        :param properties: of an entry
        :param candidates: chains of it for the query's main chain
        :param others: chains of it for the query's other chains
        :returns: occurrences in it; of those at the same place, such as both ways round in a homodimer, the best
        """
        found = [
            self._superposed(properties, self._completed(part, others))
            for stored in candidates
            for part in self._parts(self._anchor, stored)
        ]
        kept: list[Occurrence] = []
        for occurrence in sorted(found, key=_worth, reverse=True):
            alike = min(part.near for part in occurrence.parts.values()) >= _SURE
            if (alike or occurrence.backbone_rmsd <= _SAME_SHAPE) and not any(
                _is_same_place(occurrence, other) for other in kept
            ):
                kept.append(occurrence)
        return kept

    def _parts(self, number: int, stored: StoredChain) -> Iterator[Part]:
        """
        :param number: of a chain of the query
        :param stored: chain of the index
        :returns: the places of it that look like that chain around the site, several in a chain that repeats itself
        """
        query, places, segments = self._query.chains[number], self._places[number], stored.segments
        while True:
            alignment = align(query.segments, segments)
            if alignment.near(places, _REACH) < self._near or not (alignment.partners[places] >= 0).any():
                return
            if self._may_pass(alignment, places):
                partners = mend(query.backbone, stored.backbone, alignment.partners, places)
                yield Part(stored, partners[places], alignment, alignment.near(places, _REACH))
            if alignment.number - (alignment.partners >= 0).sum() < _SHORTEST_REPEAT:
                return
            segments = _masked(segments, alignment.partners)
            if np.isin(self._kmers[number], distinct(segments)).sum() < self.least(number):
                return

    def _may_pass(self, alignment: Alignment, places: Indices) -> bool:
        """
        :param alignment: of a chain
        :param places: residues of the query that count
        :returns: whether enough of them are the same, so that it is worth to look where they are
        """
        same = int(alignment.same[places].sum())
        if len(self._places) > 1:
            return same > 0
        share = self._options.minimal_site_identity * self._options.minimal_site_coverage
        return same >= _SLACK * share * len(places)

    def _completed(self, anchor: Part, others: list[StoredChain]) -> dict[int, Part]:
        """
        :param anchor: what stands for the query's main chain
        :param others: chains of the same entry
        :returns: it and, for each other chain of the query, what stands where that is
        """
        parts = {self._anchor: anchor}
        fixed, moving = self._backbones(parts)
        if len(fixed) < _LEAST_POINTS:
            return parts
        transform = superpose(fixed, moving)
        used = {(anchor.stored.key, index) for index in anchor.partners.tolist()}
        for number in sorted(self._places.keys() - {self._anchor}, key=lambda n: (-len(self._places[n]), n)):
            ranked = []
            for stored in others:
                for part in self._parts(number, stored):
                    own, there = self._backbones({number: part})
                    taken = any((stored.key, index) in used for index in part.partners.tolist() if index != NONE)
                    if len(own) and not taken:
                        ranked.append((rmsd(own, transform.apply(there)), stored.key, part))
            if ranked and (nearest := min(ranked, key=lambda item: item[:2]))[0] <= _SAME_PLACE:
                parts[number] = nearest[2]
                used |= {(nearest[1], index) for index in nearest[2].partners.tolist()}
        return parts

    def _backbones(self, parts: dict[int, Part]) -> tuple[Points, Points]:
        """
        :param parts: by chain of the query
        :returns: atoms of the backbone of the query and of the parts, each of shape (n, 3), Angstrom
        """
        fixed, moving = [], []
        for number, part in parts.items():
            paired = part.partners >= 0
            fixed.append(self._query.chains[number].backbone[self._places[number][paired]].reshape(-1, 3))
            moving.append(part.stored.backbone[part.partners[paired]].reshape(-1, 3))
        first, second = np.concatenate(fixed), np.concatenate(moving)
        known = np.isfinite(first).all(1) & np.isfinite(second).all(1)
        return first[known], second[known]

    def _superposed(self, properties: Properties, parts: dict[int, Part]) -> Occurrence:
        """
        :param properties: of the entry
        :param parts: by chain of the query
        :returns: the occurrence, superposed on the backbone of the site
        """
        pairs: list[tuple[Part, int] | None] = []
        for number, places in self._places.items():
            part = parts.get(number)
            partners = part.partners.tolist() if part else [NONE] * len(places)
            pairs += [(part, partner) if part and partner != NONE else None for partner in partners]
        ordered = {number: parts[number] for number in self._places if number in parts}
        fixed, moving = self._backbones(ordered)
        occurrence = Occurrence(self._query, properties, ordered, pairs, self._index)
        if len(fixed) >= _LEAST_POINTS:
            occurrence.transform = superpose(fixed, moving)
            occurrence.backbone_rmsd = rmsd(fixed, occurrence.transform.apply(moving))
        return occurrence


def _masked(segments: str, partners: Indices) -> str:
    """
    :param segments: one-letter codes with breaks
    :param partners: residues of it that have been paired
    :returns: it without them
    """
    taken = set(partners.tolist())
    letters, index = [], 0
    for letter in segments:
        letters.append('X' if letter != BREAK and index in taken else letter)
        index += letter != BREAK
    return ''.join(letters)


def _worth(occurrence: Occurrence) -> tuple[int, float]:
    """
    :param occurrence: an occurrence
    :returns: higher is better
    """
    return sum(occurrence.same), -occurrence.backbone_rmsd


def _is_same_place(first: Occurrence, second: Occurrence) -> bool:
    """
    :param first: an occurrence
    :param second: another one of the same entry
    :returns: whether they share most of their residues
    """
    shared = len(first.residues & second.residues)
    return 2 * shared > min(len(first.residues), len(second.residues))
