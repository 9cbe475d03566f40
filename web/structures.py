"""The page of a stored structure: what it holds, how it looks, and the tools that work on it."""

from collections.abc import Iterator
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from molecule_handler.models import Ligand, Protein
from proteins_plus import tools
from proteins_plus.models import JobStatus, ProteinsPlusJob

from .files import structure_files
from .inventory import inventory
from .page import attachment, draw, page
from .places import place_of
from .scenes import structure_scene


@require_safe
@page
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """
    :param request: GET
    :param pk: id of a protein
    :returns: its page
    """
    protein = get_object_or_404(Protein, pk=pk)
    protein.mark_accessed()
    ligands = Ligand.objects.filter(protein=protein).order_by('date_created', 'name').defer('file_string')
    usable = [
        tool for tool in tools.installed() if 'protein_id' in tool.submit_route.callback.cls.serializer_class().fields
    ]
    context = {
        'protein': protein,
        'ligands': [(ligand, place_of(ligand.name)) for ligand in ligands],
        'inventory': inventory(pk),
        'usable': usable,
        'makers': list(_makers(protein)),
        'files': structure_files(protein),
    }
    return draw(request, 'structure', context)


def _makers(protein: Protein) -> Iterator[tuple[tools.ToolConfig, ProteinsPlusJob]]:
    """
    :param protein: a stored structure
    :returns: the jobs that gave it, which know what was noticed on the way
    """
    for tool in tools.installed():
        try:
            tool.job_model._meta.get_field('output_protein')
        except FieldDoesNotExist:
            continue
        jobs = tool.job_model._base_manager.filter(output_protein=protein, status=JobStatus.SUCCESS)
        yield from ((tool, job) for job in jobs.defer('error_detailed')[:1])


@require_safe
@page
def scene(request: HttpRequest, pk: UUID) -> HttpResponse:
    """
    :param request: GET
    :param pk: id of a protein
    :returns: its scene
    """
    state = structure_scene(get_object_or_404(Protein, pk=pk))
    return attachment('structure.mvsj', state.dumps().encode())


@require_safe
@page
def file(request: HttpRequest, pk: UUID, name: str) -> HttpResponse:
    """
    :param request: GET
    :param pk: id of a protein
    :param name: of one of its files
    :returns: the file
    :raises Http404: if there is none of that name
    """
    for one in structure_files(get_object_or_404(Protein, pk=pk)):
        if one.name == name:
            return attachment(name, one.read())
    raise Http404
