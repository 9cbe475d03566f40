"""The columns of both tables: what a run writes, what the API description says, and what the page explains."""

from django.conf import settings
from drf_spectacular.generators import SchemaGenerator

from ediascorer.columns import ATOM, STRUCTURE
from proteins_plus.test.utils import ApiTestCase, media_files, remove_new_media

from .config import request


class Columns(ApiTestCase):
    """Nobody can use a figure without its meaning and unit."""

    def test_every_column_of_a_run_is_described_and_no_other(self) -> None:
        """In the order of the tables."""
        self.addCleanup(remove_new_media, media_files())
        scores = self.get(f'ediascorer/scores/{self.run_job("ediascorer/", request())["edia_scores"]}/')
        for name, columns in (('atom_scores', ATOM), ('structure_scores', STRUCTURE)):
            for row in scores[name].values():
                self.assertEqual(sorted(row), sorted(columns))

    def test_api_description_and_page_explain_them_in_the_same_words(self) -> None:
        """The page has them as tables, in their order."""
        schema = SchemaGenerator().get_schema(request=None, public=True)['components']['schemas']
        page = (settings.BASE_DIR / 'docs' / 'tools' / 'ediascorer.md').read_text(encoding='utf-8')
        for name, columns in (('EdiaAtom', ATOM), ('EdiaStructure', STRUCTURE)):
            described = {key: field['description'] for key, field in schema[name]['properties'].items()}
            self.assertEqual(list(described), list(columns))
            table = '\n'.join(f'| `{key}` | {meaning} |' for key, meaning in described.items())
            self.assertIn(table, page)
