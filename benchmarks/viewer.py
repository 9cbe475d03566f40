"""
From a scene to its picture, beside the viewer's own load of the same file with the same bundle, in turns:
``python -m benchmarks.viewer [STRUCTURE] [--rounds N]``. Needs Chromium and the built viewer.
"""

import argparse
import gzip
import os
import shutil
import tempfile
from pathlib import Path
from statistics import median

import django
from playwright.sync_api import Playwright, sync_playwright

os.environ.setdefault('PPLUS_DATA_DIR', tempfile.mkdtemp(prefix='proteinsplus-benchmark-'))
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'proteins_plus.settings')
django.setup()

from molviewspec import create_builder  # noqa: E402

from web import scenes  # noqa: E402
from web.test.loopback import PAGE, served  # noqa: E402

from .harness import ROOT, table  # noqa: E402

FLAGS = ['--no-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader']
OURS = """async () => {
  const { viewer } = document.querySelector('#viewer'), began = performance.now();
  await viewer.show('structure.mvsj');
  return [performance.now() - began, viewer.element.dataset.state];
}"""
OWN = """async () => {
  const { viewer } = document.querySelector('#viewer'), { plugin } = viewer, began = performance.now();
  const data = await plugin.builders.data.download({ url: 'files/protein.pdb' });
  const trajectory = await plugin.builders.structure.parseTrajectory(data, 'pdb');
  await plugin.builders.structure.hierarchy.applyPreset(trajectory, 'default');
  await viewer.drawn();
  return [performance.now() - began, 'ready'];
}"""
PAGE_READY = """async () => {
  const element = document.querySelector('#viewer');
  while (element.dataset.state === 'loading') await new Promise((next) => setTimeout(next, 20));
  return [performance.now(), element.dataset.state];
}"""
#: What is measured, its page and what is asked of it there.
WAYS = {
    'our scene': ('empty.html', OURS),
    "Mol*'s own load": ('empty.html', OWN),
    'whole page until ready': ('index.html', PAGE_READY),
}


def files_of(structure: Path) -> dict[str, bytes]:
    """
    :param structure: a PDB file, perhaps gzipped
    :returns: the files of a page that shows it, and of one that shows nothing
    """
    content = structure.read_bytes()
    scene = create_builder()
    scenes.protein(scene, 'files/protein.pdb', 'pdb')
    empty = scenes.finish(create_builder(), 'Empty').dumps().encode()
    return {
        'index.html': PAGE.format(scene='structure.mvsj', more='').encode(),
        'empty.html': PAGE.format(scene='empty.mvsj', more='').encode(),
        'structure.mvsj': scenes.finish(scene, 'Structure').dumps().encode(),
        'empty.mvsj': empty,
        'files/protein.pdb': gzip.decompress(content) if structure.suffix == '.gz' else content,
    }


def seconds(driver: Playwright, url: str, ask: str) -> float:
    """
    :param driver: starts a browser of its own for each, since browsers keep compiled shaders
    :param url: of the page
    :param ask: what is asked of the page once its first scene is shown
    :returns: the time it tells
    :raises RuntimeError: if nothing was shown
    """
    browser = driver.chromium.launch(executable_path=shutil.which('chromium'), args=FLAGS)
    page = browser.new_page(viewport={'width': 1000, 'height': 700})
    try:
        page.goto(url)
        if ask != PAGE_READY:
            page.evaluate(PAGE_READY)
        milliseconds, state = page.evaluate(ask)
    finally:
        browser.close()
    if state != 'ready':
        raise RuntimeError(f'{url} is in state {state}')
    return float(milliseconds) / 1000


def main() -> None:
    """Measure in turns, and print medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('structure', type=Path, nargs='?', default=ROOT / 'test_files' / '4hhb.pdb.gz')
    parser.add_argument('--rounds', type=int, default=5)
    arguments = parser.parse_args()
    taken: dict[str, list[float]] = {name: [] for name in WAYS}
    with served(files_of(arguments.structure), ROOT / 'web' / 'static' / 'web') as url, sync_playwright() as driver:
        for _ in range(arguments.rounds):
            for name, (page, ask) in WAYS.items():
                taken[name].append(seconds(driver, f'{url}/{page}', ask))
    rows: list[tuple[object, ...]] = [
        (name, f'{median(each):.2f}', ' '.join(f'{one:.2f}' for one in each)) for name, each in taken.items()
    ]
    print(table(('to the first picture', 'median s', 'each'), rows))
    ours, own = (median(taken[name]) for name in list(WAYS)[:2])
    print(f'Ours is {ours / own:.2f} of its own.')


if __name__ == '__main__':
    main()
