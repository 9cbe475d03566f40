"""Part c: the diagrams themselves, written to docs/validation/poseview and measured."""

import io
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import numpy as np
from PIL import Image

from engines.interactions.assembly import Assembly
from engines.interactions.perception import perceive
from engines.poseview.choice import Chooser
from engines.poseview.diagram import Shape
from engines.poseview.layout import lay_out
from engines.poseview.quality import Quality, judge
from engines.poseview.raster import png
from engines.poseview.svg import Svg
from engines.poseview.themes import THEMES

from .. import harness

FOLDER = harness.ROOT / 'docs' / 'validation' / 'poseview'
_ELEMENTS = {'svg', 'title', 'desc', 'rect', 'g', 'path', 'line', 'circle', 'ellipse', 'polygon', 'text', 'tspan'}
"""Elements of SVG 1.1 that a diagram may have: shapes and text, nothing that runs or refers to anything."""
_WHAT = (
    'Crossings are pairs of lines, splines and bonds of different structures that cross, and lines that cross bonds of '
    'any structure. Not among them are bonds of the ring or group in whose middle a line ends, and bonds of rings that '
    'lie around an atom on all sides, such as the iron of haem: no line in the plane leaves it without crossing one. '
    'These are counted as through rings. Overlaps are names and distances over each other or over atoms; struck names '
    'those with a line or bond through them. As names: residues shown by their name alone, or once for each place '
    'that they bind, since their lines would cross else.'
)
_BLUR, _DARK, _ZOOM = 8, 40, 2
"""Pixels over which pictures are averaged before they are compared, and a difference of grey that is seen."""
_CHROMIUM = '/usr/bin/chromium'


class Drawn(NamedTuple):
    """
    A diagram.

    :param entry: name of the file
    :param ligand: name of the ligand
    :param lines: lines and splines
    :param names: residues shown as names
    :param quality: what disturbs
    :param undrawn: residues with an interaction that is no mere contact, and no line
    :param valid: whether the SVG has allowed elements only, and is well-formed
    :param again: whether a second layout gives the same bytes
    :param svg: the document
    """

    entry: str
    ligand: str
    lines: int
    names: int
    quality: Quality
    undrawn: int
    valid: bool
    again: bool
    svg: str

    @property
    def file(self) -> str:
        """Name of its file."""
        return f'{self.entry.split(".")[0]}-{self.ligand}.svg'


def draw(entry: str, assembly: Assembly, number: int) -> Drawn:
    """
    :param entry: name of the file
    :param assembly: the complex
    :param number: of a ligand
    :returns: its diagram
    """
    found = perceive(assembly, assembly.atoms[number])
    texts = []
    for _ in range(2):
        diagram = Chooser(assembly, number, found).diagram('')
        asked = len(diagram.links)
        lay_out(diagram)
        texts.append(Svg(diagram, THEMES['default']).text())
    names = sum(s.shape is Shape.NAME for s in diagram.structures)
    return Drawn(
        entry, assembly.molecules[number].name, len(diagram.links), names, judge(diagram), asked - len(diagram.links),
        _is_valid(texts[0]), texts[0] == texts[1], texts[0],
    )  # fmt: skip


def _is_valid(text: str) -> bool:
    """
    :param text: an SVG
    :returns: whether it is well-formed XML of allowed elements, without scripts, events or references
    """
    root = ElementTree.fromstring(text)  # noqa: S314  # what PoseView has just written
    for element in root.iter():
        name = element.tag.removeprefix('{http://www.w3.org/2000/svg}')
        if name not in _ELEMENTS or any(a.startswith('on') or 'href' in a or a == 'style' for a in element.attrib):
            return False
    return True


def difference(text: str) -> float:
    """
    How differently Chromium and resvg draw an SVG. Fonts differ, so both pictures are averaged over a few pixels.

    :param text: an SVG
    :returns: share of the picture that differs visibly
    """
    ours = Image.open(io.BytesIO(png(text))).convert('L')
    with tempfile.TemporaryDirectory(prefix='poseview-benchmark-') as folder:
        page, shot = Path(folder) / 'page.html', Path(folder) / 'shot.png'
        page.write_text(f'<!doctype html><body style="margin:0">{text}', encoding='utf-8')
        width, height = ours.width // _ZOOM, ours.height // _ZOOM
        argv = [
            _CHROMIUM, '--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', f'--screenshot={shot}',
            f'--force-device-scale-factor={_ZOOM}', f'--window-size={width},{height + 200}', page.as_uri(),
        ]  # fmt: skip
        subprocess.run(argv, check=True, capture_output=True, timeout=60)
        theirs = Image.open(shot).convert('L').crop((0, 0, ours.width, ours.height))
    small = (max(1, ours.width // _BLUR), max(1, ours.height // _BLUR))
    a, b = (np.asarray(picture.resize(small, Image.Resampling.BOX), np.int64) for picture in (ours, theirs))
    return float((np.abs(a - b) > _DARK).mean())


def section(drawn: list[Drawn], differences: dict[str, float], answers: list[harness.Verdict]) -> str:
    """
    :param drawn: the diagrams
    :param differences: of files that two programs have drawn
    :param answers: gets those to the questions on diagrams
    :returns: part c of the report
    """
    total = len(drawn)
    clear = sum(not d.quality.crossings for d in drawn)
    text = f'{clear} of {total} ({clear / total:.0%})' if total else '-'
    covered = sum(bool(d.quality.overlaps) for d in drawn)
    left = sum(d.undrawn for d in drawn)
    answers += [
        harness.Verdict('diagrams', '25', str(total), total >= 25),
        harness.Verdict('diagrams without a crossing', '90 %', text, clear >= 0.9 * total),
        harness.Verdict('diagrams with a label over a label or an atom', '0', f'{covered} of {total}', not covered),
        harness.Verdict('chosen interactions that are not drawn', '0', str(left), not left),
        harness.Verdict('valid SVG, no script', 'all', f'{sum(d.valid for d in drawn)} of {total}',
                        all(d.valid for d in drawn)),
        harness.Verdict('equal when laid out again', 'all', f'{sum(d.again for d in drawn)} of {total}',
                        all(d.again for d in drawn)),
    ]  # fmt: skip
    if differences:
        worst = max(differences.values())
        answers.append(
            harness.Verdict('Chromium against resvg: area that differs', '< 1 %', f'{worst:.2%} at most', worst < 0.01)
        )
    heads = ('entry', 'ligand', 'lines', 'as names', 'crossings', 'overlaps', 'struck names', 'through rings')
    rows: list[tuple[object, ...]] = [
        (d.entry, f'[{d.ligand}](poseview/{d.file})', d.lines, d.names, d.quality.crossings, d.quality.overlaps,
         d.quality.struck, d.quality.walls) for d in drawn
    ]  # fmt: skip
    return harness.section(
        'c. Diagrams',
        _WHAT,
        harness.table(heads, rows),
    )


def write(drawn: list[Drawn]) -> None:
    """
    :param drawn: diagrams, written to the folder; those that are no more are removed
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob('*.svg'):
        old.unlink()
    for each in drawn:
        (FOLDER / each.file).write_text(each.svg, encoding='utf-8')
