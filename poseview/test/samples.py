"""Stand-ins for the program that work at once: the engine of this project, and a program that knows no option of it."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from proteins_plus.test import faults
from proteins_plus.test.samples import METHANE, glycine_file
from proteins_plus.test.utils import upload

DIAGRAM = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="40" viewBox="0 0 90 40" role="img">'
    '<title id="title">Interactions of MTN_A_1</title>'
    '<g data-places="A:1"><title>Hydrogen bond: MTN_A_1 and Gly1 A, 2.90 \u00c5</title>'
    '<line x1="1" y1="2" x2="9" y2="9" stroke="#2f6fe0" stroke-dasharray="4 3"/></g>'
    '<g class="structure" data-places="A:1"><title>Gly1 A</title><text x="5" y="5">Gly1 A</text></g></svg>'
)
#: One of another program: it brings a style sheet along.
STYLED = DIAGRAM.replace('<title id', '<style>line { stroke: red }</style><title id')
#: How programs speak of themselves.
OURS, OTHER = 'poseview 0.1.0 (ProteinsPlus, open)', 'PoseView 1.2'
_POSEVIEW = """
if [ "$1" = --version ]; then echo 'VERSION'; exit 0; fi
while [ $# -gt 0 ]; do
    case $1 in
    -o) output=$2 ;;
    --table=*) cat > "${1#--table=}" <<'END'
ROWS
END
    ;;
    --scene=*) echo '{"scene": {}}' > "${1#--scene=}" ;;
    --png=*) printf '\\211PNG\\r\\n\\032\\n' > "${1#--png=}" ;;
    --notes=*) notes=${1#--notes=} ;;
    esac
    shift
done
printf '%s' 'DIAGRAM' > "$output"
ALSO
"""


def interaction(**changed: Any) -> dict[str, Any]:
    """
    :param changed: of it
    :returns: a hydrogen bond of methane with glycine, as the engine tells it
    """
    ligand = {'ligandAtoms': ['C'], 'ligandRole': 'donor', 'ligandPoint': [0.0, 0.0, 0.1]}
    partner = {'residue': 'GLY', 'chain': 'A', 'number': 1, 'insertionCode': '', 'symmetryCopy': 0}
    partner |= {'partnerAtoms': ['O'], 'partnerRole': 'acceptor', 'partnerPoint': [2.38, 0.22, 0.0]}
    kind = {'interaction': 'hydrogen_bond', 'kind': 'Hydrogen bond', 'colour': '#2f6fe0', 'distance': 2.4}
    more = {'angles': {'donor': 170.1}, 'lengths': {'hydrogen': 1.5}, 'water': '', 'waterPoint': []}
    return {**kind, **ligand, **partner, **more, **changed}


@contextlib.contextmanager
def working_poseview(
    *rows: Any, says: str = OURS, table: str = '', diagram: str = DIAGRAM, also: str = ''
) -> Iterator[Path]:
    """
    A PoseView that works in a few milliseconds.

    :param rows: interactions that it finds; one unless given
    :param says: to ``--version``
    :param table: what it writes in the place of interactions
    :param diagram: what it draws
    :param also: shell commands it executes afterwards; ``$output`` is its diagram, ``$notes`` where notes belong
    :returns: its executable
    """
    content = table or json.dumps(rows or [interaction()])
    script = _POSEVIEW.replace('VERSION', says).replace('ROWS', content).replace('ALSO', also)
    with faults.fake_tool('poseview', script.replace('DIAGRAM', diagram)) as executable:
        yield executable


def small_request(**changed: Any) -> dict[str, Any]:
    """
    :param changed: fields
    :returns: a request: methane beside a glycine, run anew
    """
    return {'protein_file': glycine_file(), 'ligand_file': upload(METHANE, 'm.sdf'), 'use_cache': 'false', **changed}
