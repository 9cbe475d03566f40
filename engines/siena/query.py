"""The site that is looked for: residues of the query, named or near a ligand."""

import re
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engines.errors import EngineError
from engines.notes import Note, listing
from engines.siena.chains import Chain, chains_of
from engines.siena.database.entry import code_of
from engines.siena.geometry import Points
from engines.structure.classification import Classification, Kind, classify
from engines.structure.components import ComponentDictionary
from engines.structure.neighbours import near_pairs
from engines.structure.reading import decode, read_bytes, read_structure

_RESIDUE = re.compile(r'RESIDUE\s+(\S+)(?:\s+(\S+))??\s+(-?[0-9]+)(?:\s+([A-Za-z]+))?\s*', re.ASCII)
_BLANK_CHAIN = '_'
Name = tuple[str, str, str]
"""Of a residue: its chain, its position and what it is."""


@dataclass(frozen=True)
class Query:
    """
    A structure and a site of it.

    :param code: of the structure
    :param chains: its protein chains
    :param site: index of the chain and of the residue in it, in the order of the chains
    :param notes: what the user should know
    """

    code: str
    chains: list[Chain]
    site: list[tuple[int, int]]
    notes: list[Note]

    def cells(self) -> list[str]:
        """:returns: the residues of the site as alignments name them"""
        return [self.chains[chain].cell(residue) for chain, residue in self.site]


def read_query(protein: Path, ligand: Path | None, edf: Path | None, radius: float, ccd: Path) -> Query:
    """
    :param protein: PDB or mmCIF file
    :param ligand: SDF, whose first molecule is in the site
    :param edf: the residues of the site, instead
    :param radius: of the site around the ligand, Angstrom
    :param ccd: component dictionary
    :returns: the query
    :raises EngineError: if there is no such site
    """
    source = read_structure(protein)
    with closing(ComponentDictionary(ccd)) as dictionary:
        classification = classify(source, dictionary)
    chains = chains_of(classification)
    if not chains:
        raise EngineError(
            'siena.no_protein', 'The structure has no protein chain.', 'Sites are found by the sequence of proteins.'
        )
    notes = list(source.notes)
    if len(source.structure) > 1:
        notes.append(Note('structure.first_model', '', 'The first of several models was looked at.'))
    if ligand:
        site = around(chains, _ligand_points(ligand, notes), radius)
    elif edf:
        site = _named(chains, read_edf(edf), classification, notes)
    else:
        raise EngineError('siena.no_site', 'There is no site to look for.', 'Give a ligand or the residues of a site.')
    return Query(code_of(source), chains, site, notes)


def _ligand_points(file: Path, notes: list[Note]) -> Points:
    """
    :param file: SDF
    :param notes: gets a note on further molecules
    :returns: heavy atoms of the first molecule, Angstrom
    """
    from engines.structure.custom_ligands import read_ligands

    (name, _, mol), *others = read_ligands(file)
    if others:
        message = f'The site is that of {name}; the other molecules of the ligand file were not used.'
        notes.append(Note('siena.first_ligand', name, message))
    heavy = [atom.GetIdx() for atom in mol.GetAtoms() if atom.GetAtomicNum() > 1]
    return np.asarray(mol.GetConformer().GetPositions())[heavy]


def around(chains: list[Chain], points: Points, radius: float) -> list[tuple[int, int]]:
    """
    :param chains: protein chains
    :param points: of a ligand, Angstrom
    :param radius: Angstrom
    :returns: the residues with a heavy atom within the radius
    :raises EngineError: ``siena.empty_site``
    """
    site = []
    for number, chain in enumerate(chains):
        heavy = [chain.heavy(index) for index in range(len(chain.names))]
        owners = np.repeat(np.arange(len(heavy)), [len(each) for each in heavy])
        _, near = near_pairs(points, np.concatenate(heavy), radius)
        site += [(number, int(index)) for index in np.unique(owners[near])]
    if not site:
        raise EngineError(
            'siena.empty_site', f'No residue of the protein is within {radius:g} Å of the ligand.',
            'Are both in the same frame?',
        )  # fmt: skip
    return site


def read_edf(file: Path) -> list[Name]:
    """
    :param file: site exchange file
    :returns: the residues below its first reference
    :raises EngineError: ``siena.edf``
    """
    text = decode(read_bytes(file)).partition('REFERENCE')[2].partition('\nREFERENCE')[0]
    found = []
    for line in filter(str.strip, text.splitlines()[1:]):
        match = _RESIDUE.fullmatch(line)
        if match is None:
            raise EngineError('siena.edf', f'{line[:60]!r} names no residue.', 'RESIDUE HIS A 57, for example.')
        name, chain, number, insertion = match.groups(default='')
        found.append((chain, f'{number}{insertion}', name))
    if not found:
        raise EngineError('siena.edf', 'The site file names no residues.', 'RESIDUE HIS A 57, for example.')
    return found


def _named(
    chains: list[Chain], names: list[Name], classification: Classification, notes: list[Note]
) -> list[tuple[int, int]]:
    """
    :param chains: protein chains
    :param names: residues
    :param classification: of the structure
    :param notes: gets notes on names that differ, and on what is no amino acid
    :returns: the residues in the order of the chains
    :raises EngineError: ``siena.site_residue`` or ``siena.empty_site``
    """
    if not any(chain.name == _BLANK_CHAIN for chain in chains):
        names = [('' if chain == _BLANK_CHAIN else chain, place, what) for chain, place, what in names]
    places = {
        (chain.name.strip(), position): (number, index)
        for number, chain in enumerate(chains)
        for index, position in enumerate(chain.positions)
    }
    others = {
        (item.key[0].strip(), f'{item.key[1]}{item.key[2]}')
        for item in classification.residues
        if item.kind is not Kind.POLYMER or item.key[0].strip() not in {chain.name.strip() for chain in chains}
    }
    missing = [name for name in names if name[:2] not in places and name[:2] not in others]
    if missing:
        words = listing([_in_words(name) for name in missing])
        raise EngineError('siena.site_residue', f'The structure has no {words}.', 'Is it the structure of the site?')
    site = sorted({places[name[:2]] for name in names if name[:2] in places})
    if not site:
        raise EngineError('siena.empty_site', 'No residue of the site is an amino acid of a protein chain.')
    left_out = [_in_words(name) for name in names if name[:2] not in places]
    if left_out:
        message = f'Only amino acids are compared; these were left out: {listing(left_out)}.'
        notes.append(Note('siena.left_out', '', message))
    for name in names:
        if name[:2] in places:
            number, index = places[name[:2]]
            if chains[number].names[index] != name[2].upper():
                message = f'{_in_words(name)} is {chains[number].names[index]} in the structure, which counts.'
                notes.append(Note('siena.residue_name', _in_words(name), message))
    return site


def _in_words(name: Name) -> str:
    """
    :param name: of a residue
    :returns: for example ``HIS 57 of chain A``
    """
    chain, position, what = name
    return f'{what} {position} of chain {chain or "(blank)"}'
