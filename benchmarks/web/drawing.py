"""From typing a code to the first picture of the structure, and Mol*'s own page with the same file, in turns."""

import gzip
import time
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from playwright.sync_api import Browser, expect, sync_playwright

from browser_tests import steps
from browser_tests.chromium import launch_options
from web.test.loopback import served

from .. import harness

if TYPE_CHECKING:
    from proteins_plus.test.live import Installation

MOLSTAR = harness.ROOT / 'web' / 'viewer' / 'node_modules' / 'molstar' / 'build' / 'viewer'
STRUCTURE = harness.ROOT / 'test_files' / '1afs.pdb.gz'
PATIENCE = 300_000
#: Mol* as its makers build it, told to show one file; it is drawn when nothing is left to be drawn.
_PAGE = """<!DOCTYPE html>
<html lang="en"><title>Mol*</title><link rel="icon" href="data:,"><link rel="stylesheet" href="static/molstar.css">
<style>#app { position: absolute; inset: 0; }</style><div id="app"></div>
<script src="static/molstar.js"></script>
<script>
molstar.Viewer.create('app', { layoutShowControls: false }).then(async (viewer) => {
  await viewer.loadStructureFromUrl('structure.pdb', 'pdb');
  const canvas = viewer.plugin.canvas3d;
  const seen = canvas.didDraw.subscribe(() => {
    if (canvas.commitQueueSize.value > 0 || canvas.reprCount.value === 0) return;
    document.body.dataset.state = 'ready';
  });
  canvas.requestDraw();
});
</script></html>
"""


class Drawn(NamedTuple):
    """Seconds of each turn: of the pages, of the upload that is a part of them, and of Mol* alone."""

    pages: list[float]
    reading: list[float]
    alone: list[float]

    @property
    def ratio(self) -> float:
        """:returns: how many times longer the pages take, by the medians"""
        return median(self.pages) / median(self.alone)

    def section(self) -> str:
        """:returns: of the report"""
        rows: list[tuple[object, ...]] = [
            (name, f'{median(times):.2f}', f'{min(times):.2f}', f'{max(times):.2f}')
            for name, times in (
                ('code entered to structure drawn', self.pages),
                ('of it: until the structure page is there', self.reading),
                ('Mol* alone, page to structure drawn', self.alone),
            )
        ]
        about = (
            f'1AFS, 5,100 atoms, {len(self.pages)} turns, each in a new window with nothing cached; Chromium draws in '
            'software. The pages fetch the entry from the mirror, take it apart in a job, and draw the protein and '
            'its ligands; on such a machine they choose light drawing by themselves. Mol* alone is the viewer of its '
            'package as it is shipped, which is given the file.'
        )
        return harness.section('First picture', about, harness.table(('what', 'median s', 'least s', 'most s'), rows))


def measure(server: 'Installation', turns: int) -> Drawn:
    """
    :param server: running
    :param turns: how often both are drawn
    :returns: how long it took
    """
    found = Drawn([], [], [])
    expect.set_options(timeout=PATIENCE)
    files = {'index.html': _PAGE.encode(), 'structure.pdb': gzip.decompress(STRUCTURE.read_bytes())}
    # Without a policy: the viewer as it is shipped needs eval.
    with served(files, MOLSTAR, policy='') as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        _alone(browser, address)  # wakes the disk, the drawing process and the server up
        _ours(browser, server.address, -1)
        for turn in range(turns):
            reading, pages = _ours(browser, server.address, turn)
            found.reading.append(reading)
            found.pages.append(pages)
            found.alone.append(_alone(browser, address))
        browser.close()
    return found


def code(turn: int) -> str:
    """
    :param turn: from -1
    :returns: an entry that nobody has asked for yet, so that no turn finds the job of another one
    """
    return f'9{turn + 100:03d}'


def _ours(browser: Browser, address: str, turn: int) -> tuple[float, float]:
    """
    :param browser: draws
    :param address: of the server
    :param turn: of the measurement
    :returns: seconds from a code until its page is there, and until the structure is drawn
    """
    page = browser.new_context(base_url=address, viewport={'width': 1280, 'height': 900}).new_page()
    page.goto('/')
    page.get_by_label('PDB id or UniProt accession').fill(code(turn))
    began = time.monotonic()
    page.keyboard.press('Enter')
    page.locator('#viewer').wait_for(timeout=PATIENCE)
    there = time.monotonic()
    steps.viewer(page)
    drawn = time.monotonic()
    page.context.close()
    return there - began, drawn - began


def _alone(browser: Browser, address: str) -> float:
    """
    :param browser: draws
    :param address: of Mol*'s page
    :returns: seconds until it has drawn the structure
    """
    page = browser.new_context(viewport={'width': 1280, 'height': 900}).new_page()
    began = time.monotonic()
    page.goto(address)
    expect(page.locator('body')).to_have_attribute('data-state', 'ready')
    drawn = time.monotonic()
    page.context.close()
    return drawn - began
