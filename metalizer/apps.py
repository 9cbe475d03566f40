"""METALizer as a tool."""

from proteins_plus.tools import DemoStep, ToolConfig

from .words import geometries


class MetalizerConfig(ToolConfig):
    """Finds the coordination geometry of metals."""

    name = 'metalizer'
    verbose_name = 'METALizer'
    summary = (
        'Find the geometry in which atoms coordinate a metal, also those of symmetry copies in the crystal: every '
        'ideal polyhedron that fits, ranked, with its free sites. Bond valences tell whether it is the right metal. '
        'Without a residue all metals of the structure are looked at.'
    )
    citation = (
        'Schöning-Stierand K, Diedrich K, Fährrolfes R et al. (2020) ProteinsPlus: interactive analysis of '
        'protein-ligand binding interfaces. Nucleic Acids Res. 48:W48-W53, doi:10.1093/nar/gkaa235'
    )
    licence = 'BSD-3-Clause'
    example = {'protein_file': '1ajj.pdb.gz', 'residue_id': '73', 'chain_id': 'A', 'name': 'CA'}
    demo_steps = (DemoStep('1AJJ, its calcium', 'metalizer/', {}, {'protein_file': '1ajj.pdb.gz'}, geometries),)
