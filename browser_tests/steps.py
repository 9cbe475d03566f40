"""What a visitor does, in the words of the pages."""

import json
import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from .server import ROOT

_STRUCTURE = re.compile(r'/structures/[0-9a-f-]{36}/$')
RESULT = 'All of it as zip'


def open_code(page: Page, code: str) -> None:
    """
    :param page: shows the home page afterwards, then the structure
    :param code: of an entry
    """
    page.goto('/')
    page.get_by_label('PDB id or UniProt accession').fill(code)
    page.get_by_role('button', name='Open').click()
    expect(page).to_have_url(_STRUCTURE)


def open_example(page: Page, title: str) -> None:
    """
    :param page: shows the home page afterwards, then the structure
    :param title: of an example
    """
    page.goto('/')
    page.get_by_role('button', name=title).click()
    expect(page).to_have_url(_STRUCTURE)


def upload(page: Page, name: str) -> None:
    """
    :param page: shows the home page afterwards, then the structure
    :param name: of a file of ``test_files/``
    """
    page.goto('/')
    page.get_by_label('or a file').set_input_files(ROOT / 'test_files' / name)
    page.get_by_role('button', name='Upload').click()
    expect(page).to_have_url(_STRUCTURE)


def fill_in_with_map(page: Page, entry: str) -> None:
    """
    :param page: shows the form of EDIAscorer afterwards
    :param entry: whose structure and map are in ``test_files/``
    """
    page.goto('/tools/ediascorer/')
    page.get_by_label('Protein file').set_input_files(ROOT / 'test_files' / f'{entry}.pdb.gz')
    page.get_by_label('Electron density map').set_input_files(ROOT / 'test_files' / f'{entry}_2fofc.ccp4.gz')


def fill_in_with_metal(page: Page, entry: str) -> None:
    """
    :param page: shows the form of METALizer afterwards, which needs no more
    :param entry: whose structure is in ``test_files/`` and has a metal
    """
    page.goto('/tools/metalizer/')
    page.get_by_label('Protein file').set_input_files(ROOT / 'test_files' / f'{entry}.pdb.gz')


def fill_in_with_ligand(page: Page, entry: str, ligand: str) -> None:
    """
    :param page: shows the form of PoseView afterwards, which needs no more
    :param entry: whose structure is in ``test_files/``
    :param ligand: SD file in ``test_files/``, of a pose in it
    """
    page.goto('/tools/poseview/')
    page.get_by_label('Protein file').set_input_files(ROOT / 'test_files' / f'{entry}.pdb.gz')
    page.get_by_label('Ligand file').set_input_files(ROOT / 'test_files' / ligand)


def fill_in_with_site(page: Page, entry: str, *residues: tuple[str, str, str]) -> None:
    """
    :param page: shows the form of SIENA afterwards, which needs no more
    :param entry: whose structure is in ``test_files/``
    :param residues: name, position and chain of each residue of the site
    """
    site = [dict(zip(('name', 'position', 'chain'), residue, strict=True)) for residue in residues]
    page.goto('/tools/siena/')
    page.get_by_label('Protein file').set_input_files(ROOT / 'test_files' / f'{entry}.pdb.gz')
    page.get_by_label('Residues of the site').fill(json.dumps({'residue_ids': site}))


def fill_in_example(page: Page, label: str) -> None:
    """
    :param page: shows the form of a tool afterwards, with its example
    :param label: of the tool
    """
    page.goto(f'/tools/{label}/')
    page.get_by_role('link', name='Fill in an example').click()
    expect(page.get_by_label('Query')).not_to_have_value('')


def choose_tool(page: Page, name: str) -> None:
    """
    :param page: shows a structure
    :param name: of a tool
    """
    page.get_by_role('main').get_by_role('link', name=name, exact=True).click()
    expect(page.get_by_role('heading', name=name, level=1)).to_be_visible()


def run(page: Page, name: str) -> None:
    """
    :param page: shows the form of a tool, then its result
    :param name: of the tool
    """
    page.get_by_role('button', name=f'Run {name}').click()
    expect(page.get_by_role('link', name=RESULT)).to_be_visible()


def without_3d(page: Page) -> None:
    """
    Draw no 3D views on the pages that follow: each takes the processor some eight seconds.

    :param page: whose 3D views nobody looks at any more
    """
    page.add_init_script('HTMLCanvasElement.prototype.getContext = () => null')


def viewer(page: Page, state: str = 'ready') -> Locator:
    """
    :param page: with a 3D view
    :param state: in which it ends: its scene is drawn, unless something else is expected
    :returns: the view, once it has ended
    """
    found = page.locator('#viewer')
    expect(found).to_have_attribute('data-state', state)
    return found


def saved(page: Page, link: str, folder: Path) -> Path:
    """
    :param page: any page
    :param link: its words
    :param folder: where to
    :returns: the file behind it
    """
    with page.expect_download() as download:
        page.get_by_role('link', name=link).first.click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file
