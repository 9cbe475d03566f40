"""A stand-in for the engine that works at once."""

import base64
import contextlib
from collections.abc import Iterator
from pathlib import Path

from proteins_plus.test import faults
from proteins_plus.test.samples import ccp4_map

ATOM_COLUMNS = (
    'Infile id,Structure specifier,Atom name,Substructure name,Substructure id,Chain,Element,EDIA,'
    'EDIA fault analysis,B factor,Occupancy'
)
STRUCTURE_COLUMNS = 'Name,Chain,ID,EDIAm,Min EDIA,Max EDIA'
ATOMS = (
    '1,r,N,GLY,1,A,Nitrogen,1.05,0,10.00,1.00',
    '2,r,CA,GLY,1,A,Carbon,0.75,2,10.00,1.00',
    '3,r,N,LEU,2B,A,Nitrogen,0.20,3,30.00,1.00',
    '4,m,C1,MTN,1,B,Carbon,0.90,0,20.00,0.50',
    '5,w,O,HOH,9,B,Oxygen,0.10,3,40.00,1.00',
)
STRUCTURES = ('GLY,A,1,0.85,0.75,1.05', 'LEU,A,2B,0.20,0.20,0.20', 'MTN,B,1,0.90,0.90,0.90', 'HOH,B,9,0.10,0.10,0.10')
REGIONS = ('MTN_B_1', 'LEU_A_2B')

#: The body of an EDIAscorer that finds what it is told.
_WORKS = """
if [ "$1" = --version ]; then echo works 1.0; exit 0; fi
printf '%s\\n' "$@" > arguments
cp protein.* output/
rm -f output/*.sdf
cat > output/protein_atomscores.csv <<'END'
ATOMS
END
cat > output/protein_structurescores.csv <<'END'
STRUCTURES
END
printf '%s' 'NAMES' > regions/regions.json
for number in NUMBERS; do printf MAP | base64 -d > regions/$number.ccp4; done
"""


@contextlib.contextmanager
def working_ediascorer(
    atoms: tuple[str, ...] = ATOMS,
    structures: tuple[str, ...] = STRUCTURES,
    regions: tuple[str, ...] = REGIONS,
    also: str = '',
) -> Iterator[Path]:
    """
    An EDIAscorer that works in a few milliseconds.

    :param atoms: rows of its table of atoms
    :param structures: rows of its table of residues and ligands
    :param regions: what its maps are around
    :param also: shell commands it executes afterwards, in the work directory
    :returns: its executable
    """
    names = ', '.join(f'"{name}"' for name in regions)
    parts = {
        'ATOMS': '\n'.join((ATOM_COLUMNS, *atoms)),
        'STRUCTURES': '\n'.join((STRUCTURE_COLUMNS, *structures)),
        'NAMES': f'[{names}]',
        'NUMBERS': ' '.join(str(number) for number, _ in enumerate(regions, start=1)),
        'printf MAP': f'printf {base64.b64encode(ccp4_map()).decode()}',
    }
    script = _WORKS
    for word, part in parts.items():
        script = script.replace(word, part)
    with faults.fake_tool('ediascorer', f'{script}\n{also}') as executable:
        yield executable
