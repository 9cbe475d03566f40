"""Hold every single file to a share of tested lines; the total alone hides an untested file.

Usage: check_coverage.py COVERAGE.JSON PERCENT
"""

import json
import sys
from pathlib import Path
from typing import Any


def too_low(report: dict[str, Any], percent: float) -> list[tuple[str, float]]:
    """Find the files that miss their share.

    :param report: What `coverage json` wrote.
    :param percent: Share of the lines that each file owes.
    :returns: Files below it with their share, lowest first.
    """
    shares = [(name, entry['summary']['percent_covered']) for name, entry in report['files'].items()]
    return sorted(((name, share) for name, share in shares if share < percent), key=lambda pair: pair[1])


def main(arguments: list[str]) -> int:
    """Check the report.

    :param arguments: Path of the report and the share in percent.
    :returns: 0 when every file has its share, else 1.
    """
    low = too_low(json.loads(Path(arguments[0]).read_text(encoding='utf-8')), float(arguments[1]))
    for name, share in low:
        print(f'{name}: {share:.0f} % of its lines are tested, {arguments[1]} % are owed')
    return 1 if low else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
