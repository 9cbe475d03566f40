"""The measurements on one database; a process of its own, started by ``python -m benchmarks.serve``."""

import argparse
from pathlib import Path

from .. import harness

harness.set_up()  # the modules below hold models

from . import cleaning, depth, speed  # noqa: E402


def main() -> None:
    """Run all parts and write what they found as Markdown."""
    parser = argparse.ArgumentParser()
    parser.add_argument('out', type=Path)
    for name in ('seconds', 'pending', 'stale'):
        parser.add_argument(f'--{name}', type=int, required=True)
    chosen = parser.parse_args()
    found = [speed.measure(chosen.seconds), depth.measure(chosen.pending), cleaning.measure(chosen.stale)]
    chosen.out.write_text('\n\n'.join(found), encoding='utf-8')


if __name__ == '__main__':
    main()
