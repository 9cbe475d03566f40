"""``python -m browser_tests.screenshots``: every page, light and dark, at desktop and phone width, as small PNGs."""

import argparse
import io
import sys
from pathlib import Path
from typing import Literal, NamedTuple

from PIL import Image
from playwright.sync_api import Page, ViewportSize, expect, sync_playwright

from .chromium import launch_options
from .server import ROOT, running_server
from .visits import visits

FOLDER = ROOT / 'docs' / 'screenshots'


class Width(NamedTuple):
    """Its name, the window, and how much of a long page is kept."""

    name: str
    window: ViewportSize
    height: int


WIDTHS = (
    Width('desktop', {'width': 1280, 'height': 900}, 1800),
    Width('phone', {'width': 390, 'height': 844}, 2200),
)
SCHEMES: tuple[Literal['light', 'dark'], ...] = ('light', 'dark')
_PIXELS_WIDE = 900
_COLOURS = 192


def main() -> int:
    """:returns: 0"""
    parser = argparse.ArgumentParser(prog='python -m browser_tests.screenshots', description=__doc__)
    parser.add_argument('--folder', type=Path, default=FOLDER)
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    with running_server() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        page = browser.new_page(base_url=server.address, viewport=WIDTHS[0].window)
        page.set_default_timeout(120_000)
        expect.set_options(timeout=120_000)
        for name in visits(page):
            take(page, chosen.folder, name)
        browser.close()
    return 0


def take(page: Page, folder: Path, name: str) -> None:
    """
    :param page: is ready
    :param folder: for the pictures
    :param name: of the page
    """
    for width, window, height in WIDTHS:
        page.set_viewport_size(window)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            page.wait_for_timeout(500)  # the 3D view is drawn anew
            picture = Image.open(io.BytesIO(page.screenshot(full_page=True, animations='disabled'))).convert('RGB')
            small(picture.crop((0, 0, picture.width, min(picture.height, height)))).save(
                folder / f'{name}-{width}-{scheme}.png', optimize=True
            )
    page.emulate_media(color_scheme='light')
    page.set_viewport_size(WIDTHS[0].window)


def small(picture: Image.Image) -> Image.Image:
    """
    :param picture: as taken
    :returns: with fewer pixels and colours
    """
    if picture.width > _PIXELS_WIDE:
        size = _PIXELS_WIDE, round(picture.height * _PIXELS_WIDE / picture.width)
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    return picture.quantize(_COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)


if __name__ == '__main__':
    sys.exit(main())
