"""What all tests of the browser share."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from .chromium import PATIENCE, Watch, launch_options
from .server import ROOT, running_server

if TYPE_CHECKING:
    from proteins_plus.test.live import Installation

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope='session')
def server() -> 'Iterator[Installation]':
    """:returns: the running server"""
    built = ROOT / 'web' / 'static' / 'web' / 'viewer.js'
    assert built.is_file(), 'The viewer is not built: run ./test.sh browser, or npm run build in web/viewer'
    with running_server() as running:
        yield running


@pytest.fixture(scope='session')
def base_url(server: 'Installation') -> str:
    """
    :param server: the server
    :returns: what addresses are relative to
    """
    return server.address


@pytest.fixture(scope='session')
def browser_type_launch_args() -> dict[str, Any]:
    """:returns: how the browser is started"""
    return launch_options()


@pytest.fixture(scope='session')
def browser_context_args(base_url: str) -> dict[str, Any]:
    """
    :param base_url: of the server
    :returns: what every window is like: no larger than a notebook's, since the processor draws each pixel
    """
    return {'base_url': base_url, 'viewport': {'width': 1024, 'height': 640}, 'color_scheme': 'light'}


@pytest.fixture(autouse=True)
def watch(context: BrowserContext, base_url: str) -> Iterator[Watch]:
    """
    Fail every test in which a page complains, breaks the policy or asks another server.

    :param context: of the test
    :param base_url: of the server
    :returns: the watch, which may be told to forgive
    """
    context.set_default_timeout(PATIENCE)
    watch = Watch(context, base_url)
    yield watch
    assert watch.complaints == []


@pytest.fixture
def open_window(browser: Browser, base_url: str) -> Iterator[Callable[..., Page]]:
    """
    :param browser: the usual one
    :param base_url: of the server
    :returns: opens a window with options of its own, in another browser if one is given, and watches it
    """
    watches = []

    def opened(
        other: Browser = browser, address: str = base_url, forgiven: tuple[str, ...] = (), **options: Any
    ) -> Page:
        """
        :param other: browser
        :param address: of the server
        :param forgiven: parts of what the pages may complain of
        :param options: of the window
        :returns: the window
        """
        context = other.new_context(base_url=address, **options)
        context.set_default_timeout(PATIENCE)
        watches.append(Watch(context, address))
        watches[-1].forgiven += forgiven
        return context.new_page()

    yield opened
    assert [watch.complaints for watch in watches if watch.complaints] == []
