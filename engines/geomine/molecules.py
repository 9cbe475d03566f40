"""The parts of a query that are about the ligand of a site: SMARTS, similarity, and patterns of single points."""

import json
import zlib
from typing import Any

import numpy as np
import numpy.typing as npt
from rdkit import Chem, DataStructs, RDLogger
from rdkit.Chem import rdFingerprintGenerator

from engines.errors import EngineError
from engines.geomine.database import Database
from engines.geomine.query import Query

RDLogger.DisableLog('rdApp.*')  # type: ignore[attr-defined]

SIMILAR = 0.7
"""Tanimoto coefficient that is asked for unless the query says another one."""
_MOST_MATCHES = 1000


def pattern(smarts: str) -> Chem.Mol:
    """
    :param smarts: a pattern
    :returns: it
    :raises EngineError: ``query.smarts``
    """
    found = Chem.MolFromSmarts(smarts)
    if found is None or not found.GetNumAtoms():
        raise EngineError('query.smarts', f'{smarts[:80]!r} is no SMARTS pattern.', 'Check its brackets and rings.')
    return found


def molecules_that_fit(database: Database, query: Query) -> set[int] | None:
    """
    :param database: the archive
    :param query: what is looked for
    :returns: ligands that have its patterns and are similar to its molecule; None if it asks for neither
    :raises EngineError: ``query.smarts`` or ``query.smiles``
    """
    patterns = [pattern(smarts) for smarts in query.raw.get('smarts', ())]
    similar = query.raw.get('similarity')
    if not patterns and not similar:
        return None
    generator = rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=2048)
    wanted = generator.GetFingerprint(_molecule(similar['smiles'])) if similar else None
    least = similar.get('min', SIMILAR) if similar else 0.0
    fits: set[int] = set()
    for number, smiles in database.rows('SELECT id, smiles FROM geomine_molecule'):
        mol = Chem.MolFromSmiles(smiles)
        if mol is None or not all(mol.HasSubstructMatch(each) for each in patterns):
            continue
        if wanted is None or DataStructs.TanimotoSimilarity(wanted, generator.GetFingerprint(mol)) >= least - 1e-9:
            fits.add(int(number))
    return fits


def _molecule(smiles: str) -> Chem.Mol:
    """
    :param smiles: of the query
    :returns: the molecule
    :raises EngineError: ``query.smiles``
    """
    mol = Chem.MolFromSmiles(smiles)
    if mol is None or not mol.GetNumAtoms():
        raise EngineError('query.smiles', f'{smiles[:80]!r} is no SMILES.', 'Check its brackets and rings.')
    return mol


def content(database: Database, sites: list[int]) -> dict[int, dict[str, Any]]:
    """
    :param database: the archive
    :param sites: numbers of sites
    :returns: what is kept of them beside their points, by number
    """
    if not sites:
        return {}
    rows = database.rows(f'SELECT id, content FROM geomine_site WHERE id IN ({", ".join(map(str, sites))})')
    return {int(row[0]): json.loads(zlib.decompress(row[1])) for row in rows}


def point_atoms(
    database: Database,
    query: Query,
    sites: npt.NDArray[np.int64],
    points: npt.NDArray[np.int64],
    fits: npt.NDArray[np.bool_],
) -> npt.NDArray[np.bool_]:
    """
    Patterns of single points.

    :param database: the archive
    :param query: what is looked for
    :param sites: of matches, shape (n,)
    :param points: ids of their points, shape (n, k)
    :param fits: matches that are looked at, shape (n,)
    :returns: which matches have an atom of a ligand that fits wherever the query wants one, shape (n,)
    :raises EngineError: ``query.smarts``
    """
    wanted = {i: pattern(point.smarts) for i, point in enumerate(query.points) if point.smarts}
    good = np.ones(len(sites), np.bool_)
    if not wanted:
        return good
    kept = content(database, np.unique(sites[fits]).tolist())
    allowed = {(site, i): _first_atoms(held, each) for site, held in kept.items() for i, each in wanted.items()}
    for row in np.flatnonzero(fits):
        good[row] = all(points[row, i] in allowed.get((int(sites[row]), i), ()) for i in wanted)
    return good


def _first_atoms(held: dict[str, Any], wanted: Chem.Mol) -> set[int]:
    """
    :param held: content of a site
    :param wanted: a pattern
    :returns: ids of the points on atoms that the first atom of the pattern matches
    """
    ligand: dict[str, Any] = held.get('ligand') or {}
    if not ligand:
        return set()
    found = Chem.MolFromSmiles(ligand['smiles']).GetSubstructMatches(wanted, uniquify=False, maxMatches=_MOST_MATCHES)
    return {ligand['atoms'][match[0]] for match in found}
