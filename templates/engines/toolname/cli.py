"""Command line: ``toolname --protein FILE --output FILE [--chain NAME]``."""

import json
import sys
from argparse import Namespace
from functools import partial
from pathlib import Path

import gemmi

from engines.command_line import ArgumentParser, run
from engines.errors import EngineError
from engines.structure.reading import read_structure


def count(chain: gemmi.Chain) -> dict[str, str | int]:
    """
    What is in a chain. Of alternative locations only the first counts.

    :param chain: a chain with its ligands, ions and waters
    :returns: its name, the number of residues other than water, of their atoms (hydrogens too), and of waters
    """
    residues = [residue for residue in chain.first_conformer() if not residue.is_water()]
    return {
        'chain': chain.name,
        'residues': len(residues),
        'atoms': sum(len(list(residue.first_conformer())) for residue in residues),
        'waters': sum(residue.is_water() for residue in chain.first_conformer()),
    }


def count_chains(model: gemmi.Model, name: str) -> list[dict[str, str | int]]:
    """
    :param model: a model of a structure
    :param name: the chain that is asked for; empty for all
    :returns: the counts of each chain
    :raises EngineError: ``structure.no_chain``
    """
    counts = [count(chain) for chain in model if name in ('', chain.name)]
    if not counts:
        names = ', '.join(chain.name for chain in model)
        raise EngineError('structure.no_chain', f'The structure has no chain {name}.', f'It has: {names}.')
    return counts


def parser() -> ArgumentParser:
    """:returns: the parser of the command line"""
    result = ArgumentParser('toolname', 'Count residues, atoms and waters.')
    result.add_argument('--protein', type=Path, required=True, help='PDB or mmCIF file, plain or gzipped')
    result.add_argument('--output', type=Path, required=True, help='JSON file for the counts')
    result.add_argument('--chain', default='', help='count in this chain only')
    return result


def main(options: Namespace) -> None:
    """
    Count, and write the counts as JSON.

    :param options: the parsed arguments
    :raises EngineError: if the input cannot be used
    """
    model = read_structure(options.protein).structure[0]
    options.output.write_text(json.dumps(count_chains(model, options.chain)), encoding='utf-8')


command = partial(run, parser(), main)
"""Takes the arguments without the name of the program, those of the process unless given; returns the exit code."""

if __name__ == '__main__':
    sys.exit(command())
