"""The measurements on one database; a process of its own, started by ``python -m benchmarks.faults``."""

import argparse
import json
from pathlib import Path

from .. import harness

harness.set_up()  # the modules below hold models

from . import equal, killing  # noqa: E402


def main() -> None:
    """Run all parts and write what they found as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument('out', type=Path)
    parser.add_argument('--rounds', type=int, required=True)
    parser.add_argument('--equal', type=int, required=True)
    chosen = parser.parse_args()
    found = [part for part in (killing.measure(chosen.rounds), equal.measure(chosen.equal)) if part]
    result = {'sections': [text for text, _ in found], 'faults': sum(count for _, count in found)}
    chosen.out.write_text(json.dumps(result), encoding='utf-8')


if __name__ == '__main__':
    main()
