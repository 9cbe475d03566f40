"""PLIP, run as a program of its own on the hydrogens that Protoss has placed, and its answer."""

import subprocess
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import gemmi

from engines.protoss.system import METAL_TOLERANCE

LOCK = Path(__file__).with_name('requirements.txt')
TAGS = {
    'hydrogen_bonds': 'hydrogen bonds',
    'salt_bridges': 'salt bridges',
    'pi_stacks': 'pi stacking',
    'pi_cation_interactions': 'cation-pi',
    'halogen_bonds': 'halogen bonds',
    'water_bridges': 'water bridges',
    'hydrophobic_interactions': 'hydrophobic contacts',
    'metal_complexes': 'metals',
}
"""Kinds that are compared, by the tag of PLIP's report."""
Residue = tuple[str, str, str]
"""Name, chain and number of a residue."""


class Found(NamedTuple):
    """
    What PLIP found.

    :param kind: one of the values of :data:`TAGS`
    :param ligand: the ligand
    :param partner: residue of the other side
    :param strict: whether a hydrogen bond keeps within our limits too, by PLIP's own distances and angle
    :param near: whether a metal is within the distance of a coordinate bond
    """

    kind: str
    ligand: Residue
    partner: Residue
    strict: bool
    near: bool


def plip(program: Path, structure: Path, folder: Path) -> tuple[set[Residue], list[Found]]:
    """
    :param program: of PLIP
    :param structure: PDB file with hydrogens
    :param folder: for its report
    :returns: ligands that it knows, and all that it found
    :raises CalledProcessError: if it fails
    """
    argv = [str(program), '-f', str(structure), '--nohydro', '-x', '-o', str(folder)]
    subprocess.run(argv, check=True, capture_output=True, timeout=300)
    ligands: set[Residue] = set()
    found = []
    for file in sorted(folder.glob('*.xml')):
        for site in ElementTree.parse(file).getroot().iter('bindingsite'):  # noqa: S314  # what PLIP has just written
            own = site.find('identifiers')
            ligand = _residue(own, 'hetid', 'chain', 'position')
            ligands.add(ligand)
            for tag, kind in TAGS.items():
                for item in site.iterfind(f'interactions/{tag}/*'):
                    partner = _residue(item, 'restype', 'reschain', 'resnr')
                    found.append(Found(kind, ligand, partner, _is_strict(item), _is_near(item)))
    return ligands, found


def _residue(element: ElementTree.Element | None, *names: str) -> Residue:
    """
    :param element: of the report
    :param names: tags of name, chain and number
    :returns: the residue
    """
    if element is None:
        raise ValueError('PLIP has changed its report')
    first, second, third = (element.findtext(name, '').strip() for name in names)
    return first, second, third


def _is_strict(item: ElementTree.Element) -> bool:
    """
    :param item: an interaction of the report
    :returns: whether a hydrogen bond is within D...A 3.9, H...A 2.5 and D-H...A 100
    """
    near, far, angle = (item.findtext(name) for name in ('dist_h-a', 'dist_d-a', 'don_angle'))
    return not (near and far and angle) or (float(near) <= 2.5 and float(far) <= 3.9 and float(angle) >= 100)


def _is_near(item: ElementTree.Element) -> bool:
    """
    :param item: an interaction of the report
    :returns: whether a metal and its donor are within the sum of their covalent radii and the tolerance of Protoss
    """
    metal, donor, distance = (item.findtext(name, '') for name in ('metal_type', 'target_type', 'dist'))
    if not (metal and donor and distance):
        return True
    radii = gemmi.Element(metal.strip()).covalent_r + gemmi.Element(donor.strip()[:1]).covalent_r
    return float(distance) <= radii + METAL_TOLERANCE
