"""The report's part b: side chains turned over."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from ..harness import Verdict, table
from .bench import Bench, failures, output_atoms, percent
from .flips import SideChain, as_deposited, side_chains, turn
from .programs import ENGINE, PDB2PQR, Run, at_once
from .structures import without_hydrogens

ENTRIES = ('1ejg', '1us0_protein', '1pwc', '4laz', '3u7t')
#: Entries of 1.5 to 2.1 A that played no part when the engine's constants were settled.
HELD_OUT = ('2izf', '4e43', '1dpx', '1ubi', '4zhl')
_FLIPPERS = (ENGINE, PDB2PQR)
_NAMES: dict[tuple[str, ...], str] = {ENTRIES: 'all', HELD_OUT: 'held out'}
_SHARE = 0.95
#: The peer turns side chains by the same rules each time, and takes half of the time of this part.
_PEER_SEEDS = 3
_TEXT = """Of each entry (main conformer, no hydrogens) every Asn, Gln and His is turned over with a probability of
one half, by seeds 0 to {} (pdb2pqr: the first {} of them). hydride turns nothing, so it is not run. A side chain is
*unambiguous*, by heavy atoms alone, if at least one contact of 3.2 A or less (metal: 2.8 A), symmetry copies
included, fits only the deposited orientation and none fits only the other one. Contacts count with atoms whose type
does not depend on anything: backbone N and O, charged groups of Lys, Arg, Asp and Glu, Trp NE1, metals; not water,
hydroxyl, other Asn, Gln, His, or ligands. An end carbon of a turned His fits none of them. What counts is where the
ends are after the run. *Turned back* is over those that had been turned, *kept* over those that had not. *Held out*
are entries that played no part when the engine's constants were settled (seeds 0 to 2; at their resolution the
deposited orientation itself is less certain)."""


class _Outcome(NamedTuple):
    """One side chain after one run."""

    program: str
    entry: str
    seed: int
    chain: SideChain
    turned: bool
    right: bool


def section(bench: Bench, seeds: int) -> str:
    """
    :param bench: data and programs; gets the verdict
    :param seeds: number of random choices for each entry
    :returns: the section
    """
    chains: dict[str, list[SideChain]] = {}
    jobs = []
    for entry in (*ENTRIES, *HELD_OUT):
        structure = without_hydrogens(bench.single(entry))
        chains[entry] = side_chains(structure)
        for seed in range(seeds if entry in ENTRIES else min(seeds, _PEER_SEEDS)):
            changed, which = turn(structure, chains[entry], seed)
            path = bench.write(changed, f'{entry}_turned_{seed}')
            flippers = _FLIPPERS if seed < _PEER_SEEDS else (ENGINE,)
            jobs += [(program, entry, seed, which, path) for program in flippers]
    runs: list[Run] = at_once(lambda job: bench.programs.run(job[0], job[4]), jobs)
    outcomes: list[_Outcome] = []
    for (program, entry, seed, which, _), run in zip(jobs, runs, strict=True):
        if not run.error:
            output = output_atoms(run)
            outcomes += [
                _Outcome(program, entry, seed, chain, chain.label in which, bool(as_deposited(chain, output)))
                for chain in chains[entry]
            ]
    _judge(bench, outcomes)
    return '\n\n'.join(
        part
        for part in (
            '## b. Side chains turned over',
            _TEXT.format(seeds - 1, _PEER_SEEDS),
            table(('entry', 'side chains', 'unambiguous', 'contradicted', *_heads()), list(_rows(chains, outcomes))),
            'By side chain, whatever the start: ' + _always(outcomes) + '.',
            failures((job[0], f'{job[1]}, seed {job[2]}', run) for job, run in zip(jobs, runs, strict=True)),
            'Deposited orientations that a contact contradicts: ' + _contradicted(chains) + '.',
            'Unambiguous side chains that the engine left, or put, the wrong way, and in how many of the runs:',
            table(('entry', 'side chain', 'wrong', 'contacts of the deposited orientation'), list(_wrong(outcomes))),
        )
        if part
    )


def _heads() -> Iterable[str]:
    """:returns: heads of the programs' columns"""
    for program in _FLIPPERS:
        yield from (f'{program}: turned back', f'{program}: kept', f'{program}: ambiguous as deposited')


def _share(outcomes: Iterable[_Outcome]) -> str:
    """
    :param outcomes: some
    :returns: how many of them are right
    """
    rights = [outcome.right for outcome in outcomes]
    return percent(sum(rights), len(rights))


def _rows(chains: dict[str, list[SideChain]], outcomes: list[_Outcome]) -> Iterable[tuple[object, ...]]:
    """
    :param chains: side chains by entry
    :param outcomes: of all runs
    :returns: rows of the table
    """
    for entries in (*((entry,) for entry in ENTRIES), ENTRIES, *((entry,) for entry in HELD_OUT), HELD_OUT):
        mine = [chain for entry in entries for chain in chains[entry]]
        cells: list[object] = [
            entries[0].split('_')[0].upper() if len(entries) == 1 else f'**{_NAMES[entries]}**', len(mine),
            sum(chain.unambiguous for chain in mine), sum(bool(chain.contradicts) for chain in mine),
        ]  # fmt: skip
        for program in _FLIPPERS:
            own = [o for o in outcomes if o.program == program and o.entry in entries]
            cells += [
                _share(o for o in own if o.chain.unambiguous and o.turned),
                _share(o for o in own if o.chain.unambiguous and not o.turned),
                _share(o for o in own if not o.chain.unambiguous),
            ]
        yield tuple(cells)


def _judge(bench: Bench, outcomes: list[_Outcome]) -> None:
    """
    :param bench: gets the verdicts
    :param outcomes: of all runs
    """
    for entries, name in _NAMES.items():
        mine = [
            o.right for o in outcomes if o.program == ENGINE and o.turned and o.chain.unambiguous and o.entry in entries
        ]
        question = f'unambiguous Asn, Gln and His turned back, {name} entries'
        met = bool(mine) and sum(mine) >= _SHARE * len(mine)
        bench.verdicts.append(Verdict(question, f'{100 * _SHARE:.0f} %', percent(sum(mine), len(mine)), met))


def _always(outcomes: list[_Outcome]) -> str:
    """
    :param outcomes: of all runs
    :returns: how many unambiguous side chains end as deposited in every run of the engine
    """
    said = []
    for entries, name in _NAMES.items():
        ends: dict[tuple[str, str], bool] = {}
        for o in outcomes:
            if o.program == ENGINE and o.chain.unambiguous and o.entry in entries:
                ends[o.entry, o.chain.label] = ends.get((o.entry, o.chain.label), True) and o.right
        said.append(f'{percent(sum(ends.values()), len(ends))} ({name} entries)')
    return ' and '.join(said) + ' end as deposited in every run of the engine'


def _contradicted(chains: dict[str, list[SideChain]]) -> str:
    """
    :param chains: side chains by entry
    :returns: those with a contact against the deposited orientation
    """
    said = [
        f'{entry.split("_")[0].upper()} {chain.label} ({", ".join(chain.contradicts)})'
        for entry, found in chains.items()
        for chain in found
        if chain.contradicts
    ]
    return '; '.join(said) or 'none'


def _wrong(outcomes: list[_Outcome]) -> Iterable[tuple[object, ...]]:
    """
    :param outcomes: of all runs
    :returns: a row for each side chain that the engine got wrong at least once
    """
    mine = [o for o in outcomes if o.program == ENGINE and o.chain.unambiguous]
    tries = Counter((o.entry, o.chain.label) for o in mine)
    wrong = Counter((o.entry, o.chain.label) for o in mine if not o.right)
    contacts = {(o.entry, o.chain.label): ', '.join(o.chain.supports) for o in mine}
    for (entry, label), number in sorted(wrong.items()):
        key = (entry, label)
        yield (entry.split('_')[0].upper(), label, f'{number} of {tries[key]}', contacts[key])
