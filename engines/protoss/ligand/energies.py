"""
Relative energies of tautomers in water, by substructure: a small table of measured equilibria.

Reviews of the measurements: Elguero, Katritzky and Denisko 2000 (doi:10.1016/S0065-2725(00)76003-X, azoles), Beak 1977
(doi:10.1021/ar50113a004, pyridones), Albert and Barlin 1959 (thiones), Angyal and Angyal 1952 (aminopyridines),
Saenger 1984 (nucleobases). One pKa unit of an equilibrium constant is 5.7 kJ/mol. Only differences between tautomers
of one molecule have a meaning.
"""

from collections.abc import Collection
from functools import cache

from rdkit import Chem

_RING_LOST = 50.0
"""kJ/mol for a ring that is aromatic in another tautomer; pyridones count as aromatic."""
_WITHDRAWN = '$(N-C=[O,S]),$(N-S(=O)=O),$(N-C#N),$(N-[N+])'
_TERMS = (
    # 2- and 4-pyridone over hydroxypyridine, 10^3 in water (Beak 1977); likewise pyrimidines
    ('[OX2H;$(O-[c;r6]:[n;X2]),$(O-[c;r6]:a:a:[n;X2])]', 17.0),
    # 3-hydroxypyrazole and 3-hydroxyisoxazole are found in both forms; imidazolones are not
    ('[OX2H;$(O-c1:[n;X2]:[n,o,s]:a:a1)]', 4.0),
    ('[OX2H;$(O-[c;r5]:[n;X2]);!$(O-c1:[n;X2]:[n,o,s]:a:a1)]', 20.0),
    # 2-hydroxychromone rather than 4-hydroxycoumarin
    ('[OX2H;$(O-c:[o;r6])]', 10.0),
    # pyridine-2-thione over the thiol, 10^4.7
    ('[SX2H;$(S-c:[n;X2]),$(S-c:a:a:[n;X2])]', 27.0),
    # imine of an aminopyridine, 10^-5.5 (2-aminopyridine 10^-5.3, 4-aminopyridine 10^-8.7, cytosine 10^-4.5)
    ('[NX2;!R]=[c;R]', 28.0),
    # a sulphonyl group on that nitrogen makes the imine as good as the amine (sulphathiazole's crystals)
    ('[NX2;!R;$(N-S(=O)=O)]=[c;R]', -25.0),
    # imine on a saturated ring: the double bond is rather inside (2-aminothiazoline)
    ('[NX2;!R]=[C;R]', 4.0),
    # imidic acid over amide, 10^-8 or less; thioimidic
    ('[OX2H]-[CX3]=[NX2]', 50.0),
    ('[SX2H]-[CX3]=[NX2]', 35.0),
    # N-H of a six-membered ring with no carbonyl or imine to conjugate with
    ('[nH;r6;!$(n:c=[O,S,N]);!$(n:a:a:c=[O,S,N])]', 25.0),
    # lactam N-H para to the carbonyl rather than beside it: 4-pyrimidinone 1H and 3H, guanine 3H
    ('[nH;r6;!$(n:c=[O,S])]', 5.0),
    # guanine 3H
    ('[nH]1:c(-N):n:c(=O):c2:c:1:n:c:n:2', 12.0),
    # 1,2,4-triazole: 4H; 1,2,3-triazole: 1H and 2H nearly alike in water; benzotriazole 2H; tetrazole 2H
    ('[nH]1:c:n:n:c:1', 12.0),
    ('[nH]1:n:n:c:c:1', 2.0),
    ('[nH]1:n:c2:c:c:c:c:c:2:n:1', 12.0),
    ('[nH]1:n:n:c:n:1', 2.0),
    # 2H-indazole, 10^-2 (Catalan 1996); its aza analogues alike
    ('[nH]1:c:c2:a:a:a:a:c:2:n:1', 10.0),
    # 2H-isoindole
    ('[nH]1:c:c2:c:c:c:c:c:2:c:1', 30.0),
    # 4(5)-alkylimidazole: the remote nitrogen carries the hydrogen in 80 % (Reynolds 1973, doi:10.1021/ja00782a031)
    ('[nH]1:c(-[CX4]):c:n:c:1', 3.0),
    # purines: 9H over 7H with an amino group at C6 (adenine 4:1), alike for guanine and hypoxanthine; xanthine 7H
    ('[nH]1:c:n:c2:c:1:c(-N):n:c:n:2', 3.5),
    ('[nH]1:c:n:c2:c:1:c(=O):[nH]:c:n:2', 2.0),
    ('[nH]1:c:n:c2:c:1:[nX3]:c(=O):[nX3]:c:2=O', 5.0),
    # guanidine and amidine: the double bond goes to the nitrogen that carries an acceptor or an aryl group
    (f'[NX3;H1;{_WITHDRAWN}]-[CX3]=[NX2;!$([N;{_WITHDRAWN}])]', 8.0),
    ('[NX3;H1;$(N-c)]-[CX3;!R]=[NX2;!$(N-c);!$(N-C=O)]', 3.0),
    # a substituted nitrogen rather keeps its hydrogen than the unsubstituted one (statistics and sterics)
    ('[NX2;$(N-[CX4])]=[CX3;!R]-[NX3;H2]', 2.0),
    # biguanides: the bridging nitrogen has no hydrogen (metformin's crystals)
    ('[NX3;H1](-[CX3]=[NX2])-[CX3](=[NX2])-[NX3]', 8.0),
    # amidoxime over hydroxyamidine
    ('[NX3;H1](-[OH])-[CX3]=[NX2]', 15.0),
)  # fmt: skip


def tautomer_energy(mol: Chem.Mol, atoms: Collection[int]) -> float:
    """
    Energy of a tautomer, comparable with that of the other tautomers of the same region.

    :param mol: sanitised molecule without explicit hydrogens
    :param atoms: atoms of the region
    :returns: kJ/mol with an arbitrary zero
    """
    inside = set(atoms)
    rings = mol.GetRingInfo().AtomRings()
    bonds = mol.GetRingInfo().BondRings()
    # By bonds: in a quinoid fusion (3H-adenine) the outer rim is aromatic, and with it every atom, but no ring.
    aromatic = sum(
        inside.issuperset(ring) and all(mol.GetBondWithIdx(i).GetIsAromatic() for i in ring_bonds)
        for ring, ring_bonds in zip(rings, bonds, strict=True)
    )
    energy = -_RING_LOST * aromatic
    for pattern, value in _patterns():
        firsts = {match[0] for match in mol.GetSubstructMatches(pattern)}
        energy += value * len(firsts & inside)
    return energy


@cache
def _patterns() -> tuple[tuple[Chem.Mol, float], ...]:
    """
    The table, compiled.

    :returns: pattern and energy
    """
    return tuple((Chem.MolFromSmarts(smarts), value) for smarts, value in _TERMS)
