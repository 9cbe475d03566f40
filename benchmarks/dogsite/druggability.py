"""
Fits the models of druggability and measures them on families of proteins that they have not seen.

What they learn is which pockets bind a ligand that could pass for a drug by its size and elements: such a pocket is a
positive, a pocket of the same structures that touches no ligand at all is a negative. That is ligandability; whether
the ligand becomes a drug is not in the data. Of each structure both classes weigh the same, and so does each family.

``python -m benchmarks.dogsite.druggability --data FOLDER`` prints the weights for ``engines/dogsite/scores.py``.
"""

import argparse
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engines.dogsite.geometry import nearest_squares
from engines.dogsite.scores import DRUG, SIMPLE, feature
from engines.structure.components import default_path

from .. import harness
from .engine import Result, jobs_of, run_all
from .targets import DRUG as LARGE
from .targets import Coordinates, Target, targets

RIDGE = 0.01
"""Weight of the squared coefficients, where a family weighs 1: keeps few data from giving steep models."""
_ROUNDS = 50
_TOUCHED = 1.0


@dataclass(frozen=True)
class Data:
    """
    Pockets with their class.

    :param values: descriptors of each
    :param labels: 1 if it binds a ligand, else 0
    :param weights: of each; those of a family sum up to 1
    :param families: of each
    """

    values: list[Mapping[str, float | int | str]]
    labels: Coordinates
    weights: Coordinates
    families: list[str]

    def matrix(self, names: list[str]) -> Coordinates:
        """
        :param names: of descriptors
        :returns: them as the models see them, with a first column of ones, shape (n, 1 + number of names)
        """
        return np.array([[1.0, *(feature(name, values) for name in names)] for values in self.values])


def collect(all_targets: list[Target], results: list[Result]) -> Data:
    """
    :param all_targets: structures with ligands
    :param results: their pockets with descriptors
    :returns: the pockets that are clearly of one class
    """
    values: list[Mapping[str, float | int | str]] = []
    labels: list[float] = []
    names: list[tuple[str, str, float]] = []
    for target, result in zip(all_targets, results, strict=True):
        if not any(target.drug_like):
            continue
        for points, described in zip(result.points, result.values, strict=True):
            shares = [float((nearest_squares(lig, points) <= _TOUCHED).mean()) for lig in target.ligands]
            large = [one >= 0.5 and good for one, good in zip(shares, target.drug_like, strict=True)]
            if any(large) or max(shares) == 0:
                values.append(described)
                labels.append(float(any(large)))
                names.append((target.family, target.name, labels[-1]))
    families = [family for family, *_ in names]
    weights = np.zeros(len(names))
    for family in set(families):
        for label in (0.0, 1.0):
            mine = [i for i, name in enumerate(names) if name[0] == family and name[2] == label]
            structures = {names[i][1] for i in mine}
            for i in mine:
                weights[i] = 0.5 / len(structures) / sum(names[j][1] == names[i][1] for j in mine)
    return Data(values, np.array(labels), weights, families)


def linear(x: Coordinates, y: Coordinates, w: Coordinates) -> Coordinates:
    """
    Weighted least squares.

    :param x: shape (n, m), the first column ones
    :param y: 0 or 1
    :param w: weights
    :returns: coefficients, shape (m,)
    """
    return np.asarray(np.linalg.lstsq(x * np.sqrt(w)[:, None], y * np.sqrt(w), rcond=None)[0], np.float64)


def logistic(x: Coordinates, y: Coordinates, w: Coordinates) -> Coordinates:
    """
    Weighted logistic regression by Newton's method, with a ridge on standardised columns.

    :param x: shape (n, m), the first column ones
    :param y: 0 or 1
    :param w: weights
    :returns: coefficients, shape (m,)
    """
    spread: Coordinates = np.sqrt(np.average((x - np.average(x, axis=0, weights=w)) ** 2, axis=0, weights=w))
    penalty = np.diag(np.append(0.0, RIDGE * spread[1:] ** 2))
    beta: Coordinates = np.zeros(x.shape[1])
    for _ in range(_ROUNDS):
        p = 1 / (1 + np.exp(-x @ beta))
        gradient = x.T @ (w * (y - p)) - penalty @ beta
        beta = beta + np.linalg.solve((x * (w * p * (1 - p))[:, None]).T @ x + penalty, gradient)
    return beta


def auc(scores: Coordinates, labels: Coordinates, weights: Coordinates) -> float:
    """
    Chance that a positive scores above a negative, both drawn by weight; equal scores count half.

    :param scores: of the pockets
    :param labels: 1 or 0
    :param weights: of the pockets
    :returns: 0 to 1
    """
    positive, negative = labels == 1, labels == 0
    above = scores[positive][:, None] - scores[negative]
    pairs = weights[positive][:, None] * weights[negative]
    return float(((above > 0) * pairs + (above == 0) * pairs / 2).sum() / pairs.sum())


_MODELS = {'simpleScore': (SIMPLE, linear), 'drugScore': (DRUG, logistic)}


def fit(data: Data, model: str) -> dict[str, float]:
    """
    :param data: pockets
    :param model: simpleScore or drugScore
    :returns: weights by descriptor, rounded as they stand in the engine
    """
    current, method = _MODELS[model]
    names = [name for name in current if name != 'intercept']
    beta = method(data.matrix(names), data.labels, data.weights)
    return {name: round(float(value), 3) for name, value in zip(['intercept', *names], beta, strict=True)}


def held_out(data: Data, model: str) -> Coordinates:
    """
    Scores of each family by a model that was fitted to the others.

    :param data: pockets
    :param model: simpleScore or drugScore
    :returns: linear predictor of each pocket
    """
    current, method = _MODELS[model]
    x = data.matrix([name for name in current if name != 'intercept'])
    result = np.zeros(len(x))
    for family in set(data.families):
        left = np.array([other == family for other in data.families])
        result[left] = x[left] @ method(x[~left], data.labels[~left], data.weights[~left])
    return result


def section(all_targets: list[Target], results: list[Result], verdicts: list[harness.Verdict]) -> str:
    """
    :param all_targets: structures with ligands
    :param results: their pockets with descriptors
    :param verdicts: gets those of this part
    :returns: the section
    """
    data = collect(all_targets, results)
    rows: list[tuple[object, ...]] = []
    for model, (current, _) in _MODELS.items():
        fitted, outside = fit(data, model), held_out(data, model)
        zero = 0.5 if model == 'simpleScore' else 0.0
        correct = float(np.average((outside > zero) == (data.labels == 1), weights=data.weights))
        area = auc(outside, data.labels, data.weights)
        inside = data.matrix([name for name in current if name != 'intercept']) @ np.array(list(fitted.values()))
        text = ', '.join(f'{name} {value}' for name, value in fitted.items())
        seen = auc(inside, data.labels, data.weights)
        rows.append((model, text, f'{seen:.2f}', f'{area:.2f}', f'{correct:.0%}'))
        same = all(abs(fitted[name] - current[name]) < 0.02 for name in fitted)
        verdicts.append(
            harness.Verdict(f'weights of {model} in the engine', 'those of this fit', 'yes' if same else text, same)
        )
        verdicts.append(harness.Verdict(f'AUC of {model} on unseen families', '>= 0.8', f'{area:.2f}', area >= 0.8))
    positives = int(data.labels.sum())
    about = (
        f'Fitted on the {positives} pockets of part a that hold at least half of a ligand of {LARGE} or more heavy '
        f'atoms without phosphorus and metals, against the {len(data.labels) - positives} pockets of the same '
        f'{sum(any(target.drug_like) for target in all_targets)} structures that touch no ligand. This is '
        'ligandability: few of the ligands are drugs, and a pocket without a ligand here may bind one elsewhere. The '
        'scores depend on the size of a pocket first of all, and the data are few. Both classes and all families '
        'weigh the same. "Unseen": each family is scored by a model fitted to the others. '
        'Volumes enter by their cube root, and lengths, in units of 10 A.'
    )
    heads = ('score', 'weights', 'AUC, fitted', 'AUC, unseen family', 'right at 0.5, unseen family')
    return '\n\n'.join(('## e. Druggability', about, harness.table(heads, rows)))


def main() -> None:
    """Print the weights."""
    parser = argparse.ArgumentParser(description='Fit the models of druggability.')
    parser.add_argument('--data', type=Path, required=True, help='folder with entries, docking and families')
    parser.add_argument('--ccd', type=Path, default=default_path(), help='component dictionary')
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix='dogsite-benchmark-') as work:
        found = targets(chosen.data.resolve(), Path(work), chosen.ccd.resolve())
        data = collect(found, run_all(jobs_of(found, chosen.ccd.resolve(), described=True)))
    for model in _MODELS:
        print(model, fit(data, model))


if __name__ == '__main__':
    main()
