"""PoseView as a tool."""

from proteins_plus.tools import DemoStep, ToolConfig

from .words import in_words


class PoseviewConfig(ToolConfig):
    """Draws ligands with their interactions."""

    name = 'poseview'
    verbose_name = 'PoseView'
    summary = (
        'Draw a ligand in the plane with what it interacts with: hydrogen bonds, water bridges, salt bridges, stacked '
        'rings, halogens, metals, covalent bonds and apolar contacts. The ligand may be one of another structure, or a '
        'pose of your own.'
    )
    citation = (
        'Stierand K, Rarey M (2010) Drawing the PDB: protein-ligand complexes in two dimensions. ACS Med. Chem. Lett. '
        '1:540-545, doi:10.1021/ml100164p'
    )
    licence = 'BSD-3-Clause'
    needs_display = True
    starts_at_home = True
    example = {'protein_file': '1hvr.pdb.gz', 'ligand_file': '1hpv_478_in_1hvr.sdf.gz'}
    demo_steps = (
        DemoStep(
            '1HVR with the ligand of 1HPV', 'poseview/', {},
            {'protein_file': '1hvr.pdb.gz', 'ligand_file': '1hpv_478_in_1hvr.sdf.gz'}, in_words,
        ),
    )  # fmt: skip
