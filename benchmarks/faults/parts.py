"""The measurements on one database; a process of its own, started by ``python -m benchmarks.faults``."""

import argparse
import json
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from .. import harness

harness.set_up()  # the modules below hold models

from . import broker, chaos, deaths, equal, killing  # noqa: E402


def main() -> None:
    """Run the chosen parts and write what they found as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument('out', type=Path)
    parser.add_argument('--parts', nargs='+', required=True)
    parser.add_argument('--rounds', type=int, required=True)
    parser.add_argument('--equal', type=int, required=True)
    parser.add_argument('--jobs', type=int, required=True)
    parser.add_argument('--kills', type=int, required=True)
    chosen = parser.parse_args()
    parts: dict[str, Callable[[], tuple[str, int]]] = {
        'killing': lambda: killing.measure(chosen.rounds),
        'chaos': lambda: chaos.measure(chosen.jobs, chosen.kills),
        'broker': broker.measure,
        'deaths': deaths.measure,
        'equal': lambda: equal.measure(chosen.equal),
    }
    found = {}
    for name in chosen.parts:
        began = time.monotonic()
        try:
            found[name] = parts[name]()
        except Exception as error:  # pylint: disable=broad-exception-caught  # the other parts are of interest, too
            traceback.print_exc()
            found[name] = harness.section(name.capitalize(), f'Broke off: {error}'), 1
        print(f'{name}: {found[name][1]} faults, {time.monotonic() - began:.0f} s', file=sys.stderr, flush=True)
    result = {name: {'section': text, 'faults': count} for name, (text, count) in found.items()}
    chosen.out.write_text(json.dumps(result), encoding='utf-8')


if __name__ == '__main__':
    main()
