"""Is the process up, and can the server do its work?"""

import time
from typing import Any
from unittest import mock

from django.test import TestCase
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
        expected = {'ready': True, 'database': True, 'broker': True, 'worker': True}
        self.assertEqual((response.status_code, response.json()), (200, expected))

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
                self.assertIs(health._worker(), well)
