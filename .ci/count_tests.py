"""Sum up the unit tests of several runs from what the test runner printed.

Usage: count_tests.py LOG...      prints `N passed, N failed`; a log that does not exist counts nothing
"""

import re
import sys
from pathlib import Path

RAN = re.compile(r'^Ran (\d+) tests? in ', re.MULTILINE)
OUTCOME = re.compile(r'^(?:OK|FAILED)(?: \(([^)]*)\))?\s*$', re.MULTILINE)


def count(log: str) -> tuple[int, int]:
    """Read the closing lines of one run. Skipped tests have neither passed nor failed.

    :param log: Everything the run printed.
    :returns: Numbers of passed and of failed tests; (0, 0) for a run that never came to its end.
    """
    ran = RAN.findall(log)
    outcomes = OUTCOME.findall(log)
    if not ran or not outcomes:
        return 0, 0
    parts = dict(re.findall(r'([a-z ]+)=(\d+)', outcomes[-1]))
    numbers = {name.strip(): int(number) for name, number in parts.items()}
    failed = sum(numbers.get(name, 0) for name in ('failures', 'errors', 'unexpected successes'))
    # Failing subtests and class set-ups count as failures without being tests of their own.
    return max(0, int(ran[-1]) - failed - numbers.get('skipped', 0)), failed


def main(paths: list[str]) -> int:
    """Print the sums.

    :param paths: Log files.
    :returns: The exit code, always 0: whether the runs went well is their own exit code.
    """
    counts = [count(Path(path).read_text(encoding='utf-8', errors='replace')) for path in paths if Path(path).exists()]
    print(f'{sum(passed for passed, _ in counts)} passed, {sum(failed for _, failed in counts)} failed')
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
