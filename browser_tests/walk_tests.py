"""The whole way of a new user with each tool: from a structure to its result, by what the pages say alone."""

import csv
import io
import zipfile
from itertools import product
from pathlib import Path

from playwright.sync_api import Page, expect

from . import pictures, steps
from .chromium import barriers, evaluate
from .visits import SITE

_HIGHLIGHTED = "document.querySelector('#viewer').viewer.plugin.managers.interactivity.lociHighlights.prev.length"
_TARGET = "Array.from(document.querySelector('#viewer').viewer.plugin.canvas3d.camera.target)"


def test_code_to_pockets(page: Page, tmp_path: Path) -> None:
    """DoGSite: whoever types a code must end at pockets in colour, a table that sorts and steers, and files."""
    steps.open_code(page, '1hvr')
    picture = steps.viewer(page).screenshot()
    assert pictures.drawn_share(picture) > 0.05
    for colour in ('#56b4e9', '#e69f00'):  # its two chains
        assert pictures.share_of(picture, colour) > 0.01
    steps.choose_tool(page, 'DoGSite')
    steps.run(page, 'DoGSite')
    picture = steps.viewer(page).screenshot()
    assert pictures.share_of(picture, '#56b4e9') > 0.003  # the first pocket
    assert barriers(page) == []
    _sorts(page, 'Volume')
    _steers(page)
    rows = list(csv.DictReader(io.StringIO(steps.saved(page, 'As CSV', tmp_path).read_text())))
    assert len(rows) == page.locator('table[data-sortable] tbody tr').count()
    with zipfile.ZipFile(steps.saved(page, steps.RESULT, tmp_path)) as packed:
        assert {'README.txt', 'result.pml', 'files/protein.pdb', 'files/pockets.json'} <= set(packed.namelist())


def test_example_to_hydrogens_and_once_more(page: Page) -> None:
    """Protoss: an example needs nothing but a click, and a result can be had again with another setting."""
    steps.open_example(page, 'HIV protease')
    steps.viewer(page)
    steps.choose_tool(page, 'Protoss')
    steps.run(page, 'Protoss')
    assert pictures.drawn_share(steps.viewer(page).screenshot()) > 0.05
    # A picture that comes late must not move what is being clicked: its place is kept.
    assert page.locator('.ligands img').first.evaluate('(image) => image.clientHeight / image.clientWidth') > 0.7
    first = page.url
    steps.without_3d(page)
    page.get_by_role('link', name='Run it again with changes').click()
    expect(page.get_by_label('pH')).to_have_value('7.0')
    page.get_by_label('pH').fill('4')
    steps.run(page, 'Protoss')
    assert page.url != first


def test_structure_to_the_geometry_of_its_metal(page: Page) -> None:
    """METALizer: a file is enough; the best geometry comes first, and distances and ideal directions are drawn."""
    steps.fill_in_with_metal(page, '1ajj')
    steps.run(page, 'METALizer')
    picture = steps.viewer(page).screenshot()
    for colour in ('#2f86c8', '#e69f00'):  # distances; ideal directions
        assert pictures.share_of(picture, colour) > 0.0005, colour
    expect(page.locator('section:has(#geometries) tbody tr').first).to_contain_text('octahedral')
    assert barriers(page) == []


def test_pose_to_its_diagram_which_points_to_the_3d_view_and_back(page: Page) -> None:
    """PoseView: a residue lights up in the plane, in space and in the table, by pointer and by keyboard."""
    steps.fill_in_with_ligand(page, '1hvr', '1hpv_478_in_1hvr.sdf.gz')
    steps.run(page, 'PoseView')
    view = steps.viewer(page)
    drawing, lit = page.locator('.drawing svg'), page.locator('.drawing .lit')
    residue = drawing.get_by_role('button', name='Asp25 A')
    row = page.locator('tr:has(.lit)').first
    residue.hover()
    expect(row).to_contain_text('ASP A 25')
    assert evaluate(page, _HIGHLIGHTED) > 0
    page.mouse.move(1, 1)
    expect(lit).to_have_count(0)
    assert evaluate(page, _HIGHLIGHTED) == 0
    before = evaluate(page, _TARGET)
    residue.focus()
    expect(lit.first).to_be_visible()
    page.keyboard.press('Enter')
    _moved(page, before)
    residue.evaluate('element => element.blur()')
    expect(lit).to_have_count(0)
    box = view.bounding_box()
    assert box is not None
    middle = (box['x'] + box['width'] / 2, box['y'] + box['height'] / 2)  # it looks at the residue
    steps_aside = sorted(product(range(-60, 61, 12), repeat=2), key=lambda aside: aside[0] ** 2 + aside[1] ** 2)
    for right, down in steps_aside:
        page.mouse.move(middle[0] + right, middle[1] + down)
        page.wait_for_timeout(100)
        if lit.count():
            break
    expect(lit.first).to_be_visible()


def test_query_to_the_sites_that_match(page: Page) -> None:
    """GeoMine: the example is enough; the best sites are laid on each other, the points of the query marked."""
    steps.fill_in_example(page, 'geomine')
    steps.run(page, 'GeoMine')
    picture = steps.viewer(page).screenshot()
    for colour in ('#56b4e9', '#e69f00', '#d55e00'):  # both sites; points of the query
        assert pictures.share_of(picture, colour) > 0.0005, colour
    rows = page.locator('section:has(#hits) tbody tr')
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text('1HPV')
    assert barriers(page) == []


def test_site_to_the_same_site_elsewhere(page: Page) -> None:
    """SIENA: structures lie on each other; a row hides its own, and a residue of the alignment is found in 3D."""
    steps.fill_in_with_site(page, '1hvr', *SITE)
    steps.run(page, 'SIENA')
    view = steps.viewer(page)
    shown = pictures.share_of(view.screenshot(), '#56b4e9')
    assert shown > 0.001
    rows = page.locator('section:has(#ensemble) tbody tr')
    expect(rows.first).to_contain_text('1HVR_1')
    rows.first.get_by_role('checkbox').uncheck()
    for _ in range(20):  # the picture follows when the processor has drawn it
        page.wait_for_timeout(500)
        left = pictures.share_of(view.screenshot(), '#56b4e9')
        if left < shown / 5:
            break
    assert left < shown / 5
    expect(page.locator('section:has(#alignment) tbody tr')).to_have_count(len(SITE))
    assert barriers(page) == []


def test_structure_and_map_to_what_is_supported(page: Page, tmp_path: Path) -> None:
    """EDIAscorer: two files end at atoms in the colours of the legend, in the mesh of the map, the worst first."""
    steps.fill_in_with_map(page, '5e5z')
    steps.run(page, 'EDIAscorer')
    picture = steps.viewer(page).screenshot()
    for colour in ('#0072b2', '#5d6d7e'):  # well supported; the map
        assert pictures.share_of(picture, colour) > 0.003, colour
    scores = page.locator('section:has(#structures) tbody td:nth-child(3)').all_inner_texts()
    assert scores == sorted(scores, key=float)
    _steers(page)
    with zipfile.ZipFile(steps.saved(page, steps.RESULT, tmp_path)) as packed:
        assert {'atoms.csv', 'files/map_1.ccp4', 'files/protein.pdb'} <= set(packed.namelist())


def test_structure_to_verdicts(page: Page) -> None:
    """StructureProfiler: what failed stands first, with its value and threshold, and is found in 3D by a click."""
    steps.open_code(page, '1hvr')
    steps.choose_tool(page, 'StructureProfiler')
    page.get_by_label('Thresholds').fill('{"complex": {"resolutionThreshold": 1.5}}')
    steps.run(page, 'StructureProfiler')
    assert pictures.drawn_share(steps.viewer(page).screenshot()) > 0.05
    row = page.locator('section:has(#verdicts) tbody tr', has_text='resolution').first
    for words in ('failed', '1.8 \u00c5', '\u2264 1.5'):
        expect(row).to_contain_text(words)
    _steers(page)
    page.get_by_role('link', name='Run it again with changes').click()
    expect(page.get_by_label('Thresholds')).to_have_value('{"complex": {"resolutionThreshold": 1.5}}')


def test_file_to_ligands_and_metals(page: Page) -> None:
    """Preprocessor: a file of one's own shows its ligands and metals, and each is found in 3D by a click."""
    steps.upload(page, '4hhb.pdb.gz')
    steps.viewer(page)
    before = evaluate(page, _TARGET)
    page.get_by_role('button', name='HEM_A_142').click()
    _moved(page, before)
    page.get_by_role('link', name='How Preprocessor read it').click()
    expect(page.get_by_role('heading', name='Preprocessor', level=1)).to_be_visible()
    steps.viewer(page)


def _sorts(page: Page, column: str) -> None:
    """
    :param page: with a table
    :param column: of numbers
    """
    heads = page.locator('table[data-sortable] thead th').all_inner_texts()
    index = next(number for number, head in enumerate(heads) if head.startswith(column))
    button = page.locator('table[data-sortable] thead th').nth(index).get_by_role('button')
    for turn in (1, -1):
        button.click()
        cells = page.locator(f'table[data-sortable] tbody td:nth-child({index + 1})').all_inner_texts()
        numbers = [float(cell) for cell in cells]
        assert numbers == sorted(numbers)[::turn]


def _steers(page: Page) -> None:
    """:param page: with a table whose rows are in the 3D view"""
    before = evaluate(page, _TARGET)
    page.locator('table[data-sortable] [data-places]').last.click()
    _moved(page, before)


def _moved(page: Page, before: list[float]) -> None:
    """
    :param page: with a 3D view
    :param before: what it looked at
    :raises AssertionError: if it looks at nothing else within 5 s
    """
    for _ in range(50):
        if evaluate(page, _TARGET) != before:
            return
        page.wait_for_timeout(100)
    raise AssertionError('The 3D view did not move')
