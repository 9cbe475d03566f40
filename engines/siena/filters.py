"""Which entries and which occurrences of a site are wanted."""

from engines.siena.database.reader import Index, Properties
from engines.siena.occurrence import Occurrence
from engines.siena.options import Options


def entry_passes(properties: Properties, index: Index, options: Options) -> bool:
    """
    :param properties: of an entry
    :param index: that it is in
    :param options: of the search
    :returns: whether it is wanted
    """
    resolution, year = properties.resolution, properties.year
    if options.resolution is not None and (resolution is None or resolution > options.resolution):
        return False
    if options.deposition_year is not None and (year is None or year < options.deposition_year):
        return False
    if options.electron_density_available and not properties.electron:
        return False
    return not options.ec_number or options.ec_number in index.ec_numbers(properties.key)


def occurrence_passes(occurrence: Occurrence, options: Options) -> bool:
    """
    :param occurrence: of the site
    :param options: of the search
    :returns: whether enough of the site is there, near enough to what it is in the query
    """
    if occurrence.coverage < options.minimal_site_coverage or occurrence.identity < options.minimal_site_identity:
        return False
    if options.maximum_mutations is not None and occurrence.mutations > options.maximum_mutations:
        return False
    if options.maximum_backbone is not None and occurrence.backbone_rmsd > options.maximum_backbone:
        return False
    if options.identical_global_sequence and not occurrence.is_same_sequence:
        return False
    if options.no_global_mutations and occurrence.global_mutations:
        return False
    if options.holo_only and not occurrence.true_ligands:
        return False
    return not options.complete_residues_only or occurrence.is_complete
