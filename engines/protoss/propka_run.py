"""
PROPKA 3 on one file, with the same numbers in less time.

For every group that titrates PROPKA looks at all atoms and all groups of the backbone, of which few are near enough to
count; that is most of its time. Here the atoms are looked at together, the groups of the backbone only where they are
near, and what changes no pKa is left out: which groups are coupled, averages, and folding energies.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
from propka import conformation_container, determinants
from propka.atom import Atom
from propka.conformation_container import ConformationContainer
from propka.energy import MIN_DISTANCE_4TH, calculate_scale_factor, calculate_weight
from propka.group import Group
from propka.input import read_molecule_file, read_parameter_file
from propka.lib import loadOptions
from propka.molecular_container import MolecularContainer
from propka.output import get_summary_section
from propka.parameters import Parameters
from propka.version import Version

_BACKBONE_REACH = 15.0
"""Angstrom between the centres of groups, whose atoms are within 4 of them and bind over less than 5."""


class _Atoms:
    """
    The heavy atoms of a conformation.

    :param conformation: PROPKA's
    :param parameters: PROPKA's
    """

    def __init__(self, conformation: ConformationContainer, parameters: Parameters) -> None:
        atoms = [atom for atom in conformation.atoms if atom.element != 'H']
        self.conformation = conformation
        self.places = np.array([(atom.x, atom.y, atom.z) for atom in atoms], dtype=float).reshape(-1, 3)
        self._codes: dict[tuple[str, int], int] = {}
        self.residues = np.array([self.residue_of(atom) for atom in atoms], dtype=np.intp)
        self.volumes = np.array([_volume(atom.element, atom.name, parameters) for atom in atoms], dtype=float)

    def residue_of(self, atom: Atom) -> int:
        """
        :param atom: PROPKA's
        :returns: number of its residue, here
        """
        return self._codes.setdefault((atom.chain_id, atom.res_num), len(self._codes))


def _volume(element: str, name: str, parameters: Parameters) -> float:
    """
    :param element: of an atom
    :param name: of it
    :param parameters: PROPKA's
    :returns: relative volume; aliphatic carbons are taken for methyl groups
    """
    kind = 'C4' if element == 'C' and name not in ('CA', 'C') else element
    return float(parameters.VanDerWaalsVolume.get(kind, 1.0))


class Desolvation:
    """PROPKA's radial volume model of desolvation (Olsson et al. 2011, doi:10.1021/ct100578z)."""

    def __init__(self) -> None:
        self._atoms: _Atoms | None = None

    def __call__(self, parameters: Parameters, group: Group) -> None:
        """
        Tell a group how buried it is and what that costs it.

        :param parameters: PROPKA's
        :param group: gets both
        """
        atoms = self._atoms_of(cast(ConformationContainer, group.atom.conformation_container), parameters)
        squares = ((atoms.places - (group.x, group.y, group.z)) ** 2).sum(axis=1)
        squares[atoms.residues == atoms.residue_of(group.atom)] = np.inf
        desolvating = squares < parameters.desolv_cutoff_squared
        terms = atoms.volumes[desolvating] / np.maximum(MIN_DISTANCE_4TH, squares[desolvating] ** 2)
        volume = max(0.0, float(terms.sum()) - parameters.desolvationAllowance)
        group.num_volume = int(np.count_nonzero(squares < parameters.buried_cutoff_squared))
        group.buried = calculate_weight(parameters, group.num_volume)
        scale = calculate_scale_factor(parameters, group.buried)
        group.energy_volume = group.charge * parameters.desolvationPrefactor * volume * scale

    def _atoms_of(self, conformation: ConformationContainer, parameters: Parameters) -> _Atoms:
        """
        :param conformation: PROPKA's
        :param parameters: PROPKA's
        :returns: its atoms, which stand still while its groups are desolvated
        """
        if self._atoms is None or self._atoms.conformation is not conformation:
            self._atoms = _Atoms(conformation, parameters)
        return self._atoms


def _set_backbone_determinants(titratable: Sequence[Group], backbone: Sequence[Group], version: Version) -> None:
    """
    PROPKA's function of that name, given only what is near.

    :param titratable: groups that titrate
    :param backbone: groups of the backbone
    :param version: PROPKA's
    """
    places = np.array([(group.x, group.y, group.z) for group in backbone], dtype=float).reshape(-1, 3)
    for group in titratable:
        squares = ((places - (group.x, group.y, group.z)) ** 2).sum(axis=1)
        near = [backbone[index] for index in np.flatnonzero(squares < _BACKBONE_REACH**2).tolist()]
        determinants.set_backbone_determinants([group], near, version)  # type: ignore[no-untyped-call]


def main(path: Path) -> None:
    """
    Write the pKa values of a structure beside it, as the summary of PROPKA's own file.

    :param path: of a PDB file with one conformation
    """
    options = loadOptions(['--quiet', str(path)])
    parameters = read_parameter_file(options.parameters, Parameters())
    conformation_container.set_backbone_determinants = _set_backbone_determinants  # type: ignore[attr-defined]
    molecule = read_molecule_file(str(path), MolecularContainer(parameters, options))
    molecule.version.desolvation_model = Desolvation()
    (name,) = molecule.conformation_names
    molecule.conformations[name].calculate_pka(molecule.version, options)
    path.with_suffix('.pka').write_text(get_summary_section(molecule, name, parameters), encoding='utf-8')


if __name__ == '__main__':
    main(Path(sys.argv[1]))
