"""K-mers of observed sequences as numbers: what the index is looked up by."""

import numpy as np
import numpy.typing as npt

K = 4
LETTERS = 'ACDEFGHIKLMNPQRSTVWY'
NUMBER = len(LETTERS) ** K
"""Of different k-mers."""
BREAK = '-'
"""Stands between residues that no peptide bond links."""

Codes = npt.NDArray[np.int32]
_NONE = 255
_TABLE = np.full(256, _NONE, np.uint8)
for _index, _letter in enumerate(LETTERS):
    _TABLE[ord(_letter)] = _index


def codes(segments: str) -> Codes:
    """
    The k-mer that begins at each place of a sequence.

    :param segments: one-letter codes with :data:`BREAK` at chain breaks
    :returns: shape (len - K + 1,); -1 across a break and where a residue is none of the twenty
    """
    digits = _TABLE[np.frombuffer(segments.encode('ascii', 'replace'), np.uint8)].astype(np.int32)
    length = len(digits) - K + 1
    if length <= 0:
        return np.empty(0, np.int32)
    result = np.zeros(length, np.int32)
    known = np.ones(length, np.bool_)
    for offset in range(K):
        part = digits[offset : offset + length]
        result = result * len(LETTERS) + part
        known &= part != _NONE
    return np.where(known, result, -1).astype(np.int32)


def distinct(segments: str) -> Codes:
    """
    :param segments: see :func:`codes`
    :returns: the different k-mers of a sequence, sorted
    """
    found = np.unique(codes(segments))
    return found[found >= 0]


def around(segments: str, places: npt.NDArray[np.intp]) -> Codes:
    """
    The k-mers that hold one of some residues.

    :param segments: see :func:`codes`
    :param places: of the residues, counted without breaks
    :returns: the different k-mers, sorted
    """
    letters = np.flatnonzero(np.frombuffer(segments.encode('ascii', 'replace'), np.uint8) != ord(BREAK))
    found = codes(segments)
    starts = (letters[places][:, None] - np.arange(K)).ravel()
    starts = np.unique(starts[(starts >= 0) & (starts < len(found))])
    chosen = np.unique(found[starts])
    return chosen[chosen >= 0]
