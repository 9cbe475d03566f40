"""What was found, in the documented shape, and what is new beside it."""

from typing import Any

import numpy as np

from engines.geomine.contacts import contacts, site_points
from engines.geomine.database import Database
from engines.geomine.geometry import Array
from engines.geomine.molecules import content
from engines.geomine.plan import SITES
from engines.geomine.query import Query
from engines.geomine.search import Found, Match, aligned
from engines.geomine.words import Molecule

VISIBLE = 50
"""Sites whose structure is told, the best of them, unless a command line says otherwise."""
LISTED = 1000
"""Sites in the table, likewise."""
_SELECTIONS = {
    'pocketResidues': (Molecule.PROTEIN, Molecule.NUCLEIC),
    'pocketWaters': (Molecule.WATER,),
    'pocketMetals': (Molecule.METAL,),
    'pocketMolecules': (Molecule.LIGAND,),
}
_ENTRY = 's.id, e.code, e.title, e.ec, e.keywords, s.name, e.method, e.resolution, s.molecule, m.code, e.file'


def answer(
    database: Database, query: Query, found: Found, version: str, visible: int = VISIBLE, listed: int = LISTED
) -> dict[str, Any]:
    """
    :param database: the archive
    :param query: that was asked
    :param found: what was found
    :param version: of the archive
    :param visible: sites whose structure is told
    :param listed: sites in the table
    :returns: the result
    """
    rotations, shifts, deviations, matches = aligned(found, query, listed)
    entries = _entries(database, [match.site for match in matches])
    # One may be gone where a build goes on at the same time and the search was ended by the database.
    places = [i for i, match in enumerate(matches) if match.site in entries]
    rows = [_row(i + 1, entries[matches[i].site], matches[i], found, query, float(deviations[i])) for i in places]
    shown = places[:visible]
    moves = {matches[i].site: matrix(rotations[i], shifts[i]) for i in shown}
    codes = {row['PDB'] for row in rows} if len(found.matches) <= listed else _codes(database, found)
    return {
        'geometrical_search_mode': 'true' if query.points else 'false',
        'number_of_found_pdbs': len(codes),
        'number_of_found_pockets': len(found.matches),
        'number_of_found_visualizable_results': len(shown),
        'statistics': _statistics(query, found, len(codes), len(rows), len(shown)),
        'result_table_content': rows,
        **_structures(database, [matches[i] for i in shown], entries, moves),
        'more_exist': not found.complete or len(rows) < len(found.matches),
        'archive_version': version,
        'query': query.raw,
    }


def _structures(
    database: Database, shown: list[Match], entries: dict[int, tuple[Any, ...]], moves: dict[int, list[float]]
) -> dict[str, Any]:
    """
    :param database: the archive
    :param shown: the sites whose structure is told
    :param entries: of :func:`_entries`
    :param moves: what lays each site on the query, by its number
    :returns: ``pdbs`` and ``ngl_visualization_data``
    """
    sites = [match.site for match in shown]
    held, points = content(database, sites), site_points(database, sites)
    pdbs: dict[str, str] = {}
    pictures: dict[str, Any] = {}
    for match in shown:
        key, kept = _key(entries[match.site]), held[match.site]
        inside = contacts(points[match.site])
        pdbs[key], pictures[key] = kept['pdb'], _selections(kept)
        pictures[f'{key}_Complete Pocket'] = {
            'numberOfPocketInteractions': len(inside),
            'pocketInteractions': inside,
            'transformationDataMatrix4D': moves[match.site],
            'matchedPoints': [named(kept, *each) for each in zip(match.points, match.places, strict=True)],
        }
    return {'pdbs': pdbs, 'ngl_visualization_data': pictures}


def _entries(database: Database, sites: list[int]) -> dict[int, tuple[Any, ...]]:
    """
    :param database: the archive
    :param sites: numbers of sites
    :returns: what is told of each
    """
    if not sites:
        return {}
    rows = database.rows(f'SELECT {_ENTRY} FROM {SITES} WHERE s.id IN ({", ".join(map(str, sites))})')
    return {int(row[0]): row for row in rows}


def _codes(database: Database, found: Found) -> set[str]:
    """
    :param database: the archive
    :param found: more sites than are listed
    :returns: the entries that they belong to
    """
    listed = ', '.join(str(match.site) for match in found.matches) or 'NULL'
    return {str(row[0]) for row in database.rows(f'SELECT DISTINCT e.code FROM {SITES} WHERE s.id IN ({listed})')}


def _key(entry: tuple[Any, ...]) -> str:
    """
    :param entry: of :func:`_entries`
    :returns: entry and site: ``4AGM_P86_A_400``
    """
    return f'{entry[1]}_{entry[5]}'


def _row(
    number: int, entry: tuple[Any, ...], match: Match, found: Found, query: Query, deviation: float
) -> dict[str, str]:
    """
    :param number: of the row
    :param entry: of :func:`_entries`
    :param match: the best of the site
    :param found: what was found
    :param query: that was asked
    :param deviation: RMSD of its points, Angstrom
    :returns: the row; all values are texts
    """
    _, code, title, ec, keywords, name, method, resolution, _, ligand, file = entry
    return {
        'PDB': code,
        'PDB Title': title,
        'Class': ', '.join(ec.split()) or keywords,
        'Pocket': name,
        'RMSD': f'{deviation:.3f}' if query.points else '',
        'Result ID': str(number),
        'Matches': str(found.counts[match.site]) if query.points else '',
        'Ligand': ligand or '',
        'Method': method,
        'Resolution': '' if resolution is None else f'{resolution:.2f}',
        'File': file,
    }


def _selections(kept: dict[str, Any]) -> dict[str, str]:
    """
    :param kept: content of a site
    :returns: selections in the language of NGL: number, insertion code and chain of each residue
    """
    found = {}
    for name, molecules in _SELECTIONS.items():
        found[name] = ' or '.join(_selected(row) for row in kept['residues'] if row[0] in molecules)
    own = set(kept['ligand']['atoms']) if kept.get('ligand') else set()
    mine = {
        line[21:27] for line in kept['pdb'].splitlines() if line[:6] in ('ATOM  ', 'HETATM') and int(line[6:11]) in own
    }
    rows = [row for row in kept['residues'] if f'{row[1]:1}{_columns(row[2])}' in mine]
    return {**found, 'pocketRefLig': ' or '.join(map(_selected, rows))}


def _columns(position: str) -> str:
    """
    :param position: number and insertion code
    :returns: as the columns 23 to 27 of the PDB format have it
    """
    return f'{position:>4} ' if position[-1:].isdigit() else f'{position[:-1]:>4}{position[-1:]}'


def _selected(row: list[Any]) -> str:
    """
    :param row: of the residues of a site
    :returns: the residue in the language of NGL: ``40:A`` or ``40^B:A``
    """
    number = str(row[2])
    insertion = '' if number[-1:].isdigit() else f'^{number[-1]}'
    return f'{number[:-1] if insertion else number}{insertion}:{row[1]}'


def named(kept: dict[str, Any], point: int, place: Array) -> dict[str, Any]:
    """
    :param kept: content of a site
    :param point: id of a point
    :param place: of it, Angstrom
    :returns: what it is: residue, chain and number, atom (of a ring its atoms), and its place in the entry
    """
    ring = kept['rings'].get(str(point))
    serials = set(ring or [point])
    lines = [x for x in kept['pdb'].splitlines() if x[:6] in ('ATOM  ', 'HETATM') and int(x[6:11]) in serials]
    line = lines[0] if lines else ' ' * 80
    return {
        'residue': line[17:20].strip(),
        'chain': line[20:22].strip(),
        'position': line[22:27].strip(),
        'atom': ' '.join(each[12:16].strip() for each in lines),
        'coordinate': [round(float(x), 3) for x in place],
    }


def matrix(rotation: Array, shift: Array) -> list[float]:
    """
    :param rotation: shape (3, 3)
    :param shift: Angstrom, shape (3,)
    :returns: the 16 numbers of the transformation column by column, as NGL's Matrix4 and Mol* take them
    """
    whole = np.eye(4)
    whole[:3, :3], whole[:3, 3] = rotation, shift
    return [round(float(x), 6) for x in whole.T.ravel()]


def _statistics(query: Query, found: Found, entries: int, listed: int, shown: int) -> str:
    """
    :param query: that was asked
    :param found: what was found
    :param entries: that the sites belong to
    :param listed: sites in the table
    :param shown: sites whose structure is told
    :returns: it in sentences
    """
    least = '' if found.complete else 'at least '
    number = sum(found.counts.values())
    parts = [f'{least}{len(found.matches)} sites of {entries} entries match'.capitalize()]
    if query.points:
        parts[0] += f', in {number} ways'
        on = 'places of the query' if query.is_placed else 'first of them'
        parts.append(f'They are laid on the {on}, which the RMSD refers to')
    if not found.complete:
        parts.append('The search ended before everything was looked at, so more may exist')
    if listed < len(found.matches):
        parts.append(f'The best {listed} are listed')
    if shown < listed:
        parts.append(f'The structures of the best {shown} are given')
    parts.append(f'The search took {found.seconds:.2f} s')
    return '. '.join(parts) + '.'
