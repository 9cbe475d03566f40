"""DoGSite as a tool."""

from proteins_plus.tools import DemoStep, ToolConfig

from .words import pockets


class DogsiteConfig(ToolConfig):
    """Finds and describes pockets."""

    name = 'dogsite'
    verbose_name = 'DoGSite'
    summary = (
        'Find the pockets of a protein and their subpockets: the residues that line them, their space as a grid, and '
        'a table with volume, depth, shape, chemistry and druggability. With a ligand the table tells how much of it '
        'lies in each pocket.'
    )
    citation = (
        'Volkamer A, Griewel A, Grombacher T, Rarey M (2010) Analyzing the topology of active sites: on the prediction '
        'of pockets and subpockets. J. Chem. Inf. Model. 50:2041-2052, doi:10.1021/ci100241y; '
        'Graef J, Ehrt C, Rarey M (2023) Binding site detection remastered: enabling fast, robust, and reliable '
        'binding site detection and descriptor calculation with DoGSite3. J. Chem. Inf. Model. 63:3128-3137'
    )
    licence = 'BSD-3-Clause'
    example = {'protein_file': '1hvr.pdb.gz', 'calc_subpockets': True}
    demo_steps = (
        DemoStep(
            '1AFS, pockets beside its testosterone',
            'dogsite/',
            {'ligand_name': 'TES_A_325'},
            {'protein_file': '1afs.pdb.gz'},
            pockets,
        ),
    )
