"""Writes a structure as mmCIF, and as PDB where that old format can hold it."""

import math
from pathlib import Path

import gemmi

from engines.notes import Note

_R_LABELS = (
    'R VALUE     (WORKING + TEST SET)',
    'R VALUE            (WORKING SET)',
    'FREE R VALUE                    ',
)
MAX_PDB_ATOMS = 99_999


def pdb_obstacle(structure: gemmi.Structure) -> str:
    """
    Why a structure cannot be written in the PDB format without changing names or numbers.

    :param structure: any structure
    :returns: the reason as the end of a sentence, or empty if it fits
    """
    for model in structure:
        if model.count_atom_sites() > MAX_PDB_ATOMS:
            return f'it has more than {MAX_PDB_ATOMS:,} atoms'
        if not all(name.isascii() for chain in model for name in (chain.name, *(residue.name for residue in chain))):
            return 'a name holds characters beyond ASCII'
        for chain in model:
            if len(chain.name) > 1:
                return f'chain {chain.name} has a name of more than one character'
            reason = next(filter(None, map(_residue_obstacle, chain)), '')
            if reason:
                return reason
    box = structure.calculate_box()
    if not all(-999.9995 < x < 9999.9995 for corner in (box.minimum, box.maximum) for x in corner.tolist()):
        return 'a coordinate has more digits than the format'
    return ''


def _residue_obstacle(residue: gemmi.Residue) -> str:
    """
    Why one residue does not fit.

    :param residue: any residue
    :returns: the reason, or empty
    """
    if len(residue.name) > 3:
        return f'residue name {residue.name} has more than three characters'
    if residue.seqid.num is None or not -999 <= residue.seqid.num <= 9999:
        return f'residue number {residue.seqid} has more than four digits'
    for atom in residue:
        if len(atom.name.encode()) > 4:
            return f'atom name {atom.name} has more than four characters'
    return ''


def write_protein(structure: gemmi.Structure, cif: Path, pdb: Path) -> Note | None:
    """
    Write a structure as mmCIF, and as PDB if that format can hold it.

    :param structure: any structure
    :param cif: mmCIF file to write
    :param pdb: PDB file to write
    :returns: a note if there is no PDB file
    """
    write_mmcif(structure, cif)
    if obstacle := pdb_obstacle(structure):
        message = f'The protein is written as mmCIF only: in the PDB format it does not fit, because {obstacle}.'
        return Note('structure.no_pdb', '', message)
    write_pdb(structure, pdb)
    return None


def write_mmcif(structure: gemmi.Structure, path: Path) -> None:
    """
    Write mmCIF.

    :param structure: any structure
    :param path: file to write
    """
    path.write_text(structure.make_mmcif_document().as_string(), encoding='utf-8')


def write_pdb(structure: gemmi.Structure, path: Path) -> None:
    """
    Write PDB with the atom serials of the input where it has them.

    :param structure: structure without a :func:`pdb_obstacle`; gets remarks on its quality if it has no remarks
    :param path: file to write
    """
    if not structure.raw_remarks:
        structure.raw_remarks = _quality_remarks(structure)
    options = gemmi.PdbWriteOptions()
    options.preserve_serial = _serials_usable(structure)
    path.write_text(structure.make_pdb_string(options), encoding='utf-8')


def _quality_remarks(structure: gemmi.Structure) -> list[str]:
    """
    Resolution and R values as remarks 2 and 3 of the PDB format; gemmi itself writes those of PDB files only.

    :param structure: structure read from mmCIF
    :returns: remark lines, none if the resolution is not known
    """
    if structure.resolution <= 0:
        return []
    lines = ['REMARK   2', f'REMARK   2 RESOLUTION. {structure.resolution:7.2f} ANGSTROMS.']
    values = next(((r.r_all, r.r_work, r.r_free) for r in structure.meta.refinement), ())
    rows = [
        f'REMARK   3   {label} : {value:.4f}'
        for label, value in zip(_R_LABELS, values, strict=False)
        if math.isfinite(value) and value > 0
    ]
    if rows:
        lines += ['REMARK   3', 'REMARK   3 REFINEMENT.', 'REMARK   3  DATA USED IN REFINEMENT.']
        lines += ['REMARK   3  FIT TO DATA USED IN REFINEMENT.', *rows]
    return lines


def _serials_usable(structure: gemmi.Structure) -> bool:
    """
    Whether the atoms of each model carry rising serials that fit five digits.

    :param structure: any structure
    :returns: True if they can be kept
    """
    for model in structure:
        last = 0
        for cra in model.all():
            if not last < cra.atom.serial <= MAX_PDB_ATOMS:
                return False
            last = cra.atom.serial
    return True
