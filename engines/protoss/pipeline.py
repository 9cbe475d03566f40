"""The way of a complex through Protoss: read, perceive, find sites, decide, write."""

import json
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import gemmi
import numpy as np
from rdkit import Chem

from engines.command_line import version
from engines.errors import EngineError
from engines.notes import Note, listing, write_notes
from engines.protoss.cutting import classify_near, is_near, points_of
from engines.protoss.ligand.groups import add_molecule_sites, modified_residues
from engines.protoss.ligand.molecules import CLASH, WATER_CLASH, Molecule, MoleculeMaker, clashing, heavy_positions
from engines.protoss.network import Network, decide
from engines.protoss.output import Hydrogens, add_hydrogens, finished_molecule
from engines.protoss.pka import Propka
from engines.protoss.placement import Array
from engines.protoss.report import Reporter, Row
from engines.protoss.sites import Layout, PolymerSites, remaining, settle_chain_gaps
from engines.protoss.system import System
from engines.protoss.titration import PkaTable
from engines.protoss.topology import build, chain_starts
from engines.protoss.water import water_sites
from engines.structure.bonding import ResidueKey
from engines.structure.classification import Classification, Kind
from engines.structure.components import ComponentDictionary
from engines.structure.custom_ligands import read_ligands
from engines.structure.duplicates import join_split_residues, refuse_ambiguous_ligands
from engines.structure.molecules import Ligand, UniqueNames, find_ligands, residue_name
from engines.structure.neighbours import near_pairs
from engines.structure.pictures import write_pictures
from engines.structure.reading import StructureInput, keep_first_model, read_structure
from engines.structure.sdf import sdf_record
from engines.structure.splitting import remove_residues
from engines.structure.writing import write_mmcif, write_protein


@dataclass(frozen=True)
class Options:
    """
    What a run is asked for.

    :param protein: PDB or mmCIF file, plain or gzipped
    :param output: protein file to write; an mmCIF file of the same stem is written beside it
    :param ccd: component dictionary
    :param ligand_input: SDF of molecules that the user has placed
    :param ligand_output: SDF to write; then the ligands leave the protein
    :param other_ligands: SDF of the protein's own ligands, which give way to those that are placed
    :param ph: pH
    :param lengths: ``xray`` or ``neutron``
    :param report: file for the report
    :param notes: file for the notes
    :param pictures: folder for a picture of each record of ``ligand_output``
    :param around: Angstrom around the placed molecules; what is farther away is left out. By default nothing is
    """

    protein: Path
    output: Path
    ccd: Path
    ligand_input: Path | None = None
    ligand_output: Path | None = None
    other_ligands: Path | None = None
    ph: float = 7.0
    lengths: str = 'neutron'
    report: Path | None = None
    notes: Path | None = None
    pictures: Path | None = None
    around: float | None = None


@dataclass
class Complex:
    """
    The input, read and understood.

    :param source: the structure
    :param classification: its residues
    :param molecules: placed molecules first, then other ones, then those found
    :param removed: names of what gave way
    :param notes: what the user should know
    """

    source: StructureInput
    classification: Classification
    molecules: list[Molecule]
    removed: list[str]
    notes: list[Note] = field(default_factory=list)


@dataclass(frozen=True)
class Decided:
    """
    A complex with its hydrogens, nothing written yet.

    :param complex_: the input; its structure is as it was read
    :param system: its atoms
    :param network: the decisions
    :param hydrogens: the hydrogens
    :param pkas: what PROPKA found, by group
    :param gaps: residues before which the chain is not modelled
    """

    complex_: Complex
    system: System
    network: Network
    hydrogens: Hydrogens
    pkas: PkaTable
    gaps: list[int]


def decide_complex(options: Options) -> Decided:
    """
    Decide the hydrogens of a complex.

    :param options: what is asked for; nothing is written
    :returns: the decisions
    :raises EngineError: if an input cannot be used
    """
    with closing(ComponentDictionary(options.ccd)) as dictionary:
        complex_ = _read(options, dictionary)
    structure = complex_.source.structure
    propka = Propka(structure, {item.key for item in complex_.classification.residues} if options.around else None)
    system = build(complex_.classification, complex_.molecules, structure)
    starts = chain_starts(structure)
    gaps = settle_chain_gaps(system, starts)
    layout = _layout(system, complex_, PolymerSites(system, starts), options.ph)
    pkas: PkaTable = {}

    def known() -> PkaTable:
        pkas.update(_pkas(propka, complex_))
        return pkas

    network = decide(system, layout, structure, options.ph, known)
    return Decided(complex_, system, network, Hydrogens(system, layout, network, options.lengths), pkas, gaps)


def protoss(options: Options) -> Row:
    """
    Decide and write the hydrogens of a complex.

    :param options: what is asked for
    :returns: the report
    :raises EngineError: if an input cannot be used; then nothing is written
    """
    decided = decide_complex(options)
    complex_, system, network, hydrogens = decided.complex_, decided.system, decided.network, decided.hydrogens
    report = _report(options, complex_, network, Reporter(system, network, hydrogens, decided.pkas), system)
    _note_decisions(complex_, report, decided.gaps, system)
    _write(options, complex_, system, network, hydrogens)
    if options.report:
        options.report.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(report, indent=1, ensure_ascii=False, allow_nan=False)
        options.report.write_text(f'{text}\n', encoding='utf-8')
    if options.notes:
        write_notes(options.notes, complex_.notes)
    return report


def _pkas(propka: Propka, complex_: Complex) -> PkaTable:
    """
    Wait for PROPKA.

    :param propka: the run
    :param complex_: gets a note if there is no result
    :returns: pKa by group, empty without a result
    """
    table = propka.table()
    if table is None:
        message = 'PROPKA could not be used on this structure; groups were judged by the pKa they have in water.'
        complex_.notes.append(Note('protoss.no_pka', '', message))
    return table or {}


def _layout(system: System, complex_: Complex, polymers: PolymerSites, ph: float) -> Layout:
    """
    Find all sites.

    :param system: the system
    :param complex_: its molecules; modified residues are kept apart from them
    :param polymers: finds those of polymers
    :param ph: pH
    :returns: sites and fixed hydrogens
    """
    layout = Layout()
    polymers.find(layout)
    maker = MoleculeMaker(complex_.classification, ph, complex_.notes)
    add_molecule_sites(system, layout, [*complex_.molecules, *modified_residues(system, layout, maker)])
    for site in water_sites(system):
        layout.add(site)
    remaining(system, layout)
    return layout


def _read(options: Options, dictionary: ComponentDictionary) -> Complex:
    """
    Read the input and find its molecules.

    :param options: what is asked for
    :param dictionary: the component dictionary
    :returns: the complex; only the first model is left
    """
    placed = read_ligands(options.ligand_input) if options.ligand_input else []
    others = read_ligands(options.other_ligands) if options.other_ligands else []
    points = points_of(placed)
    source = read_structure(options.protein)
    notes = list(source.notes)
    if (models := keep_first_model(source.structure)) > 1:
        message = f'The structure has {models} models; only the first one was used.'
        notes.append(Note('structure.first_model', '', message))
    join_split_residues(source.structure)
    classification = classify_near(source, dictionary, points, options.around)
    refuse_ambiguous_ligands(classification)
    ligands = find_ligands(classification)
    names, gone = _in_the_way(points, classification, ligands)
    if gone:
        remove_residues(source.structure, gone)
        source.structure.setup_entities()
        if not source.structure[0].count_atom_sites():
            raise EngineError('structure.only_ligands', 'Nothing is left beside the placed ligand.', '')
        classification = classify_near(source, dictionary, points, options.around)
        ligands = find_ligands(classification)
    blocked = set(clashing(points, [(name, heavy_positions(mol)) for name, _, mol in others], CLASH))
    names = [name for name, _, _ in others if name in blocked] + names
    if names:
        message = f'What stood where a ligand was placed gave way: {listing(names)}.'
        notes.append(Note('ligand.gave_way', '', message))
    maker = MoleculeMaker(classification, options.ph, notes)
    unique = UniqueNames()
    beside = [r for r in others if r[0] not in blocked and is_near(r[2], points, options.around)]
    records = [('placed', r) for r in placed] + [('other', r) for r in beside]
    molecules = [
        maker.of_record(unique.take(name), mol, number, origin)
        for number, (origin, (name, _, mol)) in enumerate(records)
    ]
    for ligand in ligands:
        ligand.name = unique.take(ligand.name)
        molecules.append(maker.of_ligand(ligand))
        if ligand.label and options.ligand_output:
            message = (
                f'{ligand.name} has alternative conformers; its record shows {ligand.label}, the most occupied one.'
            )
            notes.append(Note('ligand.altlocs', ligand.name, message))
    return Complex(source, classification, molecules, names, notes)


def _in_the_way(
    points: Array, classification: Classification, ligands: list[Ligand]
) -> tuple[list[str], set[ResidueKey]]:
    """
    Ligands and waters of the structure that stand where a molecule was placed.

    :param points: atoms of what the user has placed, shape (n, 3), Angstrom
    :param classification: the residues of the structure
    :param ligands: its ligands
    :returns: their names and residues
    """
    spots = [(ligand.name, _spots(ligand.residues)) for ligand in ligands]
    names = clashing(points, spots, CLASH)
    gone = {key for ligand in ligands if ligand.name in names for key in ligand.keys}
    waters = list(classification.of_kind(Kind.WATER))
    owners = [item for item in waters for atom in item.residue if not atom.is_hydrogen()]
    near, _ = near_pairs(_spots([item.residue for item in waters]), points, WATER_CLASH)
    taken = list(dict.fromkeys(owners[i].key for i in near.tolist()))
    return [*names, *map(residue_name, taken)], gone | set(taken)


def _spots(residues: list[gemmi.Residue]) -> Array:
    """
    Heavy atoms of residues.

    :param residues: the residues
    :returns: shape (n, 3), Angstrom
    """
    return np.array([a.pos.tolist() for r in residues for a in r if not a.is_hydrogen()]).reshape(-1, 3)


def _report(options: Options, complex_: Complex, network: Network, reporter: Reporter, system: System) -> Row:
    """
    The report.

    :param options: what was asked for
    :param complex_: the input
    :param network: the decisions
    :param reporter: writes the rows
    :param system: the system
    :returns: content of ``report.json``
    """
    atoms: list[list[int]] = [[] for _ in complex_.molecules]
    for member in system.members:
        if member.ligand >= 0:
            label = complex_.molecules[member.ligand].label
            atoms[member.ligand] += [a for a in member.atoms if system.labels[a] in ('', label)]
    solution = network.solution
    return {
        'version': version(),
        'ph': options.ph,
        'bond_lengths': options.lengths,
        'score': round(float(solution.score), 2),
        'bound': round(float(solution.bound), 2),
        'residues': reporter.residues(),
        'ligands': [reporter.ligand(m, own) for m, own in zip(complex_.molecules, atoms, strict=True)],
        'flips': reporter.flips(),
        'components': reporter.components(),
        'removed': complex_.removed,
    }


def _note_decisions(complex_: Complex, report: Row, gaps: list[int], system: System) -> None:
    """
    Tell what changed, and what was not proven.

    :param complex_: gets the notes
    :param report: the report
    :param gaps: residues before which the chain is not modelled
    :param system: the system
    """
    notes = complex_.notes
    if report['flips']:
        notes.append(Note('protoss.flips', '', f'Side chains turned over: {listing(report["flips"])}.'))
    for part in report['components']['bounded']:
        message = (
            f'A network of {part["groups"]} groups was too large to prove its optimum; '
            f'no other assignment is better by more than {part["gap"]:.1f}.'
        )
        notes.append(Note('protoss.bounded', '', message))
    if gaps:
        names = listing([system.residue_name(owner) for owner in gaps])
        message = (
            f'The chain before these residues is not modelled; their nitrogen counts as that of an amide: {names}.'
        )
        notes.append(Note('protoss.chain_gap', '', message))


def _write(options: Options, complex_: Complex, system: System, network: Network, hydrogens: Hydrogens) -> None:
    """
    Write protein and ligands.

    :param options: where to
    :param complex_: the input; its structure gets the hydrogens
    :param system: the system
    :param network: the decisions
    :param hydrogens: the hydrogens
    """
    structure = complex_.source.structure
    mols: list[tuple[str, Chem.Mol]] = []
    if options.ligand_output:
        index: dict[tuple[ResidueKey, str], list[int]] = {}
        for atom, owner in enumerate(system.owner):
            index.setdefault((system.members[owner].key, system.names[atom]), []).append(atom)
        for molecule in complex_.molecules:
            mols.append((molecule.name, finished_molecule(molecule, network, hydrogens, index)))
    add_hydrogens(hydrogens)
    if options.ligand_output:
        remove_residues(structure, {key for m in complex_.molecules if m.origin == 'found' for key in m.keys})
        if not structure[0].count_atom_sites():
            raise EngineError('structure.only_ligands', 'The structure holds ligands only.', 'A protein is needed.')
    structure.clear_conect()
    structure.assign_serial_numbers()
    options.output.parent.mkdir(parents=True, exist_ok=True)
    cif = options.output.with_suffix('.cif')
    if options.output.suffix.lower() == '.pdb':
        note = write_protein(structure, cif, options.output)
        complex_.notes += [note] if note else []
    else:
        write_mmcif(structure, cif)
    if options.ligand_output:
        options.ligand_output.parent.mkdir(parents=True, exist_ok=True)
        records = ''.join(sdf_record(mol, name) for name, mol in mols)
        options.ligand_output.write_text(records, encoding='utf-8')
        if options.pictures:
            write_pictures([mol for _, mol in mols], options.pictures)
