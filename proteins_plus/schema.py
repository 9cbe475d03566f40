"""The API description: what drf-spectacular cannot know by itself."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample
from rest_framework.serializers import FileField

from .tools import ToolConfig, tool_of


def only_versioned_routes(endpoints: list[tuple[str, str, str, Any]]) -> list[tuple[str, str, str, Any]]:
    """
    Every app is served twice, below ``/api/v2/`` and at the root; the description names the first.

    :param endpoints: path, path pattern, method and view of every operation
    :returns: those to describe
    """
    return [endpoint for endpoint in endpoints if endpoint[0].startswith('/api/v2/')]


def fill_in_examples(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """
    Fill the forms of Swagger UI with the tools' examples; it would write ``string`` into every text field, and send it.

    :param result: the description
    :returns: the same, with an example at every text field of a submission
    """
    schemas = result['components']['schemas']
    for operations in result['paths'].values():
        form = operations.get('post', {}).get('requestBody', {}).get('content', {}).get('multipart/form-data')
        if form is None or 'examples' not in form:
            continue
        example = next(iter(form['examples'].values()))['value']
        for field, schema in schemas[form['schema']['$ref'].rpartition('/')[2]]['properties'].items():
            if schema.get('type') == 'string' and schema.get('format') != 'binary':
                schema['example'] = example.get(field, '')
    return result


def _limits_in_words(tool: ToolConfig) -> str:
    """
    :param tool: a tool
    :returns: what one run of it may use
    """
    limits, mb = tool.run_limits, 2**20
    return (
        f'**Limits of a run:** {limits.wall_seconds} s, {limits.cpu_seconds} s of processor time, '
        f'{limits.memory_bytes // mb} MB of memory, {limits.processes} processes, {limits.output_bytes // mb} MB of '
        f'output, {limits.file_bytes // mb} MB a file.'
    )


class ToolAutoSchema(AutoSchema):
    """Adds summary, citation and a filled-in example of the tool to its submission."""

    def _submitted_tool(self) -> ToolConfig | None:
        """:returns: the tool the view submits to, None for any other view"""
        job_model = getattr(getattr(self.view, 'serializer_class', None), 'job_model', None)
        return tool_of(job_model) if job_model else None

    def get_tags(self) -> list[str]:
        """:returns: the group an operation is shown in: its app"""
        return [type(self.view).__module__.partition('.')[0]]

    def get_description(self) -> str:  # type: ignore[override]  # drf-spectacular's own signature
        """:returns: what the operation does, and for a submission whom to cite"""
        tool = self._submitted_tool()
        if tool is None:
            return str(type(self.view).__doc__ or '').strip()
        origin = f'**Cite:** {tool.citation}\n\n**Engine licence:** {tool.licence}'
        files = [f'choose `test_files/{file}` of the source code for `{name}`' for name, file in self._files(tool)]
        hint = f'**To try it:** {" and ".join(files)}; no page can do that for you.\n\n' if files else ''
        return f'{tool.summary}\n\n{hint}{origin}\n\n{_limits_in_words(tool)}'

    def _files(self, tool: ToolConfig) -> list[tuple[str, object]]:
        """
        :param tool: the tool the view submits to
        :returns: the fields of its example that take a file, each with the name of a file
        """
        view: Any = self.view
        fields = view.serializer_class().fields
        return [(name, value) for name, value in tool.example.items() if isinstance(fields[name], FileField)]

    def get_auth(self) -> list[dict[str, list[str]]]:
        """:returns: nothing: no route needs credentials; the session of staff only opens lists"""
        return []

    def get_examples(self) -> list[OpenApiExample]:
        """:returns: for a submission a request that works on a fresh installation; as JSON unless it takes a file"""
        tool = self._submitted_tool()
        if tool is None:
            return []
        kinds = ('multipart/form-data',) if self._files(tool) else ('application/json', 'multipart/form-data')
        title = 'A request that works at once'
        return [OpenApiExample(title, value=tool.example, request_only=True, media_type=kind) for kind in kinds]
