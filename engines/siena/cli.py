"""Command line of SIENA, that of the published program with options of our own."""

import json
import os
import sys
from argparse import Namespace
from dataclasses import fields
from functools import partial
from pathlib import Path

from engines.command_line import ArgumentParser, run
from engines.siena.options import Options, Reduction

_NUMBERS = {
    'site_radius': (float, 'residues within this distance of the ligand are the site, Angstrom'),
    'minimal_site_identity': (float, 'share of the pairs that are the same amino acid'),
    'minimal_site_coverage': (float, 'share of the site that is paired'),
    'maximum_mutations': (int, 'most pairs of different amino acids'),
    'resolution': (float, 'worst resolution, Angstrom'),
    'maximum_backbone': (float, 'largest RMSD of the backbone of the site, Angstrom'),
    'deposition_year': (int, 'earliest year of deposition'),
    'members': (int, 'most structures of the ensemble'),
}
_SWITCHES = {
    'electron_density_available': 'only entries with measured data',
    'holo_only': 'only sites with a ligand that is no additive',
    'unique_ligands': 'of the sites with the same ligands the first',
    'unique_sequence': 'of the sites whose chains have the same mutations the first',
    'complete_residues_only': 'only sites without a gap and without missing atoms',
    'identical_global_sequence': 'only chains with the sequence of the query',
    'no_global_mutations': 'only chains without a mutation anywhere',
}


def parser() -> ArgumentParser:
    """
    The arguments.

    :returns: the parser
    """
    result = ArgumentParser('siena', 'Find a binding site in an archive and superpose what is found.')
    result.add_argument('--protein', type=Path, required=True, help='PDB or mmCIF file, plain or gzipped')
    result.add_argument('--database', type=Path, required=True, help='index made by generate_siena_database')
    result.add_argument('--output', type=Path, required=True, help='folder to write to')
    site = result.add_mutually_exclusive_group(required=True)
    site.add_argument('--ligand', type=Path, help='SDF, whose first molecule is in the site')
    site.add_argument('--edf', type=Path, help='residues of the site as a site exchange file')
    for name, (kind, text) in _NUMBERS.items():
        result.add_argument(f'--{name}', type=kind, default=getattr(Options, name), help=f'{text} (%(default)s)')
    for name, text in _SWITCHES.items():
        result.add_argument(f'--{name}', action='store_true', help=text)
    result.add_argument('--ec_number', default='', help='class or subclass of enzymes: 1.1.1')
    result.add_argument(
        '--reduction', choices=[each.value for each in Reduction], default=Reduction.NONE.value,
        help='how the ensemble is chosen (%(default)s)',
    )  # fmt: skip
    result.add_argument('--ccd', type=Path, help='component dictionary built by engines.structure.component_build')
    return result


def main(arguments: Namespace) -> None:
    """
    Search, write what was found and tell how much it is.

    :param arguments: parsed
    :raises EngineError: if an input cannot be used
    """
    # The matrices are small; threads would wait for each other longer than they work.
    os.environ.setdefault('OPENBLAS_NUM_THREADS', '1')
    from engines.siena.pipeline import run_siena

    given = {field.name: getattr(arguments, field.name) for field in fields(Options)}
    options = Options(**{**given, 'reduction': Reduction(arguments.reduction)})
    print(json.dumps(run_siena(arguments, options)))


command = partial(run, parser(), main)
"""Takes the arguments without the name of the program, those of the process unless given; returns the exit code."""

if __name__ == '__main__':
    sys.exit(command())
