"""Defects of the published server that concern GeoMine; each test fails on what was seen there."""

import tempfile
from datetime import timedelta
from pathlib import Path

from django.test.utils import override_settings
from django.utils import timezone

from geomine.models import GeomineInfo, GeomineJob
from molecule_handler.clean_up import clean_up
from proteins_plus.test.utils import row_counts, upload

from .samples import ROUTE, TIPS, GeomineTestCase


class KnownDefects(GeomineTestCase):
    """One test a row."""

    def setUp(self) -> None:
        """A folder for filters, and something outside of it."""
        super().setUp()
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.filters = self.folder / 'filters'
        self.filters.mkdir()
        self.enterContext(override_settings(GEOMINE_FILTER_DIR=self.filters))

    def test_path_of_the_server_is_taken_from_its_own_folder_only(self) -> None:
        """3.3: any path was handed to the tool. What is elsewhere is as unknown as what is nowhere."""
        secret, inside = self.folder / 'secret.xml', self.filters / 'inside.xml'
        for path in (secret, inside):
            path.write_text('<PelikanFilter><pockethasligandfilter value="true"/></PelikanFilter>')
        (self.filters / 'link.xml').symlink_to(secret)
        for name in (
            str(secret),
            '../secret.xml',
            'link.xml',
            'x/../../secret.xml',
            'nothing.xml',
            '/etc/passwd.xml',
            '.xml',
        ):
            response = self.post(ROUTE, {'filter_file': name})
            self.assertEqual((response.status_code, response.json()['error_code']), (400, 'filter.not_found'), name)
        self.assertFalse(GeomineJob.objects.exists())
        for name in ('inside.xml', str(inside)):
            job = self.run_job(ROUTE, {'filter_file': name})
            self.assertEqual((job['status'], job['filter_file']), ('success', name))
            break
        self.assertEqual(self.run_job(ROUTE, {'filter_file': str(inside)})['id'], job['id'])

    def test_result_is_cached_by_content_not_by_path(self) -> None:
        """3.3: a changed file got the old result."""
        path = self.filters / 'q.xml'
        ids = []
        for code in ('1HVR', '1HPV'):
            path.write_text(f'<PelikanFilter><substringfilter value="{code}"/></PelikanFilter>')
            ids.append(self.run_job(ROUTE, {'filter_file': 'q.xml'})['id'])
        self.assertNotEqual(*ids)
        uploaded = self.run_job(ROUTE, {'filter_file': upload(path.read_bytes(), 'other name.xml')})
        self.assertEqual(uploaded['id'], ids[1])

    def test_file_is_uploaded_and_text_is_taken_too(self) -> None:
        """3.3: there was no upload."""
        jobs = [
            self.run_job(ROUTE, {'filter_file': upload(TIPS, 'tips.json')}),
            self.run_job(ROUTE, {'filter_file': TIPS}),
            self.run_job(ROUTE, {'query': TIPS}),
        ]
        self.assertEqual(len({job['id'] for job in jobs}), 1)
        self.assertEqual(jobs[0]['filter_file'], 'tips.json')
        response = self.client.post(f'/api/v2/{ROUTE}', {'filter_file': TIPS}, format='json')
        self.assertEqual(response.json(), {'job_id': jobs[0]['id'], 'retrieved_from_cache': True})

    def test_clean_up_takes_searches_too(self) -> None:
        """3.4: GeoMine was never cleaned."""
        none = row_counts()
        self.run_job(ROUTE, {'query': TIPS})
        long_ago = timezone.now() - timedelta(days=30)
        for model in (GeomineJob, GeomineInfo):
            model.objects.update(date_last_accessed=long_ago)
        clean_up()
        self.assertEqual(row_counts(), none)
