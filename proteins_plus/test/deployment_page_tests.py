"""docs/deployment.md against the server: what it names is there, and what it says about backups works."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

from celery.bin.worker import worker
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection
from django.test import TestCase, TransactionTestCase, override_settings

from molecule_handler.models import Protein
from preprocessor.models import PreprocessorJob
from proteins_plus.models import JobStatus

from .deployment_tests import load_script
from .docs_tests import TABLE_ROW
from .live import database_url
from .samples import stored_job, stored_protein

ROOT = Path(settings.BASE_DIR)
PAGE = (ROOT / 'docs' / 'deployment.md').read_text(encoding='utf-8')

#: What a restored server must be able to do: give every job, its protein and its file.
_READ = """
from django.conf import settings
from django.test import Client
from preprocessor.models import PreprocessorJob
for job in PreprocessorJob.objects.all():
    client = Client(HTTP_HOST='localhost')
    found = client.get(f'/api/v2/molecule_handler/upload/jobs/{job.pk}/').json()
    protein = client.get(f'/api/v2/molecule_handler/proteins/{found["output_protein"]}/').json()
    file = b''.join(client.get(protein['mmcif_file']).streaming_content)
    print(found['status'], protein['name'], file.decode())
"""


def commands(program: str) -> Iterator[list[str]]:
    """
    :param program: a word
    :returns: the words of every command of the page in which it stands, without its remark
    """
    for block in re.findall(r'^```bash\n(.*?)^```', PAGE, re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            if program in line:
                yield shlex.split(line, comments=True)


class NamesOfThePage(TestCase):
    """Settings, units, queues, figures and codes."""

    def test_variables_are_settings(self) -> None:
        """Those that the README documents, which another test compares with the code."""
        named = set(re.findall(r'\b(?:PPLUS_[A-Z_]+|[A-Z]+_(?:URL|HOSTS|ROOT|KEY|TIME|POINT))\b', PAGE))
        self.assertGreater(len(named), 15)
        documented = dict(TABLE_ROW.findall((ROOT / 'README.md').read_text(encoding='utf-8')))
        self.assertLessEqual(named, set(documented))

    def test_units_are_in_the_folder(self) -> None:
        """Whoever copies them finds them, and the folders that they may write to are those of the page."""
        named = set(re.findall(r'\bproteinsplus-(\w+)', PAGE))
        named -= {'heavy', 'open'}  # the reader makes the one; the other is the command of a release
        self.assertEqual(named, {file.stem.partition('-')[2] for file in (ROOT / 'deploy').glob('proteinsplus-*')})
        unit = (ROOT / 'deploy' / 'proteinsplus-worker.service').read_text(encoding='utf-8')
        for word in ('ReadWritePaths', 'TimeoutStopSec'):
            self.assertIn(f'`{word}`', PAGE)
            self.assertIn(f'{word}=', unit)

    def test_workers_serve_queues_that_there_are_with_options_that_there_are(self) -> None:
        """A worker of a queue that is spelled wrongly waits for ever."""
        options = {option for parameter in worker.params for option in parameter.opts}
        queues = []
        for words in commands('-m celery'):
            given = words[words.index('worker') + 1 :]
            self.assertLessEqual({word for word in given if word.startswith('-')}, options)
            queues.append(given[given.index('-Q') + 1])
        self.assertEqual(queues, [queue.name for queue in settings.CELERY_TASK_QUEUES])

    def test_figures_are_told(self) -> None:
        """An alarm on a figure that does not exist never rings."""
        told = self.client.get('/metrics').content.decode()
        named = set(re.findall(r'\bpplus_\w+', PAGE))
        self.assertGreater(len(named), 5)
        for name in named:
            self.assertIn(f'# TYPE {name} ', told)

    def test_codes_and_probes_exist(self) -> None:
        """What an operator looks for in the log, and what a monitor asks."""
        errors = (ROOT / 'docs' / 'errors.md').read_text(encoding='utf-8')
        for code in re.findall(r'`(server\.[a-z]+)`', PAGE):
            self.assertIn(f'`{code}`', errors)
        for path in re.findall(r'^\| `(/\w+)` \|', PAGE, re.MULTILINE):
            self.assertIn(self.client.get(path).status_code, (200, 503), path)


class Backup(TransactionTestCase):
    """The commands of the page, with other places and names."""

    def setUp(self) -> None:
        """A finished job, whose protein has a file."""
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(override_settings(MEDIA_ROOT=str(self.folder / 'media')))
        protein = stored_protein(mmcif_file=ContentFile(b'data_gly', name='x.cif'))
        stored_job(output_protein=protein, status=JobStatus.SUCCESS, hash_value='kept')

    def run_commands(self, program: str, **places: str) -> None:
        """
        :param program: a word
        :param places: what stands for the places of the page; the commands in which the word stands are run
        """
        found = list(commands(program))
        self.assertEqual(len(found), 1, program)
        words = found[0]
        for ours, theirs in {'sys': sys.executable, **places}.items():
            old = {'sys': '.venv/bin/python', 'live': 'var/db.sqlite3', 'backup': '/backup', 'name': 'proteinsplus'}[
                ours
            ]
            words = [word.replace(old, theirs) for word in words]
        subprocess.run(words, check=True, cwd=ROOT)

    def copied(self) -> str:
        """:returns: the URL of a database that was restored from a backup of this one"""
        if connection.vendor == 'sqlite':
            self.run_commands('VACUUM INTO', live=str(connection.settings_dict['NAME']), backup=str(self.folder))
            return f'sqlite:///{self.folder}/db.sqlite3'
        programs = load_script('.ci/with_postgres.py').find_server() / 'bin'
        self.enterContext(mock.patch.dict(os.environ, PATH=f'{programs}:{os.environ["PATH"]}'))
        url = re.sub('^postgres:', 'postgresql:', database_url())
        name = f'restored_{os.getpid()}'
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE {name}')
        self.addCleanup(self.drop, name)
        restored = f'{url.rpartition("/")[0]}/{name}'
        self.run_commands('pg_dump', backup=str(self.folder), name=url)
        self.run_commands('pg_restore', backup=str(self.folder), name=restored)
        return restored

    @staticmethod
    def drop(name: str) -> None:
        """:param name: of a database that is not needed any more"""
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE {name}')

    @staticmethod
    def rows() -> list[dict[str, object]]:
        """:returns: what is stored, without its times"""
        rows = [row for model in (Protein, PreprocessorJob) for row in model.objects.values()]
        return [{name: value for name, value in row.items() if not name.startswith('date_')} for row in rows]

    def test_finished_jobs_can_be_read_where_the_backup_is_restored(self) -> None:
        """By another process, with a data folder of its own."""
        shutil.copytree(self.folder / 'media', self.folder / 'copy')
        places = {'PPLUS_DATA_DIR': str(self.folder / 'var'), 'MEDIA_ROOT': str(self.folder / 'copy')}
        variables = {**os.environ, **places, 'DATABASE_URL': self.copied(), 'PPLUS_LOG_LEVEL': 'ERROR'}
        Protein.objects.all().delete()  # the job, too; nothing of it can come from here
        read = [sys.executable, 'manage.py', 'shell', '--no-imports', '-c', _READ]
        done = subprocess.run(read, cwd=ROOT, env=variables, capture_output=True, text=True, check=False, timeout=60)
        self.assertEqual((done.stdout, done.returncode), ('success gly data_gly\n', 0), done.stderr)

    def test_rows_can_be_carried_to_another_kind_of_database(self) -> None:
        """As they are, with their ids; but fractions of seconds are cut."""
        ((_, _, *dump),) = commands('dumpdata')
        before = self.rows()
        file = str(self.folder / 'rows.jsonl')
        call_command(*[file if word == 'rows.jsonl' else word for word in dump])
        call_command('flush', interactive=False, verbosity=0)
        call_command('loaddata', file, verbosity=0)
        self.assertEqual(self.rows(), before)
