"""
The tables of the index. ``pdbproperties``, ``ec2pdb``, ``snipplets2pdb`` and ``metadata_info`` are those of the
published program, with columns of our own; ``snipplets2pdb`` is a view, since its rows would take more room than all
structures. The search reads ``posting`` instead: of each k-mer the chains that have it.
"""

import sqlite3
from pathlib import Path

from engines.errors import EngineError

FORMAT = '1'
"""Changes with the tables and with what is read from a file; an index of another format is built anew."""

BLOCK = 65_536
"""Chains whose postings stand in one row, as offsets of two bytes. A change costs the postings of its block only."""

SCHEMA = """
CREATE TABLE metadata_info (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE pdbproperties (
    id INTEGER PRIMARY KEY, pdbcode TEXT NOT NULL, resolution REAL, year INTEGER, electron INTEGER NOT NULL,
    file TEXT NOT NULL UNIQUE, filedate TEXT NOT NULL, size INTEGER NOT NULL, title TEXT NOT NULL
);
CREATE TABLE ec2pdb (ecnumber TEXT NOT NULL, pdbcode TEXT NOT NULL, entry INTEGER NOT NULL);
CREATE INDEX ec2pdb_number ON ec2pdb (ecnumber);
CREATE INDEX ec2pdb_entry ON ec2pdb (entry);
CREATE TABLE chain (
    id INTEGER PRIMARY KEY, entry INTEGER NOT NULL, name TEXT NOT NULL, segments TEXT NOT NULL,
    residues BLOB NOT NULL, backbone BLOB NOT NULL, side_names BLOB NOT NULL, side_points BLOB NOT NULL
);
CREATE INDEX chain_entry ON chain (entry);
CREATE TABLE ligand (
    entry INTEGER NOT NULL, name TEXT NOT NULL, additive INTEGER NOT NULL, residues BLOB NOT NULL, points BLOB NOT NULL
);
CREATE INDEX ligand_entry ON ligand (entry);
CREATE TABLE posting (
    block INTEGER NOT NULL, kmer INTEGER NOT NULL, chains BLOB NOT NULL, PRIMARY KEY (block, kmer)
) WITHOUT ROWID;
CREATE TABLE stale_block (block INTEGER PRIMARY KEY);
CREATE TABLE unreadable (
    file TEXT PRIMARY KEY, filedate TEXT NOT NULL, size INTEGER NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL
) WITHOUT ROWID;
CREATE VIEW snipplets2pdb (snippet, pdbcode) AS
    WITH RECURSIVE place (start) AS (
        SELECT 1 UNION ALL SELECT start + 1 FROM place WHERE start < (SELECT max(length(segments)) FROM chain)
    )
    SELECT DISTINCT substr(segments, start, 4), pdbcode
    FROM chain JOIN pdbproperties ON pdbproperties.id = chain.entry JOIN place ON start <= length(segments) - 3
    WHERE instr(substr(segments, start, 4), '-') = 0;
"""


def open_index(path: Path) -> sqlite3.Connection:
    """
    Open a finished index for reading. It is replaced as a whole and never changed, so what is open stays as it is.

    :param path: SQLite file
    :returns: a connection
    :raises EngineError: ``siena.no_database`` or ``siena.database``
    """
    if not path.is_file():
        raise EngineError(
            'siena.no_database', 'There is no index of an archive to search.',
            'The operator makes one with manage.py generate_siena_database.',
        )  # fmt: skip
    try:
        connection = sqlite3.connect(f'{path.resolve().as_uri()}?mode=ro&immutable=1', uri=True)
        found = dict(connection.execute('SELECT key, value FROM metadata_info').fetchall())
    except sqlite3.Error as error:
        raise EngineError('siena.database', 'The index of the archive cannot be read.', _AGAIN) from error
    if found.get('format') != FORMAT:
        raise EngineError('siena.database', 'The index of the archive is that of another version.', _AGAIN)
    return connection


_AGAIN = 'The operator builds it anew with manage.py generate_siena_database.'
