"""Text of diagrams: what XML can hold, and small letters as smaller letters, which not every font has as its own."""

from html import escape
from itertools import groupby

_SUBSCRIPTS = dict(zip('\u2080\u2081\u2082\u2083\u2084\u2085\u2086\u2087\u2088\u2089', '0123456789', strict=True))
_SUPERSCRIPTS = dict(
    zip('\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079\u207a\u207b', '0123456789+\u2212', strict=True)
)
_SMALL, _DOWN, _UP = 0.75, 0.22, -0.38
"""Size of small letters, and how far below and above the line they stand, in sizes of the others."""


def safe(text: str) -> str:
    """
    :param text: any text
    :returns: it as content of an element, without characters that XML does not know
    """
    return escape(''.join(c for c in text if c.isprintable()), quote=False)


def lettered(text: str, size: float) -> str:
    """
    :param text: any text
    :param size: of its letters, pixels
    :returns: it as content of a text element, what stands below or above the line as parts of their own
    """
    parts, at = [], 0.0
    for height, letters in groupby(text, _height):
        plain = safe(''.join(_SUBSCRIPTS.get(x) or _SUPERSCRIPTS.get(x) or x for x in letters))
        shift, at = height * size - at, height * size
        small = f' font-size="{_SMALL * size:.1f}"' if height else ''
        parts.append(f'<tspan dy="{shift:.1f}"{small}>{plain}</tspan>' if small or shift else plain)
    return ''.join(parts)


def _height(letter: str) -> float:
    """
    :param letter: a letter
    :returns: how far below the line it stands, in sizes of the letters
    """
    if letter in _SUBSCRIPTS:
        return _DOWN
    return _UP if letter in _SUPERSCRIPTS else 0.0
