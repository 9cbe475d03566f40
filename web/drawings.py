"""
Drawings that a page shows as a part of itself, so that they can point to what other views show. What comes into a page
is written anew from what is known to be harmless; a drawing that holds anything else is shown as a picture.
"""

import re
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from django.utils.safestring import SafeString, mark_safe

#: Characters of the largest drawing that becomes a part of a page.
_MOST = 2_000_000
_SVG = '{http://www.w3.org/2000/svg}'
_ELEMENTS = frozenset({
    'svg', 'g', 'title', 'desc', 'rect', 'line', 'path', 'circle', 'ellipse', 'polygon', 'polyline', 'text', 'tspan',
})  # fmt: skip
_ATTRIBUTES = frozenset({
    'x', 'y', 'x1', 'y1', 'x2', 'y2', 'cx', 'cy', 'r', 'rx', 'ry', 'dx', 'dy', 'd', 'points', 'width', 'height',
    'viewBox', 'transform', 'fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-linecap', 'stroke-linejoin',
    'opacity', 'fill-opacity', 'stroke-opacity', 'font-size', 'font-family', 'font-weight', 'text-anchor',
    'aria-hidden', 'data-places', 'pointer-events',
})  # fmt: skip
#: Of a page there is one for each id; a drawing has a name instead.
_LEFT_OUT = frozenset({'id', 'role', 'aria-labelledby', 'class'})
#: The class of what can be chosen, if it has a place.
_BUTTON = 'structure'
#: ``url(...)`` leads to what is elsewhere; nothing that is drawn here needs brackets but transformations.
_LEADS_AWAY = re.compile(r'url|:|\\', re.IGNORECASE)


def parsed(svg: str) -> Element:
    """
    :param svg: what should be an SVG document
    :returns: its root
    :raises ValueError: if it is none
    """
    if '<!ENTITY' in svg:
        raise ValueError('A drawing has no need of entities.')
    try:
        root = ElementTree.fromstring(svg)  # noqa: S314  # without entities there is nothing to expand or to fetch
    except ElementTree.ParseError as error:
        raise ValueError('It is no XML.') from error
    if root.tag != f'{_SVG}svg':
        raise ValueError('It is no SVG.')
    return root


def inline(svg: str) -> SafeString | None:
    """
    :param svg: a drawing
    :returns: it as a part of a page, in which what has a place can be reached by keyboard; None if it holds anything
        that has no business in a page
    """
    if len(svg) > _MOST:
        return None
    try:
        root = _rewritten(parsed(svg))
    except (ValueError, RecursionError):
        return None
    root.set('role', 'group')
    root.set('aria-label', root.findtext('title') or 'Diagram')
    return mark_safe(ElementTree.tostring(root, 'unicode'))  # noqa: S308  # every element and attribute was looked at


def _rewritten(source: Element) -> Element:
    """
    :param source: of a drawing
    :returns: the same, made of known elements and attributes only
    :raises ValueError: if it has others
    """
    copy = Element(source.tag.removeprefix(_SVG), _harmless(source))
    if copy.tag not in _ELEMENTS:
        raise ValueError(f'{copy.tag} is not drawn.')
    if source.get('class') == _BUTTON and copy.get('data-places'):
        copy.attrib |= {'tabindex': '0', 'role': 'button', 'aria-label': source.findtext(f'{_SVG}title') or ''}
    copy.text, copy.tail = source.text, source.tail
    copy.extend([_rewritten(child) for child in source])
    return copy


def _harmless(source: Element) -> dict[str, str]:
    """
    :param source: of a drawing
    :returns: its attributes
    :raises ValueError: for one that is not known, or leads elsewhere
    """
    kept = {name: value for name, value in source.items() if name not in _LEFT_OUT}
    for name, value in kept.items():
        if name not in _ATTRIBUTES or (name != 'data-places' and _LEADS_AWAY.search(value)):
            raise ValueError(f'{name} is not drawn.')
    return kept
