"""Pages where something is missing: JavaScript, WebGL, the viewer, the patience of the user, the thing itself."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import Page, Playwright, expect

from . import steps
from .chromium import NO_WEBGL, Watch, barriers, launch_options
from .visits import visits

if TYPE_CHECKING:
    from proteins_plus.test.live import Installation

Open = Callable[..., Page]


def test_every_page_can_be_read_by_everybody(playwright: Playwright, open_window: Open) -> None:
    """Who cannot see colours, or sees nothing at all, works with the same pages, light or dark."""
    browser = playwright.chromium.launch(**launch_options(NO_WEBGL))  # what is drawn, nobody's reader reads
    page = open_window(browser, forgiven=('status of 400', 'status of 404'))  # of the pages that refuse something
    found = {}
    for name in visits(page, drawn=False):
        found[name] = barriers(page)
        page.emulate_media(color_scheme='dark')  # which is nothing but other colours
        found[name] += barriers(page, ('color-contrast',))
        page.emulate_media(color_scheme='light')
    browser.close()
    assert len(found) > 10
    assert [f'{page}: {each}' for page, grave in found.items() for each in grave] == []


def test_operations_of_the_api_can_be_read_by_everybody(page: Page) -> None:
    """Swagger UI has colours of its own, and more of them where something is opened."""
    page.goto('/api/schema/swagger-ui')
    for method in ('get', 'post', 'delete'):
        operation = page.locator(f'.opblock-{method}').first
        operation.get_by_role('button').first.click()
        expect(operation.locator('.responses-wrapper')).to_be_visible()
    assert barriers(page) == []


def test_job_is_canceled_while_it_waits_and_while_it_runs(page: Page) -> None:
    """A job nobody wants any more must not keep others waiting."""
    steps.without_3d(page)
    steps.upload(page, '4hhb.pdb.gz')
    protein, jobs = page.url.split('/')[-2], []
    for tool, label, value in (('DoGSite', 'Spacing', '0.4'), ('Protoss', 'pH', '5.5')):
        page.goto(f'/tools/{tool.lower()}/?protein={protein}')
        page.get_by_label(label).fill(value)
        page.get_by_role('button', name=f'Run {tool}').click()
        expect(page.locator('#progress')).to_be_visible()
        jobs.append(page.url)
    expect(page.locator('#progress')).to_contain_text('place 1 in the queue')
    for job in reversed(jobs):
        page.goto(job)
        page.get_by_role('button', name='Cancel').click()
        expect(page.get_by_role('alert')).to_contain_text('Canceled')


def test_missing_things_are_told_with_a_way_on(page: Page, watch: Watch) -> None:
    """A wrong link and a wrong code must end in words, neither in a blank page nor in a traceback."""
    watch.forgiven.append('status of 404')
    page.goto('/structures/00000000-0000-0000-0000-000000000000/')
    expect(page.get_by_role('heading', level=1)).to_have_text('There is nothing here.')
    page.get_by_role('link', name='To the start').click()
    page.get_by_label('PDB id or UniProt accession').fill('9zzz')
    page.get_by_role('button', name='Open').click()
    expect(page.get_by_role('alert')).to_contain_text('The structure archive does not answer')
    expect(page.get_by_role('link', name='Run it again with changes')).to_be_visible()


def test_all_of_it_works_without_scripts(open_window: Open, tmp_path: Path) -> None:
    """Forms, status, tables and files are for every browser; the page says what it lacks."""
    page = open_window(java_script_enabled=False, accept_downloads=True)
    page.goto('/')
    page.get_by_role('button', name='Hydroxysteroid dehydrogenase').click()
    page.get_by_role('link', name='To the structure').click()
    expect(page.locator('#viewer')).to_contain_text('It needs JavaScript and WebGL')
    steps.choose_tool(page, 'DoGSite')
    steps.run(page, 'DoGSite')
    assert page.locator('table tbody tr').count() > 1
    rows = list(csv.DictReader(io.StringIO(steps.saved(page, 'As CSV', tmp_path).read_text())))
    assert len(rows) == page.locator('table tbody tr').count()
    page.get_by_text('Each of the').click()
    assert steps.saved(page, 'protein.pdb', tmp_path).read_bytes().count(b'ATOM') > 1000


def test_page_tells_that_there_is_no_webgl(playwright: Playwright, open_window: Open) -> None:
    """An old machine must learn why it sees no 3D, and keep the rest of the page."""
    browser = playwright.chromium.launch(**launch_options(NO_WEBGL))
    page = open_window(browser)
    steps.open_code(page, '1hvr')
    expect(page.locator('#viewer')).to_have_attribute('data-state', 'error')
    expect(page.locator('#viewer')).to_contain_text('no WebGL')
    steps.choose_tool(page, 'Protoss')
    steps.run(page, 'Protoss')
    browser.close()


def test_page_tells_that_nobody_built_the_viewer(server: 'Installation', open_window: Open) -> None:
    """An installation without npm serves all but the 3D view, and says how to get it."""
    from proteins_plus.test.live import free_port  # only now are there settings

    port = free_port()
    server.start_web_server('browser_tests.without_bundle:application', port)
    page = open_window(address=f'http://127.0.0.1:{port}')
    steps.open_code(page, '1hvr')
    expect(page.locator('#viewer')).to_contain_text('is not part of this installation')
    steps.choose_tool(page, 'Protoss')
    steps.run(page, 'Protoss')
