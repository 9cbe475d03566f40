"""All pages, one after the other, as a visitor comes to them."""

from collections.abc import Iterator

from playwright.sync_api import Page, expect

from . import steps

#: Of a protease of HIV, between its chains.
SITE = tuple((name, number, chain) for chain in 'AB' for name, number in (('ASP', '25'), ('ALA', '28'), ('ILE', '84')))


def visits(page: Page, drawn: bool = True) -> Iterator[str]:
    """
    Walk through all pages.

    :param page: shows one after the other
    :param drawn: whether this browser draws the 3D views, which takes the processor seconds each
    :returns: its name, each time a page is ready
    """
    page.goto('/')
    yield 'home'
    yield from _structure_and_results(page, drawn)
    yield from _waiting(page)
    page.goto('/')
    page.get_by_label('PDB id or UniProt accession').fill('9zzz')
    page.get_by_role('button', name='Open').click()
    expect(page.get_by_role('alert')).to_be_visible()
    yield 'job-failed'
    page.get_by_role('link', name='My jobs').click()
    yield 'my-jobs'
    page.get_by_role('link', name='Server').click()
    yield 'server'
    page.goto('/structures/00000000-0000-0000-0000-000000000000/')
    yield 'nothing-here'
    page.goto('/api/schema/swagger-ui')
    page.locator('.opblock').first.wait_for()
    yield 'api'


def _structure_and_results(page: Page, drawn: bool) -> Iterator[str]:
    """
    :param page: shows what a structure and the result of each tool look like; a small one, where nobody sees it
    :param drawn: see :func:`visits`
    :returns: as :func:`visits`
    """
    code, state = ('1afs', 'ready') if drawn else ('1hvr', 'error')
    steps.open_code(page, code)
    steps.viewer(page, state)
    structure = page.url
    yield 'structure'
    page.get_by_role('link', name='How Preprocessor read it').click()
    steps.viewer(page, state)
    yield 'result-preprocessor'
    for tool in ('Protoss', 'DoGSite', 'StructureProfiler'):
        page.goto(structure)
        steps.choose_tool(page, tool)
        yield f'form-{tool.lower()}'
        steps.run(page, tool)
        steps.viewer(page, state)
        yield f'result-{tool.lower()}'
    steps.fill_in_with_map(page, '5e5z')
    yield 'form-ediascorer'
    steps.run(page, 'EDIAscorer')
    steps.viewer(page, state)
    yield 'result-ediascorer'
    steps.fill_in_with_metal(page, '1ajj')
    yield 'form-metalizer'
    steps.run(page, 'METALizer')
    steps.viewer(page, state)
    yield 'result-metalizer'
    steps.fill_in_with_ligand(page, '1hvr', '1hpv_478_in_1hvr.sdf.gz')
    yield 'form-poseview'
    steps.run(page, 'PoseView')
    steps.viewer(page, state)
    yield 'result-poseview'
    steps.fill_in_with_site(page, '1hvr', *SITE)
    yield 'form-siena'
    steps.run(page, 'SIENA')
    steps.viewer(page, state)
    yield 'result-siena'
    steps.fill_in_example(page, 'geomine')
    yield 'form-geomine'
    steps.run(page, 'GeoMine')
    steps.viewer(page, state)
    yield 'result-geomine'
    page.goto('/tools/protoss/')
    page.get_by_role('button', name='Run Protoss').click()
    page.get_by_role('alert').first.wait_for()
    yield 'form-refused'


def _waiting(page: Page) -> Iterator[str]:
    """
    :param page: shows a job that waits behind another one
    :returns: as :func:`visits`
    """
    steps.upload(page, '4hhb.pdb.gz')
    protein = page.url.split('/')[-2]
    for tool in ('Protoss', 'DoGSite'):
        page.goto(f'/tools/{tool.lower()}/?protein={protein}')
        page.get_by_role('button', name=f'Run {tool}').click()
        expect(page.locator('#progress')).to_be_visible()
    yield 'job-progress'
    cancel = page.get_by_role('button', name='Cancel')
    if cancel.is_visible():  # the job may have ended while it was looked at
        cancel.click()
