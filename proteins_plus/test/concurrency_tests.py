"""Many equal submissions at the same moment: one job, one run, no error. On the database the tests run with."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Barrier
from typing import Any

from django.test import TransactionTestCase

from molecule_handler.models import Protein
from preprocessor.models import PreprocessorJob, PreprocessorJobData
from proteins_plus.models import JobStatus

from .live import Installation, installation, wait_for
from .samples import GLYCINE, working_tool
from .utils import row_counts

CLIENTS = 50
#: A structure of usual size, so that storing it takes a moment.
STRUCTURE = GLYCINE.splitlines(keepends=True)[0] * 5000 + GLYCINE


def post_at_once(server: Installation, texts: list[str]) -> list[tuple[int, dict[str, Any]]]:
    """
    :param server: a running server
    :param texts: structures, each from a client of its own, all sent at the same moment
    :returns: status and body of every answer
    """
    together = Barrier(len(texts))

    def post(text: str) -> tuple[int, dict[str, Any]]:
        """
        :param text: a structure
        :returns: status and body of the answer
        """
        files = {'protein_file': ('gly.pdb', text)}
        together.wait()
        response = server.post('api/v2/molecule_handler/upload/', files=files)
        return response.status_code, response.json()

    with ThreadPoolExecutor(len(texts)) as clients:
        return list(clients.map(post, texts))


class KnownDefectsUnderLoad(TransactionTestCase):
    """Two web server processes, a broker and a worker, each a real one."""

    def setUp(self) -> None:
        """A tool that writes a line for each of its runs, and a server that uses it."""
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.runs = Path(folder.name) / 'runs'
        self.runs.touch()
        tool = working_tool(f'[ "$1" = --version ] || echo run >> {self.runs}')
        self.server = self.enterContext(installation(self.enterContext(tool)))

    def test_fifty_at_once_are_one_job_one_run_and_no_error(self) -> None:
        """D7: of 32 equal submissions 8 answered 500, and each left a row."""
        self.server.start_broker()
        self.server.start_web_server()
        answers = post_at_once(self.server, [STRUCTURE] * CLIENTS)
        self.assertEqual(Counter(status for status, _ in answers), {202: CLIENTS}, answers)
        bodies = [body for _, body in answers]
        self.assertEqual(len({body['job_id'] for body in bodies}), 1)
        self.assertEqual(Counter(body['retrieved_from_cache'] for body in bodies), {False: 1, True: CLIENTS - 1})
        self.assertEqual((PreprocessorJob.objects.count(), PreprocessorJobData.objects.count()), (1, 1))
        self.server.start_worker()
        wait_for('success of the job', lambda: PreprocessorJob.objects.get().status == JobStatus.SUCCESS)
        self.assert_one_run()
        after = row_counts()
        again = post_at_once(self.server, [STRUCTURE] * CLIENTS)
        self.assertEqual(Counter(status for status, _ in again), {202: CLIENTS}, again)
        self.assertEqual(
            {json.dumps(body) for _, body in again}, {json.dumps({**bodies[0], 'retrieved_from_cache': True})}
        )
        self.assertEqual(row_counts(), after)
        self.assert_one_run()

    def assert_one_run(self) -> None:
        """The tool ran once, for the first attempt, and what it made is there once."""
        job = PreprocessorJob.objects.get()
        self.assertEqual((job.attempt, self.runs.read_text()), (1, 'run\n'))
        self.assertEqual(job.output_protein, Protein.objects.get())
