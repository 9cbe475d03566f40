"""The pages that belong to no tool: home, recent jobs, the state of the server."""

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from molecule_handler.input_validation import normalise_pdb_code
from proteins_plus import health, queues, tools
from proteins_plus.errors import InputError

from . import recent as recent_jobs
from .forms_views import submit
from .page import UPLOAD, draw, page, tool_or_404

#: Structures that work without any archive: a file of ``test_files/``, and what is to be seen in it.
EXAMPLES = (
    ('1hvr.pdb.gz', 'HIV protease', 'with a cyclic urea in its active site'),
    ('4laz.pdb.gz', 'Aldose reductase', 'with cofactor and inhibitor, at 0.85 \u00c5'),
    ('1afs.pdb.gz', 'Hydroxysteroid dehydrogenase', 'with testosterone and NADP in two chains'),
)


@require_http_methods(['GET', 'HEAD', 'POST'])
@page
def home(request: HttpRequest) -> HttpResponse:
    """
    Where a structure comes in: by code, as a file, or as an example.

    :param request: GET, or POST with ``code``, ``protein_file`` or ``example``
    :returns: the page, or the way to the job that reads the structure
    """
    if request.method == 'POST':
        return submit(request, tool_or_404(UPLOAD), _wanted(request))
    return draw(request, 'home', {'examples': EXAMPLES})


def _wanted(request: HttpRequest) -> dict[str, Any]:
    """
    :param request: POST of the home page
    :returns: what the upload takes
    :raises Http404: for an example that there is not
    """
    if example := request.POST.get('example', ''):
        file = Path(settings.BASE_DIR, 'test_files', example)
        if example not in {name for name, _, _ in EXAMPLES} or not file.is_file():
            raise Http404
        return {'protein_file': SimpleUploadedFile(example, file.read_bytes())}
    if uploaded := request.FILES.get('protein_file'):
        return {'protein_file': uploaded}
    code = request.POST.get('code', '').strip()
    if not code:
        return {}
    try:
        normalise_pdb_code(code)
    except InputError:
        return {'uniprot_code': code} if code.isalnum() and len(code) > 5 else {'pdb_code': code}
    return {'pdb_code': code}


@require_safe
@page
def recent(request: HttpRequest) -> HttpResponse:
    """
    :param request: of a browser
    :returns: the jobs it has submitted
    """
    return draw(request, 'recent', {'jobs': list(recent_jobs.jobs(request))})


@require_safe
@page
def status(request: HttpRequest) -> HttpResponse:
    """
    :param request: GET
    :returns: what works, what waits, which versions run
    """
    used = shutil.disk_usage(settings.MEDIA_ROOT if Path(settings.MEDIA_ROOT).exists() else settings.BASE_DIR)
    lines = [
        {'tool': tool, 'version': tool.version(), 'seconds': queues.usual_seconds(tool)} for tool in tools.installed()
    ]
    waiting = {
        queue: queues.depth(queue, queues.COUNTED) for queue in sorted({tool.queue for tool in tools.installed()})
    }
    context = {'parts': health.parts(), 'lines': lines, 'waiting': waiting, 'free': used.free}
    return draw(request, 'status', context)
