"""
Reads a query from XML (``PelikanFilter``) or JSON.

Of the XML of the published server the root, the kinds of its parts and their properties are documented, not how each
is spelled. So names are compared without regard to case, ``_`` and ``-``, and a property may be an attribute, or an
element below. What is not known is refused: a filter that is ignored would find more than was asked for.
"""

import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from engines.errors import EngineError
from engines.geomine.query import Query, parse
from engines.structure.reading import decode, read_bytes

LARGEST = 1024 * 1024
"""Bytes of a query."""
ROOT = 'pelikanfilter'
_MOST_DEPTH = 6
_MOST_DIGITS = 16
Properties = dict[str, str]

_POINT = {
    'id': 'id', 'name': 'id', 'type': 'shape', 'pointtype': 'shape', 'shape': 'shape', 'element': 'element',
    'elementnumber': 'element', 'interaction': 'interaction', 'interactiontype': 'interaction', 'residue': 'residue',
    'aminoacid': 'residue', 'aminoacidclass': 'amino_acid_class', 'part': 'part', 'location': 'part',
    'backbonesidechain': 'part', 'functionalgroup': 'part', 'secondarystructure': 'secondary_structure',
    'molecule': 'molecule', 'moleculetype': 'molecule', 'smarts': 'smarts', 'pointsmarts': 'smarts',
}  # fmt: skip
_SPELLINGS = {
    'sidechain': 'side_chain', 'betastrand': 'strand', 'sheet': 'strand', 'betasheet': 'strand', 'alphahelix': 'helix',
    'loop': 'coil', 'turn': 'coil', 'hbonddonor': 'donor', 'hbondacceptor': 'acceptor', 'ringcenter': 'ring',
    'ringcentre': 'ring', 'ion': 'metal', 'nucleicacid': 'nucleic',
}  # fmt: skip
"""Words that are written in another way, without ``_``, ``-`` and blanks."""


def read_query(path: Path) -> Query:
    """
    :param path: XML or JSON
    :returns: the query
    :raises EngineError: if it cannot be read, or is no query
    """
    text = decode(read_bytes(path, LARGEST))
    if not text.strip():
        raise EngineError('query.empty', 'The query is empty.', 'docs/tools/geomine.md has examples.')
    return parse(_from_xml(text) if text.lstrip().startswith('<') else _from_json(text))


def _from_json(text: str) -> object:
    """
    :param text: JSON
    :returns: what it holds
    :raises EngineError: ``query.json``
    """
    try:
        return json.loads(text, parse_constant=_finite, parse_float=_finite, parse_int=_integer)
    except (ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, json.JSONDecodeError) else 'it is no JSON'
        raise EngineError('query.json', f'The query cannot be read: {reason[:200]}.', 'It is JSON or XML.') from error


def _finite(text: str) -> float:
    """
    :param text: a number
    :returns: it
    :raises ValueError: if it is none, or larger than any
    """
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _integer(text: str) -> float:
    """
    :param text: a whole number
    :returns: it
    :raises ValueError: if it is larger than any
    """
    return int(text) if len(text) < _MOST_DIGITS else _finite(text)


def _from_xml(text: str) -> dict[str, Any]:
    """
    :param text: XML
    :returns: the query as the schema wants it
    :raises EngineError: ``query.xml`` if it is none, or uses entities or a document type; ``query.unknown``
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root = fromstring(text, forbid_dtd=True)
    except DefusedXmlException as error:
        message = 'The XML has a document type or entities, which are not read.'
        raise EngineError('query.xml', message, 'Write the values themselves.') from error
    except (ParseError, ValueError, RecursionError) as error:
        raise EngineError('query.xml', f'The XML cannot be read: {str(error)[:200]}.') from error
    if _plain(root.tag) != ROOT:
        raise EngineError('query.xml', f'The root of the XML is {str(root.tag)[:60]}.', 'It has to be PelikanFilter.')
    query: dict[str, Any] = {}
    if title := root.get('name') or root.get('title'):
        query['title'] = title[:200]
    _collect(root, query, 0)
    return query


def _collect(parent: Element, query: dict[str, Any], depth: int) -> None:
    """
    :param parent: the root, or an element that holds filters
    :param query: gets what is in it
    :param depth: of the element
    :raises EngineError: ``query.unknown``
    """
    for element in parent:
        name = _plain(element.tag)
        if name in _FILTERS:
            _FILTERS[name](_properties(element), query)
        elif len(element) and depth < _MOST_DEPTH and not (element.text or '').strip():
            _collect(element, query, depth + 1)
        elif len(element) or (element.text or '').strip() or element.attrib:
            known = ', '.join(sorted(_FILTERS))
            raise EngineError('query.unknown', f'There is no filter {str(element.tag)[:60]}.', f'There are {known}.')


def _properties(element: Element) -> Properties:
    """
    :param element: of a filter
    :returns: its attributes, the elements below it, and its own text as ``value``; names in plain letters
    """
    found = {_plain(name): value.strip() for name, value in element.attrib.items()}
    for child in element.iter():
        text = (child.text or '').strip()
        if text:
            found['value' if child is element else _plain(child.tag)] = text
        if child is not element:
            # The range of a property: <surface min="1" max="9"/>.
            begin = _plain(child.tag)
            found |= {f'{begin}{_plain(name)}': value.strip() for name, value in child.attrib.items()}
    return found


def _plain(name: object) -> str:
    """
    :param name: of an element or attribute, with or without a namespace
    :returns: its letters and digits in lower case
    """
    return re.sub(r'[^a-z0-9]', '', str(name).rpartition('}')[2].lower())


def _word(value: str) -> str:
    """
    :param value: of a property, maybe several with commas
    :returns: it as JSON spells it
    """
    words = (word.strip() for word in value.split(','))
    return ','.join(_SPELLINGS.get(_plain(word), word) for word in words)


def _is_any(value: str) -> bool:
    """
    :param value: of a property
    :returns: whether it allows everything
    """
    return value.strip().upper() in ('', 'ANY', 'UNDEFINED', 'NONE')


def _float(properties: Properties, *names: str) -> float | None:
    """
    :param properties: of a filter
    :param names: of the property, the first that is there counts
    :returns: its number; None if there is none
    :raises EngineError: ``query.number``
    """
    for name in names:
        if name in properties and not _is_any(properties[name]):
            try:
                return _finite(properties[name])
            except ValueError as error:
                raise EngineError('query.number', f'{name}: {properties[name][:60]!r} is no number.') from error
    return None


def _range(properties: Properties, begin: str = '') -> dict[str, float]:
    """
    :param properties: of a filter
    :param begin: of the names of the two ends
    :returns: ``min`` and ``max``, as far as they are there
    """
    ends = {end: _float(properties, f'{begin}{end}', f'{end}{begin}', f'{end}imum{begin}') for end in ('min', 'max')}
    return {end: value for end, value in ends.items() if value is not None}


def _list(properties: Properties, *names: str) -> list[str]:
    """
    :param properties: of a filter
    :param names: of properties with several values
    :returns: the values
    """
    return [word for name in names for word in re.split(r'[\s,;]+', properties.get(name, '')) if word]


def _excludes(properties: Properties) -> bool:
    """
    :param properties: of a filter
    :returns: whether it says what must not be
    """
    mode = properties.get('mode', properties.get('type', '')).lower()
    return mode == 'exclude' or properties.get('exclude', '').lower() in ('true', '1', 'yes')


def _substring(properties: Properties, query: dict[str, Any]) -> None:
    """
    :param properties: a text filter; that of PDB ids takes many of them
    :param query: gets it
    """
    field = _plain(properties.get('field', properties.get('column', 'pdbid')))
    side = 'exclude' if _excludes(properties) else 'include'
    if field in ('pdbid', 'pdb', 'pdbcode', 'pdbids', 'entry'):
        entries = query.setdefault('entries', {})
        for name, values in (
            (side, _list(properties, 'value', 'substring', 'contains', 'pdbids')),
            ('include', _list(properties, 'include')),
            ('exclude', [] if _is_flag(properties) else _list(properties, 'exclude')),
        ):
            if values:
                entries.setdefault(name, []).extend(values)
        return
    contains = next((properties[name] for name in ('value', 'substring', 'contains') if properties.get(name)), '')
    query.setdefault('text', []).append({'field': field, 'contains': contains, 'exclude': side == 'exclude'})


def _is_flag(properties: Properties) -> bool:
    """
    :param properties: of a filter
    :returns: whether ``exclude`` is a yes or a no, not a list of ids
    """
    return properties.get('exclude', '').lower() in ('true', 'false', '0', '1', 'yes', 'no', '')


def _numbers(properties: Properties, query: dict[str, Any]) -> None:
    """
    :param properties: a numerical filter
    :param query: gets it
    """
    field = re.sub(r'\W+', '_', properties.get('field', properties.get('name', '')).strip().lower())
    query.setdefault('numbers', []).append({'field': field, **_range(properties)})


def _classes(properties: Properties, query: dict[str, Any]) -> None:
    """
    :param properties: a filter of enzyme classes
    :param query: gets it
    """
    side = 'exclude' if _excludes(properties) else 'include'
    found = query.setdefault('ec', {})
    found.setdefault(side, []).extend(_list(properties, 'value', 'ec', 'ecnumber', 'include'))
    if not _is_flag(properties):
        found.setdefault('exclude', []).extend(_list(properties, 'exclude'))


def _has_ligand(properties: Properties, query: dict[str, Any]) -> None:
    """
    :param properties: whether a pocket has a ligand
    :param query: gets it
    """
    value = next((properties[name] for name in ('value', 'hasligand', 'pockethasligand') if name in properties), 'true')
    if not _is_any(value):
        query['has_ligand'] = value.lower() in ('true', '1', 'yes')


def _smarts(properties: Properties, query: dict[str, Any]) -> None:
    """
    :param properties: a pattern that the ligand has
    :param query: gets it
    """
    pattern = properties.get('smarts') or properties.get('value', '')
    if pattern:
        query.setdefault('smarts', []).append(pattern)


def _similarity(properties: Properties, query: dict[str, Any]) -> None:
    """
    :param properties: a molecule that the ligand is similar to
    :param query: gets it
    """
    least = _float(properties, 'min', 'threshold', 'similarity', 'minsimilarity')
    query['similarity'] = {'smiles': properties.get('smiles') or properties.get('value', '')}
    if least is not None:
        query['similarity']['min'] = least


def _point(properties: Properties, query: dict[str, Any]) -> None:
    """
    :param properties: of a point
    :param query: gets it
    :raises EngineError: ``query.unknown`` for a property that points do not have
    """
    others = {
        'x',
        'y',
        'z',
        'surface',
        'surfacemin',
        'surfacemax',
        'minsurface',
        'maxsurface',
        'value',
        'color',
        'label',
    }
    if unknown := properties.keys() - _POINT.keys() - others:
        hint = f'They have {", ".join(sorted(_POINT))}, x, y, z, surfacemin, surfacemax.'
        raise EngineError('query.unknown', f'Points have no {min(unknown)[:60]}.', hint)
    point: dict[str, Any] = {}
    for name, value in properties.items():
        if name in _POINT and not _is_any(value):
            point[_POINT[name]] = value if name.endswith('smarts') else _word(value)
    if 'shape' in point:
        point['shape'] = point['shape'].lower()
    place = [_float(properties, axis) for axis in 'xyz']
    if any(value is not None for value in place):
        point['at'] = place
    if surface := _range(properties, 'surface'):
        point['surface'] = surface
    query.setdefault('points', []).append(point)


def _between(properties: Properties, number: int) -> list[str]:
    """
    :param properties: of a distance or an angle
    :param number: of its points
    :returns: their ids
    """
    if listed := _list(properties, 'points', 'between', 'pointids'):
        return listed
    stems = ('point', 'pointid', 'id', 'p', 'pointfilter')
    return [next((properties[f'{s}{i}'] for s in stems if f'{s}{i}' in properties), '') for i in range(1, number + 1)]


def _measure(kind: str, number: int) -> Callable[[Properties, dict[str, Any]], None]:
    """
    :param kind: ``distances`` or ``angles``
    :param number: of its points
    :returns: what reads it
    """

    def collect(properties: Properties, query: dict[str, Any]) -> None:
        """
        :param properties: of a distance or an angle
        :param query: gets it
        """
        query.setdefault(kind, []).append({'between': _between(properties, number), **_range(properties)})

    return collect


def _direction(properties: Properties, query: dict[str, Any]) -> None:
    """
    :param properties: of a direction
    :param query: gets it
    """
    ends = {end: properties.get(end, '') for end in ('of', 'to')}
    query.setdefault('directions', []).append({**ends, **_range(properties)})


_FILTERS: dict[str, Callable[[Properties, dict[str, Any]], None]] = {
    'substringfilter': _substring,
    'textfilter': _substring,
    'numberfilter': _numbers,
    'numericalfilter': _numbers,
    'ecfilter': _classes,
    'pockethasligandfilter': _has_ligand,
    'smartsfilter': _smarts,
    'similarityfilter': _similarity,
    'pointfilter': _point,
    'distancefilter': _measure('distances', 2),
    'anglefilter': _measure('angles', 3),
    'directionfilter': _direction,
}
