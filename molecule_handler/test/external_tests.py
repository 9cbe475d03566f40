"""What becomes of the answers of an archive, right, wrong and without measure."""

import gzip
import socket
import tempfile
import time
from pathlib import Path
from unittest.mock import patch

from molecule_handler import archive_guard, archive_http
from molecule_handler.external import (
    fetch_density_map,
    fetch_predicted_structure,
    fetch_structure,
)
from molecule_handler.test.archive import LoopbackArchive
from molecule_handler.test.refusals import FetchRefusals
from molecule_handler.test.samples import CIF_FILE, MAP_FILE, PDB_FILE, sample
from proteins_plus.errors import InputError, NotFoundError, SystemFault

_CIF_ONLY = 'pdb_10004agm'


class ArchiveTests(FetchRefusals):
    """What archives answer."""

    def test_a_structure_is_fetched_as_pdb(self) -> None:
        """Gzipped, under the lower-case id, with neither cookie nor credentials."""
        with LoopbackArchive() as archive:
            archive.serve('/pdb/4agm.pdb.gz', gzip.compress(sample(PDB_FILE)))
            fetched = fetch_structure('PDB_00004AGM')
        self.assertEqual((fetched.content, fetched.file_type), (sample(PDB_FILE), 'pdb'))
        self.assertEqual(fetched.source, f'{archive.url}/pdb/4agm.pdb.gz')
        headers = {name.lower() for name in archive.requests[0][1]}
        self.assertEqual(headers, {'host', 'user-agent', 'accept', 'accept-encoding'})

    def test_entries_without_a_pdb_file_are_fetched_as_mmcif(self) -> None:
        """Large entries, and extended ids, which are not even asked for as PDB."""
        with LoopbackArchive() as archive:
            archive.serve('/pdb/6zu5.cif.gz', gzip.compress(sample(CIF_FILE)))
            archive.serve(f'/pdb/{_CIF_ONLY}.cif.gz', gzip.compress(sample(CIF_FILE)))
            self.assertEqual(fetch_structure('6zu5').file_type, 'cif')
            self.assertEqual(fetch_structure(_CIF_ONLY).content, sample(CIF_FILE))
        self.assertEqual(archive.paths, ['/pdb/6zu5.pdb.gz', '/pdb/6zu5.cif.gz', f'/pdb/{_CIF_ONLY}.cif.gz'])

    def test_unknown_entries_are_not_found(self) -> None:
        """With the id in the sentence, and without a second try."""
        with LoopbackArchive() as archive:
            with self.assertRaisesMessage(NotFoundError, 'The structure archive has no entry 9zzz.'):
                fetch_structure('9ZZZ')
            self.refuse(NotFoundError, 'archive.not_found', fetch_structure, '9zzz')
            self.refuse(NotFoundError, 'archive.not_found', fetch_predicted_structure, 'P04637')
            self.refuse(NotFoundError, 'archive.not_found', fetch_density_map, '9zzz')
            archive.serve('/afdb/P04637', [])
            self.refuse(NotFoundError, 'archive.not_found', fetch_predicted_structure, 'P04637')
        self.assertEqual(len(archive.paths), 7)

    def test_a_prediction_is_fetched_from_where_the_database_says(self) -> None:
        """PDB before mmCIF, the accession's own model before isoforms, absolute and relative addresses."""
        with LoopbackArchive() as archive:
            archive.serve('/files/a.pdb', sample(PDB_FILE))
            archive.serve('/files/b.cif', sample(CIF_FILE))
            own = {'entryId': 'AF-P04637-F1', 'pdbUrl': f'{archive.url}/files/a.pdb', 'cifUrl': f'{archive.url}/x'}
            archive.serve('/afdb/P04637', [{'entryId': 'AF-P04637-2-F1', 'pdbUrl': f'{archive.url}/y'}, own])
            archive.serve('/afdb/Q8N726', [{'cifUrl': '/files/b.cif', 'pdbUrl': None}])
            self.assertEqual(fetch_predicted_structure('p04637').file_type, 'pdb')
            self.assertEqual(fetch_predicted_structure('Q8N726').source, f'{archive.url}/files/b.cif')
        self.assertEqual(archive.paths, ['/afdb/P04637', '/files/a.pdb', '/afdb/Q8N726', '/files/b.cif'])

    def test_a_density_map_is_fetched(self) -> None:
        """As the archive gives it."""
        with LoopbackArchive() as archive:
            archive.serve('/density/4agm.ccp4', sample(MAP_FILE))
            fetched = fetch_density_map('4AGM')
        self.assertEqual((fetched.content, fetched.file_type), (sample(MAP_FILE), 'ccp4'))

    def test_what_is_not_what_was_asked_for_is_refused(self) -> None:
        """A page with status 200, half a gzip, binary, a text as a map, JSON that is none."""
        page = b'<!DOCTYPE html><html><body>Maintenance</body></html>'
        packed = gzip.compress(sample(PDB_FILE))
        atom = next(line for line in sample(PDB_FILE).splitlines(keepends=True) if line.startswith(b'ATOM'))
        bomb = gzip.compress(atom * 2**17)
        wrong = (page, b'', packed[:-9], sample(MAP_FILE), b'\xff\xfe', bomb)
        for content in wrong:
            with self.subTest(content=content[:20]), LoopbackArchive() as archive, self.assertLogs(level='ERROR'):
                archive.serve('/pdb/4agm.pdb.gz', content)
                archive.serve('/afdb/P04637', content)
                archive.serve('/density/4agm.ccp4', content[:-1] or page)
                self.refuse(SystemFault, 'archive.bad_content', fetch_structure, '4agm')
                self.refuse(SystemFault, 'archive.bad_content', fetch_predicted_structure, 'P04637')
                self.refuse(SystemFault, 'archive.bad_content', fetch_density_map, '4agm')
        for answer in (b'5', b'{}', b'[5]', b'[' * 10**5):
            with LoopbackArchive() as archive, self.assertLogs(level='ERROR'):
                archive.serve('/afdb/P04637', answer)
                self.refuse(SystemFault, 'archive.bad_content', fetch_predicted_structure, 'P04637')

    def test_passing_errors_are_tried_again(self) -> None:
        """Three times; then the archive is away."""
        with LoopbackArchive() as archive, self.assertLogs('molecule_handler.archive_http', 'WARNING'):
            for status in (500, 503, 429):
                archive.serve('/pdb/4agm.pdb.gz', b'', status)
            archive.serve('/pdb/4agm.pdb.gz', sample(PDB_FILE))
            self.assertEqual(fetch_structure('4agm').file_type, 'pdb')
            archive.serve('/pdb/1ajj.pdb.gz', b'', 502)
            self.refuse(SystemFault, 'archive.unavailable', fetch_structure, '1ajj')
        self.assertEqual(archive.paths, ['/pdb/4agm.pdb.gz'] * 4 + ['/pdb/1ajj.pdb.gz'] * 4)

    def test_a_refusal_is_not_tried_again(self) -> None:
        """403 will be 403 the next time, too."""
        with LoopbackArchive() as archive:
            archive.serve('/pdb/4agm.pdb.gz', b'', 403)
            self.refuse(SystemFault, 'archive.unavailable', fetch_structure, '4agm')
        self.assertEqual(len(archive.paths), 1)

    def test_an_archive_that_is_away_is_unavailable(self) -> None:
        """Nothing listens there; and a host without address."""
        with LoopbackArchive() as archive:
            pass
        closed = dict.fromkeys(('pdb_files', 'alphafold', 'density_files'), f'{archive.url}/')
        with LoopbackArchive(URLS=closed), self.assertLogs(level='WARNING'):
            self.refuse(SystemFault, 'archive.unavailable', fetch_structure, '4agm')
        with (
            LoopbackArchive(URLS=dict.fromkeys(closed, 'https://files.rcsb.org/')),
            patch.object(archive_guard.socket, 'getaddrinfo', side_effect=socket.gaierror),
            self.assertLogs(level='WARNING'),
        ):
            self.refuse(SystemFault, 'archive.unavailable', fetch_structure, '4agm')

    def test_a_cut_connection_is_no_structure(self) -> None:
        """Fewer bytes than announced are never taken for the entry."""
        with LoopbackArchive() as archive, self.assertLogs(level='WARNING'):
            archive.cut('/pdb/4agm.pdb.gz', sample(PDB_FILE))
            self.refuse(SystemFault, 'archive.unavailable', fetch_structure, '4agm')


class LimitTests(FetchRefusals):
    """Archives without measure."""

    def test_an_entry_above_the_limit_is_refused(self) -> None:
        """Announced, endless, and packed below the limit."""
        with LoopbackArchive(ARCHIVE_MAX_BYTES=2**20) as archive:
            archive.serve('/pdb/4agm.pdb.gz', bytes(2**21))
            archive.endless('/pdb/1ajj.pdb.gz')
            numbers = '\n'.join(map(str, range(2**18))).encode()
            archive.serve('/pdb/1yjp.pdb.gz', gzip.compress(numbers))
            archive.serve('/density/4agm.ccp4', gzip.compress(bytes(2**21)))
            for code in ('4agm', '1ajj', '1yjp'):
                self.refuse(InputError, 'archive.too_large', fetch_structure, code)
            self.refuse(InputError, 'archive.too_large', fetch_density_map, '4agm')

    def test_a_mirror_file_above_the_limit_is_passed_over(self) -> None:
        """The mirror obeys the same limit."""
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / '4agm.pdb').write_bytes(sample(PDB_FILE))
            with (
                LoopbackArchive(ARCHIVE_MAX_BYTES=1000, LOCAL_PDB_MIRROR_DIR=folder),
                self.assertLogs('molecule_handler.external', 'WARNING'),
            ):
                self.refuse(NotFoundError, 'archive.not_found', fetch_structure, '4agm')

    def test_dripping_bytes_do_not_hold_the_worker(self) -> None:
        """A byte every 50 ms resets the read time-out for ever; in the body, and before the first line is complete."""
        for in_header, tls in ((False, False), (True, False), (False, True)):
            with LoopbackArchive(budget=0.4, tls=tls) as archive, self.assertLogs(level='WARNING'):
                archive.trust()
                archive.trickle('/pdb/4agm.pdb.gz', in_header)
                started = time.monotonic()
                self.refuse(SystemFault, 'archive.unavailable', fetch_structure, '4agm')
                self.assertLess(time.monotonic() - started, 1.5)

    def test_a_silent_archive_times_out(self) -> None:
        """It accepts the connection and says nothing."""
        with (
            socket.create_server(('127.0.0.1', 0)) as silent,
            LoopbackArchive(
                budget=0.5,
                ARCHIVE_TIMEOUT_SECONDS=(0.1, 0.1),
                URLS={'pdb_files': f'http://127.0.0.1:{silent.getsockname()[1]}/'},
            ),
            self.assertLogs(level='WARNING'),
        ):
            self.refuse(SystemFault, 'archive.unavailable', fetch_structure, '4agm')

    def test_no_connection_outlives_the_clock(self) -> None:
        """One that is made when the time is over is closed at once."""
        left, right = socket.socketpair()
        with right, archive_guard.Clock(0) as clock:
            while not clock.over:
                time.sleep(0.01)
            with self.assertRaises(TimeoutError):
                clock.watch(left)
            self.assertEqual(right.recv(1), b'')

    def test_no_try_begins_when_the_time_is_over(self) -> None:
        """The pause counts."""
        with (
            LoopbackArchive(budget=0.3) as archive,
            patch.object(archive_http, 'PAUSES', (60,)),
            self.assertLogs(level='WARNING'),
        ):
            archive.serve('/pdb/4agm.pdb.gz', b'', 500)
            self.refuse(SystemFault, 'archive.unavailable', fetch_structure, '4agm')
        self.assertEqual(len(archive.paths), 1)
