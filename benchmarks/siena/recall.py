"""Parts a and b: is every chain of the same protein found, and nothing else."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field

from engines.siena.filters import occurrence_passes
from engines.siena.occurrence import Occurrence
from engines.siena.options import Options
from engines.siena.search import Search

from ..harness import Verdict, section, table
from .corpus import Archive, Site
from .truth import SAME, UNRELATED, may_be_same, pairing


@dataclass
class Answer:
    """
    What a search found, beside what it should have found.

    :param site: that was looked for
    :param found: occurrences before the filters of identity and coverage
    :param passing: those that pass the default filters
    :param same: chains of the same protein, by key
    :param seen: those of them that are in an occurrence
    :param kept: those of them that are in one that passes
    :param explained: of those that are not kept, how much of the site the model has
    """

    site: Site
    found: list[Occurrence]
    passing: list[Occurrence]
    same: set[int] = field(default_factory=set)
    seen: set[int] = field(default_factory=set)
    kept: set[int] = field(default_factory=set)
    explained: dict[str, float] = field(default_factory=dict)


def answer(archive: Archive, site: Site) -> Answer:
    """
    :param archive: to search
    :param site: to look for
    :returns: what was found
    """
    options = Options()
    found = Search(archive.index, site.query, options).run().occurrences
    result = Answer(site, found, [each for each in found if occurrence_passes(each, options)])
    numbers = {number for number, _ in site.query.site}
    main = max(numbers, key=lambda number: sum(chain == number for chain, _ in site.query.site))
    query = site.query.chains[main].letters
    places = [residue for chain, residue in site.query.site if chain == main]
    entries = {part.stored.key for each in found for part in each.parts.values()}
    kept = {part.stored.key for each in result.passing for part in each.parts.values()}
    for key, _, properties, chain in archive.chains:
        if not may_be_same(query, chain.letters) or not (pairs := pairing(query, chain.letters)).is_same:
            continue
        result.same.add(key)
        result.seen |= {key} & entries
        if key in kept:
            result.kept.add(key)
        elif len(numbers) > 1:
            result.explained[f'{properties.file} {chain.name}'] = _share_of_all(archive, site, properties.key)
        else:
            result.explained[f'{properties.file} {chain.name}'] = sum(pairs.partners[places] >= 0) / len(places)
    return result


def _share_of_all(archive: Archive, site: Site, entry: int) -> float:
    """
    :param archive: the archive
    :param site: that lies between chains
    :param entry: key of an entry
    :returns: largest share of the site that its chains could have, if they stood right
    """
    chains = [chain for _, _, properties, chain in archive.chains if properties.key == entry]
    share, free = 0.0, list(range(len(chains)))
    for number in dict.fromkeys(number for number, _ in site.query.site):
        places = [residue for chain, residue in site.query.site if chain == number]
        query = site.query.chains[number].letters
        fits = {i: pairing(query, chains[i].letters) for i in free}
        best = max(fits, key=lambda i: sum(fits[i].partners[places] >= 0) * fits[i].is_same, default=None)
        if best is not None and fits[best].is_same:
            share += sum(fits[best].partners[places] >= 0)
            free.remove(best)
    return share / len(site.query.site)


def report(answers: list[Answer], verdicts: list[Verdict]) -> str:
    """
    :param answers: of all sites
    :param verdicts: gets two
    :returns: part a of the report
    """
    same = sum(len(each.same) for each in answers)
    seen = sum(len(each.seen) for each in answers)
    kept = sum(len(each.kept) for each in answers)
    lost = {f'{each.site.name}: {name}': share for each in answers for name, share in each.explained.items()}
    coverage = Options().minimal_site_coverage
    unexplained = {name: share for name, share in lost.items() if share >= coverage}
    verdicts.append(Verdict('sites that are looked for', 'at least 30', str(len(answers)), len(answers) >= 30))
    verdicts.append(
        Verdict(
            'chains of the same protein that are found, those without 80 % of the site left out', '100 %',
            f'{kept} of {kept + len(unexplained)}', not unexplained,
        )
    )  # fmt: skip
    rows: list[tuple[object, ...]] = [
        (each.site.name, len(each.site.query.site), len(each.same), len(each.seen), len(each.kept), len(each.passing),
         f'{max((one.backbone_rmsd for one in each.passing), default=0):.2f}',
         f'{min((one.global_identity for one in each.passing), default=0):.2f}')
        for each in answers
    ]  # fmt: skip
    heads = ('site', 'residues', 'same protein', 'found', 'pass', 'occurrences that pass', 'largest RMSD, Å',
             'least global identity')  # fmt: skip
    about = (
        f'Chains of the same protein are those that biotite aligns with an identity of {SAME:.0%} or more. Of {same}, '
        f'{seen} are in an occurrence and {kept} in one that passes the default filters. The others lack more than a '
        f'fifth of the site in their models, or the chain that has the rest of it: {_listed(lost)}.'
    )
    return section('a. Is every chain of the same protein found?', about, table(heads, rows))


def _listed(lost: dict[str, float]) -> str:
    """
    :param lost: what is not kept, and how much of the site it has
    :returns: it in words
    """
    return '; '.join(f'{name} ({share:.0%} modelled)' for name, share in lost.items()) or 'none'


def strangers(archive: Archive, answers: list[Answer], verdicts: list[Verdict]) -> str:
    """
    :param archive: the archive
    :param answers: of all sites
    :param verdicts: gets two
    :returns: part b of the report
    """
    odd, number = [], 0
    for each in answers:
        for occurrence in each.passing:
            number += 1
            identity = max(
                pairing(each.site.query.chains[i].letters, part.chain.letters).identity
                for i, part in occurrence.parts.items()
            )
            if identity < UNRELATED:
                odd.append(f'{each.site.name}: {occurrence.properties.file} ({identity:.0%})')
    verdicts.append(
        Verdict('hits of default searches that are no relatives', 'none', f'{len(odd)} of {number}', not odd)
    )
    missed = list(_missed(archive, answers))
    verdicts.append(
        Verdict(
            'sites that an alignment with every chain would find, and k-mers miss', 'none', str(len(missed)), not missed
        )
    )
    about = (
        f'A hit is a relative if biotite aligns its chain with an identity of {UNRELATED:.0%} or more; no relatives: '
        f'{"; ".join(odd) or "none"}. To see whether the k-mers let everything through that would pass, each site was '
        f'also looked for without them, in every chain: {len(missed)} more pass'
        f'{": " + "; ".join(missed) if missed else ""}.'
    )
    return section('b. Is anything else found, and do the k-mers miss anything?', about)


def _missed(archive: Archive, answers: list[Answer]) -> Iterator[str]:
    """
    :param archive: the archive
    :param answers: of all sites
    :returns: what passes without k-mers and was not found with them
    """
    options = Options()
    every = copy.copy(archive.index)
    keys = [key for key, *_ in archive.chains]
    every.candidates = lambda kmers, least: dict.fromkeys(keys, 1)  # type: ignore[method-assign]
    for each in answers:
        known = {occurrence.residues for occurrence in each.found}
        for occurrence in Search(every, each.site.query, options).run().occurrences:
            if occurrence_passes(occurrence, options) and occurrence.residues not in known:
                yield f'{each.site.name}: {occurrence.properties.file}'
