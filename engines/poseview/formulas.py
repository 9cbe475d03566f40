"""Structure formulas in the plane: of the ligand, and of the parts of residues that it interacts with."""

from collections.abc import Iterable, Iterator

import numpy as np
from rdkit import Chem
from rdkit.Chem import rdCoordGen, rdDepictor

from engines.interactions.assembly import Assembly
from engines.poseview.diagram import Atom, Line, Shape, Structure
from engines.protoss.placement import Array
from engines.structure.classification import Kind

_COORDGEN_LIMIT = 120
"""Heavy atoms above which CoordGen takes too long."""
_AROUND = 2
"""Bonds around an interacting atom that are drawn."""
_RING_SIZE = 6
"""Largest ring that is completed when one of its atoms is drawn."""
_VALENCE = {'C': 4, 'N': 3, 'O': 2, 'S': 2}


def depictions(mol: Chem.Mol, atoms: list[int], names: list[str], label: str) -> Iterator[Structure]:
    """
    The formula of the ligand, drawn in one way after the other: by CoordGen, by RDKit, by RDKit so that what is apart
    in space is apart in the plane, and stretched out by turning parts over.

    :param mol: with the decided hydrogens and its pose, heavy atoms first
    :param atoms: its heavy atoms in the complex
    :param names: their names
    :param label: its name
    :returns: iterator over structures around the origin; the first is drawn at once
    """
    flat = Chem.RWMol(mol)
    Chem.KekulizeIfPossible(flat, clearAromaticFlags=True)
    counts = [a.GetTotalNumHs(includeNeighbors=True) for a in flat.GetAtoms() if a.GetAtomicNum() > 1]
    bare = Chem.RemoveAllHs(flat, sanitize=False)
    Chem.GetSymmSSSR(bare)
    posed = Chem.Mol(bare)
    bare.RemoveAllConformers()
    rows = zip(atoms, names, bare.GetAtoms(), counts, strict=True)
    own = [Atom(i, name, a.GetSymbol(), a.GetFormalCharge(), count) for i, name, a, count in rows]
    small = bare.GetNumAtoms() <= _COORDGEN_LIMIT
    for draw in (_by_coordgen, *_BY_RDKIT) if small else _BY_RDKIT:
        drawn = Chem.Mol(bare)
        draw(drawn, posed)
        Chem.WedgeMolBonds(drawn, drawn.GetConformer())
        yield _structure(drawn, own, label)


def _by_coordgen(mol: Chem.Mol, _: Chem.Mol) -> None:
    """
    :param mol: gets coordinates in the plane
    """
    rdCoordGen.AddCoords(mol)


def _by_rdkit(mol: Chem.Mol, _: Chem.Mol) -> None:
    """
    :param mol: gets coordinates in the plane
    """
    rdDepictor.Compute2DCoords(mol)


def _by_pose(mol: Chem.Mol, posed: Chem.Mol) -> None:
    """
    :param mol: gets coordinates in the plane
    :param posed: the same molecule in space
    """
    rdDepictor.GenerateDepictionMatching3DStructure(mol, posed)


def _stretched(mol: Chem.Mol, _: Chem.Mol) -> None:
    """
    :param mol: gets coordinates in the plane
    """
    rdDepictor.Compute2DCoords(mol, nFlipsPerSample=3, nSample=100, sampleSeed=7, permuteDeg4Nodes=True)


_BY_RDKIT = (_by_rdkit, _by_pose, _stretched)


def _structure(mol: Chem.Mol, atoms: list[Atom], label: str) -> Structure:
    """
    :param mol: molecule with coordinates in the plane
    :param atoms: its atoms
    :param label: its name
    :returns: the structure, bonds of length one on average, around the origin
    """
    stereo = {Chem.BondDir.BEGINWEDGE: 'up', Chem.BondDir.BEGINDASH: 'down'}
    rows = [(b, max(1, int(b.GetBondTypeAsDouble()))) for b in mol.GetBonds()]
    bonds = [Line(b.GetBeginAtomIdx(), b.GetEndAtomIdx(), n, stereo.get(b.GetBondDir(), '')) for b, n in rows]
    points: Array = mol.GetConformer().GetPositions()[:, :2]
    lengths = [float(np.linalg.norm(points[b.first] - points[b.second])) for b in bonds]
    points = (points - points.mean(0)) / (float(np.mean(lengths)) if lengths else 1.0)
    rings = [tuple(ring) for ring in Chem.GetSymmSSSR(mol)]
    return Structure(label, Shape.FORMULA, atoms, bonds, rings, points)


def parts(assembly: Assembly, atoms: Iterable[int], label: str) -> list[Structure]:
    """
    The parts of a residue around some of its atoms. What hangs together is one part.

    :param assembly: the complex
    :param atoms: interacting atoms of one residue
    :param label: name of the residue
    :returns: structures: a circle for a single atom, else a formula
    """
    wanted = set(atoms)
    owner = assembly.system.owner[min(wanted)]
    own = {a for a in assembly.system.members[owner].atoms if assembly.shown[a]} | wanted
    reached = _reached(assembly, wanted, own)
    found = []
    while reached:
        part = _connected(assembly, min(reached), reached)
        reached -= part
        found.append(_part(assembly, sorted(part), label))
    return found


def _reached(assembly: Assembly, wanted: set[int], own: set[int]) -> set[int]:
    """
    :param assembly: the complex
    :param wanted: interacting atoms
    :param own: atoms of their residue
    :returns: atoms that are drawn
    """
    reached = set(wanted)
    for _ in range(_AROUND):
        reached |= {n for a in reached for n in assembly.neighbours(a) if n in own}
    mol, order = _graph(assembly, sorted(own))
    for ring in Chem.GetSymmSSSR(mol):
        members = {order[i] for i in ring}
        if len(members) <= _RING_SIZE and len(members & reached) > 1:
            reached |= members
    return reached


def _connected(assembly: Assembly, start: int, among: set[int]) -> set[int]:
    """
    :param assembly: the complex
    :param start: an atom
    :param among: atoms that count
    :returns: those that hang together with the first
    """
    part, border = {start}, [start]
    while border:
        border = [n for a in border for n in assembly.neighbours(a) if n in among and n not in part]
        part.update(border)
    return part


def _graph(assembly: Assembly, atoms: list[int]) -> tuple[Chem.RWMol, list[int]]:
    """
    :param assembly: the complex
    :param atoms: some of its atoms
    :returns: the molecule of them, and the atoms in its order
    """
    mol, place = Chem.RWMol(), {atom: i for i, atom in enumerate(atoms)}
    types = {1: Chem.BondType.SINGLE, 2: Chem.BondType.DOUBLE, 3: Chem.BondType.TRIPLE}
    for atom in atoms:
        made = Chem.Atom(assembly.system.elements[atom].capitalize())
        made.SetNoImplicit(True)
        mol.AddAtom(made)
    for atom in atoms:
        for other in assembly.neighbours(atom):
            if atom < other and other in place:
                mol.AddBond(place[atom], place[other], types[assembly.system.order(atom, other)])
    return mol, atoms


def _part(assembly: Assembly, atoms: list[int], label: str) -> Structure:
    """
    :param assembly: the complex
    :param atoms: atoms that hang together
    :param label: name of the residue
    :returns: the structure
    """
    system = assembly.system
    own = [
        Atom(a, system.names[a], system.elements[a].capitalize(), assembly.charge(a), len(assembly.hydrogens[a]))
        for a in atoms
    ]
    if len(atoms) == 1:
        return Structure(label, Shape.CIRCLE, own, [], [], np.zeros((1, 2)))
    mol, _ = _graph(assembly, atoms)
    _settle(mol, own)
    Chem.GetSymmSSSR(mol)
    rdDepictor.Compute2DCoords(mol)
    return _structure(mol, own, label)


def _settle(mol: Chem.RWMol, atoms: list[Atom]) -> None:
    """
    Move double bonds to where the decided hydrogens leave room for them: in histidines and acids the component has them
    at one of two equal places.

    :param mol: molecule, changed in place
    :param atoms: its atoms with their hydrogens
    """
    for atom in mol.GetAtoms():
        own = atoms[atom.GetIdx()]
        double = [b for b in atom.GetBonds() if b.GetBondType() == Chem.BondType.DOUBLE]
        if not double or not own.hydrogens or _bonds(atom) + own.hydrogens <= _VALENCE.get(own.element, 9) + own.charge:
            continue
        centre = double[0].GetOtherAtom(atom)
        for bond in centre.GetBonds():
            twin = bond.GetOtherAtom(centre)
            other = atoms[twin.GetIdx()]
            room = _bonds(twin) + other.hydrogens < _VALENCE.get(other.element, 0) + other.charge
            if bond.GetBondType() == Chem.BondType.SINGLE and room and other.element != 'C':
                bond.SetBondType(Chem.BondType.DOUBLE)
                double[0].SetBondType(Chem.BondType.SINGLE)
                break


def _bonds(atom: Chem.Atom) -> int:
    """
    :param atom: an atom
    :returns: sum of the orders of its bonds
    """
    return sum(int(b.GetBondTypeAsDouble()) for b in atom.GetBonds())


def residue_label(assembly: Assembly, atom: int, image: int) -> str:
    """
    :param assembly: the complex
    :param atom: an atom of a residue
    :param image: number of the symmetry copy
    :returns: the name of the residue, such as ``Asp25 A``, with a star if it belongs to a copy
    """
    member = assembly.system.members[assembly.system.owner[atom]]
    chain, number, icode, code = member.key
    if member.residue is None:
        return code
    shown = code.capitalize() if member.kind is Kind.POLYMER and len(code) == len('ALA') else code
    return f'{shown}{number}{icode} {chain}'.strip() + ('*' if image else '')
