"""The way of a structure through the preprocessor: read, classify, build ligands, take them out, write."""

from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from rdkit import Chem

from engines.errors import EngineError
from engines.notes import Note, listing, write_notes
from engines.preprocessor.ligand_notes import ligand_notes
from engines.preprocessor.structure_notes import structure_notes
from engines.structure.classification import classify
from engines.structure.components import Component, ComponentDictionary
from engines.structure.custom_ligands import read_ligands
from engines.structure.duplicates import join_split_residues, refuse_ambiguous_ligands
from engines.structure.molecules import Ligand, find_ligands, residue_name
from engines.structure.pictures import draw_svg
from engines.structure.reading import StructureInput, read_structure
from engines.structure.sdf import sdf_record
from engines.structure.splitting import remove_residues
from engines.structure.writing import write_protein


@dataclass
class Result:
    """
    What a run wrote.

    :param protein_files: names of the protein files
    :param ligand_names: names of the ligands in order
    :param notes: what the user should know
    :param found: the ligands of the structure with their chemistry
    :param components: the components of its residues, by name
    """

    protein_files: list[str] = field(default_factory=list)
    ligand_names: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    found: list[Ligand] = field(default_factory=list)
    components: dict[str, Component] = field(default_factory=dict)


def preprocess(protein: Path, outdir: Path, ligand: Path | None, ccd: Path) -> Result:
    """
    Split a structure and write protein, ligands and notes into a directory.

    :param protein: PDB or mmCIF file, plain or gzipped
    :param outdir: directory, made if it does not exist
    :param ligand: SDF whose molecules replace the ligands of the structure
    :param ccd: component dictionary
    :returns: what was written
    :raises EngineError: if an input cannot be used; then nothing is written
    """
    with closing(ComponentDictionary(ccd)) as dictionary:
        records = read_ligands(ligand) if ligand else None
        source = read_structure(protein)
        joined = join_split_residues(source.structure)
        classification = classify(source, dictionary)
        refuse_ambiguous_ligands(classification)
        ligands = find_ligands(classification)
    if joined:
        names = listing([residue_name(key) for key in joined])
        message = f'The atoms of these residues stood in two places of the file and were joined: {names}.'
        source.notes.append(Note('structure.split_residues', '', message))
    notes = [*source.notes, *structure_notes(source, classification), *ligand_notes(ligands, classification)]
    if records is None:
        records = [
            (item.name, sdf_record(item.molecule.mol, item.name), item.molecule.mol) for item in ligands
        ]  # fmt: skip
    else:
        notes.extend(_replacement_notes(records, ligands))
    remove_residues(source.structure, {key for item in ligands for key in item.keys})
    if not source.structure[0].count_atom_sites():
        raise EngineError(
            'structure.only_ligands', 'The structure holds ligands only.', 'A protein or a nucleic acid is needed.'
        )
    outdir.mkdir(parents=True, exist_ok=True)
    result = Result([], [name for name, _, _ in records], notes, ligands, classification.components)
    _write_protein(source, outdir, result)
    for name, record, mol in records:
        (outdir / f'{name}.sdf').write_text(record, encoding='utf-8')
        (outdir / f'{name}.svg').write_text(draw_svg(mol), encoding='utf-8')
    write_notes(outdir / 'notes.json', result.notes)
    return result


def _write_protein(source: StructureInput, outdir: Path, result: Result) -> None:
    """
    Write the protein as mmCIF, and as PDB if that format can hold it.

    :param source: the structure without its ligands
    :param outdir: directory to write to
    :param result: gets the names of the files, and a note if there is no PDB file
    """
    cif, pdb = f'{source.stem}.cif', f'{source.stem}.pdb'
    note = write_protein(source.structure, outdir / cif, outdir / pdb)
    result.protein_files += [cif] if note else [cif, pdb]
    result.notes += [note] if note else []


def _replacement_notes(records: list[tuple[str, str, Chem.Mol]], ligands: list[Ligand]) -> list[Note]:
    """
    What the user's ligands replace.

    :param records: the user's ligands
    :param ligands: those of the structure
    :returns: one note
    """
    replaced = listing([ligand.name for ligand in ligands]) or 'none'
    message = (
        f'The ligands come from the ligand file ({len(records)}). Ligands of the structure, taken out: {replaced}.'
    )
    return [Note('ligand.from_file', '', message)]
