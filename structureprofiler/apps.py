"""Structureprofiler as a tool."""

from proteins_plus.tools import ToolConfig


class StructureprofilerConfig(ToolConfig):
    """Counts what is in a structure."""

    name = 'structureprofiler'
    verbose_name = 'Structureprofiler'
    summary = 'Residues, atoms and waters of a structure, chain by chain, or of one of its chains.'
    citation = 'Wojdyr M (2022) GEMMI: A library for structural biology. J. Open Source Softw. 7:4200'
    licence = 'BSD-3-Clause'
    example = {'protein_file': '1ajj.pdb.gz', 'chain_id': 'A'}
