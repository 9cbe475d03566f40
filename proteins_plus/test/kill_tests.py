"""Every way in which a job and its worker can die together, once; ``benchmarks/faults`` does it many times."""

import tempfile
import time

from django.test import TransactionTestCase, override_settings

from .kill_matrix import TASK_DEATHS, WORKER_DEATHS, matrix


class KillMatrix(TransactionTestCase):
    """Real processes, killed for good, with a media folder in which other tests have left nothing."""

    takes_long = True

    def setUp(self) -> None:
        """Make the folder."""
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.enterContext(override_settings(MEDIA_ROOT=folder))

    def test_every_death_ends_in_a_terminal_state_with_one_result_set_and_nothing_left_behind(self) -> None:
        """Four deaths of a job times four of its worker."""
        started = time.monotonic()
        with matrix() as killing:
            cells = [cell for death in WORKER_DEATHS for cell in killing.round(death)]
        self.assertEqual(len(cells), len(TASK_DEATHS) * len(WORKER_DEATHS))
        for cell in cells:
            with self.subTest(job=cell.task_death, worker=cell.worker_death):
                self.assertEqual(cell.faults, [], cell)
                self.assertLessEqual(cell.attempts, 3)
        self.assertLess(time.monotonic() - started, 120, 'usually half of this')
