"""Part c: ideal polyhedra."""

import numpy as np

from engines.metalizer.polyhedra import POLYHEDRA, Array, Polyhedron
from engines.metalizer.predictions import predict
from engines.metalizer.test.sites import around, site

from .. import harness

SEEDS = range(10)
LENGTH, NOISE = 2.4, 0.1
"""Angstrom: of the bonds, and of each coordinate."""


def report(answers: list[harness.Verdict]) -> str:
    """
    :param answers: gets one
    :returns: part c of the report
    """
    rows: list[tuple[object, ...]] = []
    worst = 0.0
    for each in POLYHEDRA:
        exact = [_best(each, seed, 0) for seed in SEEDS]
        noisy = [_best(each, seed, NOISE) for seed in SEEDS]
        highest = max(score for _, score in exact)
        worst = max([worst, highest, *(np.inf for name, _ in exact if name != each.name)])
        others = ', '.join(sorted({name for name, _ in noisy if name != each.name}))
        rows.append((each.name, each.size, f'{highest:.6f}', sum(name == each.name for name, _ in noisy), others))
    answers.append(harness.Verdict('largest score of an ideal polyhedron', '0', f'{worst:.6f}', worst < 1e-4))
    text = (
        f'Around calcium at {LENGTH:g} Å, turned and mixed at random, seeds {SEEDS[0]} to {SEEDS[-1]}; then with a '
        f'normal deviate of {NOISE:g} Å on each coordinate. The polyhedra of seven, eight and nine sites lie close '
        'together, so that noise turns one into another; chemists know them as fluxional.'
    )
    heads = ('polyhedron', 'sites', 'largest score', 'found with noise, of 10', 'else')
    return harness.section('c. Ideal polyhedra', text, harness.table(heads, rows))


def _best(polyhedron: Polyhedron, seed: int, noise: float) -> tuple[str, float]:
    """
    :param polyhedron: ideal
    :param seed: of rotation, order and noise
    :param noise: Angstrom
    :returns: name and score of what is found
    """
    random = np.random.default_rng(seed)
    rotation, _ = np.linalg.qr(random.normal(size=(3, 3)))
    rotation *= np.sign(np.linalg.det(rotation))
    points: Array = LENGTH * random.permutation(polyhedron.directions @ rotation.T)
    points = points + random.normal(scale=noise, size=points.shape) if noise else points
    ranked = predict(around(site('Ca', points)), 21.5, 0.25)
    return (ranked[0].fit.polyhedron.name, ranked[0].score) if ranked else ('none', np.inf)
