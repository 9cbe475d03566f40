"""Is the process up, and can the server do its work?"""

import tempfile
import time
from pathlib import Path
from typing import Any
from unittest import mock

from django.test import TestCase
from django.test.utils import override_settings
from kombu import Connection
from kombu.exceptions import OperationalError as BrokerAway

from proteins_plus import health


class Health(TestCase):
    """What an operator's monitor asks."""

    def ready(self, **probes: Any) -> Any:
        """
        :param probes: part to probe
        :returns: the answer of a server whose other parts are well
        """
        well = dict.fromkeys(health.PROBES, lambda: True)
        with mock.patch.dict(health.PROBES, {**well, **probes}):
            return self.client.get('/readyz')

    def test_living_process_says_so_whatever_else_is_away(self) -> None:
        """A restart would not bring the database back."""
        with mock.patch.dict(health.PROBES, {'database': mock.Mock(side_effect=AssertionError)}):
            response = self.client.get('/healthz')
        self.assertEqual((response.status_code, response.json()), (200, {'status': 'ok'}))

    def test_server_is_ready_when_all_parts_are(self) -> None:
        """The start script waits for this."""
        response = self.ready()
        answer = response.json()
        answer.pop('sandbox')  # depends on the machine
        expected = {'ready': True, 'database': True, 'broker': True, 'storage': True, 'worker': True}
        self.assertEqual((response.status_code, answer), (200, expected))

    def test_part_that_is_away_is_named_without_its_secrets(self) -> None:
        """An operator sees at once which process to look at; the address of the broker holds a password."""
        for part in health.PROBES:
            for probe in (lambda: False, mock.Mock(side_effect=OSError('redis://:s3cret@host'))):
                response = self.ready(**{part: probe})
                self.assertEqual(response.status_code, 503)
                self.assertEqual([name for name, well in response.json().items() if not well], ['ready', part])
                self.assertNotIn('s3cret', response.content.decode())

    def test_database_is_really_asked(self) -> None:
        """An open connection alone is no proof."""
        with self.assertNumQueries(1):
            self.assertTrue(health._database())

    def test_broker_that_refuses_is_noticed_at_once(self) -> None:
        """A probe that hangs is worse than one that fails."""
        refused = Connection('redis://127.0.0.1:1/0', connect_timeout=1)
        with mock.patch.object(health.current_app, 'connection_for_write', return_value=refused):
            started = time.monotonic()
            with self.assertRaises(BrokerAway):
                health._broker()
        self.assertLess(time.monotonic() - started, 2)

    def test_broker_that_answers_is_well(self) -> None:
        """The other outcome of the same probe."""
        with mock.patch.object(health.current_app, 'connection_for_write', return_value=Connection('memory://')):
            self.assertTrue(health._broker())

    def test_silence_of_all_workers_is_noticed(self) -> None:
        """Jobs would be accepted, and nobody would run them."""
        for replies, well in (([], False), ([{'worker@host': {'ok': 'pong'}}], True)):
            with mock.patch.object(health.current_app.control, 'ping', return_value=replies):
                self.assertIs(health.WorkerProbe()(), well)

    def test_worker_that_just_answered_is_not_asked_again_and_a_silent_one_is(self) -> None:
        """Monitors may ask often; what they are told is a few seconds old at most."""
        probe = health.WorkerProbe()
        with mock.patch.object(health.current_app.control, 'ping', return_value=[{'worker@host': {}}]) as ping:
            with mock.patch.object(time, 'monotonic', return_value=100.0):
                self.assertTrue(probe() and probe())
            self.assertEqual(ping.call_count, 1)
            ping.return_value = []
            with mock.patch.object(time, 'monotonic', return_value=100.0 + health.FRESH_SECONDS):
                self.assertFalse(probe() or probe())
            self.assertEqual(ping.call_count, 3)

    def test_storage_is_really_written_to_and_left_as_it_was(self) -> None:
        """A folder that is there may still be read-only or full."""
        with tempfile.TemporaryDirectory() as folder:
            media, work = Path(folder) / 'media', Path(folder) / 'work'
            with override_settings(MEDIA_ROOT=str(media), WORK_DIR=work):
                self.assertTrue(health._storage())
                self.assertEqual([*media.iterdir(), *work.iterdir()], [])
                work.rmdir()
                work.write_text('no folder')
                self.assertFalse(health._answers('storage', health._storage))

    def test_full_disk_is_noticed(self) -> None:
        """An empty file fits on a full disk; a page of it does not."""
        full = mock.patch('tempfile.NamedTemporaryFile', lambda **_: Path('/dev/full').open('wb'))  # noqa: SIM115
        with full, self.assertRaises(OSError):
            health._storage()

    def test_sandbox_is_named(self) -> None:
        """An operator sees whether tools are cut off from the network."""
        with mock.patch.object(health.sandbox, 'kind', return_value='bubblewrap'):
            self.assertEqual(self.ready().json()['sandbox'], 'bubblewrap')
