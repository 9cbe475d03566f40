"""The preprocessor as a tool."""

from proteins_plus.tools import ToolConfig


class PreprocessorConfig(ToolConfig):
    """Takes structures apart; every other tool works on what it makes."""

    name = 'preprocessor'
    verbose_name = 'Preprocessor'
    url_prefix = 'molecule_handler'
    summary = (
        'Upload a structure, or name one by its PDB id or UniProt accession: get the protein without ligands, and each '
        'ligand with bond orders, charges and a picture. The notes of the job say what was noticed on the way.'
    )
    citation = (
        'Westbrook JD, Shao C, Feng Z, Zhuravleva M, Velankar S, Young J (2015) The chemical component dictionary. '
        'Bioinformatics 31:1274-1278, doi:10.1093/bioinformatics/btu789'
    )
    licence = 'BSD-3-Clause'
    needs_display = True
    example = {'pdb_code': '1afs'}
