"""The way of a ligand through PoseView: decide hydrogens, perceive interactions, choose, lay out, write."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engines.errors import EngineError
from engines.interactions.assembly import read_assembly
from engines.interactions.interaction import Kind
from engines.interactions.perception import perceive
from engines.notes import Note, counted, write_notes
from engines.poseview.choice import Chooser
from engines.poseview.layout import lay_out
from engines.poseview.places import places
from engines.poseview.quality import judge
from engines.poseview.raster import png
from engines.poseview.scene import Row, as_csv, scene, table
from engines.poseview.svg import Svg
from engines.poseview.themes import THEMES
from engines.protoss.ligand.molecules import heavy_positions
from engines.structure.custom_ligands import read_ligands
from engines.structure.reading import read_structure

MOST_ATOMS = 200
"""Heavy atoms of the largest ligand that is drawn; beyond, a diagram in the plane shows nothing."""
AROUND = 12.0
"""
Angstrom around the ligand that Protoss looks at. Interactions are those of the whole complex then, in a part
of the time: measured in docs/validation/interactions.md.
"""
_AWAY = 8.0
"""Angstrom; a ligand whose atoms are all farther from the structure is in another frame."""


@dataclass(frozen=True)
class Options:
    """
    What a run is asked for.

    :param protein: PDB or mmCIF file, plain or gzipped
    :param ligand: SDF of one molecule with its pose in the protein
    :param output: SVG file to write
    :param ccd: component dictionary
    :param title: written above the diagram; may be empty
    :param theme: one of :data:`~engines.poseview.themes.THEMES`
    :param scene: JSON file for the drawer
    :param table: JSON file of all interactions; a CSV file of the same stem is written beside it
    :param notes: JSON file for what the user should know
    :param png: PNG file
    :param others: SDF of further molecules of the complex, which give way to the ligand
    """

    protein: Path
    ligand: Path
    output: Path
    ccd: Path
    title: str = ''
    theme: str = 'default'
    scene: Path | None = None
    table: Path | None = None
    notes: Path | None = None
    png: Path | None = None
    others: Path | None = None


def poseview(options: Options) -> Row:
    """
    Draw a ligand with its interactions.

    :param options: what is asked for
    :returns: how many interactions were found and lines drawn, and how clear the diagram is
    :raises EngineError: if an input cannot be used; then nothing is written
    """
    _check(options.protein, options.ligand)
    assembly = read_assembly(options.protein, options.ccd, options.ligand, others=options.others, around=AROUND)
    own = assembly.atoms[0]
    found = perceive(assembly, own)
    diagram = Chooser(assembly, 0, found).diagram(options.title)
    lay_out(diagram)
    quality = judge(diagram)
    left = {i.partner.atoms[0] for i in found if i.kind is Kind.HYDROPHOBIC}
    notes = [*assembly.notes]
    if not found:
        notes.append(Note('poseview.nothing', '', 'The ligand has no interaction by the limits that are used.'))
    shown = {assembly.system.owner[i.partner.atoms[0]] for i in (x.interaction for x in diagram.links)}
    hidden = {assembly.system.owner[a] for a in left} - shown
    if hidden:
        message = f'{counted(len(hidden), "residue")} that only touch the ligand are left out; the table has them.'
        notes.append(Note('poseview.crowded', '', message))
    theme = THEMES[options.theme]
    svg = Svg(diagram, theme, places(assembly, diagram)).text()
    _write(options.output, svg)
    if options.png:
        options.png.parent.mkdir(parents=True, exist_ok=True)
        options.png.write_bytes(png(svg))
    if options.scene:
        _write(options.scene, json.dumps(scene(diagram), indent=1) + '\n')
    if options.table:
        rows = table(assembly, found, theme)
        _write(options.table, json.dumps(rows, indent=1, ensure_ascii=False) + '\n')
        _write(options.table.with_suffix('.csv'), as_csv(rows))
    if options.notes:
        write_notes(options.notes, notes)
    return {
        'interactions': len(found), 'lines': len(diagram.links), 'crossings': quality.crossings,
        'overlaps': quality.overlaps,
    }  # fmt: skip


def _check(protein: Path, ligand: Path) -> None:
    """
    Refuse before the hydrogens are decided, which takes long for a ligand in another frame.

    :param protein: PDB or mmCIF file
    :param ligand: SDF
    :raises EngineError: if it is not one molecule of a size that can be drawn, in the protein
    """
    records = read_ligands(ligand)
    if len(records) > 1:
        message = f'The ligand file holds {len(records):,} molecules; a diagram shows one.'
        raise EngineError('poseview.several', message, 'Send the ligand that is to be drawn alone.')
    heavy = records[0][2].GetNumHeavyAtoms()
    if not 1 <= heavy <= MOST_ATOMS:
        message = f'The ligand has {heavy:,} heavy atoms; diagrams show 1 to {MOST_ATOMS}.'
        raise EngineError('poseview.size', message, '')
    model = read_structure(protein).structure[0]
    points = np.array([a.pos.tolist() for chain in model for residue in chain for a in residue]).reshape(-1, 3)
    apart = points[:, None] - heavy_positions(records[0][2]).mean(0)
    size = float(np.linalg.norm(np.ptp(heavy_positions(records[0][2]), axis=0)))
    if not len(points) or float(np.linalg.norm(apart, axis=-1).min()) > _AWAY + size:
        message = f'No atom of the structure is within {_AWAY:.0f} \u00c5 of the ligand.'
        raise EngineError('poseview.away', message, 'Send the ligand with its pose in this structure.')


def _write(path: Path, text: str) -> None:
    """
    :param path: file to write; its folder is made
    :param text: its content
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding='utf-8')
