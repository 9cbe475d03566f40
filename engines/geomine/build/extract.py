"""From a structure file to the rows of its entry."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from engines.archive.header import Header, header
from engines.errors import EngineError
from engines.geomine.build.sites import SiteFinder, SiteRow
from engines.preprocessor.additives import ADDITIVES
from engines.structure.classification import Kind, classify
from engines.structure.components import ComponentDictionary
from engines.structure.molecules import Ligand, find_ligands
from engines.structure.reading import read_structure

LEAST_ATOMS = 3
"""Heavy atoms of the smallest ligand that has a site."""


@dataclass(frozen=True)
class Options:
    """
    What is taken from a structure.

    :param ccd: component dictionary
    :param pockets: whether pockets without ligand are sites
    :param additives: whether ligands from buffer, cryoprotectant and the like have sites
    """

    ccd: Path
    pockets: bool = True
    additives: bool = False


@dataclass(frozen=True)
class EntryRow:
    """
    An entry.

    :param header: what the file says of it
    :param chains: number of polymer chains
    :param residues: number of residues of these
    :param ligands: number of ligands, additives left out
    :param sites: of the entry
    """

    header: Header
    chains: int
    residues: int
    ligands: int
    sites: list[SiteRow]


def read_entry(path: Path, options: Options) -> EntryRow:
    """
    :param path: PDB or mmCIF file, plain or gzipped
    :param options: what is taken from it
    :returns: the rows of its entry
    :raises EngineError: if it cannot be used
    """
    source = read_structure(path)
    with closing(ComponentDictionary(options.ccd)) as dictionary:
        classification = classify(source, dictionary)
    ligands = find_ligands(classification)
    wanted = [ligand for ligand in ligands if options.additives or not _is_additive(ligand)]
    finder = SiteFinder(source, classification, ligands)
    sites = list(finder.ligand_sites([ligand for ligand in wanted if len(ligand.molecule.atoms) >= LEAST_ATOMS]))
    if options.pockets and any(classification.of_kind(Kind.POLYMER)):
        sites += _pockets(finder, wanted)
    polymer = {item.key[:3] for item in classification.of_kind(Kind.POLYMER)}
    return EntryRow(header(source), len({key[0] for key in polymer}), len(polymer), len(wanted), sites)


def _is_additive(ligand: Ligand) -> bool:
    """
    :param ligand: of a structure
    :returns: whether it consists of what usually comes from the preparation
    """
    return all(key[3] in ADDITIVES for key in ligand.keys)


def _pockets(finder: SiteFinder, wanted: list[Ligand]) -> list[SiteRow]:
    """
    :param finder: of sites
    :param wanted: ligands whose pockets are not empty
    :returns: the sites of empty pockets; none for a structure in which pockets cannot be looked for
    """
    try:
        return list(finder.empty_pockets(wanted))
    except EngineError as error:
        if error.code.startswith(('dogsite.', 'structure.')):
            return []
        raise
