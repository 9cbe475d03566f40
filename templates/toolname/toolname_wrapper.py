"""Runs ``bin/toolname/toolname`` and stores what it counted."""

from pathlib import Path
from typing import Any

from proteins_plus.tool_wrapper import ToolWrapper, executable_of, read_json

from .models import ToolNameInfo, ToolNameJob


class ToolNameWrapper(ToolWrapper[ToolNameJob]):
    """``--protein=FILE --output=FILE --chain=NAME``; without a name all chains."""

    def command(self, job: ToolNameJob, work: Path) -> list[str]:
        """
        :param job: the claimed job
        :param work: the work directory
        :returns: program and arguments
        """
        protein = job.input_protein.write(work)
        return [executable_of(job), f'--protein={protein}', f'--output={work}/info.json', f'--chain={job.chain_id}']

    def load_results(self, job: ToolNameJob, work: Path) -> dict[str, Any]:
        """
        :param job: the claimed job
        :param work: the work directory
        :returns: the counts
        :raises ToolError: if it wrote none
        """
        return {'toolname_info': ToolNameInfo.objects.create(info=read_json(work / 'info.json'))}
