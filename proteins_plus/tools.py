"""
What a tool is: an app whose config derives from :class:`ToolConfig`. URLs, admin, API description and checks follow.

The job model declares the parameters, the config the executable and everything an operator or a reader of the
documentation needs to know; there is no central list.
"""

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import blake2b
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from django.apps import AppConfig, apps
from django.conf import settings
from django.urls import get_script_prefix

from . import sandbox

if TYPE_CHECKING:
    from .models import ProteinsPlusJob

#: A version in what a program says of itself: ``2.3``, ``0.1.0+ccd.1.6.0``.
_VERSION = re.compile(r'[0-9]+(?:\.[0-9A-Za-z+-]+)+', re.ASCII)
#: What engines of this project say of themselves, after their version.
_OURS = '(ProteinsPlus, open)'


class _Probed(NamedTuple):
    """A version, and whether it is that of an engine of this project."""

    version: str
    is_ours: bool


@dataclass(frozen=True)
class DemoStep:
    """One submission of ``manage.py demo``."""

    title: str
    #: Submit route below ``/api/v2/``, with its trailing slash.
    route: str
    #: Form fields of the submission.
    fields: dict[str, str] = field(default_factory=dict)
    #: Form field to file name in ``test_files/``.
    files: dict[str, str] = field(default_factory=dict)
    #: Sentences about the result, from a function that reads a route below ``/api/v2/``, and the finished job.
    in_words: Callable[[Callable[[str], dict[str, Any]], dict[str, Any]], Iterable[str]] | None = None


class ToolConfig(AppConfig):
    """One tool. Subclass it in the ``apps.py`` of an app; the class attributes are the declaration."""

    default = False  # an apps.py that imports this class holds two configs; Django takes the one that is default

    #: What the tool does, in one sentence for the API description.
    summary: ClassVar[str] = ''
    #: Whom to cite for the method, as a full reference.
    citation: ClassVar[str] = ''
    #: Licence of the engine, as an SPDX expression.
    licence: ClassVar[str] = ''
    #: A request that works on a fresh installation, filled in by Swagger UI. A file is named as in ``test_files/``.
    example: ClassVar[dict[str, object]] = {}
    #: Where the app's URLs are mounted, below ``/api/v2/`` and below ``/``; the app's label unless given.
    url_prefix: ClassVar[str] = ''
    #: The queue its jobs wait in: ``fast`` for what takes seconds, ``heavy`` for the rest.
    queue: ClassVar[str] = 'fast'
    #: How long a run usually takes, in seconds; told to clients as Retry-After until there are runs to go by.
    usual_seconds: ClassVar[int] = 2
    #: What one run may use; None takes the limits of the settings.
    limits: ClassVar[sandbox.Limits | None] = None
    #: Whether the published program of this tool draws through an X display.
    needs_display: ClassVar[bool] = False
    #: Whether that program looks for its data in the folder it is started in; else a run starts in its work directory.
    starts_at_home: ClassVar[bool] = False
    #: What ``./start.sh --demo`` sends to it.
    demo_steps: ClassVar[tuple[DemoStep, ...]] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """
        :param kwargs: as Python's
        """
        super().__init_subclass__(**kwargs)
        cls.default = True

    @property
    def executable(self) -> Path:
        """:returns: the tool's executable: as ``binaries.json`` says, else ``bin/<tool>/<tool>``"""
        own = settings.BASE_DIR / 'bin' / self.label / self.label
        return Path(settings.BINARIES.get(self.label, own))

    @property
    def job_model(self) -> 'type[ProteinsPlusJob]':
        """
        :returns: the tool's one job model
        :raises LookupError: if the app has none, or several
        """
        from .models import ProteinsPlusJob  # configs are imported before models may be

        models = [model for model in self.get_models() if issubclass(model, ProteinsPlusJob)]
        if len(models) != 1:
            raise LookupError(f'{self.label} has {len(models)} job models; a tool has one.')
        return models[0]

    @property
    def prefix(self) -> str:
        """:returns: the mount point without slashes"""
        return self.url_prefix or self.label

    @property
    def run_limits(self) -> sandbox.Limits:
        """:returns: what one run of this tool may use"""
        own = self.limits or sandbox.Limits(
            wall_seconds=settings.TOOL_WALL_SECONDS,
            cpu_seconds=settings.TOOL_CPU_SECONDS or 2 * settings.TOOL_WALL_SECONDS,
            memory_bytes=settings.TOOL_MEMORY_BYTES,
            file_bytes=settings.TOOL_FILE_BYTES,
            output_bytes=settings.TOOL_OUTPUT_BYTES,
            processes=settings.TOOL_PROCESSES,
        )
        home = self.executable.parent if self.starts_at_home and self.executable.is_file() else own.home
        return replace(own, home=home, reads=(*own.reads, *sandbox.display_sockets(self.display)))

    @property
    def environment(self) -> dict[str, str]:
        """:returns: environment variables that its runs see besides the minimal ones"""
        return {'DISPLAY': self.display} if self.display else {}

    def version(self) -> str:
        """
        The version of the executable, part of every hash: a new engine never serves old results.

        :returns: what the program says to ``--version``, else a digest of the file; probed again when the file changes
        :raises OSError: if it cannot be asked now, for want of space or processes
        """
        return self._probed().version

    def is_ours(self) -> bool:
        """
        :returns: whether the executable is an engine of this project; programs of others refuse options of ours
        :raises OSError: if it cannot be asked now, for want of space or processes
        """
        return self._probed().is_ours

    def _probed(self) -> _Probed:
        """:returns: what the executable says of itself"""
        try:
            stat = self.executable.stat()
        except OSError:
            return _Probed('missing', False)
        return _probe(self.executable, stat.st_mtime_ns, stat.st_size)

    @property
    def display(self) -> str:
        """:returns: the X display that its runs draw through; empty for none, as for engines of this project"""
        return settings.DISPLAY if self.needs_display and settings.DISPLAY and not self.is_ours() else ''

    def urls_module(self) -> str:
        """:returns: the dotted name of the app's URL configuration"""
        return f'{self.name}.urls'

    @property
    def submit_route(self) -> Any:
        """:returns: the URL pattern of its submission"""
        patterns = import_module(self.urls_module()).urlpatterns
        return next(pattern for pattern in patterns if getattr(pattern, 'name', '') == 'submit')

    @property
    def api_path(self) -> str:
        """:returns: the path of its submission, as clients of this server see it"""
        return f'{get_script_prefix()}api/v2/{self.prefix}/{self.submit_route.pattern}'


@lru_cache(maxsize=64)
def _probe(executable: Path, modified: int, size: int) -> _Probed:
    """
    :param executable: the program
    :param modified: its modification time in ns, only to notice a new one
    :param size: its size in bytes, likewise
    :returns: see :meth:`ToolConfig.version` and :meth:`ToolConfig.is_ours`
    :raises OSError: likewise
    """
    with tempfile.TemporaryDirectory() as work:
        probe = sandbox.run([str(executable), '--version'], Path(work), sandbox.Limits(wall_seconds=20))
        sandbox.require_space(Path(work))  # or silence for want of space would be remembered as having no version
        said = probe.stdout.read_text('utf-8', 'replace') if probe.succeeded else ''
    found = _VERSION.search(said)
    version = found.group()[:64] if found else blake2b(executable.read_bytes(), digest_size=8).hexdigest()
    return _Probed(version, _OURS in said)


def installed() -> Iterator[ToolConfig]:
    """
    :returns: the tools of this server, in the order of their registration
    """
    return (config for config in apps.get_app_configs() if isinstance(config, ToolConfig))


def request_hash(job: 'ProteinsPlusJob') -> str:
    """
    :param job: a job, stored or not
    :returns: the key under which the cache finds it, or an equal one, as long as the tool stays the same
    """
    return job.request_hash(tool_of(type(job)).version())


def tool_of(job_model: 'type[ProteinsPlusJob]') -> ToolConfig:
    """
    :param job_model: the job model of a tool
    :returns: the tool it declares
    :raises LookupError: if its app is no tool
    """
    config = apps.get_app_config(job_model._meta.app_label)
    if not isinstance(config, ToolConfig):
        raise LookupError(f'{job_model._meta.label} does not belong to a tool.')
    return config
