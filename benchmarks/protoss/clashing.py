"""The report's parts c and d: contacts, and hydrogens at metals."""

from dataclasses import astuple
from typing import NamedTuple

from ..harness import Verdict, table
from .bench import SETTLED_ON, Bench, failures, output_atoms
from .contacts import Contacts, between_metal_and_ligand, count, metals, protein_places
from .programs import ENGINE, PROGRAMS, Run, at_once
from .structures import load, to_atoms, without_hydrogens

#: Entries that fit the PDB format, of up to 5,300 heavy atoms, of which pdb2pqr takes at most half a minute each.
ENTRIES = (
    '1a28', '1a3e', '1afs', '1ajj', '1bx8', '1crn', '1dpx', '1ejg', '1gbt', '1hel', '1hpv', '1orc', '1pwc', '1ubi',
    '1us0_protein', '2izf', '3enl', '3u7t', '4agm', '4e43', '4laz', '4zhl', '5pti', '1k1i_protein',
)  # fmt: skip
#: In the order of the fields of Contacts.
KINDS = ('H-H overlaps', 'overlaps of H', 'donor-donor', 'acceptor-acceptor')
_TEXT = """Each program gets the same main conformer. Every bond to hydrogen is set to its neutron length first, so
programs differ by direction only. *H-H overlaps*: two hydrogens more than four bonds apart whose van der Waals
spheres (1.17 A, 1.00 A if polar or aromatic; Word et al. 1999) overlap by 0.4 A or more, as MolProbity counts.
*Overlaps of H*: the same of a hydrogen with any atom, but polar hydrogens with N, O and S. *Donor-donor*: two polar
hydrogens closer than 2.1 A. *Acceptor-acceptor*: N or O with a lone pair within 3.2 A of another, without a hydrogen
of one within 2.6 A of the other; carbonyl groups that meet are among them, whatever a program does. Numbers are per
1,000 heavy atoms. Only atoms that the outputs of all programs hold are counted, first those of standard amino acids,
then with waters; ligands are left out, since pdb2pqr gives them no hydrogens; symmetry copies are left out, since the
peers do not see them. pdb2pqr moves side chains to avoid clashes; they count where it has put them. *Held out* are
entries that played no part when the engine's constants were settled."""
_METALS = """A hydrogen is *between* a metal and an atom bound to it if the angle metal-atom-hydrogen is below 90
degrees; bound are N, O, S and Se up to 2.6 A (alkali and alkaline earth metals: 3.0 A). The engine ran on every entry
with metals as it is deposited, its peers on those of part c."""


class _Row(NamedTuple):
    """One entry of part c."""

    entry: str
    atoms: dict[bool, int]
    contacts: dict[tuple[str, bool], Contacts]
    bound: dict[str, tuple[int, list[str]]]
    runs: dict[str, Run]


def section(bench: Bench) -> tuple[str, str]:
    """
    :param bench: data and programs; gets the verdicts
    :returns: the section on contacts, and the peers' table of metals for part d
    """
    rows = [_row(bench, entry) for entry in ENTRIES]
    whole = [row for row in rows if all(not run.error for run in row.runs.values())]
    parts = ['## c. Contacts', _TEXT]
    for waters in (False, True):
        parts += [f'### {"Protein and waters" if waters else "Protein"}', _table(bench, whole, waters)]
    said = failures((program, row.entry, run) for row in rows for program, run in row.runs.items())
    met = len(whole)
    bench.verdicts.append(Verdict('entries compared for contacts', '20', str(met), met >= 20))
    return '\n\n'.join([*parts, *([said] if said else [])]), _peers_at_metals(whole)


def _row(bench: Bench, entry: str) -> _Row:
    """
    :param bench: data and programs
    :param entry: name
    :returns: what the programs made of it
    """
    structure = without_hydrogens(bench.single(entry))
    path = bench.write(structure, f'{entry}_single')
    runs = dict(zip(PROGRAMS, at_once(lambda program: bench.programs.run(program, path), PROGRAMS), strict=True))
    good = {program: output_atoms(run) for program, run in runs.items() if not run.error}
    source, row = to_atoms(structure), _Row(entry, {}, {}, {}, runs)
    for waters in (False, True):
        common = protein_places(source, waters)
        for atoms in good.values():
            common &= set(atoms.places())
        row.atoms[waters] = len(common)
        for program in good:
            row.contacts[program, waters] = count(load(runs[program].output), common)
    found = metals(structure)
    if found:
        row.bound.update({program: between_metal_and_ligand(found, atoms) for program, atoms in good.items()})
    return row


def _table(bench: Bench, rows: list[_Row], waters: bool) -> str:
    """
    :param bench: gets the verdicts
    :param rows: entries that all programs have done
    :param waters: whether waters count
    :returns: the table
    """
    heads = ('entry', 'heavy atoms', *(f'{kind}: {program}' for kind in KINDS for program in PROGRAMS))
    lines: list[tuple[object, ...]] = []
    for row in rows:
        cells = (_value(row, waters, kind, program) for kind in KINDS for program in PROGRAMS)
        lines.append((row.entry.split('_')[0].upper(), row.atoms[waters], *cells))
    scope = 'protein and waters' if waters else 'protein'
    for name, mine in (('all', rows), ('held out', [row for row in rows if row.entry not in SETTLED_ON])):
        atoms = sum(row.atoms[waters] for row in mine)
        if not atoms:
            continue
        rates = {
            (kind, program): 1000 * sum(_value(row, waters, kind, program) for row in mine) / atoms
            for kind in KINDS
            for program in PROGRAMS
        }
        lines.append((f'**{name}, per 1,000**', atoms, *(f'**{rate:.2f}**' for rate in rates.values())))
        for kind in KINDS:
            best, own = min(rates[kind, program] for program in PROGRAMS[1:]), rates[kind, ENGINE]
            question = f'{kind} per 1,000 heavy atoms, {scope}, {name} entries'
            bench.verdicts.append(Verdict(question, f'below {best:.2f}', f'{own:.2f}', own < best))
    return table(heads, lines)


def _value(row: _Row, waters: bool, kind: str, program: str) -> int:
    """
    :param row: an entry
    :param waters: whether waters count
    :param kind: of contacts
    :param program: that made the output
    :returns: their number
    """
    return int(astuple(row.contacts[program, waters])[KINDS.index(kind)])


def _peers_at_metals(rows: list[_Row]) -> str:
    """
    :param rows: entries of part c
    :returns: a table of hydrogens at metals by program
    """
    lines: list[tuple[object, ...]] = []
    for row in rows:
        if row.bound and any(bound for bound, _ in row.bound.values()):
            cells = [f'{len(bad)}{": " * bool(bad)}{"; ".join(bad)}' for _, bad in (row.bound[p] for p in PROGRAMS)]
            lines.append((row.entry.split('_')[0].upper(), row.bound[ENGINE][0], *cells))
    return '\n\n'.join(('## d. Metals', _METALS, table(('entry', 'bound atoms', *PROGRAMS), lines)))
