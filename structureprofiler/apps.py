"""StructureProfiler as a tool."""

from proteins_plus.tools import DemoStep, ToolConfig

from .words import verdicts


class StructureprofilerConfig(ToolConfig):
    """Tests the quality of a structure and its ligands."""

    name = 'structureprofiler'
    verbose_name = 'StructureProfiler'
    summary = (
        'Find out whether a structure is good enough: tests of the complex, of each ligand and of the site around it, '
        'with the thresholds of Astex, Iridium, Platinum, of all three, or of your own. Every test tells its value and '
        'its threshold. With density the support of ligands and sites is tested, too.'
    )
    citation = (
        'Meyder A, Kampen S, Sieg J, F\u00e4hrrolfes R, Friedrich NO, Flachsenberg F, Rarey M (2019) '
        'StructureProfiler: an all-in-one tool for 3D protein structure profiling. Bioinformatics 35:874-876, '
        'doi:10.1093/bioinformatics/bty692'
    )
    licence = 'BSD-3-Clause'
    usual_seconds = 3
    example = {'protein_file': '1hvr.pdb.gz', 'preset': 'combined'}
    demo_steps = (
        DemoStep('1HVR, is it good enough?', 'structureprofiler/', {}, {'protein_file': '1hvr.pdb.gz'}, verdicts),
    )
