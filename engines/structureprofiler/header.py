"""What the header of a file says about the experiment, and the precision that follows from it."""

import math
from typing import NamedTuple

import gemmi

from engines.structureprofiler.measures import Measures
from engines.structureprofiler.subject import Complex


class Refinement(NamedTuple):
    """R factors and the number of reflections of a refinement; None for what the file does not tell."""

    r_work: float | None
    r_free: float | None
    reflections: int | None


def read_refinement(structure: gemmi.Structure) -> Refinement:
    """
    The refinement that a file tells about; of several (joint X-ray and neutron) the first with an Rfree.

    :param structure: the structure with its metadata
    :returns: its figures
    """
    rows = [_row(item) for item in structure.meta.refinement]
    if not rows:
        return Refinement(None, None, None)
    return next((row for row in rows if row.r_free is not None), rows[0])


def _row(item: gemmi.RefinementInfo) -> Refinement:
    """
    :param item: as gemmi has read it
    :returns: the same; R of all reflections stands in for that of the working set
    """
    r_work = _share(item.r_work) or _share(item.r_all)
    number = item.reflection_count
    return Refinement(r_work, _share(item.r_free), number if number and number > 0 else None)


def _share(value: float) -> float | None:
    """
    :param value: an R factor, or what stands in its place
    :returns: the same if it is one; some old files give percent
    """
    if not math.isfinite(value) or value <= 0 or value >= 100:
        return None
    return value if value < 1 else value / 100


def methods(structure: gemmi.Structure) -> str:
    """
    :param structure: the structure
    :returns: the experimental methods that its file names, in capitals
    """
    found = [item.method for item in structure.meta.experiments if item.method]
    found += [method for name, method in structure.info.items() if name == '_exptl.method' and not found]
    return '; '.join(dict.fromkeys(found)).upper()


def precision(complex_: Complex, refinement: Refinement) -> float | None:
    """
    The diffraction-component precision index, the standard error of the position of an atom with the mean B factor:
    ``2.2 N^(1/2) V^(1/3) n^(-5/6) Rfree`` (Blow 2002, doi:10.1107/S0907444902003931, for a coordinate; Goto et al.
    2004 for a position).

    :param complex_: the complex, whose occupancies are summed to N
    :param refinement: Rfree and the number n of reflections
    :returns: Angstrom; None without Rfree, the number of reflections, or a cell, of whose volume V the asymmetric
        unit has its share
    """
    structure = complex_.source.structure
    if refinement.r_free is None or refinement.reflections is None or not structure.cell.is_crystal():
        return None
    group = gemmi.find_spacegroup_by_name(structure.spacegroup_hm, structure.cell.alpha, structure.cell.gamma)
    if group is None:
        return None  # type: ignore[unreachable]  # the stubs do not know of unknown groups
    volume = structure.cell.volume / len(group.operations())
    atoms = sum(complex_.system.occupancies)
    return float(2.2 * atoms**0.5 * volume ** (1 / 3) * refinement.reflections ** (-5 / 6) * refinement.r_free)


def measure_header(complex_: Complex, measures: Measures) -> None:
    """
    Resolution, R factors and precision.

    :param complex_: the complex
    :param measures: gets the values
    """
    structure = complex_.source.structure
    refinement = read_refinement(structure)
    resolution = structure.resolution
    work, free = refinement.r_work, refinement.r_free
    measures.values |= {
        'method': methods(structure) or None,
        'resolution': resolution if math.isfinite(resolution) and resolution > 0 else None,
        'DPI': precision(complex_, refinement),
        'rFactor': work,
        'rFree': free,
        'rDifference': round(free - work, 6) if free is not None and work is not None else None,
    }


def accessions(structure: gemmi.Structure) -> dict[str, list[str]]:
    """
    The UniProt entries of the chains, from DBREF or ``struct_ref``.

    :param structure: the structure
    :returns: accession codes by chain name, each once
    """
    groups = gemmi.MmcifOutputGroups(False)
    groups.struct_ref = True
    block = structure.make_mmcif_block(groups)
    names = {row[0]: row[1] for row in block.find('_struct_ref.', ['id', 'db_name'])}
    found: dict[str, list[str]] = {}
    for row in block.find('_struct_ref_seq.', ['ref_id', 'pdbx_strand_id', 'pdbx_db_accession']):
        chain, code = row.str(1), row.str(2)
        if names.get(row[0], '').upper() in ('UNP', 'SWS') and code and code not in found.setdefault(chain, []):
            found[chain].append(code)
    return found
