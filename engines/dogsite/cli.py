"""Command line of DoGSite, that of the published program with options of our own."""

import json
import sys
from argparse import Namespace
from functools import partial
from pathlib import Path

from engines.command_line import ArgumentParser, run

SPACING = 0.8


def parser() -> ArgumentParser:
    """
    The arguments.

    :returns: the parser
    """
    result = ArgumentParser('dogsite', 'Find the pockets of a protein and describe them.')
    result.add_argument('--proteinFile', type=Path, required=True, help='PDB or mmCIF file, plain or gzipped')
    result.add_argument('--outputName', required=True, help='path and start of the name of all files that are written')
    result.add_argument('--ligandFile', type=Path, help='SDF of ligands to compare the pockets with')
    result.add_argument('--refLigName', default='', help='which ligand of the SDF or the structure: P86, P86_A_400')
    result.add_argument('--chain', default='', help='look at this chain only')
    result.add_argument('--subpocDetect', action='store_true', help='list subpockets after their pocket')
    result.add_argument('--useLigandsToAnnotateGrid', action='store_true', help='pockets hold the whole ligand')
    result.add_argument('--writeSiteResiduesEDF', action='store_true', help='write the residues of each row')
    result.add_argument('--writeGridCCP4', action='store_true', help='write the grid of each row')
    result.add_argument('--writeDescToFile', action='store_true', help='write the table of descriptors')
    result.add_argument('--spacing', type=float, default=SPACING, help='of the grid, Angstrom (%(default)s)')
    result.add_argument('--notes', type=Path, help='write what the user should know as JSON')
    result.add_argument('--ccd', type=Path, help='component dictionary built by engines.structure.component_build')
    return result


def main(options: Namespace) -> None:
    """
    Find pockets, write what was asked for and tell how many there are.

    :param options: the parsed arguments
    :raises EngineError: if the input cannot be used
    """
    from engines.dogsite.pipeline import search

    print(json.dumps(search(options)))


command = partial(run, parser(), main)
"""Takes the arguments without the name of the program, those of the process unless given; returns the exit code."""

if __name__ == '__main__':
    sys.exit(command())
