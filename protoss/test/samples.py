"""A stand-in for the engine that works at once: what goes in comes out, so that tests see where it went."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from proteins_plus.test import faults

#: The body of a Protoss that gives back what it gets: the structure, then all ligands in the order of their options.
WORKS = """
if [ "$1" = --version ]; then echo works 1.0; exit 0; fi
printf '%s\\n' "$@" > arguments
while [ $# -gt 1 ]; do
    case $1 in
        --input) input=$2 ;;
        --output) output=$2 ;;
        --ligand_input) ligands=$2 ;;
        --other_ligands) others=$2 ;;
        --ligand_output) ligand_output=$2 ;;
        --report) report=$2 ;;
        --ph) ph=$2 ;;
    esac
    shift 2
done
case $input in *.cif) output=${output%.pdb}.cif ;; esac
cp "$input" "$output" || exit 1
if [ -n "$ligands" ]; then cat "$ligands" $others > "$ligand_output"; fi
echo '{"version": "works", "ph": '$ph', "residues": [], "ligands": [], "flips": [], "removed": []}' > "$report"
"""


@contextlib.contextmanager
def working_protoss(also: str = '') -> Iterator[Path]:
    """
    A Protoss that works in a few milliseconds.

    :param also: shell commands it executes afterwards, in the work directory
    :returns: its executable
    """
    with faults.fake_tool('protoss', f'{WORKS}\n{also}') as executable:
        yield executable
