"""Serves stored files, in production too. Their content came from users, so a browser may only look at it."""

import mimetypes
from pathlib import Path

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import FileResponse, Http404, HttpRequest
from django.utils._os import safe_join

from .files import media_directory

#: Types a browser may show in place; everything else is downloaded.
_SHOWN = frozenset({'image/svg+xml', 'image/png'})
_TYPES = {'.ccp4': 'application/octet-stream', '.cif': 'chemical/x-mmcif', '.svg': 'image/svg+xml'}


def serve(request: HttpRequest, path: str) -> FileResponse:
    """
    :param request: a GET or HEAD
    :param path: below MEDIA_ROOT, as a file field's URL has it
    :returns: the file; no script in it can run, and no page can be made of it
    :raises Http404: for whatever is not a file of one of the ``MEDIA_DIRECTORIES``
    """
    try:
        file = Path(safe_join(settings.MEDIA_ROOT, path))
    except (SuspiciousFileOperation, ValueError):
        raise Http404 from None
    # Asked of the joined path: 'ligands/../x' begins with a known directory, too.
    known = any(file.is_relative_to(media_directory(key)) for key in settings.MEDIA_DIRECTORIES)
    if not known or file.name.startswith('.'):
        raise Http404
    try:
        stream = file.open('rb')
    except (OSError, ValueError):  # not there, a folder, no name for a file at all
        raise Http404 from None
    content_type = _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or 'application/octet-stream'
    response = FileResponse(
        stream,
        content_type=content_type,
        as_attachment=content_type not in _SHOWN,
        filename=file.name,
    )
    # An SVG styles itself inline; scripts, and anything from outside, stay off.
    response.headers['Content-Security-Policy'] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response.headers['Cache-Control'] = 'private, max-age=3600'
    return response
