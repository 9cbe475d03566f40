"""The archive that is searched, and the sites that are looked for in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engines.siena.chains import Chain
from engines.siena.database.build import build
from engines.siena.database.entry import Entry, read_entry
from engines.siena.database.reader import Index, Properties
from engines.siena.query import Query, around
from engines.structure.components import ComponentDictionary, default_path

FAMILIES = ('ldh', 'trypsins', 'cytochromes', 'diverse')
RADIUS = 6.5
_LEAST_SITE = 8
"""Residues of a site that is looked for."""
_MOTIF = 'GDSGG'
"""Of serine proteases; its serine attacks."""
_LDH, _TRYPSINS = 24, 12
"""Sites of the two families, one an entry."""


@dataclass(frozen=True)
class Site:
    """
    A site that is looked for.

    :param name: file and ligand
    :param family: folder that its file is in
    :param query: the site
    :param file: structure it comes from
    """

    name: str
    family: str
    query: Query
    file: Path


@dataclass(frozen=True)
class Archive:
    """
    The archive.

    :param index: of all its files
    :param folder: of the files
    :param chains: key, family, entry and chain of each
    """

    index: Index
    folder: Path
    chains: list[tuple[int, str, Properties, Chain]]


def _quietly(*_: object) -> None:
    """
    :param _: how far a build is
    """


def archive(data: Path, work: Path) -> Archive:
    """
    :param data: folder with ``entries``, ``docking`` and ``families``
    :param work: folder for the index and for links to the files
    :returns: all of it as one archive
    """
    folder = work / 'archive'
    for part in ('entries', 'docking', *(f'families/{name}' for name in FAMILIES)):
        target = folder / part
        target.mkdir(parents=True, exist_ok=True)
        for file in sorted((data / part).iterdir()):
            (target / file.name).symlink_to(file)
    build(work / 'index.sqlite', folder, default_path(), None, 2, _quietly)
    index = Index(work / 'index.sqlite')
    stored = list(index.chains(range(1, 1_000_000)))
    properties = index.properties({each.entry for each in stored})
    chains = [(each.key, _family(properties[each.entry].file), properties[each.entry], each.chain) for each in stored]
    return Archive(index, folder, chains)


def _family(file: str) -> str:
    """
    :param file: of the archive
    :returns: its family; the folder for entries
    """
    parts = file.split('/')
    return parts[-2]


def sites(data: Path) -> Iterator[Site]:
    """
    :param data: folder with ``entries`` and ``families``
    :returns: sites of ligands in lactate and malate dehydrogenases and in whole entries, and of the attacking serine in
        trypsins, whose files have no ligands; one an entry
    """
    dictionary = ComponentDictionary(default_path())
    seen: set[str] = set()
    for file in sorted((data / 'families' / 'ldh').iterdir()):
        entry = read_entry(file, dictionary)
        if entry.code not in seen and len(seen) < _LDH and (site := _of_ligand(file, 'ldh', entry)):
            seen.add(entry.code)
            yield site
    every = sorted((data / 'families' / 'trypsins').iterdir())
    for file in every[:: len(every) // _TRYPSINS][:_TRYPSINS]:
        if site := _of_serine(file, read_entry(file, dictionary)):
            yield site
    for file in sorted((data / 'entries').iterdir()):
        if file.stat().st_size < 1_000_000:
            entry = read_entry(file, dictionary)
            if site := _of_ligand(file, 'entries', entry):
                yield site


def _of_ligand(file: Path, family: str, entry: Entry) -> Site | None:
    """
    :param file: of the structure
    :param family: folder that it is in
    :param entry: the structure
    :returns: the site of its largest ligand that is no additive and no sugar of the surface
    """
    for ligand in sorted(entry.ligands, key=lambda each: -len(each.points)):
        if ligand.additive or len(ligand.points) < _LEAST_SITE or not entry.chains:
            continue
        residues = around(entry.chains, ligand.points, RADIUS)
        if len(residues) >= _LEAST_SITE:
            return Site(
                f'{file.name.partition(".")[0]} {ligand.name}',
                family,
                Query(entry.code, entry.chains, residues, []),
                file,
            )
    return None


def _of_serine(file: Path, entry: Entry) -> Site | None:
    """
    :param file: of the structure
    :param entry: the structure
    :returns: the residues around the attacking oxygen
    """
    chain = entry.chains[0]
    place = chain.letters.find(_MOTIF) + _MOTIF.index('S')
    oxygen = chain.atoms(place).get('OG') if _MOTIF in chain.letters else None
    if oxygen is None:
        return None
    residues = around(entry.chains[:1], np.array([oxygen]), 9.0)
    return Site(
        f'{file.name.partition(".")[0]} Ser195', 'trypsins', Query(entry.code, entry.chains, residues, []), file
    )
