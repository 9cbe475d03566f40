"""The case of GeoMine for the contract tests."""

from proteins_plus.test.contract import BadInput, Request, ToolCase
from proteins_plus.test.utils import upload

from ..models import GeomineJob
from .samples import TIPS


def request(query: str = TIPS, name: str = 'tips.json') -> Request:
    """
    :param query: its text
    :param name: of the file
    :returns: a request
    """
    return {'filter_file': upload(query, name)}


CASE = ToolCase(
    job_model=GeomineJob,
    valid=request,
    changed=lambda: request(TIPS.replace('3.4', '3.1')),
    outputs=('geomine_info',),
    bad=(
        BadInput(lambda: request(''), 'filter_file'),
        BadInput(lambda: request('hello'), 'filter_file'),
        BadInput(lambda: request('[1]'), 'filter_file'),
        BadInput(lambda: request('<other/>'), 'filter_file'),
        BadInput(lambda: request('<PelikanFilter>'), 'filter_file'),
        BadInput(lambda: request('<!DOCTYPE x [<!ENTITY a "b">]><PelikanFilter>&a;</PelikanFilter>'), 'filter_file'),
        BadInput(lambda: {'query': '{"a"'}, 'query'),
        BadInput(lambda: {'query': TIPS, **request()}, 'filter_file'),
        BadInput(lambda: {'filter_file': 'nothing.xml'}, 'filter_file'),
    ),
)
