"""The report's part e: states of ligands, judged one by one."""

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..harness import Verdict
from .bench import Bench
from .corpus import report_of
from .programs import ENGINE, Run, at_once

_FILE = Path(__file__).with_name('judgements.toml')
_TEXT = """Of each ligand the chosen state, what it binds to, and the best other state with its distance in score (the
best total with that state minus the best total; 4.7 is one ideal hydrogen bond). The judgements were written by hand
after looking at the environments; each belongs to one state, or to several that are as good as each other. Where the
engine now chooses another one, it says so, and the command ends with an error."""


def judgements() -> list[dict[str, Any]]:
    """
    :returns: file, name, judged states, verdict and text of each ligand, and the SDF file of one that is placed
    """
    content: dict[str, Any] = tomllib.loads(_FILE.read_text(encoding='utf-8'))
    found: list[dict[str, Any]] = content['ligand']
    return found


def section(bench: Bench) -> str:
    """
    :param bench: data and programs; gets the verdicts
    :returns: the section
    """
    judged = judgements()
    wanted = dict.fromkeys((row['file'], row.get('given', '')) for row in judged)

    def work(key: tuple[str, str]) -> Run:
        """:returns: the engine's run on one file"""
        path, given = bench.data / key[0], bench.data / key[1] if key[1] else None
        return bench.programs.run(ENGINE, path, 'ligands', given)

    runs = dict(zip(wanted, at_once(work, wanted), strict=True))
    parts, changed, agreed = ['## e. Ligands', _TEXT], 0, 0
    for row in judged:
        run = runs[row['file'], row.get('given', '')]
        found = {} if run.error else _find(report_of(run)['ligands'], row['name'])
        same = bool(found) and found['state']['smiles'] in row['smiles']
        changed += not same
        agreed += same and row['verdict'] == 'right'
        parts.append('\n\n'.join(_lines(row, found, run.error, same)))
    number = len(judged)
    bench.verdicts.append(Verdict('ligands read and judged', '20', str(number), number >= 20))
    bench.verdicts.append(
        Verdict('ligands in the state that was judged', 'all', f'{number - changed} of {number}', not changed)
    )
    bench.verdicts.append(Verdict('ligand states judged right', '-', f'{agreed} of {number}', True))
    return '\n\n'.join(parts)


def _find(ligands: list[dict[str, Any]], name: str) -> dict[str, Any]:
    """
    :param ligands: of a report
    :param name: of one of them
    :returns: it, or an empty dictionary
    """
    return next((ligand for ligand in ligands if ligand['name'] == name), {})


def _lines(row: dict[str, Any], found: dict[str, Any], error: str, same: bool) -> Iterable[str]:
    """
    :param row: the judgement
    :param found: what the engine's report says of the ligand
    :param error: of the run
    :param same: whether the state is the judged one
    :returns: paragraphs of the report
    """
    yield f'### {row["name"]} in {Path(row["file"]).name[:4].upper()}'
    if not found:
        yield f'**Not in the report.** {error}'
        return
    state = found['state']
    yield f'{row.get("what", "")} Chosen: `{state["smiles"]}`, {state["label"]}, charge {state["charge"]:+d}.'.strip()
    yield f'Partners: {"; ".join(found["partners"]) or "none"}.'
    yield _runner_up(found)
    if same:
        yield f'**{row["verdict"].capitalize()}.** {" ".join(row["text"].split())}'
    else:
        yield f'**The engine now chooses another state than the one judged, `{row["smiles"][0]}`.**'


def _runner_up(found: dict[str, Any]) -> str:
    """
    :param found: what the engine's report says of a ligand
    :returns: a sentence on the best other state
    """
    others = [other for other in found['alternatives'] if other['state']['smiles'] != found['state']['smiles']]
    if not others:
        return 'Runner-up: none; the ligand has one state.'
    best = max(others, key=lambda other: float(other['score']))
    return f'Runner-up: `{best["state"]["smiles"]}`, {best["state"]["label"]}, {best["score"]:.1f}.'
