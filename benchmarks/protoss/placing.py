"""The report's part a: experimental hydrogens."""

from collections.abc import Iterable
from typing import NamedTuple

from ..harness import Verdict, table
from .bench import Bench, by_program, failures, output_atoms, percent
from .experiment import ANGLE, MISSING, NEAR, Comparison, Site, compare, sites, turned
from .geometry_states import Known, known_states, placed, text
from .programs import ENGINE, PROGRAMS, Run, at_once
from .structures import Atoms, load

ENTRIES = ('5pti', '3u7t', '1ejg')
#: Atomic resolution, ring angles not restrained; grown at pH 5.0: Howard et al. (2004), Proteins 55, 792.
GEOMETRY_ENTRY, GEOMETRY_PH = '1us0_protein', 5.0
_KINDS = (
    ('fixed', NEAR, False, f'non-rotatable, within {NEAR} A'),
    ('rotor', ANGLE, False, f'OH, NH3+ with a partner, within {ANGLE:.0f} degrees'),
    ('rotor', ANGLE, True, 'those with a fully occupied partner'),
    ('methyl', ANGLE, False, f'methyl groups, within {ANGLE:.0f} degrees'),
    ('water', ANGLE, False, f'waters with a partner, both O-D within {ANGLE:.0f} degrees'),
)
_TEXT = """All hydrogens and deuteriums are removed, the main conformer is given to each program as the same file, and
the hydrogens of the output are compared heavy atom by heavy atom, in the best assignment, after both sides got the
same bond lengths (neutron: C-H 1.09, N-H 1.01, O-H 0.98). *Fixed* are hydrogens that heavy atoms hold in place, amide
groups included; a hydrogen that a program did not place counts as wrong. A *rotor* is a hydroxyl or ammonium group,
judged by the turn about its axis (the mean of the hydrogens of NH3+, so that chance alone would give half); it has a
*partner* if an oxygen or bare nitrogen, symmetry copies included, is within 2.5 A of an experimental hydrogen at 110
degrees or more. A partner with an occupancy below 1 is missing in some molecules of the crystal, where the hydrogen
points elsewhere, and what is seen is the mean; rotors with such a partner are counted apart (a rule that was made when
it was seen that two of the engine's misses point at a phosphate which is there in 65 % of the molecules; the figure
without it stands beside). Minor conformers are not counted. Occupancies of H and D are not used: they tell exchange,
not absence. A heavy atom without any modelled hydrogen is not compared."""
_STRAIN = """How good are the experiments? Where one hydrogen hangs on an atom with three other neighbours (CH) or on
a planar one with two (NH, aromatic CH), these neighbours alone say where it must be. Experimental hydrogens within
0.15 A of that place: {}. No program can do better than this on such atoms. 3U7T is deposited as an X-ray model: its
hydrogens ride on their parents with B factors of 1.2 times theirs, so they show the refinement program's templates,
but for hydroxyl groups, which that program turned into the density."""
_ROTORS = """Rotors. The torsion is that of the hydrogen seen, about the bond to its heavy atom; hydroxyl groups
prefer 60, 180 and -60 degrees, those of tyrosine 0 and 180. A star marks a symmetry copy, a share a partner that is
not in every molecule of the crystal."""
_CRYSTALS = """How far can rotors be told? {} and {} are crystals of one protein, crambin. Of the {} rotors that both
models show and that have a partner in either, **{}** agree with each other within {:.0f} degrees; of these the engine
has {} right in both. Where the two differ by more than twice that, no answer is right in both: {}."""
_GEOMETRY = """None of the three has a histidine. {} (0.66 A) tells states by geometry: inner angles of the ring for
His (Malinska et al. 2015; the best state within 1.5 degrees, the next at least 1.5 times as far), C-O bonds for Asp
and Glu (charged if they differ by 0.03 A or less, neutral if by 0.06 A or more). Residues with altlocs are left out.
All programs were told the pH of the crystals, {:.1f}; the file has no waters and no ligand, so the environment is not
complete."""


class _Case(NamedTuple):
    """One program on one entry."""

    program: str
    entry: str
    run: Run


def section(bench: Bench) -> str:
    """
    :param bench: data and programs; gets the verdicts
    :returns: the section
    """
    experiments: dict[str, list[Site]] = {}
    jobs = []
    for entry in ENTRIES:
        structure = bench.single(entry)
        experiments[entry] = sites(structure)
        path = bench.write(structure, entry)
        jobs += [(program, entry, path) for program in PROGRAMS]
    runs = at_once(lambda job: _Case(job[0], job[1], bench.programs.run(job[0], job[2])), jobs)
    found = {
        (case.entry, case.program): compare(experiments[case.entry], output_atoms(case.run))
        for case in runs
        if not case.run.error
    }
    _judge(bench, found)
    return '\n\n'.join(
        part
        for part in (
            '## a. Hydrogens of experiments',
            _TEXT,
            by_program(('', ''), list(_rows(experiments, found))),
            failures(runs),
            _STRAIN.format(', '.join(_strained(entry, rows) for entry, rows in experiments.items())),
            *_geometry(bench),
            '### Every outlier of the engine',
            *_outliers(found),
            _crystals(experiments, found),
        )
        if part
    )


def _judge(bench: Bench, found: dict[tuple[str, str], Comparison]) -> None:
    """
    :param bench: gets the verdicts
    :param found: comparisons by entry and program
    """
    for kind, limit, share, name in (
        ('fixed', NEAR, 0.95, 'non-rotatable hydrogens'),
        ('rotor', ANGLE, 0.75, 'rotors with a fully occupied partner'),
    ):
        for entries in (ENTRIES, *((entry,) for entry in ENTRIES)):
            counts = [found[e, ENGINE].share(kind, limit, kind == 'rotor') for e in entries if (e, ENGINE) in found]
            hits, tries = sum(hit for hit, _ in counts), sum(n for _, n in counts)
            unit = 'A' if kind == 'fixed' else 'degrees'
            question = f'{name} within {limit} {unit}, {", ".join(entries).upper()}'
            met = bool(tries) and hits >= share * tries
            bench.verdicts.append(Verdict(question, f'{100 * share:.0f} %', percent(hits, tries), met))


def _rows(experiments: dict[str, list[Site]], found: dict[tuple[str, str], Comparison]) -> Iterable[tuple[object, ...]]:
    """
    :param experiments: sites by entry
    :param found: comparisons by entry and program
    :returns: rows of the table
    """
    for kind, limit, firm, name in _KINDS:
        for entry in experiments:
            shares = [found[entry, p].share(kind, limit, firm) if (entry, p) in found else (0, 0) for p in PROGRAMS]
            if any(tries for _, tries in shares):
                yield (name, entry.upper(), *(percent(*share) for share in shares))
    for entry in experiments:
        extra = [len(found[entry, p].extra) if (entry, p) in found else '-' for p in PROGRAMS]
        yield ('atoms with more hydrogens than seen', entry.upper(), *extra)


def _strained(entry: str, experiment: list[Site]) -> str:
    """
    :param entry: name
    :param experiment: its sites
    :returns: how many of its hydrogens lie where heavy atoms put them
    """
    strains = [site.strain for site in experiment if site.strain is not None]
    return f'{entry.upper()} {percent(sum(strain <= NEAR for strain in strains), len(strains))}'


def _outliers(found: dict[tuple[str, str], Comparison]) -> Iterable[str]:
    """
    :param found: comparisons by entry and program
    :returns: a table of fixed ones, one of rotors
    """
    fixed: list[tuple[object, ...]] = []
    rotors: list[tuple[object, ...]] = []
    for entry in ENTRIES:
        if (entry, ENGINE) not in found:
            continue
        others = [
            {site.key: max(values) for site, values in found[entry, p].values}
            for p in PROGRAMS[1:]
            if (entry, p) in found
        ]
        for site, values in found[entry, ENGINE].values:
            where = f'{site.key[3]} of {site.key[2]}_{site.key[0]}_{site.key[1]}'
            peers = [_number(other[site.key]) for other in others]
            if site.kind == 'fixed' and max(values) > NEAR:
                strain = '' if site.strain is None else f'{site.strain:.2f}'
                fixed.append((entry.upper(), where, ', '.join(map(_number, values)), strain, *peers))
            elif site.kind == 'rotor' and max(values) > ANGLE:
                torsion = '' if site.torsion is None else f'{site.torsion:.0f}'
                rotors.append((entry.upper(), where, _number(max(values)), torsion, site.partner or 'none', *peers))
    yield table(('entry', 'atom', 'off by, A', 'the experiment itself', *PROGRAMS[1:]), fixed)
    yield _ROTORS
    yield table(('entry', 'rotor', 'off by, degrees', 'torsion seen', 'partner seen', *PROGRAMS[1:]), rotors)


def _crystals(experiments: dict[str, list[Site]], found: dict[tuple[str, str], Comparison]) -> str:
    """
    :param experiments: sites by entry
    :param found: comparisons by entry and program
    :returns: how well two experiments on one protein agree about its rotors
    """
    one, other = ENTRIES[1:]
    seen = {site.key: site for site in experiments[other] if site.kind == 'rotor'}
    pairs = [(site, seen[site.key]) for site in experiments[one] if site.kind == 'rotor' and site.key in seen]
    pairs = [(a, b) for a, b in pairs if a.partner or b.partner]
    apart = {a.key: turned(a, b) for a, b in pairs}
    agreed = [key for key, angle in apart.items() if angle <= ANGLE]
    right = [
        {site.key for site, values in found[entry, ENGINE].values if site.kind == 'rotor' and max(values) <= ANGLE}
        for entry in (one, other)
        if (entry, ENGINE) in found
    ]
    both = sum(all(key in keys for keys in right) for key in agreed)
    far = ', '.join(
        f'{key[3]} of {key[2]}_{key[0]}_{key[1]} ({angle:.0f})' for key, angle in apart.items() if angle > 2 * ANGLE
    )
    return _CRYSTALS.format(
        one.upper(), other.upper(), len(apart), percent(len(agreed), len(apart)), ANGLE, both, far or 'none'
    )


def _number(value: float) -> str:
    """
    :param value: a distance in Angstrom or an angle in degrees
    :returns: it with the digits that mean something
    """
    return 'not placed' if value == MISSING else f'{value:.2f}' if value < 3 else f'{value:.0f}'


def _geometry(bench: Bench) -> Iterable[str]:
    """
    :param bench: data and programs; gets the verdict
    :returns: the states that bond lengths and angles tell
    """
    known = known_states(load(bench.entry(GEOMETRY_ENTRY)))
    path = bench.write(bench.single(GEOMETRY_ENTRY), 'geometry')
    runs = at_once(
        lambda program: _Case(program, GEOMETRY_ENTRY, bench.programs.run(program, path, ph=GEOMETRY_PH)), PROGRAMS
    )
    outputs = {case.program: output_atoms(case.run) for case in runs if not case.run.error}
    yield '### States told by geometry'
    yield _GEOMETRY.format('1US0', GEOMETRY_PH)
    yield by_program(('residue', 'state', 'evidence', 'protons'), [_state_row(state, outputs) for state in known])
    yield failures(runs)
    for kind, wanted in (('His', ('HIS',)), ('Asp and Glu', ('ASP', 'GLU'))):
        mine = [state for state in known if state.residue.startswith(wanted)]
        right = {p: sum(_is_right(state, outputs[p]) for state in mine) for p in outputs}
        said = ', '.join(f'{program} {percent(hits, len(mine))}' for program, hits in right.items())
        yield f'{kind} as geometry tells: {said}.'
        hits = right.get(ENGINE, 0)
        question = f'{kind} states told by the geometry of 1US0'
        bench.verdicts.append(Verdict(question, 'all', percent(hits, len(mine)), hits == len(mine)))


def _is_right(state: Known, output: Atoms) -> bool:
    """
    :param state: a known one
    :param output: of a program
    :returns: whether exactly the right atoms got protons
    """
    return placed(state, output, output.places()) == state.hydrogens


def _state_row(state: Known, outputs: dict[str, Atoms]) -> tuple[object, ...]:
    """
    :param state: a known one
    :param outputs: of the programs
    :returns: a row of the table
    """
    cells = []
    for program in PROGRAMS:
        if program not in outputs:
            cells.append('-')
            continue
        found = placed(state, outputs[program], outputs[program].places())
        cells.append(text(found) if found == state.hydrogens else f'**{text(found)}**')
    return (state.residue, state.state, state.evidence, text(state.hydrogens), *cells)
