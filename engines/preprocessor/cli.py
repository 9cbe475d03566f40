"""Command line of the preprocessor: ``preprocessor --protein FILE --outdir DIR [--ligand SDF] [--ccd FILE]``."""

import json
import sys
from argparse import Namespace
from functools import partial
from pathlib import Path

from engines.command_line import ArgumentParser, run
from engines.preprocessor.pipeline import preprocess
from engines.structure.components import default_path


def parser() -> ArgumentParser:
    """
    The arguments.

    :returns: the parser
    """
    result = ArgumentParser('preprocessor', 'Split a structure into a clean protein and its ligands.')
    result.add_argument('--protein', type=Path, required=True, help='PDB or mmCIF file, plain or gzipped')
    result.add_argument('--outdir', type=Path, required=True, help='directory for the results')
    result.add_argument('--ligand', type=Path, help='SDF whose molecules replace the ligands of the structure')
    result.add_argument('--ccd', type=Path, help='component dictionary built by engines.structure.component_build')
    return result


def main(options: Namespace) -> None:
    """
    Run the preprocessor and tell what it wrote.

    :param options: the parsed arguments
    :raises EngineError: if the input cannot be used
    """
    result = preprocess(options.protein, options.outdir, options.ligand, options.ccd or default_path())
    print(json.dumps({'protein': result.protein_files, 'ligands': result.ligand_names, 'notes': len(result.notes)}))


command = partial(run, parser(), main)
"""Takes the arguments without the name of the program, those of the process unless given; returns the exit code."""

if __name__ == '__main__':
    sys.exit(command())
