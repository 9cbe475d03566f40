"""Parts a and b: the verdicts on all metals of the corpus, and whether they last."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from engines.errors import EngineError
from engines.metalizer.partners import Crystal, Surroundings
from engines.metalizer.polyhedra import Array
from engines.metalizer.predictions import Prediction, is_distinct, predict
from engines.metalizer.sites import find_metals
from engines.metalizer.valences import alternatives, of_model
from engines.structure.reading import read_structure

from .. import harness
from .known import Known, known_of

THRESHOLD, ANGLES, FREE = 3.0, 21.5, 0.25
SEEDS = range(10)
NOISE = 0.1
"""Angstrom, of each coordinate of a partner."""
KEPT = 0.95
_NAMED = 12


@dataclass(frozen=True)
class Site:
    """
    A metal of the corpus.

    :param known: what is known of its kind
    :param around: its partners
    :param ranked: its geometries
    """

    known: Known
    around: Surroundings
    ranked: list[Prediction]

    @property
    def verdict(self) -> str:
        """:returns: name of the best geometry; empty without one"""
        return self.ranked[0].fit.polyhedron.name if self.ranked else ''

    @property
    def complete(self) -> bool:
        """:returns: whether as many partners are modelled as it has"""
        return len(self.around.donors) == self.known.partners

    @property
    def right(self) -> bool:
        """:returns: whether the best geometry is what is written of the site"""
        return self.verdict in self.known.geometries


def sites(data: Path) -> list[Site]:
    """
    :param data: folder with ``entries``
    :returns: all metals of the entries
    """
    found = []
    for file in sorted((data / 'entries').iterdir()):
        try:
            structure = read_structure(file).structure
        except EngineError:
            continue
        metals = find_metals(structure[0])
        if not metals:
            continue
        crystal = Crystal(structure, THRESHOLD, symmetry=True)
        for metal in metals:
            around = crystal.around(metal, THRESHOLD)
            known = known_of(file.name.partition('.')[0].partition('_')[0].lower(), metal.residue.name)
            found.append(Site(known, around, predict(around, ANGLES, FREE)))
    return found


def verdicts(found: list[Site], answers: list[harness.Verdict]) -> str:
    """
    :param found: all metals
    :param answers: gets one
    :returns: part a of the report
    """
    complete = [site for site in found if site.complete]
    right = [site for site in complete if site.right]
    wrong = [
        f'{s.known.entry.upper()} {s.around.metal.molecule}: {s.verdict or "none"}' for s in complete if not s.right
    ]
    share = len(right) / len(complete)
    asked = 'at least 95 %'
    measured = f'{len(right)} of {len(complete)} ({share:.0%})'
    answers.append(harness.Verdict('best geometry as literature or chemistry say, complete sites', asked, measured,
                                   share >= KEPT))  # fmt: skip
    heads = ('entry', 'metal', 'sites', 'complete', 'as written', 'written of it', 'why', 'resolution')
    rows: list[tuple[object, ...]] = [
        (known.entry.upper(), known.residue, len(group), sum(s.complete for s in group),
         sum(s.complete and s.right for s in group), known.geometries[0], known.reason, known.resolution)
        for known, group in _groups(found)
    ]  # fmt: skip
    text = (
        f'All {len(found)} metals of the corpus, with partners within {THRESHOLD:g} Å, symmetry copies included. A '
        'site is complete when as many partners are modelled as it has; only then its geometry can be compared with '
        'what is written of it; papers are cited from memory. Complete and not as written: '
        f'{"; ".join(wrong) or "none"}.'
    )
    return harness.section('a. Is it the right geometry?', text, harness.table(heads, rows), _singles(found))


def _groups(found: list[Site]) -> Iterator[tuple[Known, list[Site]]]:
    """
    :param found: all metals
    :returns: them by their kind
    """
    for known in dict.fromkeys(site.known for site in found):
        yield known, [site for site in found if site.known == known]


def _singles(found: list[Site]) -> str:
    """
    :param found: all metals
    :returns: a table with each of them, those of large groups in part
    """
    heads = ('entry', 'metal', 'partners', 'best', 'prmsd', 'angles, °', 'score', 'runner-up', 'score', 'distinct',
             'valence', 'nVECSUM', 'would suit better')  # fmt: skip
    rows: list[tuple[object, ...]] = []
    for known, group in _groups(found):
        chosen = sorted(group, key=lambda site: (not site.complete, not site.ranked))[:_NAMED]
        rows += [_row(known, site) for site in chosen]
    text = f'The sites one by one; of more than {_NAMED} of a kind the first {_NAMED}, complete ones before others.'
    return f'{text}\n\n{harness.table(heads, rows)}'


def _row(known: Known, site: Site) -> tuple[object, ...]:
    """
    :param known: of its kind
    :param site: a metal
    :returns: its row
    """
    own, donors = of_model(site.around), [donor.element for donor in site.around.donors]
    elements = ' '.join(f'{donors.count(element)} {element}' for element in sorted(set(donors)))
    cells = [known.entry.upper(), site.around.metal.name, elements or 'none']
    for each in [*site.ranked, None, None][:2]:
        best = not cells[3:]
        cells += ['none' if best else ''] if each is None else [each.fit.polyhedron.name]
        if best:
            cells += ['', ''] if each is None else [f'{each.fit.prmsd:.3f}', f'{each.fit.rmsd:.1f}']
        cells.append('' if each is None else f'{each.score:.1f}')
    distinct = bool(site.ranked) and is_distinct(site.ranked[0], site.ranked)
    better = ', '.join(f'{each.metal}({each.charge}+)' for each in alternatives(site.around, own)[:3])
    sums = (f'{own.total:.2f} of {own.charge}', f'{own.imbalance:.2f}') if own else ('', '')
    return (*cells, 'yes' if distinct else 'no', *sums, better)


def lasting(found: list[Site], answers: list[harness.Verdict]) -> str:
    """
    :param found: all metals
    :param answers: gets four
    :returns: part b of the report
    """
    shaped = [site for site in found if site.ranked]
    rows: list[tuple[object, ...]] = []
    groups = (
        ('complete sites', [site for site in shaped if site.complete]),
        ('sites with a distinct geometry', [site for site in shaped if is_distinct(site.ranked[0], site.ranked)]),
        ('all sites with a geometry', shaped),
    )
    for changed, noise in (('turned and mixed', 0.0), (f'turned, mixed and {NOISE:g} Å of noise', NOISE)):
        runs = {id(site): [_changed(site, seed, noise) for seed in SEEDS] for site in shaped}
        kept = {id(site): [_keeps(site, ranked) for ranked in runs[id(site)]] for site in shaped}
        for name, group in groups:
            trials = [same for site in group for same in kept[id(site)]]
            rows.append((changed, name, len(group), len(trials), f'{np.mean(trials):.1%}'))
        asked = 1.0 if not noise else KEPT
        for name, group in groups[:1] + groups[-1:]:
            share = float(np.mean([same for site in group for same in kept[id(site)]]))
            answers.append(
                harness.Verdict(f'verdict kept, {changed}: {name}', f'>= {asked:.0%}', f'{share:.1%}', share >= asked)
            )
    lost = [site for site in shaped if not all(kept[id(site)])]
    beyond = [site for site in lost if not all(runs[id(site)])]
    off = np.array([site.ranked[0].fit.rmsd for site in lost])
    text = (
        f'Partners of each site turned about the metal by a random proper rotation, in a random order, seeds '
        f'{SEEDS[0]} to {SEEDS[-1]}; with noise each coordinate of each partner is moved by a normal deviate of '
        f'{NOISE:g} Å. Kept means the same best geometry with the same number of free sites. Where partners are '
        f'missing two geometries may be equally near, which `unique` says. Noise changes the verdict of {len(lost)} '
        f'sites at least once; {sum(not site.complete for site in lost)} of them lack partners. Before the noise their '
        f'angles are off by {np.median(off):.1f}° (median), those of the sites that keep theirs by '
        f'{np.median([site.ranked[0].fit.rmsd for site in shaped if site not in lost]):.1f}°; {len(beyond)} of them '
        f'then have no geometry within the limit of {ANGLES:g}°. They are of models with these resolutions: '
        f'{", ".join(sorted({site.known.resolution for site in lost}))}; their partners stand between two polyhedra.'
    )
    heads = ('change', 'of', 'sites', 'trials', 'verdict kept')
    return harness.section('b. Does it last?', text, harness.table(heads, rows))


def _keeps(site: Site, ranked: list[Prediction]) -> bool:
    """
    :param site: a metal with a geometry
    :param ranked: its geometries after a change
    :returns: whether the best one is the same
    """
    if not ranked:
        return False
    old, new = site.ranked[0].fit, ranked[0].fit
    return (old.polyhedron.name, len(old.free)) == (new.polyhedron.name, len(new.free))


def _changed(site: Site, seed: int, noise: float) -> list[Prediction]:
    """
    :param site: a metal with a geometry
    :param seed: of the change
    :param noise: Angstrom
    :returns: the geometries of the changed site
    """
    random = np.random.default_rng(seed)
    rotation, _ = np.linalg.qr(random.normal(size=(3, 3)))
    rotation *= np.sign(np.linalg.det(rotation))
    around = site.around

    def moved(point: Array) -> Array:
        """:returns: a point turned about the metal"""
        turned: Array = around.origin + rotation @ (point - around.origin)
        return turned

    order = random.permutation(len(around.donors))
    shifts = random.normal(scale=noise, size=(len(around.donors), 3)) if noise else np.zeros((len(around.donors), 3))
    donors = [replace(donor, point=moved(donor.point) + shift)
              for donor, shift in zip(around.donors, shifts, strict=True)]  # fmt: skip
    where = {int(index): place for place, index in enumerate(order)}
    chelates = [(where[first], where[second]) for first, second in around.chelates]
    near = [donors[around.donors.index(each)] if each in around.donors else replace(each, point=moved(each.point))
            for each in around.near]  # fmt: skip
    changed = Surroundings(around.metal, tuple(near), tuple(donors[i] for i in order), tuple(chelates))
    return predict(changed, ANGLES, FREE)
