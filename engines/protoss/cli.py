"""
Command line of Protoss: ``protoss --input P.pdb --output D/protein_out.pdb [--ligand_input L.sdf] [--ligand_output
D/ligand_out.sdf] [--ph 7.0] [--report report.json]``.
"""

import argparse
import json
import math
import sys
from functools import partial
from pathlib import Path

from engines.command_line import ArgumentParser, run


def _ph(text: str) -> float:
    """
    A pH.

    :param text: argument
    :returns: its value
    :raises argparse.ArgumentTypeError: for what is no number from 0 to 14
    """
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= 14:
        raise argparse.ArgumentTypeError(f'{text!r} is no number from 0 to 14')
    return value


def parser() -> ArgumentParser:
    """
    The arguments.

    :returns: the parser
    """
    result = ArgumentParser('protoss', 'Place hydrogens; decide tautomers, protonation and flips of a whole complex.')
    result.add_argument('--input', type=Path, required=True, help='PDB or mmCIF file, plain or gzipped')
    result.add_argument(
        '--output', type=Path, required=True, help='protein with hydrogens; .cif is written beside .pdb'
    )
    result.add_argument('--ligand_input', type=Path, help='SDF of molecules placed in the structure; others give way')
    result.add_argument('--ligand_output', type=Path, help='SDF of all ligands, which then leave the protein')
    result.add_argument('--other_ligands', type=Path, help='SDF of further ligands that give way to those placed')
    result.add_argument('--picture_dir', type=Path, help='folder for a picture of each ligand: 1.svg, 2.svg ...')
    result.add_argument('--ph', type=_ph, default=7.0, help='pH, 7.0 by default')
    result.add_argument('--report', type=Path, help='JSON file for what was decided and why')
    result.add_argument('--notes', type=Path, help='JSON file for what the user should know')
    result.add_argument('--bond_lengths', choices=('neutron', 'xray'), default='neutron', help='neutron by default')
    result.add_argument('--ccd', type=Path, help='component dictionary built by engines.structure.component_build')
    return result


def main(options: argparse.Namespace) -> None:
    """
    Run Protoss and tell the outcome in one line.

    :param options: the parsed arguments
    :raises EngineError: if the input cannot be used
    """
    from engines.protoss.pipeline import Options, protoss
    from engines.structure.components import default_path

    report = protoss(
        Options(
            options.input, options.output, options.ccd or default_path(), options.ligand_input, options.ligand_output,
            options.other_ligands, options.ph, options.bond_lengths, options.report, options.notes, options.picture_dir,
        )
    )  # fmt: skip
    told = {name: len(report[name]) for name in ('residues', 'ligands', 'flips', 'removed')}
    print(json.dumps({'score': report['score'], **told}))


command = partial(run, parser(), main)
"""Takes the arguments without the name of the program, those of the process unless given; returns the exit code."""

if __name__ == '__main__':
    sys.exit(command())
