"""An archive of two entries, built once a process by the command that operators use."""

import io
import shutil
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.test.utils import override_settings

from proteins_plus.test.utils import TEST_FILES, ApiTestCase

#: HIV-1 protease with two inhibitors.
NAMES = ('1hpv.pdb.gz', '1hvr.pdb.gz')
ROUTE = 'geomine/'
#: A query that both of them match.
TIPS = """{
 "points": [{"id": "asp", "residue": "ASP", "part": "side_chain", "interaction": "anion"},
            {"id": "oh", "molecule": "ligand", "element": "O", "interaction": "donor"}],
 "distances": [{"between": ["asp", "oh"], "max": 3.4}]
}"""


def source(folder: Path, names: tuple[str, ...] = NAMES) -> Path:
    """
    :param folder: gets a folder with structures
    :param names: of files of the small archive
    :returns: that folder
    """
    into = folder / 'source'
    into.mkdir(parents=True)
    for name in names:
        shutil.copy(TEST_FILES / 'archive' / name, into)
    return into


@cache
def archive_file() -> str:
    """:returns: the path of an archive of :data:`NAMES`, sites of ligands only"""
    folder = Path(settings.MEDIA_ROOT).parent / 'geomine'
    path = str(folder / 'archive.sqlite3')
    with override_settings(GEOMINE_DB_NAME=path):
        call_command(
            'build_geomine', source_dir=str(source(folder)), jobs=1, no_pockets=True, verbosity=0, stdout=io.StringIO()
        )
    return path


class GeomineTestCase(ApiTestCase):
    """Searches the archive of two entries."""

    def setUp(self) -> None:
        """It is where the settings say."""
        super().setUp()
        self.enterContext(override_settings(GEOMINE_DB_NAME=archive_file()))

    def search(self, **data: Any) -> dict[str, Any]:
        """
        :param data: of the request
        :returns: what is found
        """
        job = self.run_job(ROUTE, data)
        self.assertEqual(job['status'], 'success', job)
        answer = self.get(f'geomine/info/{job["geomine_info"]}/')
        self.assertEqual(set(answer), {'id', 'info', 'parent_geomine_job'})
        self.assertEqual(answer['parent_geomine_job'], job['id'])
        return answer['info']
