"""A closed-loop load: some connections, each sends its next request when it has the answer to the last one."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import quantiles

import requests

Request = Callable[[requests.Session], requests.Response]


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
    deadline = time.monotonic() + seconds

    def connection(_: int) -> tuple[list[float], int]:
        """:returns: the times of the answers of one connection in ms, and how many were errors"""
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
    took = time.monotonic() - started
    times = [value for part, _ in parts for value in part]
    cuts = quantiles(times, n=20)
    return Load(round(len(times) / took, 1), round(cuts[9], 1), round(cuts[18], 1), sum(bad for _, bad in parts))
