"""A page with nothing but the viewer, served on the loopback address under the policy of the project's pages."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "worker-src 'self' blob:; font-src 'self'"
)
TYPES = {'.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.mvsj': 'application/json'}
PAGE = """<!DOCTYPE html>
<html lang="en">
<title>Viewer</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="static/viewer.css">
<div id="viewer" data-viewer data-scene="{scene}" data-state="loading"></div>
<label><input type="checkbox" data-light>light</label>
{more}
<script src="static/viewer.js" defer></script>
</html>
"""


@contextmanager
def served(files: Mapping[str, bytes], static: Path, policy: str = POLICY) -> Iterator[str]:
    """
    Serve files and the built viewer until the block ends.

    :param files: path to content
    :param static: folder of the built viewer, which is below ``static/``
    :param policy: what the page may do; empty for everything
    :returns: the address
    """

    class Handler(BaseHTTPRequestHandler):
        """Answers GET."""

        def do_GET(self) -> None:
            """Answer with a file under the policy, or 404."""
            name = self.path.partition('?')[0].lstrip('/') or 'index.html'
            built = static / name.removeprefix('static/')
            content = files.get(name)
            if content is None and name.startswith('static/') and built.is_file():
                content = built.read_bytes()
            self.send_response(404 if content is None else 200)
            self.send_header('Content-Type', TYPES.get(Path(name).suffix, 'text/plain'))
            if policy:
                self.send_header('Content-Security-Policy', policy)
            self.send_header('Content-Length', str(len(content or b'')))
            self.end_headers()
            self.wfile.write(content or b'')

        def log_message(self, format: str, *args: object) -> None:
            """
            Keep quiet.

            :param format: not used
            :param args: not used
            """

    with ThreadingHTTPServer(('127.0.0.1', 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield f'http://127.0.0.1:{server.server_port}'
        finally:
            server.shutdown()
