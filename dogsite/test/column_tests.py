"""The columns of the table: what a run writes, what the API description says, and what the page explains."""

from django.conf import settings
from drf_spectacular.generators import SchemaGenerator

from dogsite.models import DogsiteInfo, DogsiteJob
from proteins_plus.test.samples import stored_protein
from proteins_plus.test.utils import ApiTestCase, media_files, remove_new_media

from .config import request


class Columns(ApiTestCase):
    """Nobody can use a figure without its meaning and unit."""

    described: dict[str, str]

    @classmethod
    def setUpTestData(cls) -> None:
        """What the API description says of a row."""
        schema = SchemaGenerator().get_schema(request=None, public=True)['components']['schemas']
        row = schema[schema['DogsiteInfo']['properties']['info']['items']['$ref'].rpartition('/')[2]]
        cls.described = {name: column['description'] for name, column in row['properties'].items()}

    def test_every_column_of_a_run_is_described_and_no_other(self) -> None:
        """In the order of the table."""
        self.addCleanup(remove_new_media, media_files())
        job = self.run_job('dogsite/', request('1hvr.pdb'))
        rows = self.get(f'dogsite/info/{job["dogsite_info"]}/')['info']
        self.assertEqual(list(rows[0]), list(self.described))

    def test_columns_come_in_their_order_and_unknown_ones_last(self) -> None:
        """PostgreSQL sorts keys by their length; a published program may have columns of its own."""
        names = [*reversed(self.described), 'more']
        info = DogsiteInfo.objects.create(info=[dict.fromkeys(names, '1')])
        DogsiteJob.objects.create(input_protein=stored_protein(), dogsite_info=info)
        (row,) = self.get(f'dogsite/info/{info.pk}/')['info']
        self.assertEqual(list(row), [*self.described, 'more'])

    def test_page_explains_them_in_the_same_words(self) -> None:
        """It has them as a table, in the order of the file."""
        page = (settings.BASE_DIR / 'docs' / 'tools' / 'dogsite.md').read_text(encoding='utf-8')
        table = '\n'.join(f'| `{name}` | {meaning} |' for name, meaning in self.described.items())
        self.assertIn(table, page)
