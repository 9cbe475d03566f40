"""Two-dimensional pictures of molecules as SVG."""

from collections.abc import Iterable
from pathlib import Path

from rdkit import Chem
from rdkit.Chem import rdCoordGen, rdDepictor
from rdkit.Chem.Draw import rdMolDraw2D

from engines.structure.ligands import ODD_VALENCE

WIDTH, HEIGHT = 400, 300
"""Size of a picture in pixels."""
_COORDGEN_LIMIT = 120
"""Heavy atoms above which CoordGen takes longer than the rest of a job; the plain layout is used instead."""


def draw_svg(mol: Chem.Mol) -> str:
    """
    Draw the structure formula, without the hydrogens on carbon. The picture holds shapes only: no script, no font
    file and no reference to anything outside.

    :param mol: sanitised molecule
    :returns: SVG document
    """
    flat = Chem.RemoveHs(mol, sanitize=False)
    flat.RemoveAllConformers()
    if flat.GetNumHeavyAtoms() <= _COORDGEN_LIMIT:
        rdCoordGen.AddCoords(flat)
    else:
        rdDepictor.Compute2DCoords(flat)
    drawing = rdMolDraw2D.MolDraw2DSVG(WIDTH, HEIGHT)
    drawing.drawOptions().clearBackground = False  # type: ignore[assignment]
    prepared = rdMolDraw2D.PrepareMolForDrawing(flat, kekulize=not flat.HasProp(ODD_VALENCE), addChiralHs=False)
    drawing.DrawMolecule(prepared)
    drawing.FinishDrawing()
    return str(drawing.GetDrawingText())


def write_pictures(mols: Iterable[Chem.Mol], folder: Path) -> None:
    """
    Draw molecules into numbered files, since their titles may be no file names.

    :param mols: molecules in the order of their SDF records
    :param folder: made if it does not exist; gets ``1.svg``, ``2.svg`` and so on
    """
    folder.mkdir(parents=True, exist_ok=True)
    for number, mol in enumerate(mols, 1):
        (folder / f'{number}.svg').write_text(draw_svg(mol), encoding='utf-8')
