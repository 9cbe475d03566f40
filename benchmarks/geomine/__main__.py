"""
``python -m benchmarks.geomine --data FOLDER``: whether searches are right, and how they grow. Writes
docs/validation/geomine.md.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from engines.command_line import VERSION
from engines.geomine.database import Where, reading

from .. import harness
from . import brute, sisters, speed

COMMAND = 'python -m benchmarks.geomine'
REPORT = harness.ROOT / 'docs' / 'validation' / 'geomine.md'


def main() -> int:
    """:returns: 0 if every question is answered as asked, else 1"""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument('--data', type=Path, required=True, help='folder with structures, at any depth')
    parser.add_argument('--archive', type=Path, help='their archive, to be brought up to date instead of built')
    parser.add_argument('--points', type=int, nargs=2, default=(1_200_000, 20_000_000), help='of the large archives')
    parser.add_argument('--report', type=Path, default=REPORT)
    chosen = parser.parse_args()
    answers: list[harness.Verdict] = []
    with tempfile.TemporaryDirectory(prefix='geomine-benchmark-') as folder:
        archive = (chosen.archive or Path(folder) / 'archive.sqlite3').resolve()
        build(chosen.data.resolve(), archive)
        left_out = unusable(archive)
        sections = [
            brute.report(archive, Path(folder), answers),
            sisters.report(archive, answers),
            speed.report(archive, Path(folder), tuple(chosen.points), answers),
        ]
    head = f'GeoMine {VERSION}. The archive holds the structures of the folder, with pockets. {left_out}'
    content = [head, harness.verdict_table(answers), *sections]
    harness.write_report(chosen.report, 'Validation of GeoMine', f'{COMMAND} --data FOLDER', content)
    return 0 if all(answer.met for answer in answers) else 1


def build(data: Path, archive: Path) -> None:
    """
    :param data: folder with structures
    :param archive: SQLite file, made or brought up to date
    """
    program = harness.ROOT / 'bin' / 'geomine' / 'build_geomine'
    environment = {'PPLUS_CCD': str(harness.ROOT / 'var' / 'ccd.sqlite'), **os.environ}
    subprocess.run([program, '--source', data, '--database', archive], check=True, env=environment)


def unusable(archive: Path) -> str:
    """
    :param archive: SQLite file
    :returns: how many files it holds, and which it does not, in sentences
    """
    with reading(Where(str(archive))) as database:
        number = database.one("SELECT COUNT(*) FROM geomine_entry WHERE error = ''")
        rows = database.rows("SELECT file, error FROM geomine_entry WHERE error <> '' ORDER BY file")
    told = '; '.join(f'`{file}` ({str(error).partition(": ")[2].rstrip(".")})' for file, error in rows)
    return f'It has {number} entries. Left out: {told or "none"}.'


if __name__ == '__main__':
    sys.exit(main())
