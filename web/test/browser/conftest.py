"""What tests in a browser need: Debian's Chromium, which draws on the processor, and a page that shows scenes."""

import gzip
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import pytest
from playwright.sync_api import Browser, Page, expect

from browser_tests import steps
from browser_tests.chromium import PATIENCE, Watch, launch_options

os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'proteins_plus.settings')
django.setup()

from molviewspec import create_builder  # noqa: E402

from web import marks, scenes  # noqa: E402
from web.results import Place  # noqa: E402
from web.test.loopback import PAGE, served  # noqa: E402

expect.set_options(timeout=PATIENCE)
PROJECT = Path(__file__).resolve().parents[3]
LIGAND = 'XK2_A_263'
STEERING = """
<button data-places="A:263">ligand</button> <button data-places="B:">chain</button>
<button data-places="A:25,B:25">residues</button>
<button data-scene-url="protein.mvsj">first scene</button>
<button data-scene-url="residues.mvsj">residues scene</button> <button data-scene-url="gone.mvsj">no scene</button>
<button data-scene-url="no_data.mvsj">no data</button> <button data-scene-url="density.mvsj">density</button>
<button data-scene-url="members.mvsj">members</button> <input type="checkbox" checked data-shown="second,none">
"""


@pytest.fixture(scope='session')
def browser_type_launch_args() -> dict[str, object]:
    """:returns: how Chromium is started"""
    return launch_options()


@pytest.fixture(scope='session')
def browser_context_args() -> dict[str, object]:
    """:returns: what every window is like: small, since the processor draws each pixel"""
    return {'viewport': {'width': 640, 'height': 480}}


def test_file(name: str) -> bytes:
    """
    :param name: of a file in ``test_files``
    :returns: its unpacked content
    """
    return gzip.decompress((PROJECT / 'test_files' / f'{name}.gz').read_bytes())


def protein_scene() -> bytes:
    """:returns: the scene of a protein with a ligand"""
    scene = create_builder()
    scenes.protein(scene, 'files/protein.pdb', 'pdb')
    scenes.ligands(scene, 'files/ligands.sdf', [LIGAND])
    return scenes.finish(scene, '1HVR').dumps().encode()


def residue_scene() -> bytes:
    """:returns: a scene of two residues and their distance"""
    scene = create_builder()
    drawn = scenes.protein(scene, 'files/protein.pdb', 'pdb', scenes.GREY)
    places = [Place('A', 25), Place('B', 25)]
    scenes.look_at(scenes.residues(drawn, places, scenes.colour(5), hydrogens='all'))
    marks.distances(drawn, [(scenes.atom(places[0], 'OD1'), scenes.atom(places[1], 'OD1'))])
    return scenes.finish(scene, 'Aspartates').dumps().encode()


def members_scene() -> bytes:
    """:returns: a scene of two structures, of which the second can be hidden"""
    scene = create_builder()
    for name, shade in (('protein', scenes.colour(5)), ('second', scenes.colour(2))):
        drawn = scenes.structure(scene, f'files/{name}.pdb', 'pdb', ref=name)
        scenes.polymers(drawn, shade)
    return scenes.finish(scene, 'Members').dumps().encode()


def density_scene() -> bytes:
    """:returns: a scene of nothing but density"""
    scene = create_builder()
    scenes.grid(scene, 'files/map.ccp4', 2.0, scenes.colour(2), mesh=True)
    return scenes.finish(scene, 'Density').dumps().encode()


@pytest.fixture(scope='session')
def address() -> Iterator[str]:
    """:returns: where the page is"""
    files = {
        'index.html': PAGE.format(scene='protein.mvsj', more=STEERING).encode(),
        'protein.mvsj': protein_scene(),
        'residues.mvsj': residue_scene(),
        'density.mvsj': density_scene(),
        'members.mvsj': members_scene(),
        'no_data.mvsj': protein_scene().replace(b'files/', b'nowhere/'),
        'files/protein.pdb': test_file('1hvr.pdb'),
        'files/second.pdb': test_file('1crn.pdb'),
        'files/ligands.sdf': test_file('1hpv_478_in_1hvr.sdf'),
        'files/map.ccp4': test_file('5e5z_2fofc.ccp4'),
    }
    with served(files, PROJECT / 'web' / 'static' / 'web') as url:
        yield url


@pytest.fixture(scope='session')
def window(browser: Browser, browser_context_args: dict[str, Any], address: str) -> Page:
    """
    :param browser: draws without a graphics card
    :param browser_context_args: what windows are like
    :param address: of the page
    :returns: the page with its scene, which came without a complaint, and with nothing asked for elsewhere
    """
    context = browser.new_context(**browser_context_args)
    watch = Watch(context, address, ('error', 'warning'))
    page = context.new_page()
    page.goto(address)
    steps.viewer(page)
    assert watch.complaints == []
    return page


@pytest.fixture
def shared(window: Page) -> Page:
    """
    :param window: in which other tests may have been: each page of its own takes the processor some eight seconds
    :returns: it, with its first scene
    """
    window.get_by_role('button', name='first scene').click()
    steps.viewer(window)
    return window


@pytest.fixture
def complaints(page: Page, address: str) -> list[str]:
    """
    :param page: where it happens
    :param address: of the page
    :returns: errors and warnings of the console and requests that went elsewhere, as they come
    """
    return Watch(page.context, address, ('error', 'warning')).complaints
