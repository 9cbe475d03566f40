"""SIENA as a tool."""

from dataclasses import replace

from proteins_plus.sandbox import Limits
from proteins_plus.tools import DemoStep, ToolConfig

from .words import ensemble


class SienaConfig(ToolConfig):
    """Finds the same site in other structures."""

    name = 'siena'
    verbose_name = 'SIENA'
    summary = (
        'Find the binding site of a protein in all structures of an archive and superpose what is found: the same '
        'site with other ligands, in other conformations, with mutations. The site is that of a ligand, or residues '
        'that are named. What comes out is an ensemble, ranked, with a table and an alignment.'
    )
    citation = (
        'Bietz S, Rarey M (2016) SIENA: efficient compilation of selective protein binding site ensembles. '
        'J. Chem. Inf. Model. 56:248-259, doi:10.1021/acs.jcim.5b00588'
    )
    licence = 'BSD-3-Clause'
    usual_seconds = 4
    example = {
        'protein_file': '1hvr.pdb.gz',
        'protein_site_json': {
            'residue_ids': [
                {'name': name, 'position': position, 'chain': chain}
                for chain in ('A', 'B')
                for name, position in (('ASP', '25'), ('ILE', '50'), ('ILE', '84'))
            ]
        },
    }
    demo_steps = (
        DemoStep(
            '1HPV, where else amprenavir could bind',
            'siena/',
            {},
            {'protein_file': '1hvr.pdb.gz', 'ligand_file': '1hpv_478_in_1hvr.sdf.gz'},
            ensemble,
        ),
    )

    def version(self) -> str:
        """:returns: that of the program and that of the index: a new archive never serves old results"""
        from . import database

        return f'{super().version()}+archive.{database.content()}'

    @property
    def run_limits(self) -> Limits:
        """:returns: those of any tool; a run may read the index, and the archive that it is one of"""
        from . import database

        archive = database.archive()
        return replace(super().run_limits, reads=(database.path(), *([archive] if archive else [])))
