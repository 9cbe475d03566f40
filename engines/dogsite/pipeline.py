"""From the arguments to the files: read, search, describe, write."""

from argparse import Namespace
from pathlib import Path

from engines.dogsite.describe import Describer, named
from engines.dogsite.detect import find_pockets
from engines.dogsite.molecule import Input, read_input
from engines.dogsite.output import edf, table, write_grid
from engines.errors import EngineError
from engines.notes import Note, write_notes
from engines.structure.components import default_path

FINEST, COARSEST = 0.3, 2.0
"""Angstrom; finer grids take memory and show nothing new, coarser ones lose the walls between pockets."""
MOST_POINTS = 400_000_000
"""Points of the largest grid. A virus capsid at the usual spacing has about a quarter of that."""


def search(options: Namespace) -> dict[str, int]:
    """
    Run DoGSite.

    :param options: arguments of :mod:`engines.dogsite.cli`
    :returns: numbers of pockets, rows and notes
    :raises EngineError: if the input cannot be used; then nothing is written
    """
    if not FINEST <= options.spacing <= COARSEST:
        raise EngineError(
            'dogsite.spacing', f'The spacing of the grid has to be between {FINEST} and {COARSEST} Angstrom.',
            'The usual one is 0.8.',
        )  # fmt: skip
    given = read_input(
        options.proteinFile,
        options.ccd or default_path(),
        options.chain,
        options.ligandFile,
        options.refLigName,
        options.useLigandsToAnnotateGrid,
    )
    _check_size(given, options.spacing)
    bias = [ligand.positions for ligand in given.ligands or ()] if options.useLigandsToAnnotateGrid else []
    found = find_pockets(given.molecule.positions, given.molecule.radii, options.spacing, bias)
    describer = Describer(found, given.molecule, given.ligands)
    rows = [describer.row(name, pocket) for name, pocket in named(found.pockets, options.subpocDetect)]
    notes = [*given.notes, *_own_notes(options, given, len(found.pockets))]
    prefix = options.outputName
    if options.writeDescToFile:
        Path(f'{prefix}_desc.txt').write_text(table(rows), encoding='utf-8')
    for row in rows:
        if options.writeSiteResiduesEDF:
            Path(f'{prefix}_{row.name}.edf').write_text(edf(options.proteinFile, row.residues), encoding='utf-8')
        if options.writeGridCCP4:
            write_grid(Path(f'{prefix}_{row.name}.ccp4'), found, row.pocket.points)
    if options.notes:
        write_notes(options.notes, notes)
    return {'pockets': len(found.pockets), 'rows': len(rows), 'notes': len(notes)}


def _check_size(given: Input, spacing: float) -> None:
    """
    Refuse a structure whose atoms are so far apart that the grid between them would be endless.

    :param given: the input
    :param spacing: Angstrom
    :raises EngineError: ``dogsite.too_large``
    """
    positions = given.molecule.positions
    if float(((positions.max(0) - positions.min(0) + 20) / spacing).prod()) > MOST_POINTS:
        raise EngineError(
            'dogsite.too_large', 'The structure is too large for a grid of this spacing.',
            'Choose a chain or a wider spacing.',
        )  # fmt: skip


def _own_notes(options: Namespace, given: Input, pockets: int) -> list[Note]:
    """
    What the user should know about the search.

    :param options: the arguments
    :param given: the input
    :param pockets: number of pockets
    :returns: notes
    """
    notes = []
    if not pockets:
        notes.append(Note('dogsite.no_pocket', '', 'No place of the structure is buried enough for a pocket.'))
    if options.useLigandsToAnnotateGrid and not given.ligands:
        message = 'The search was to favour the site of a ligand, but there is none.'
        notes.append(Note('dogsite.no_bias', '', message))
    return notes
