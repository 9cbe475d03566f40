"""Pairs the residues of two chains by their sequences."""

from dataclasses import dataclass
from functools import lru_cache

import gemmi
import numpy as np
import numpy.typing as npt

from engines.siena.kmers import BREAK

Indices = npt.NDArray[np.intp]
NONE = -1
_CIGAR_GAP_IN_TARGET = 'I'


@dataclass(frozen=True, eq=False)
class Alignment:
    """
    Which residue of a target stands for which of a query.

    :param partners: index in the target of each residue of the query, -1 for none
    :param same: whether both are the same amino acid
    :param number: residues of the target
    """

    partners: Indices
    same: npt.NDArray[np.bool_]
    number: int

    @property
    def identity(self) -> float:
        """Share of the pairs that are the same amino acid."""
        paired = self.partners >= 0
        return float(self.same[paired].mean()) if paired.any() else 0.0

    @property
    def mutations(self) -> Indices:
        """Residues of the query that are paired with another amino acid."""
        return np.flatnonzero((self.partners >= 0) & ~self.same)

    def near(self, places: Indices, reach: int) -> float:
        """
        :param places: residues of the query
        :param reach: residues before and behind each that count, too
        :returns: share of these, as far as the query has them, that are paired with the same amino acid
        """
        around = np.unique(places[:, None] + np.arange(-reach, reach + 1))
        around = around[(around >= 0) & (around < len(self.same))]
        return float(self.same[around].mean()) if len(around) else 0.0


@lru_cache(maxsize=20_000)
def align(query: str, target: str) -> Alignment:
    """
    Needleman and Wunsch with BLOSUM62 and affine gaps, which cost less where the target's chain is broken.

    :param query: one-letter codes with breaks
    :param target: likewise
    :returns: the alignment
    """
    first, second = _names(query), _names(target)
    scoring = _scoring()
    found = gemmi.align_string_sequences(first, second, _openings(target, scoring), scoring)
    partners = np.full(len(first), NONE, np.intp)
    at_query = at_target = 0
    for length, kind in _operations(found.cigar_str()):
        if kind == 'M':
            partners[at_query : at_query + length] = np.arange(at_target, at_target + length)
        at_query += length if kind in ('M', _CIGAR_GAP_IN_TARGET) else 0
        at_target += length if kind != _CIGAR_GAP_IN_TARGET else 0
    letters = np.array(list(query.replace(BREAK, '')))
    others = np.array([*target.replace(BREAK, ''), ''])
    same = (letters == others[partners]) & (letters != 'X')
    return Alignment(partners, same, len(second))


def _operations(cigar: str) -> list[tuple[int, str]]:
    """
    :param cigar: such as ``100M4I228M``
    :returns: lengths and kinds
    """
    found, digits = [], ''
    for letter in cigar:
        if letter.isdigit():
            digits += letter
        else:
            found.append((int(digits), letter))
            digits = ''
    return found


def _names(segments: str) -> list[str]:
    """
    :param segments: one-letter codes with breaks
    :returns: residue names, as the library scores them
    """
    return [_three(letter) for letter in segments if letter != BREAK]


@lru_cache(maxsize=64)
def _three(letter: str) -> str:
    """
    :param letter: one-letter code
    :returns: residue name
    """
    return gemmi.expand_one_letter(letter, gemmi.ResidueKind.AA) or 'UNK'


@lru_cache(maxsize=1)
def _scoring() -> gemmi.AlignmentScoring:
    """:returns: BLOSUM62 with its gap costs"""
    return gemmi.AlignmentScoring('b')


def _openings(target: str, scoring: gemmi.AlignmentScoring) -> list[int]:
    """
    :param target: one-letter codes with breaks
    :param scoring: costs
    :returns: what it costs to open a gap in the target before each of its residues, and behind the last: nothing at
        its ends and where residues lack
    """
    costs = [0]
    before = ''
    for letter in target:
        if letter != BREAK and before:
            costs.append(scoring.good_gapo if before == BREAK else scoring.bad_gapo)
        before = letter
    return [*costs, 0]
