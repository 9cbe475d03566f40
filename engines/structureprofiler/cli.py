"""Command line of StructureProfiler, that of the published program with options of our own."""

import json
import sys
from argparse import Namespace
from functools import partial
from pathlib import Path

from engines.command_line import ArgumentParser, run
from engines.structureprofiler.columns import PRESETS


def parser() -> ArgumentParser:
    """
    The arguments.

    :returns: the parser
    """
    result = ArgumentParser('structureprofiler', 'Test the quality of a structure, its ligands and their sites.')
    result.add_argument('--complex', type=Path, required=True, help='PDB or mmCIF file, plain or gzipped')
    result.add_argument('--outputDir', type=Path, required=True, help='folder for the tables and profile.json')
    result.add_argument('--density', type=Path, help='electron density map, CCP4 or MRC; without it no EDIA tests')
    result.add_argument('--ligand', type=Path, help='SDF of further ligands with their poses in the complex')
    result.add_argument('--preset', choices=PRESETS, default=PRESETS[0], help='set of thresholds (%(default)s)')
    result.add_argument('--thresholds', type=Path, help="JSON of own thresholds, which take the place of the set's")
    result.add_argument('--notes', type=Path, help='write what the user should know as JSON')
    result.add_argument('--ccd', type=Path, help='component dictionary built by engines.structure.component_build')
    return result


def main(options: Namespace) -> None:
    """
    Profile a complex and tell how many ligands there are and how many tests failed.

    :param options: the parsed arguments
    :raises EngineError: if the input cannot be used
    """
    from engines.structureprofiler.pipeline import profile

    print(json.dumps(profile(options)))


command = partial(run, parser(), main)
"""Takes the arguments without the name of the program, those of the process unless given; returns the exit code."""

if __name__ == '__main__':
    sys.exit(command())
