"""The archives, and nothing else in the world."""

import os
import tempfile
from pathlib import Path
from unittest.mock import patch

from django.test import override_settings

from molecule_handler import archive_guard
from molecule_handler.external import (
    fetch_density_map,
    fetch_predicted_structure,
    fetch_structure,
)
from molecule_handler.test.archive import LoopbackArchive
from molecule_handler.test.refusals import FetchRefusals
from molecule_handler.test.samples import HOSTILE_CODES, PDB_FILE, sample
from proteins_plus.errors import InputError, SystemFault

#: Addresses no hop may lead to, however they are spelled.
HOSTILE_URLS = [
    'http://files.rcsb.org/download/4agm.pdb',
    'ftp://files.rcsb.org/4agm.pdb',
    'file:///etc/passwd',
    'gopher://files.rcsb.org/_x',
    'data:text/plain,ATOM',
    'javascript:alert(1)',
    'https://evil.example/4agm.pdb',
    'https://files.rcsb.org.evil.example/',
    'https://evilfiles.rcsb.org/',
    'https://files.rcsb.org./',
    'https://rcsb.org/',
    'https://sub.files.rcsb.org/',
    'https://files.rcsb.org@evil.example/',
    'https://files.rcsb.org:x@evil.example/',
    'https://evil.example@files.rcsb.org/',
    'https://user:password@files.rcsb.org/',
    'https://files.rcsb.org\\@evil.example/',
    'https:\\\\files.rcsb.org/',
    'https://files.rcsb.org#@evil.example/',
    'https://files.rcsb.org?@evil.example/',
    'https://evil.example#files.rcsb.org/',
    'https://files.rcsb.org:80/',
    'https://files.rcsb.org:22/',
    'https://files.rcsb.org:99999/',
    'https://files.rcsb.org:0443x/',
    'https://files.rcsb.org',
    'https:///files.rcsb.org/',
    'https:files.rcsb.org/',
    '//files.rcsb.org/',
    '/download/4agm.pdb',
    'HTTPS://files.rcsb.org/',
    ' https://files.rcsb.org/',
    'https://files.rcsb.org/ x',
    'https://files.rcsb.org/\r\nHost: evil.example',
    'https://files.rcsb.org/\t',
    'https://files.rcsb.org/\x00',
    'https://\uff46iles.rcsb.org/',
    'https://files\u3002rcsb\u3002org/',
    'https://127.0.0.1/',
    'https://localhost/',
    'https://[::1]/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'https://0.0.0.0/',
    'https://0/',
    'https://2130706433/',
    'https://0x7f000001/',
    'https://0177.0.0.1/',
    'https://127.1/',
    'https://10.0.0.1/',
    'https://192.168.1.1/',
    'http://169.254.169.254/latest/meta-data/',
    'https://metadata.google.internal/',
    'http://localhost:6378/',
    'http://127.0.0.1:1/',
    'https://[files.rcsb.org/',
    '',
    'https://',
    'x',
]


class DoorTests(FetchRefusals):
    """Nowhere else."""

    def test_no_hostile_code_is_asked_for(self) -> None:
        """Not one request leaves."""
        with LoopbackArchive() as archive:
            for code in HOSTILE_CODES:
                for fetch in (fetch_structure, fetch_predicted_structure, fetch_density_map):
                    with self.subTest(code=code), self.assertRaises(InputError):
                        fetch(code)
        self.assertEqual(archive.paths, [])

    def test_no_hostile_address_is_allowed(self) -> None:
        """However it is spelled; the same check sees every redirect and every second hop."""
        self.assertGreaterEqual(len(HOSTILE_URLS), 40)
        with LoopbackArchive() as archive:
            for url in (*HOSTILE_URLS, archive.url, archive.url.replace('127.0.0.1', 'localhost') + '/'):
                with self.subTest(url=url), self.assertRaises(SystemFault) as caught, self.assertLogs(level='ERROR'):
                    archive_guard.check_url(url)
                self.assertEqual(caught.exception.code, 'archive.untrusted_address')
            archive_guard.check_url('https://files.rcsb.org/download/4agm.pdb.gz')
            archive_guard.check_url(f'{archive.url}/pdb/4agm.pdb.gz')

    def test_redirects_and_second_hops_do_not_leave_the_list(self) -> None:
        """A second server on this machine is never asked."""
        with LoopbackArchive() as other, LoopbackArchive() as archive, self.assertLogs(level='ERROR'):
            other.serve('/4agm.pdb', sample(PDB_FILE))
            targets = [
                f'{other.url}/4agm.pdb',
                'http://169.254.169.254/',
                'https://evil.example/',
                'file:///etc/passwd',
            ]
            for number, target in enumerate([*targets, 'https://[x/', f'//{other.url[7:]}/4agm.pdb'], start=10):
                archive.redirect(f'/pdb/{number}aa.pdb.gz', target)
                archive.redirect(f'/density/{number}aa.ccp4', target)
                archive.serve(f'/afdb/P{number}637', [{'pdbUrl': target}])
                for fetch, code in (
                    (fetch_structure, f'{number}aa'),
                    (fetch_density_map, f'{number}aa'),
                    (fetch_predicted_structure, f'P{number}637'),
                ):
                    with self.subTest(target=target):
                        self.refuse(SystemFault, 'archive.untrusted_address', fetch, code)
        self.assertEqual(other.paths, [])

    def test_redirects_on_the_list_are_followed_three_times(self) -> None:
        """Relative and absolute ones; a circle ends."""
        with LoopbackArchive() as archive:
            archive.redirect('/pdb/4agm.pdb.gz', '/a')
            archive.redirect('/a', f'{archive.url}/b')
            archive.redirect('/b', 'c')
            archive.serve('/c', sample(PDB_FILE))
            self.assertEqual(fetch_structure('4agm').file_type, 'pdb')
            archive.redirect('/pdb/1ajj.pdb.gz', '/pdb/1ajj.pdb.gz')
            with self.assertLogs(level='ERROR'):
                self.refuse(SystemFault, 'archive.untrusted_address', fetch_structure, '1ajj')
        self.assertEqual(archive.paths, ['/pdb/4agm.pdb.gz', '/a', '/b', '/c'] + ['/pdb/1ajj.pdb.gz'] * 4)

    def test_nothing_is_carried_from_hop_to_hop(self) -> None:
        """No cookie, no Referer, no credentials of the environment, no proxy."""
        with tempfile.TemporaryDirectory() as home, LoopbackArchive() as archive:
            netrc = Path(home) / '.netrc'
            netrc.write_text('machine 127.0.0.1 login me password secret\n')
            environment = {'NETRC': str(netrc), 'HTTP_PROXY': 'http://127.0.0.1:1', 'http_proxy': 'http://127.0.0.1:1'}
            archive.redirect('/pdb/4agm.pdb.gz', '/a', Set_Cookie='tracked=yes; Path=/')
            archive.serve('/a', sample(PDB_FILE))
            with patch.dict(os.environ, environment):
                fetch_structure('4agm')
        names = {name.lower() for _, headers in archive.requests for name in headers}
        self.assertEqual(len(archive.requests), 2)
        self.assertFalse(names & {'cookie', 'referer', 'authorization', 'proxy-authorization'})

    def test_a_name_that_leads_into_a_private_network_is_refused(self) -> None:
        """Whatever its resolver says; before a connection is made, and though one of its addresses is public."""
        private = ['127.0.0.1', '10.1.2.3', '172.16.0.1', '192.168.0.1', '169.254.169.254', '100.64.0.1', '0.0.0.0']  # noqa: S104
        private += [
            '::1',
            '::ffff:127.0.0.1',
            '::ffff:10.0.0.1',
            'fe80::1%eth0',
            'fc00::1',
            '224.0.0.1',
            'ff02::1',
            '::',
        ]
        with LoopbackArchive(URLS={'pdb_files': 'https://files.rcsb.org/download/'}), self.assertLogs(level='ERROR'):
            for address in private:
                for found in ([address], ['128.6.158.49', address]):
                    answer = [(0, 0, 0, '', (text, 443)) for text in found]
                    with (
                        self.subTest(found=found),
                        patch.object(archive_guard.socket, 'getaddrinfo', return_value=answer),
                        patch.object(
                            archive_guard.socket, 'create_connection', side_effect=AssertionError('connected')
                        ),
                    ):
                        self.refuse(SystemFault, 'archive.untrusted_address', fetch_structure, '4agm')

    def test_a_public_address_is_what_is_connected_to(self) -> None:
        """The address that was checked, not the name again; the next one if it does not answer."""
        answer = [(0, 0, 0, '', (text, 443)) for text in ('2606:4700::1', '128.6.158.49')]
        with (
            LoopbackArchive(URLS={'pdb_files': 'https://files.rcsb.org/download/'}),
            patch.object(archive_guard.socket, 'getaddrinfo', return_value=answer),
            patch.object(archive_guard.socket, 'create_connection', side_effect=ConnectionRefusedError) as connect,
            self.assertLogs(level='WARNING'),
        ):
            self.refuse(SystemFault, 'archive.unavailable', fetch_structure, '4agm')
        asked = [call.args for call in connect.call_args_list]
        self.assertEqual(asked, [(('2606:4700::1', 443), 2), (('128.6.158.49', 443), 2)] * 4)

    def test_certificates_are_checked(self) -> None:
        """One that nobody has signed is refused, one for another name too; a trusted one opens the door."""
        with LoopbackArchive(tls=True) as archive, self.assertLogs(level='WARNING'):
            archive.serve('/pdb/4agm.pdb.gz', sample(PDB_FILE))
            self.refuse(SystemFault, 'archive.unavailable', fetch_structure, '4agm')
            archive.trust()
            self.assertEqual(fetch_structure('4agm').content, sample(PDB_FILE))
            with override_settings(URLS={'pdb_files': f'{archive.url.replace("localhost", "127.0.0.1")}/pdb/'}):
                self.refuse(SystemFault, 'archive.unavailable', fetch_structure, '4agm')
        self.assertEqual(archive.paths, ['/pdb/4agm.pdb.gz'])

    def test_plain_http_is_for_loopback_only(self) -> None:
        """A configured http address elsewhere is refused."""
        with (
            LoopbackArchive(URLS={'pdb_files': 'http://files.rcsb.org/download/'}),
            self.assertLogs(level='ERROR'),
        ):
            self.refuse(SystemFault, 'archive.untrusted_address', fetch_structure, '4agm')
