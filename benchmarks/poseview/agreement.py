"""Part a: interactions against PLIP with equal hydrogens: pairs of a ligand, or metal, and a residue by kind."""

from collections import Counter

from engines.interactions.assembly import Assembly
from engines.interactions.interaction import Interaction, Kind
from engines.interactions.perception import perceive
from engines.structure.classification import Kind as Residues

from .. import harness
from .corpus import wanted
from .plip import TAGS, Found, Residue

ASKED = ('hydrogen bonds', 'salt bridges', 'pi stacking', 'halogen bonds', 'metals')
SHARE = 0.9
_KINDS = {
    Kind.HYDROGEN_BOND: 'hydrogen bonds', Kind.SALT_BRIDGE: 'salt bridges', Kind.PI_PARALLEL: 'pi stacking',
    Kind.PI_T_SHAPED: 'pi stacking', Kind.CATION_PI: 'cation-pi', Kind.HALOGEN_BOND: 'halogen bonds',
    Kind.WATER_BRIDGE: 'water bridges', Kind.HYDROPHOBIC: 'hydrophobic contacts', Kind.METAL: 'metals',
}  # fmt: skip
Pair = tuple[str, Residue]
WHY = """
Pairs whose groups both programs define leave out, on both sides by the same rule and for all entries alike:

- hydrogen bonds beyond our limits (D...A 3.9 Å, H...A 2.5 Å, D-H...A 100°), which PLIP lists up to 4.1 Å between heavy
  atoms, the hydrogen anywhere; and those to sulphur, which PLIP takes for no acceptor;
- salt bridges of a histidine that the hydrogens, equal for both programs, make neutral: PLIP counts all as charged;
- stacking on rings that hold a metal, the pyrroles of haem, which PLIP does not see as aromatic;
- halogen bonds to acceptors with two neighbours, as the sulphur of methionine, which PLIP does not define as such;
- metals: their bonds to anything but polymers. PLIP keeps those waters that fit the geometry it prefers, tells the
  bonds of a metal within its own molecule, as in haem, and looks for none in other ligands, as magnesium has in ADP;
  and what lies beyond the distance of a coordinate bond (sum of covalent radii and 0.45 Å), which PLIP takes up to
  3.0 Å whatever the elements are.

In both tables a residue whose hydrogen bond PLIP leaves out for the salt bridge of the same atoms counts as found by
both. Nothing is asked of the other kinds: a water bridge of ours needs two hydrogen bonds by the hydrogens that Protoss
gives the water, PLIP looks at distances and one angle; and of apolar contacts PLIP keeps fewer for each residue.
"""


class Tally:
    """
    Counts by kind: pairs that both find, that we alone find, that PLIP alone finds; of all, and of those whose groups
    both programs define.
    """

    def __init__(self) -> None:
        self.all: dict[str, Counter[str]] = {who: Counter() for who in ('both', 'ours', 'PLIP')}
        self.defined: dict[str, Counter[str]] = {who: Counter() for who in ('both', 'ours', 'PLIP')}
        self.different: list[tuple[object, ...]] = []
        self.complexes = 0

    def add(self, other: 'Tally') -> None:
        """
        :param other: counts of further entries
        """
        for counts, more in ((self.all, other.all), (self.defined, other.defined)):
            for who, counter in more.items():
                counts[who].update(counter)
        self.different += other.different
        self.complexes += other.complexes

    def compare(self, entry: str, assembly: Assembly, known: set[Residue], found: list[Found]) -> None:
        """
        :param entry: name of the file
        :param assembly: the complex
        :param known: ligands of PLIP
        :param found: what PLIP finds
        """
        sites = [(_residue(assembly, assembly.atoms[n][0]), assembly.atoms[n]) for n in wanted(assembly.molecules)
                 if len(assembly.molecules[n].keys) == 1]  # fmt: skip
        self.complexes += sum(name in known for name, _ in sites)
        sites += [(_residue(assembly, atom), [atom]) for atom in sorted(assembly.system.metals) if assembly.shown[atom]
                  and assembly.system.members[assembly.system.owner[atom]].kind is Residues.METAL]  # fmt: skip
        for name, atoms in sites:
            if name not in known:
                continue
            ours, fair = _pairs(assembly, perceive(assembly, atoms))
            theirs = [item for item in found if item.ligand == name]
            if len(atoms) == 1:
                ours, fair = ({p for p in pairs if p[0] == 'metals'} for pairs in (ours, fair))
                theirs = [item for item in theirs if item.kind == 'metals']
            self._count(self.all, ours, {(i.kind, i.partner) for i in theirs}, set())
            defined = {(i.kind, i.partner) for i in theirs if i.strict and not _undefined(assembly, i)}
            untold = ours - fair
            rest = self._count(self.defined, fair, defined - untold, {(i.kind, i.partner) for i in theirs})
            for who, pairs in rest.items():
                names = ', '.join(f'{kind}: {r[0]}{r[2]} {r[1]}' for kind, r in sorted(pairs) if kind in ASKED)
                if names:
                    self.different.append((entry, '_'.join(name), who, names))

    @staticmethod
    def _count(
        counts: dict[str, Counter[str]], ours: set[Pair], theirs: set[Pair], lax: set[Pair]
    ) -> dict[str, set[Pair]]:
        """
        :param counts: grow
        :param ours: kinds and residues that we find
        :param theirs: those that PLIP finds
        :param lax: those that PLIP finds beyond the limits that count, which are no fault of ours
        :returns: what one alone finds
        """
        # PLIP leaves out hydrogen bonds of atoms that make a salt bridge; such a pair is found by both.
        charged = {('hydrogen bonds', residue) for kind, residue in theirs | lax if kind == 'salt bridges'}
        both = (ours & (theirs | lax)) | (ours & charged)
        rest = {'ours': ours - both, 'PLIP': theirs - ours}
        for who, pairs in (('both', both), *rest.items()):
            counts[who].update(kind for kind, _ in pairs)
        return rest

    def verdicts(self) -> list[harness.Verdict]:
        """
        :returns: recall and precision of each kind
        """
        answers = []
        for kind in ASKED:
            both, ours, theirs = (self.defined[who][kind] for who in ('both', 'ours', 'PLIP'))
            for name, missed in (('recall', theirs), ('precision', ours)):
                if both + missed:
                    share = both / (both + missed)
                    text = f'{share:.2f} ({both} of {both + missed})'
                    answers.append(harness.Verdict(f'{kind}: {name}', str(SHARE), text, share >= SHARE))
        return answers

    def section(self) -> str:
        """
        :returns: part a of the report
        """
        heads = ('kind', 'both', 'ours only', 'PLIP only', 'recall', 'precision')
        tables = [harness.table(heads, _rows(counts)) for counts in (self.defined, self.all)]
        return harness.section(
            'a. Against PLIP', 'Pairs whose groups both programs define:', tables[0], 'All pairs:', tables[1],
            WHY.strip(), 'Every difference among the pairs whose groups both define:',
            harness.table(('entry', 'ligand', 'who', 'residues'), self.different),
        )  # fmt: skip


def _rows(counts: dict[str, Counter[str]]) -> list[tuple[object, ...]]:
    """
    :param counts: by who and kind
    :returns: rows of a table
    """
    rows: list[tuple[object, ...]] = []
    for kind in TAGS.values():
        both, ours, theirs = (counts[who][kind] for who in ('both', 'ours', 'PLIP'))
        shares = (f'{both / (both + missed):.2f}' if both + missed else '-' for missed in (theirs, ours))
        rows.append((kind, both, ours, theirs, *shares))
    return rows


def _residue(assembly: Assembly, atom: int) -> Residue:
    """
    :param assembly: the complex
    :param atom: one of its atoms
    :returns: its residue as PLIP names it
    """
    chain, number, icode, code = assembly.name(atom).key
    return code, chain, f'{number}{icode}'


def _pairs(assembly: Assembly, found: list[Interaction]) -> tuple[set[Pair], set[Pair]]:
    """
    :param assembly: the complex
    :param found: interactions
    :returns: kinds and residues of all, and of those whose groups PLIP defines too
    """
    every: set[Pair] = set()
    fair: set[Pair] = set()
    for item in found:
        if kind := _KINDS.get(item.kind):
            pair = (kind, _residue(assembly, item.partner.atoms[0]))
            every.add(pair)
            if _defined(assembly, item):
                fair.add(pair)
    return every, fair


def _defined(assembly: Assembly, item: Interaction) -> bool:
    """
    :param assembly: the complex
    :param item: an interaction
    :returns: whether PLIP defines its groups
    """
    system = assembly.system
    sides = (item.focus, item.partner)
    if item.kind is Kind.HYDROGEN_BOND:
        return not any(str(s.role) == 'acceptor' and system.elements[s.atoms[0]] in ('S', 'SE') for s in sides)
    if item.kind in (Kind.PI_PARALLEL, Kind.PI_T_SHAPED):
        return not any(a in system.coordinated for s in sides for a in s.atoms)
    if item.kind is Kind.HALOGEN_BOND:
        ends = [s.atoms[0] for s in sides if str(s.role) == 'acceptor']
        return all(len(assembly.neighbours(a)) == 1 for a in ends)
    if item.kind is Kind.METAL:
        return system.members[system.owner[item.partner.atoms[0]]].kind is Residues.POLYMER
    return True


def _undefined(assembly: Assembly, item: Found) -> bool:
    """
    :param assembly: the complex
    :param item: what PLIP found
    :returns: whether its groups are none by our definitions
    """
    code, chain, number = item.partner
    if item.kind == 'metals':
        return code in ('HOH', 'DOD') or item.partner == item.ligand or not item.near
    if item.kind == 'salt bridges' and code == 'HIS':
        own = [i for i in range(len(assembly.positions)) if _residue(assembly, i) == (code, chain, number)]
        return not any(assembly.charge(i) > 0 for i in own if assembly.shown[i])
    return False
