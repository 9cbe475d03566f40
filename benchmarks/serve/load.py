"""A closed-loop load: some connections, each sends its next request when it has the answer to the last one."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import quantiles

import requests

Request = Callable[[requests.Session], requests.Response]
_Slice = tuple[list[float], int, float]
#: How often two measurements take turns.
TURNS = 5


@dataclass(frozen=True)
class Load:
    """What came of it: answers per second, and times in milliseconds."""

    per_second: float
    p50: float
    p95: float
    errors: int


def measure(request: Request, connections: int, seconds: float) -> Load:
    """
    :param request: sends one request
    :param connections: how many at once
    :param seconds: how long
    :returns: see :class:`Load`
    """
    return _summary([_slice(request, connections, seconds)])


def measure_both(first: Request, second: Request, connections: int, seconds: float) -> tuple[Load, Load]:
    """
    Measure two in turns, so that other work on the machine meets both alike.

    :param first: sends one request
    :param second: sends another one
    :param connections: how many at once
    :param seconds: how long each is measured, in all
    :returns: see :class:`Load`, of each
    """
    slices = [
        (_slice(first, connections, seconds / TURNS), _slice(second, connections, seconds / TURNS))
        for _ in range(TURNS)
    ]
    return _summary([one for one, _ in slices]), _summary([other for _, other in slices])


def _slice(request: Request, connections: int, seconds: float) -> _Slice:
    """:returns: the times of the answers in ms, how many were errors, and the seconds it took"""
    deadline = time.monotonic() + seconds

    def connection(_: int) -> tuple[list[float], int]:
        """:returns: the times of the answers of one connection, and how many were errors"""
        times, errors = [], 0
        with requests.Session() as session:
            session.trust_env = False
            while (began := time.monotonic()) < deadline:
                errors += request(session).status_code >= 300
                times.append((time.monotonic() - began) * 1000)
        return times, errors

    started = time.monotonic()
    with ThreadPoolExecutor(connections) as clients:
        parts = list(clients.map(connection, range(connections)))
    times = [value for part, _ in parts for value in part]
    return times, sum(bad for _, bad in parts), time.monotonic() - started


def _summary(slices: list[_Slice]) -> Load:
    """:returns: see :class:`Load`"""
    times = [value for part, _, _ in slices for value in part]
    cuts = quantiles(times, n=20)
    per_second = len(times) / sum(took for _, _, took in slices)
    return Load(round(per_second, 1), round(cuts[9], 1), round(cuts[18], 1), sum(bad for _, bad, _ in slices))
