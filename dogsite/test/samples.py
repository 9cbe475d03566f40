"""A stand-in for the engine that works at once, with as many pockets as a test wants."""

import base64
import contextlib
from collections.abc import Iterator
from pathlib import Path

from proteins_plus.test import faults
from proteins_plus.test.samples import ccp4_map

#: The body of a DoGSite that finds what it is told. Row and residue have the number of the pocket.
_WORKS = """
if [ "$1" = --version ]; then echo works 1.0; exit 0; fi
printf '%s\\n' "$@" > arguments
while [ "$1" != --outputName ]; do shift; done
prefix=$2
printf 'name\\tlig_name\\tvolume\\tdepth\\n' > "${prefix}_desc.txt"
number=0
for name in NAMES; do
    number=$((number + 1))
    printf '%s\\tnon\\t%s.5\\t7.25\\n' $name $number >> "${prefix}_desc.txt"
    printf 'REFERENCE protein.pdb\\nRESIDUE GLY A %s B\\n' $number > "${prefix}_$name.edf"
    { printf MAP | base64 -d; printf %08d $number; } > "${prefix}_$name.ccp4"
done
"""


@contextlib.contextmanager
def working_dogsite(*names: str, also: str = '') -> Iterator[Path]:
    """
    A DoGSite that works in a few milliseconds. The last eight bytes of a grid say the number of the pocket.

    :param names: of the pockets it finds
    :param also: shell commands it executes afterwards, in the work directory
    :returns: its executable
    """
    grid = base64.b64encode(ccp4_map()[:-8]).decode()
    script = _WORKS.replace('NAMES', ' '.join(names)).replace('printf MAP', f'printf {grid}')
    with faults.fake_tool('dogsite', f'{script}\n{also}') as executable:
        yield executable
