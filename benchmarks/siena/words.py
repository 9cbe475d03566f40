"""Is the index that of the published program: its 4-mers, counted for two entries whose numbers are known."""

import sqlite3
from contextlib import closing
from pathlib import Path

from ..harness import Verdict, section
from .corpus import Archive

KNOWN = {'1A3E': 275, '4AGM': 196}
"""Different 4-mers in the published test index."""


def report(archive: Archive, verdicts: list[Verdict]) -> str:
    """
    :param archive: with these entries
    :param verdicts: gets one
    :returns: a part of the report
    """
    path = Path(archive.folder.parent) / 'index.sqlite'
    with closing(sqlite3.connect(path)) as connection:
        query = 'SELECT pdbcode, count(*) FROM snipplets2pdb WHERE pdbcode IN (?, ?) GROUP BY pdbcode'
        found = dict(connection.execute(query, tuple(KNOWN)).fetchall())
        total = connection.execute('SELECT count(*), count(DISTINCT pdbcode) FROM pdbproperties').fetchone()
        bad = connection.execute('SELECT file, message FROM unreadable').fetchall()
    same = found == KNOWN
    measured = ', '.join(f'{code} {found.get(code)}' for code in KNOWN)
    asked = ', '.join(f'{code} {number}' for code, number in KNOWN.items())
    verdicts.append(Verdict('different 4-mers, as in the published index', asked, measured, same))
    about = (
        f'{total[0]} files with {len(archive.chains):,} protein chains, {total[1]} codes. Unreadable: '
        f'{"; ".join(f"{file}: {message}" for file, message in bad) or "none"}.'
    )
    return section('The archive', about)
