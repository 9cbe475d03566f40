"""Which chains are of the same protein, by an aligner of others: biotite with BLOSUM62."""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

SAME = 0.9
"""Identity of the aligned residues from which two chains are of the same protein."""
ALIGNED = 0.6
"""Share of the shorter chain that has to be aligned then."""
UNRELATED = 0.3
"""Identity below which a hit needs a closer look."""


class Pairing(NamedTuple):
    """
    An alignment.

    :param partners: index in the second of each residue of the first, -1 for none
    :param identity: of the pairs
    :param aligned: share of the shorter one that is paired
    """

    partners: Any
    identity: float
    aligned: float

    @property
    def is_same(self) -> bool:
        """Whether both are of the same protein."""
        return self.identity >= SAME and self.aligned >= ALIGNED


@lru_cache(maxsize=200_000)
def pairing(first: str, second: str) -> Pairing:
    """
    :param first: one-letter codes
    :param second: likewise
    :returns: their alignment, ends free
    """
    from biotite.sequence import ProteinSequence, align

    matrix = align.SubstitutionMatrix.std_protein_matrix()
    found = align.align_optimal(
        ProteinSequence(_plain(first)), ProteinSequence(_plain(second)), matrix, (-11, -1), False, max_number=1
    )[0]  # fmt: skip
    partners = np.full(len(first), -1)
    both = found.trace[(found.trace >= 0).all(1)]
    partners[both[:, 0]] = both[:, 1]
    same = sum(first[i] == second[j] != 'X' for i, j in both.tolist())
    return Pairing(partners, same / max(len(both), 1), len(both) / max(min(len(first), len(second)), 1))


def _plain(letters: str) -> str:
    """
    :param letters: one-letter codes
    :returns: those that the library knows
    """
    return ''.join(letter if letter in 'ACDEFGHIKLMNPQRSTVWY' else 'X' for letter in letters)


def may_be_same(first: str, second: str) -> bool:
    """
    Spares alignments: chains with 90 % of equal residues share far more of their 3-mers.

    :param first: one-letter codes
    :param second: likewise
    :returns: False if they share less than a fifth of those of the shorter one
    """
    one, other = _words(first), _words(second)
    return len(one & other) >= 0.2 * max(min(len(one), len(other)), 1)


@lru_cache(maxsize=20_000)
def _words(letters: str) -> frozenset[str]:
    """
    :param letters: one-letter codes
    :returns: their 3-mers
    """
    return frozenset(letters[i : i + 3] for i in range(len(letters) - 2))
