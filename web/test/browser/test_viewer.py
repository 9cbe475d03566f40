"""Tests of the viewer in a browser, under the policy of the pages."""

from collections.abc import Callable
from functools import partial
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from browser_tests import steps
from browser_tests.chromium import PATIENCE
from web import scenes

FOCUS = 'element => element.viewer.plugin.managers.structure.focus.current?.label ?? null'
TRIANGLES = 'element => element.viewer.plugin.canvas3d.stats.drawCount'
EFFECTS = 'element => element.viewer.plugin.canvas3d.props.postprocessing.occlusion.name'
RADIUS = 'element => Math.round(element.viewer.plugin.canvas3d.camera.state.radius)'


def wait_for(page: Page, happened: Callable[[], bool]) -> None:
    """
    :param page: whose camera takes its time
    :param happened: what is waited for
    """
    for _ in range(PATIENCE // 200):
        if happened():
            return
        page.wait_for_timeout(200)
    raise AssertionError('it never happened')


def has_moved(page: Page, radius: int) -> bool:
    """
    :param page: with the viewer
    :param radius: of what the camera looked at
    :returns: whether it looks at something else by now
    """
    return bool(page.locator('#viewer').evaluate(RADIUS) != radius)


def picture(page: Page, mode: str) -> np.ndarray:
    """
    :param page: with the viewer
    :param mode: the colour space
    :returns: what its canvas shows
    """
    drawn = page.locator('#viewer canvas').first.screenshot()
    return np.asarray(Image.open(BytesIO(drawn)).convert(mode), dtype=int)


def shares(page: Page, *colours: str) -> list[float]:
    """
    :param page: with the viewer
    :param colours: as ``#rrggbb``
    :returns: how much of the picture has the hue of each, whatever its light
    """
    hue, saturation, value = np.moveaxis(picture(page, 'HSV'), -1, 0)
    wanted = [np.asarray(Image.new('RGB', (1, 1), colour).convert('HSV'))[0, 0, 0] for colour in colours]
    return [float(np.mean((abs(hue - want) < 8) & (saturation > 90) & (value > 60))) for want in wanted]


def test_protein_is_drawn_in_the_colours_of_its_chains(shared: Page) -> None:
    """Under the strict policy; the page has been watched while it came."""
    assert min(shares(shared, scenes.colour(0), scenes.colour(1))) > 0.01


def test_places_lead_to_residues_ligands_and_chains(shared: Page) -> None:
    """A ligand comes from a file that knows no chain; a chain in sticks would hide everything."""
    viewer = shared.locator('#viewer')
    for name, sticks in (('ligand', True), ('residues', True), ('chain', False)):
        moved = partial(has_moved, shared, viewer.evaluate(RADIUS))
        shared.get_by_role('button', name=name, exact=True).click()
        assert (viewer.evaluate(FOCUS) is not None) is sticks
        wait_for(shared, moved)


def test_other_scenes_follow_and_a_failure_is_told(shared: Page) -> None:
    """A page stays usable after a scene, or the data of one, is gone."""
    for name in ('no scene', 'no data'):
        shared.get_by_role('button', name=name).click()
        steps.viewer(shared, 'error')
        expect(shared.locator('#viewer > p')).to_contain_text('The 3D view could not be shown')
    for _ in range(2):  # the second time while the camera may still move
        shared.get_by_role('button', name='residues scene').click()
        steps.viewer(shared)
    expect(shared.locator('#viewer > p')).to_have_count(0)
    assert shares(shared, scenes.colour(5))[0] > 0.001
    shared.get_by_role('button', name='density').click()
    steps.viewer(shared)
    assert shares(shared, scenes.colour(2))[0] > 0.01


def test_box_hides_what_the_scene_calls_by_its_name_also_in_scenes_that_follow(shared: Page) -> None:
    """As a row of a table does with a structure of an ensemble."""
    box = shared.locator('[data-shown]')
    shared.get_by_role('button', name='members').click()
    steps.viewer(shared)
    assert min(shares(shared, scenes.colour(2), scenes.colour(5))) > 0.001
    box.uncheck()
    wait_for(shared, lambda: shares(shared, scenes.colour(2))[0] == 0)
    assert shares(shared, scenes.colour(5))[0] > 0.001
    for name in ('residues scene', 'members'):
        shared.get_by_role('button', name=name).click()
        steps.viewer(shared)
    assert shares(shared, scenes.colour(2))[0] == 0
    box.check()
    wait_for(shared, lambda: shares(shared, scenes.colour(2))[0] > 0.001)


def test_light_is_chosen_for_slow_machines_and_the_choice_is_kept(page: Page, address: str) -> None:
    """Effects take seconds for a picture where the processor draws; the page's address is stronger than the choice."""
    page.goto(address)
    steps.viewer(page)
    viewer, light = page.locator('#viewer'), page.locator('[data-light]')
    expect(light).to_be_checked()
    assert viewer.evaluate(EFFECTS) == 'off'
    few, radius = viewer.evaluate(TRIANGLES), viewer.evaluate(RADIUS)
    light.uncheck()
    assert viewer.evaluate(EFFECTS) == 'on'
    steps.viewer(page)
    assert viewer.evaluate(TRIANGLES) > 3 * few
    assert not has_moved(page, radius)
    page.reload()
    expect(light).not_to_be_checked()
    page.goto(f'{address}/?light')
    expect(light).to_be_checked()


@pytest.mark.browser_context_args(color_scheme='dark')
def test_dark_pages_have_a_dark_canvas(page: Page, address: str) -> None:
    """A white square in a dark page is what one sees first."""
    page.goto(address)
    steps.viewer(page)
    assert picture(page, 'L')[5, 5] < 40
    page.emulate_media(color_scheme='light')
    wait_for(page, lambda: picture(page, 'L')[5, 5] > 240)


def test_without_webgl_a_sentence_says_so(page: Page, address: str, complaints: list[str]) -> None:
    """Old and locked-down machines; nothing throws."""
    page.add_init_script('HTMLCanvasElement.prototype.getContext = () => null')
    page.goto(address)
    steps.viewer(page, 'error')
    expect(page.locator('#viewer')).to_contain_text('This browser has no WebGL')
    for name in ('ligand', 'residues scene'):
        page.get_by_role('button', name=name, exact=True).click()
    expect(page.locator('#viewer')).to_contain_text('This browser has no WebGL')
    assert complaints == []
