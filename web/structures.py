"""The page of a stored structure: what it holds, how it looks, and the tools that work on it."""

from collections.abc import Iterator
from functools import partial
from typing import Any
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
from .molecules import ligand_files, ligands_of, protein_files, stored_protein
from .page import attachment, draw, page
from .results import File
from .scenes import place_of, structure_scene


@require_safe
@page
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """
    :param request: GET
    :param pk: id of a protein
    :returns: its page
    """
    protein = _stored(pk)
    protein.mark_accessed()
    usable = [tool for tool in tools.installed() if 'protein_id' in fields_of(tool)]
    context = {
        'protein': protein,
        'ligands': [(ligand, place_of(ligand.name)) for ligand in ligands_of(protein)],
        'inventory': inventory(pk),
        'usable': usable,
        'makers': list(_makers(protein)),
        'files': list(_files(protein)),
    }
    return draw(request, 'structure', context)


def _makers(protein: Protein) -> Iterator[tuple[tools.ToolConfig, ProteinsPlusJob]]:
    """
    :param protein: a stored structure
    :returns: the jobs that gave it, which know what was noticed on the way
    """
    for tool in tools.installed():
        model: Any = tool.job_model
        if any(field.name == 'output_protein' for field in model._meta.concrete_fields):
            jobs = model._base_manager.filter(output_protein=protein, status=JobStatus.SUCCESS)
            yield from ((tool, job) for job in jobs.defer('error_detailed')[:1])


@require_safe
@page
def scene(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """
    :param request: GET
    :param pk: id of a protein
    :returns: its scene
    """
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
    for one in _files(_stored(pk)):
        if one.name == name:
            return attachment(name, one.read())
    raise Http404


def _stored(pk: UUID) -> Protein:
    """
    :param pk: id of a protein
    :returns: the protein
    :raises Http404: if there is none
    """
    try:
        return stored_protein(pk)
    except Protein.DoesNotExist as error:
        raise Http404 from error


def _files(protein: Protein) -> Iterator[File]:
    """
    :param protein: a stored structure
    :returns: its files: the structure, all ligands, and each ligand alone
    """
    ligands = ligands_of(protein)
    yield from protein_files(protein, 'The structure')
    yield from ligand_files(bool(ligands), protein.ligand_records, 'All ligands')
    for ligand in ligands:
        yield File(f'{ligand.name}.sdf', 'This ligand alone', partial(_record, ligand))


def _record(ligand: Ligand) -> bytes:
    """
    :param ligand: a stored ligand
    :returns: its SD file
    """
    return ligand.titled().encode()
