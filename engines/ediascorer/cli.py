"""Command line of EDIAscorer, that of the published program with options of our own."""

import json
import os
import sys
from argparse import Namespace
from functools import partial
from pathlib import Path

from engines.command_line import ArgumentParser, run


def parser() -> ArgumentParser:
    """
    The arguments.

    :returns: the parser
    """
    result = ArgumentParser('ediascorer', 'Score how well the density supports the atoms of a structure.')
    result.add_argument('--target', type=Path, required=True, help='PDB or mmCIF file, plain or gzipped')
    result.add_argument(
        '--densitymap', type=Path, required=True,
        help='CCP4 or MRC map, MTZ or structure-factor mmCIF, plain or gzipped',
    )  # fmt: skip
    result.add_argument('--outputfolder', type=Path, required=True, help='for the tables and the scored structure')
    result.add_argument('--ligand', type=Path, help='SDF of molecules to score beside the structure')
    result.add_argument('--resolution', type=float, help='of the map, Angstrom; by default that of the data')
    result.add_argument('--regions', type=Path, help='folder for the map around ligands and the worst residues')
    result.add_argument('--notes', type=Path, help='write what the user should know as JSON')
    result.add_argument('--ccd', type=Path, help='component dictionary built by engines.structure.component_build')
    return result


def main(options: Namespace) -> None:
    """
    Score a structure, write the tables and tell what was done.

    :param options: the parsed arguments
    :raises EngineError: if the input cannot be used
    """
    # The products of matrices are small; threads would wait for each other longer than they work.
    os.environ.setdefault('OPENBLAS_NUM_THREADS', '1')
    from engines.ediascorer.pipeline import run_edia

    print(json.dumps(run_edia(options)))


command = partial(run, parser(), main)
"""Takes the arguments without the name of the program, those of the process unless given; returns the exit code."""

if __name__ == '__main__':
    sys.exit(command())
