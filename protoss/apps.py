"""Protoss as a tool."""

from proteins_plus.tools import DemoStep, ToolConfig

from .words import decisions


class ProtossConfig(ToolConfig):
    """Decides hydrogens, tautomers, protonation and flips of a whole complex."""

    name = 'protoss'
    verbose_name = 'Protoss'
    summary = (
        'Get a structure with all its hydrogens: tautomers, protonation states, rotors and waters of protein and '
        'ligands are decided together, and side chains that were modelled the wrong way round are turned. The report '
        'names every decision, its alternatives and how much worse they are.'
    )
    citation = (
        'Bietz S, Urbaczek S, Schulz B, Rarey M (2014) Protoss: a holistic approach to predict tautomers and '
        'protonation states in protein-ligand complexes. J. Cheminform. 6:12, doi:10.1186/1758-2946-6-12; '
        'Lippert T, Rarey M (2009) Fast automated placement of polar hydrogen atoms in protein-ligand complexes. '
        'J. Cheminform. 1:13, doi:10.1186/1758-2946-1-13'
    )
    licence = 'BSD-3-Clause'
    usual_seconds = 4
    example = {'protein_file': '1hvr.pdb.gz', 'ph': 7.0}
    demo_steps = (DemoStep('1HVR, all hydrogens', 'protoss/', {}, {'protein_file': '1hvr.pdb.gz'}, decisions),)
