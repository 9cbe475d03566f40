"""From the arguments to the files: read, measure, judge, write."""

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engines.command_line import version
from engines.notes import Note, counted, write_notes
from engines.protoss.topology import chain_starts
from engines.structure.components import default_path
from engines.structure.prediction import is_prediction
from engines.structureprofiler import thresholds
from engines.structureprofiler.backbone import measure_backbone
from engines.structureprofiler.chemistry import measure_chemistry
from engines.structureprofiler.clashscore import measure_clashscore
from engines.structureprofiler.columns import ACTIVE_SITES, COMPLEX, LIGANDS
from engines.structureprofiler.contacts import (
    measure_crystal_contacts,
    measure_ligand_contacts,
    measure_site_contacts,
)
from engines.structureprofiler.disorder import mean_b, measure_ligand_disorder, measure_locations
from engines.structureprofiler.header import accessions, measure_header
from engines.structureprofiler.judge import Judged, judge
from engines.structureprofiler.ligand_geometry import measure_ligand_geometry
from engines.structureprofiler.measures import Measures
from engines.structureprofiler.output import write_all
from engines.structureprofiler.polymer_geometry import measure_polymer_geometry
from engines.structureprofiler.rotamers import measure_rotamers
from engines.structureprofiler.subject import Complex, Mask, Subject, read_complex, site_residues

if TYPE_CHECKING:
    from engines.structureprofiler.density import Support


def profile(options: Namespace) -> dict[str, int]:
    """
    Profile a complex.

    :param options: arguments of :mod:`engines.structureprofiler.cli`
    :returns: numbers of ligands, of failed tests and of notes
    :raises EngineError: if an input cannot be used; then nothing is written
    """
    limits = thresholds.choose(options.preset, options.thresholds)
    complex_ = read_complex(options.complex, options.ccd or default_path(), options.ligand)
    profiler = Profiler(complex_, options.density)
    objects = {
        COMPLEX.key: [judge(COMPLEX, profiler.complex(), limits[COMPLEX.key])],
        ACTIVE_SITES.key: [
            judge(ACTIVE_SITES, profiler.site(s, gone), limits[ACTIVE_SITES.key]) for s, gone in profiler.pairs()
        ],
        LIGANDS.key: [judge(LIGANDS, profiler.ligand(s, gone), limits[LIGANDS.key]) for s, gone in profiler.pairs()],
    }
    notes = [*complex_.notes, *_untested(objects, complex_)]
    head = {'version': version(), 'preset': options.preset, 'thresholds': limits}
    write_all(options.outputDir, complex_.source.stem, head, objects)
    if options.notes:
        write_notes(options.notes, notes)
    failed = sum(value is False for items in objects.values() for item in items for value in item.row.values())
    return {'ligands': len(complex_.ligands), 'failed': failed, 'notes': len(notes)}


class Profiler:
    """
    Measures a complex, its sites and its ligands.

    :param complex_: the complex
    :param density: electron density map, or None
    :raises EngineError: if the map cannot be used
    """

    def __init__(self, complex_: Complex, density: Path | None) -> None:
        self.whole = complex_
        self.support = _support(complex_, density)
        self.predicted = is_prediction(complex_.source)
        self.accessions = accessions(complex_.source.structure)
        self.patterns = thresholds.patterns()

    def pairs(self) -> list[tuple[Subject, Mask]]:
        """
        :returns: each ligand with the atoms that are not there when it is
        """
        return list(zip(self.whole.ligands, self.whole.in_the_way, strict=True))

    def complex(self) -> Measures:
        """
        :returns: what was measured on the whole
        """
        measures = Measures()
        measure_header(self.whole, measures)
        measure_backbone(self.whole, measures)
        measure_rotamers(self.whole, measures)
        measure_clashscore(self.whole, chain_starts(self.whole.source.structure), measures)
        if self.predicted:
            values = self.whole.confidences()
            measures.values['pLDDT'] = sum(values) / len(values) if values else None
        return measures

    def site(self, subject: Subject, gone: Mask) -> Measures:
        """
        :param subject: a ligand
        :param gone: atoms that are not there when it is
        :returns: what was measured around it
        """
        whole, system = self.whole, self.whole.system
        owners = site_residues(subject, whole)
        atoms = np.flatnonzero(np.isin(whole.owners, owners))
        chains = list(dict.fromkeys(system.members[owner].key[0] for owner in owners))
        codes = dict.fromkeys(code for chain in chains for code in self.accessions.get(chain, []))
        measures = Measures({'ligand': subject.name, 'chains': ','.join(chains), 'residues': len(owners)})
        measures.values['uniprotID'] = ','.join(codes) or None
        if not owners:
            whole.notes.append(Note('site.empty', subject.name, f'No residue of a polymer is near {subject.name}.'))
        else:
            if subject.found and not self.predicted:
                own, other = mean_b(whole, subject.sites), mean_b(whole, atoms[whole.main[atoms]])
                measures.values['bFactorRatio'] = own / other if own is not None and other else None
            measure_locations(whole, atoms, measures)
            measure_site_contacts(whole, owners, measures)
            measure_polymer_geometry(whole, owners, measures)
            if self.support:
                self.support.measure_site(subject, measures)
        measure_ligand_contacts(whole, subject, gone, measures)
        return measures

    def ligand(self, subject: Subject, gone: Mask) -> Measures:
        """
        :param subject: a ligand
        :param gone: atoms that are not there when it is
        :returns: what was measured on it
        """
        chain, number, icode, code = subject.key
        place = f'{number}{icode}' if code else None
        labels = {'name': subject.name, 'HETCode': code or None, 'chain': chain or None, 'ID': place}
        measures = Measures(dict(labels))
        measure_ligand_disorder(self.whole, subject, measures, self.predicted)
        measure_crystal_contacts(self.whole, subject, measures)
        if not measure_ligand_geometry(subject, measures):
            message = f'Bonds and overlaps of {subject.name} were not tested: it is too large or has odd valences.'
            self.whole.notes.append(Note('ligand.no_bounds', subject.name, message))
        measure_chemistry(subject, self.patterns, measures)
        if self.support:
            self.support.measure_ligand(subject, gone, measures)
        return measures


def _support(complex_: Complex, density: Path | None) -> 'Support | None':
    """
    :param complex_: the complex
    :param density: electron density map, or None
    :returns: how well it supports the complex; loaded only if it is asked for
    """
    if density is None:
        return None
    from engines.structureprofiler.density import Support

    return Support(complex_, density)


def _untested(objects: dict[str, list[Judged]], complex_: Complex) -> list[Note]:
    """
    Why tests were not made.

    :param objects: judged objects by table
    :param complex_: the complex
    :returns: notes
    """
    row = objects[COMPLEX.key][0].row
    notes = []
    missing = [name for name in ('resolution', 'rFactor', 'rFree', 'DPI') if row[name] is None]
    if missing:
        message = f'The file does not tell what these need, so they were not tested: {", ".join(missing)}.'
        notes.append(Note('profiler.no_header', '', message))
    if not complex_.source.structure.cell.is_crystal():
        message = 'The file has no crystal cell, so contacts with symmetry copies were not tested.'
        notes.append(Note('profiler.no_cell', '', message))
    if is_prediction(complex_.source):
        message = 'The structure is a prediction; its B factors are confidences and were not tested as B factors.'
        notes.append(Note('profiler.prediction', '', message))
    placed = sum(subject.found is None for subject in complex_.ligands)
    if placed:
        message = f'B factors, occupancies and missing atoms of {counted(placed, "ligand")} from the file are unknown.'
        notes.append(Note('ligand.from_file', '', message))
    if not complex_.ligands:
        notes.append(Note('structure.no_ligands', '', 'The structure has no ligand, so it has no site either.'))
    return notes
