"""Command line of METALizer, that of the published program with options of our own."""

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
    result = ArgumentParser('metalizer', 'Find the geometry in which atoms coordinate the metals of a structure.')
    result.add_argument('--input', type=Path, required=True, help='PDB or mmCIF file, plain or gzipped')
    result.add_argument('--metal', help='which one, like 1300:A.ZN; all of them unless given')
    result.add_argument('--distance_threshold', type=float, default=3.0, help='of partners, Angstrom (%(default)s)')
    result.add_argument('--crystal_symmetry', action='store_true', help='look for partners in symmetry copies, too')
    result.add_argument(
        '--angle_threshold', type=float, default=21.5,
        help='largest root mean square deviation of angles, degrees (%(default)s)',
    )  # fmt: skip
    result.add_argument(
        '--max_free_sites', type=float, default=0.25, help='largest share of sites without a partner (%(default)s)'
    )
    result.add_argument('--output', type=Path, help='PDB file to write; mmCIF is written beside it')
    result.add_argument('--ligands', type=Path, help='SDF of ligands that belong to the structure')
    result.add_argument('--notes', type=Path, help='write what the user should know as JSON')
    result.add_argument('--ccd', type=Path, help='component dictionary built by engines.structure.component_build')
    return result


def main(options: Namespace) -> None:
    """
    Write the predictions as a JSON array.

    :param options: the parsed arguments
    :raises EngineError: if the input cannot be used
    """
    # The matrices are small; threads would wait for each other longer than they work.
    os.environ.setdefault('OPENBLAS_NUM_THREADS', '1')
    from engines.metalizer.pipeline import coordination

    print(json.dumps(coordination(options), indent=1, ensure_ascii=False, allow_nan=False))


command = partial(run, parser(), main)
"""Takes the arguments without the name of the program, those of the process unless given; returns the exit code."""

if __name__ == '__main__':
    sys.exit(command())
