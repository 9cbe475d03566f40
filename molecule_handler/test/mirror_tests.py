"""Local copies of the archives come first."""

import contextlib
import gzip
import tempfile
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

from django.test import SimpleTestCase, override_settings

from molecule_handler import mirrors
from molecule_handler.external import (
    Fetched,
    fetch_density_map,
    fetch_predicted_structure,
    fetch_structure,
)
from molecule_handler.test.samples import CIF_FILE, HOSTILE_CODES, MAP_FILE, PDB_FILE, sample
from proteins_plus.errors import InputError

_CIF_ONLY = 'pdb_10004agm'


class MirrorTests(SimpleTestCase):
    """Local copies of the archives."""

    def setUp(self) -> None:
        """Make an empty folder and cut the way to the archives."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        no_download = patch('molecule_handler.external.download', side_effect=AssertionError('asked the archive'))
        no_download.start()
        self.addCleanup(no_download.stop)

    def put(self, name: str, content: bytes) -> None:
        """
        :param name: a path below the mirror
        :param content: what the file holds; packed if the name says so
        """
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(content) if name.lower().endswith('.gz') else content)

    def assert_found(
        self, name: str, content: bytes, fetch: Callable[[str], Fetched], code: str, file_type: str, setting: str
    ) -> None:
        """
        :param name: where the mirror keeps the entry
        :param content: what it is
        :param fetch: how it is fetched
        :param code: by which code
        :param file_type: what it is said to be
        :param setting: the setting that names the mirror
        """
        self.put(name, content)
        with self.subTest(name=name, code=code), override_settings(**{setting: str(self.root)}):
            fetched = fetch(code)
            self.assertEqual((fetched.content, fetched.file_type), (content, file_type))
            self.assertEqual(fetched.source, f'local mirror: {Path(name).name}')
        (self.root / name).unlink()

    def test_structures_are_found_in_every_layout(self) -> None:
        """D13: mirrors made by rsync are divided, and used not to be read."""
        names = [
            'pdb4agm.ent.gz',
            'pdb4agm.ent',
            'pdb4AGM.ent.gz',
            '4agm.pdb',
            '4agm.pdb.gz',
            '4AGM.pdb.gz',
            '4agm.ent',
            'ag/pdb4agm.ent.gz',
            'AG/pdb4agm.ent.gz',
            'ag/4AGM.pdb',
            'pdb_00004agm.pdb.gz',
            'ag/pdb_00004agm/pdb_00004agm.pdb.gz',
        ]
        for name in names:
            for code in ('4agm', '4AGM', 'pdb_00004agm'):
                self.assert_found(name, sample(PDB_FILE), fetch_structure, code, 'pdb', 'LOCAL_PDB_MIRROR_DIR')
        for name in ('4agm.cif', '4AGM.cif.gz', 'ag/4agm.cif.gz', 'ag/pdb_00004agm/pdb_00004agm.cif.gz'):
            self.assert_found(name, sample(CIF_FILE), fetch_structure, '4agm', 'cif', 'LOCAL_PDB_MIRROR_DIR')
        for name in (f'{_CIF_ONLY}.cif.gz', f'ag/{_CIF_ONLY}.cif', f'ag/{_CIF_ONLY}/{_CIF_ONLY}.cif.gz'):
            self.assert_found(name, sample(CIF_FILE), fetch_structure, _CIF_ONLY, 'cif', 'LOCAL_PDB_MIRROR_DIR')

    def test_density_maps_are_found_in_every_layout(self) -> None:
        """Flat and divided, .ccp4 and .map."""
        for name in ('4agm.ccp4', '4agm.ccp4.gz', '4AGM.map', '4agm.map.gz', 'ag/4agm.ccp4.gz'):
            self.assert_found(name, sample(MAP_FILE), fetch_density_map, '4AGM', 'ccp4', 'LOCAL_DENSITY_MIRROR_DIR')

    def test_predicted_structures_are_found_in_any_version(self) -> None:
        """Names of the AlphaFold archive, and plain ones."""
        for name, file_type in (
            ('AF-P04637-F1-model_v4.pdb', 'pdb'),
            ('AF-P04637-F1-model_v4.pdb.gz', 'pdb'),
            ('AF-P04637-F1-model_v12.cif', 'cif'),
            ('AF-P04637-F1-model_v6.cif.gz', 'cif'),
            ('P04637.pdb', 'pdb'),
            ('p04637.pdb.gz', 'pdb'),
            ('P04637.cif', 'cif'),
        ):
            content = sample(PDB_FILE if file_type == 'pdb' else CIF_FILE)
            self.assert_found(name, content, fetch_predicted_structure, 'p04637', file_type, 'LOCAL_AFDB_MIRROR_DIR')

    def test_the_newest_prediction_wins(self) -> None:
        """By number, not by spelling; and PDB before mmCIF of the same version."""
        for version, suffix in ((4, 'pdb'), (10, 'cif.gz'), (10, 'pdb'), (9, 'pdb')):
            content = f'REMARK {version}\n'.encode() + sample(PDB_FILE)
            self.put(f'AF-P04637-F1-model_v{version}.{suffix}', content if suffix == 'pdb' else sample(CIF_FILE))
        self.put('AF-P04637-F2-model_v11.pdb', sample(PDB_FILE))
        with override_settings(LOCAL_AFDB_MIRROR_DIR=str(self.root)):
            self.assertEqual(fetch_predicted_structure('P04637').source, 'local mirror: AF-P04637-F1-model_v10.pdb')

    def test_pdb_is_preferred_to_mmcif(self) -> None:
        """Where a mirror holds both."""
        self.put('4agm.cif', sample(CIF_FILE))
        self.put('ag/pdb4agm.ent.gz', sample(PDB_FILE))
        with override_settings(LOCAL_PDB_MIRROR_DIR=str(self.root)):
            self.assertEqual(fetch_structure('4agm').file_type, 'pdb')

    def test_a_broken_file_is_passed_over(self) -> None:
        """Half a download must not hide the good copy beside it."""
        (self.root / 'pdb4agm.ent.gz').write_bytes(gzip.compress(sample(PDB_FILE))[:400])
        (self.root / '4agm.pdb').mkdir()
        self.put('4agm.cif', sample(CIF_FILE))
        with (
            override_settings(LOCAL_PDB_MIRROR_DIR=str(self.root)),
            self.assertLogs('molecule_handler.external', 'WARNING'),
        ):
            self.assertEqual(fetch_structure('4agm').file_type, 'cif')

    def test_no_mirror_is_not_the_current_folder(self) -> None:
        """An empty setting means that there is none."""
        for name in ('4agm.pdb', 'P04637.pdb', '4agm.ccp4'):
            self.put(name, sample(PDB_FILE))
        none = dict.fromkeys(('LOCAL_PDB_MIRROR_DIR', 'LOCAL_DENSITY_MIRROR_DIR', 'LOCAL_AFDB_MIRROR_DIR'), '')
        with contextlib.chdir(self.root), override_settings(**none):
            self.assertEqual(list(mirrors.structure_files('4agm')), [])
            self.assertEqual(list(mirrors.density_files('4agm')), [])
            self.assertEqual(list(mirrors.predicted_structure_files('P04637')), [])

    def test_a_code_never_leaves_the_mirror(self) -> None:
        """No hostile string reaches the file system."""
        (self.root / 'etc').mkdir()
        opened = patch.object(Path, 'is_file', side_effect=AssertionError('touched the file system'))
        everywhere = {
            name: str(self.root)
            for name in ('LOCAL_PDB_MIRROR_DIR', 'LOCAL_DENSITY_MIRROR_DIR', 'LOCAL_AFDB_MIRROR_DIR')
        }
        with opened, override_settings(**everywhere):
            for code in HOSTILE_CODES:
                for fetch in (fetch_structure, fetch_predicted_structure, fetch_density_map):
                    with self.subTest(code=code), self.assertRaises(InputError) as caught:
                        fetch(code)
                    self.assertTrue(caught.exception.code.endswith('_code.invalid'))
