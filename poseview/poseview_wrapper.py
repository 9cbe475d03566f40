"""Runs ``bin/poseview/poseview`` and stores the diagram, and what the engine of this project tells beside it."""

from pathlib import Path
from typing import Any

from proteins_plus import files
from proteins_plus.errors import ToolError
from proteins_plus.tool_wrapper import ToolWrapper, executable_of, read_json, read_notes, read_text
from proteins_plus.tools import tool_of
from web import drawings

from .models import PoseviewInfo, PoseviewJob, Theme
from .words import FIELDS

_PNG = b'\x89PNG\r\n\x1a\n'
_AXES = 3


class PoseviewWrapper(ToolWrapper[PoseviewJob]):
    """``-p FILE -l SDF -t "" -o SVG``, as the published program, which gets nothing else; ours is asked for more."""

    def command(self, job: PoseviewJob, work: Path) -> list[str]:
        """
        :param job: the claimed job
        :param work: the work directory
        :returns: program and arguments
        """
        protein, ligand = job.input_protein.write(work), work / 'pose.sdf'
        ligand.write_text(job.input_ligand.file_string)
        argv = [executable_of(job), '-p', str(protein), '-l', str(ligand), '-t', '', '-o', str(work / 'diagram.svg')]
        argv += [] if job.theme == Theme.DEFAULT else [f'--theme={job.theme}']
        if not tool_of(type(job)).is_ours():
            return argv
        if neighbours := job.neighbours():
            (work / 'neighbours.sdf').write_text(''.join(each.titled() for each in neighbours))
            argv += ['--ligands', str(work / 'neighbours.sdf')]
        further = {'png': 'diagram.png', 'table': 'interactions.json', 'scene': 'scene.json', 'notes': 'notes.json'}
        return argv + [f'--{option}={work}/{name}' for option, name in further.items()]

    def load_results(self, job: PoseviewJob, work: Path) -> dict[str, Any]:
        """
        :param job: the claimed job
        :param work: the work directory
        :returns: the diagram, and interactions, data, PNG and notes where the program writes them
        :raises ToolError: if one of them cannot be read
        """
        picture = _png(work / 'diagram.png')
        return {
            'image': files.store(job.image.field, job, _svg(work / 'diagram.svg'), '.svg'),
            'image_png': files.store(job.image_png.field, job, picture, '.png') if picture else None,
            'poseview_info': _info(work / 'interactions.json', work / 'scene.json'),
            'notes': read_notes(work / 'notes.json'),
        }


def _svg(file: Path) -> bytes:
    """
    :param file: that the program wrote
    :returns: the diagram
    :raises ToolError: if it is none
    """
    text = read_text(file)
    try:
        drawings.parsed(text)
    except ValueError as error:
        raise ToolError('Its diagram could not be read.', 'tool.bad_output') from error
    return text.encode()


def _png(file: Path) -> bytes:
    """
    :param file: that the program may write
    :returns: the picture; empty if there is none
    :raises ToolError: if it is no PNG
    """
    content = file.read_bytes() if file.exists() else b''
    if content and not content.startswith(_PNG):
        raise ToolError('Its picture could not be read.', 'tool.bad_output')
    return content


def _info(interactions: Path, scene: Path) -> PoseviewInfo | None:
    """
    :param interactions: file that the program may write
    :param scene: likewise
    :returns: both, stored; None if the program writes no interactions
    :raises ToolError: if one of them is not what it should be
    """
    if not interactions.exists():
        return None
    rows, drawn = read_json(interactions), read_json(scene)
    if not isinstance(rows, list) or not all(map(_is_interaction, rows)) or not isinstance(drawn, dict):
        raise ToolError('Its interactions could not be read.', 'tool.bad_output')
    return PoseviewInfo.objects.create(interactions=rows, scene=drawn)


def _is_interaction(value: object) -> bool:
    """
    :param value: a row of the program's table
    :returns: whether it has all fields, and points that can be drawn
    """
    if not isinstance(value, dict) or not all(isinstance(value.get(name), kind) for name, kind in FIELDS.items()):
        return False
    ends = (value['ligandPoint'], value['partnerPoint'], *([value['waterPoint']] if value['water'] else []))
    return all(len(end) == _AXES and all(isinstance(number, float) for number in end) for end in ends)
