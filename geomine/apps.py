"""GeoMine as a tool."""

from dataclasses import replace

from proteins_plus.sandbox import Limits
from proteins_plus.tools import DemoStep, ToolConfig

from . import archive
from .example import EXAMPLE
from .words import hits


class GeomineConfig(ToolConfig):
    """Searches the sites of an archive."""

    name = 'geomine'
    verbose_name = 'GeoMine'
    summary = (
        'Find an arrangement of atoms, aromatic rings and what they can do, with distances and angles, in the binding '
        'sites and empty pockets of all structures of an archive. Texts and numbers of the entries, enzyme classes and '
        'patterns of the ligand narrow it. Hits are laid on the query and ranked by their deviation.'
    )
    citation = (
        'Diedrich K, Graef J, Schöning-Stierand K, Rarey M (2021) GeoMine: interactive pattern mining of '
        'protein-ligand interfaces in the Protein Data Bank. Bioinformatics 37:424-425, '
        'doi:10.1093/bioinformatics/btaa693'
    )
    licence = 'BSD-3-Clause'
    example = {'query': EXAMPLE}
    demo_steps = (DemoStep('Aspartate and glycine at a ligand', 'geomine/', {'query': EXAMPLE}, {}, hits),)

    @property
    def run_limits(self) -> Limits:
        """:returns: what one run may use, and how it reaches the archive"""
        there = archive.where()
        return replace(super().run_limits, reads=there.reads(), network=there.needs_network())

    @property
    def environment(self) -> dict[str, str]:
        """:returns: who asks the database, under the names that the command line gives"""
        there = archive.where()
        given = {archive.USER: there.user, archive.PASSWORD: there.password}
        return {name: value for name, value in given.items() if value}
