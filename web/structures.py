"""The page of a stored structure: what it holds, how it looks, and the tools that work on it."""

from collections.abc import Iterator
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from molecule_handler.models import Ligand, Protein
from proteins_plus import tools
from proteins_plus.models import JobStatus, ProteinsPlusJob

from .archive import mvsj
from .forms import fields_of
from .inventory import inventory
from .molecules import complex_files, ligand_file, ligands_of, stored_protein
from .page import attachment, draw, jobs_of, named_or_404, page
from .results import File, place_of


@require_safe
@page
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """
    :param request: GET
    :param pk: id of a protein
    :returns: its page
    """
    protein = _stored(pk)
    ligands = ligands_of(protein)
    usable = [tool for tool in tools.installed() if 'protein_id' in fields_of(tool)]
    context = {
        'protein': protein,
        'ligands': [(ligand, place_of(ligand.name)) for ligand in ligands],
        'inventory': inventory(pk),
        'usable': usable,
        'makers': list(_makers(protein)),
        'files': _files(protein, ligands),
    }
    return draw(request, 'structure', context)


def _makers(protein: Protein) -> Iterator[tuple[tools.ToolConfig, ProteinsPlusJob]]:
    """
    :param protein: a stored structure
    :returns: the jobs that gave it, which know what was noticed on the way
    """
    for tool in tools.installed():
        if any(field.name == 'output_protein' for field in tool.job_model._meta.concrete_fields):
            jobs = jobs_of(tool).filter(output_protein=protein, status=JobStatus.SUCCESS)
            yield from ((tool, job) for job in jobs[:1])


@require_safe
@page
def scene(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """
    :param request: GET
    :param pk: id of a protein
    :returns: its scene
    """
    from .scenes import structure_scene

    return attachment('structure.mvsj', mvsj(structure_scene(_stored(pk))))


@require_safe
@page
def file(request: HttpRequest, pk: UUID, name: str) -> HttpResponseBase:
    """
    :param request: GET
    :param pk: id of a protein
    :param name: of one of its files
    :returns: the file
    :raises Http404: if there is none of that name
    """
    protein = _stored(pk)
    return attachment(name, named_or_404(_files(protein, ligands_of(protein)), name, 'name').read())


def _stored(pk: UUID) -> Protein:
    """
    :param pk: id of a protein
    :returns: the protein; to be looked at counts as access
    :raises Http404: if there is none
    """
    try:
        protein = stored_protein(pk)
    except Protein.DoesNotExist as error:
        raise Http404 from error
    protein.mark_accessed()
    return protein


def _files(protein: Protein, ligands: list[Ligand]) -> tuple[File, ...]:
    """
    :param protein: a stored structure
    :param ligands: its ligands
    :returns: its files: the structure, all ligands, and each ligand alone
    """
    return (*complex_files(protein, ligands), *map(ligand_file, ligands))
