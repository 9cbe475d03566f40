"""Command line of PoseView: ``poseview -p P.pdb -l L.sdf -t "" -o OUT.svg``, with options of our own."""

import json
import sys
from argparse import Namespace
from functools import partial
from pathlib import Path

from engines.command_line import ArgumentParser, run
from engines.poseview.themes import THEMES


def parser() -> ArgumentParser:
    """
    The arguments.

    :returns: the parser
    """
    result = ArgumentParser('poseview', 'Draw a ligand and its interactions with a protein in the plane.')
    result.add_argument('-p', '--protein', type=Path, required=True, help='PDB or mmCIF file, plain or gzipped')
    result.add_argument('-l', '--ligand', type=Path, required=True, help='SDF of one ligand with its pose')
    result.add_argument('-t', '--title', default='', help='title of the diagram, may be empty')
    result.add_argument('-o', '--output', type=Path, required=True, help='SVG file to write')
    result.add_argument('--theme', choices=list(THEMES), default='default', help='colours (%(default)s)')
    result.add_argument('--scene', type=Path, help='write the scene for the PoseEdit drawer as JSON')
    result.add_argument('--table', type=Path, help='write all interactions as JSON, and as CSV beside it')
    result.add_argument('--notes', type=Path, help='write what the user should know as JSON')
    result.add_argument('--png', type=Path, help='write the diagram as PNG, too')
    result.add_argument('--ligands', type=Path, help='SDF of further molecules of the complex')
    result.add_argument('--ccd', type=Path, help='component dictionary built by engines.structure.component_build')
    return result


def main(options: Namespace) -> None:
    """
    Draw a ligand and tell how many interactions there are.

    :param options: the parsed arguments
    :raises EngineError: if the input cannot be used
    """
    from engines.poseview.pipeline import Options, poseview
    from engines.structure.components import default_path

    told = poseview(
        Options(
            options.protein, options.ligand, options.output, options.ccd or default_path(), options.title,
            options.theme, options.scene, options.table, options.notes, options.png, options.ligands,
        )
    )  # fmt: skip
    print(json.dumps(told))


command = partial(run, parser(), main)
"""Takes the arguments without the name of the program, those of the process unless given; returns the exit code."""

if __name__ == '__main__':
    sys.exit(command())
