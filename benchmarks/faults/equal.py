"""Equal submissions, many at once: one row, one run, no error."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from preprocessor.models import PreprocessorJob
from proteins_plus.models import JobStatus
from proteins_plus.test.live import installation, wait_for
from proteins_plus.test.samples import GLYCINE, working_tool

from .. import harness

AT_ONCE = 64
#: About 365 kB, the size of a usual structure.
STRUCTURE = GLYCINE.splitlines(keepends=True)[0] * 4500 + GLYCINE


def measure(submissions: int) -> tuple[str, int]:
    """
    :param submissions: how many
    :returns: the section of the report, and the number of faults
    """
    before = PreprocessorJob.objects.count()
    with working_tool() as tool, installation(tool) as server:
        server.start_broker()
        server.start_web_server()
        server.start_worker()

        def post(_: int) -> int:
            """:returns: the status of one answer"""
            files = {'protein_file': ('same.pdb', STRUCTURE)}
            return server.post('api/v2/molecule_handler/upload/', files=files).status_code

        started = time.monotonic()
        with ThreadPoolExecutor(AT_ONCE) as clients:
            answers = Counter(clients.map(post, range(submissions)))
        seconds = time.monotonic() - started
        done = PreprocessorJob.objects.filter(status=JobStatus.SUCCESS, input_data__name='same')
        wait_for('success', done.exists)
        runs = server.log('celery').count(b'Job started')
    rows = PreprocessorJob.objects.count() - before
    bad = answers.total() - answers[202]
    said = ', '.join(f'{count} x {status}' for status, count in sorted(answers.items()))
    text = f'{submissions} of {len(STRUCTURE)} bytes, {AT_ONCE} at once, 2 gunicorn workers, {seconds:.1f} s: {said}; '
    return harness.section('Equal submissions', f'{text}**{rows} row, {runs} run**.'), bad + (rows != 1) + (runs != 1)
