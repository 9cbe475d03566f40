"""EDIAscorer as a tool."""

from proteins_plus.tools import DemoStep, ToolConfig

from .words import support


class EdiascorerConfig(ToolConfig):
    """Scores the support of a structure by its electron density."""

    name = 'ediascorer'
    verbose_name = 'EDIAscorer'
    summary = (
        'See how well the electron density supports each atom, residue and ligand of a crystal structure, and what is '
        'wrong where it does not. The density is a 2mFo-DFc map, taken from the archive by its PDB id or uploaded, or '
        'it is computed of structure factors.'
    )
    citation = (
        'Meyder A, Nittinger E, Lange G, Klein R, Rarey M (2017) Estimating electron density support for individual '
        'atoms and molecular fragments in X-ray structures. J. Chem. Inf. Model. 57:2437-2447, '
        'doi:10.1021/acs.jcim.7b00391'
    )
    licence = 'BSD-3-Clause'
    usual_seconds = 3
    example = {'protein_file': '5e5z.pdb.gz', 'electron_density_map': '5e5z_2fofc.ccp4.gz'}
    demo_steps = (
        DemoStep(
            '5E5Z, support by its density',
            'ediascorer/',
            {},
            {'protein_file': '5e5z.pdb.gz', 'electron_density_map': '5e5z_2fofc.ccp4.gz'},
            support,
        ),
    )
