"""Tests of the pages and of what they show."""

from .archive_tests import Archives, SceneArchives  # noqa: F401
from .drawing_tests import InlineDrawings  # noqa: F401
from .form_tests import CodeOfAForm, FormPage  # noqa: F401
from .page_tests import HomePage, JobPage, PagesUnderTrouble, ServerPage, StructurePage  # noqa: F401
from .pymol_tests import Scripts  # noqa: F401
from .scene_tests import DrawingRules, StructureScenes  # noqa: F401
from .table_tests import CsvFiles  # noqa: F401
from .template_tests import TemplateTags  # noqa: F401
from .viewer_build_tests import ViewerBuild, ViewerSources  # noqa: F401
