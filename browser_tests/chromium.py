"""Debian's Chromium, drawing in software, and what it must not do on our pages."""

import json
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

#: Milliseconds; the machine may be busy, and draws without a graphics card.
PATIENCE = 60_000
#: Draws WebGL on the processor; without the first one Chromium does not run as root.
FLAGS = (
    '--no-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader',
    '--ignore-gpu-blocklist',
)  # fmt: skip
NO_WEBGL = ('--no-sandbox', '--disable-3d-apis')
#: What axe calls bad enough to keep somebody out.
_GRAVE = ('serious', 'critical')


def launch_options(flags: tuple[str, ...] = FLAGS) -> dict[str, Any]:
    """
    :param flags: for Chromium
    :returns: how Playwright starts it
    :raises FileNotFoundError: if there is none
    """
    program = shutil.which('chromium') or shutil.which('chromium-browser') or shutil.which('google-chrome')
    if program is None:
        raise FileNotFoundError('There is no Chromium; on Debian: apt-get install chromium')
    return {'executable_path': Path(program), 'args': [*flags]}


class Watch:
    """Notes what no page may do: complain in the console, break the policy, ask another server."""

    def __init__(self, context: BrowserContext, address: str, kinds: tuple[str, ...] = ('error',)) -> None:
        """
        :param context: is watched from now on
        :param address: of the server
        :param kinds: of messages in the console that are complaints
        """
        self._kinds = kinds
        self.complaints: list[str] = []
        self.forgiven: list[str] = []
        self._host = urlsplit(address).netloc
        context.on('console', self._heard)
        context.on('weberror', lambda error: self.complaints.append(str(error.error)))
        context.on('request', self._asked)

    def _heard(self, message: ConsoleMessage) -> None:
        """:param message: of the console; a break of the Content-Security-Policy is told there as an error"""
        if message.type in self._kinds and not any(part in message.text for part in self.forgiven):
            self.complaints.append(f'{message.text} ({message.location["url"]})')

    def _asked(self, request: Request) -> None:
        """:param request: of a page"""
        if urlsplit(request.url).scheme not in ('data', 'blob') and urlsplit(request.url).netloc != self._host:
            self.complaints.append(f'asked {request.url}')


def evaluate(page: Page, expression: str) -> Any:
    """
    Evaluate as the developer tools do, which the policy of the page does not concern.

    :param page: where
    :param expression: of JavaScript; a promise is waited for
    :returns: its value
    :raises RuntimeError: if it fails
    """
    session = page.context.new_cdp_session(page)
    asked = {'expression': expression, 'awaitPromise': True, 'returnByValue': True}
    answer = session.send('Runtime.evaluate', asked)
    session.detach()
    if 'exceptionDetails' in answer:
        raise RuntimeError(answer['exceptionDetails'])
    return answer['result'].get('value')


def barriers(page: Page, rules: tuple[str, ...] = ()) -> list[str]:
    """
    :param page: any page
    :param rules: of axe; all of them unless given
    :returns: what axe finds serious or critical on it, as rule, place and what is wrong
    """
    options = {'resultTypes': ['violations']} | ({'runOnly': list(rules)} if rules else {})
    evaluate(page, f'{AXE_SCRIPT}; undefined')
    found = evaluate(page, f'axe.run({json.dumps(options)}).then((results) => results.violations)')
    return [
        f'{rule["id"]}: {" ".join(map(str, node["target"]))}: {node["failureSummary"]}'
        for rule in found
        if rule['impact'] in _GRAVE
        for node in rule['nodes']
    ]
