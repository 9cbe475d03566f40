"""Tests of the molecules and of the doors they come through."""

from .archive_door_tests import DoorTests  # noqa: F401
from .clean_up_tests import FileCleanUpTests, JobCleanUpTests, MoleculeCleanUpTests  # noqa: F401
from .density_input_tests import DensityInputTests  # noqa: F401
from .density_upload_tests import DensityMapUploadTests  # noqa: F401
from .download_tests import DownloadTests  # noqa: F401
from .edf_tests import EdfTests  # noqa: F401
from .external_tests import ArchiveTests, LimitTests  # noqa: F401
from .input_tests import FileNameTests, LigandFileInputTests, LigandInputTests, ProteinInputTests  # noqa: F401
from .input_validation_tests import CodeTests, SiteTests, StoredInputTests, ValidatorTests  # noqa: F401
from .ligand_upload_tests import LigandUploadTests  # noqa: F401
from .mirror_tests import MirrorTests  # noqa: F401
from .model_tests import MoleculeModelTests  # noqa: F401
from .reflections_upload_tests import StructureFactorsUploadTests  # noqa: F401
from .upload_content_tests import StructureUploadTests  # noqa: F401
from .view_tests import MoleculeViewTests  # noqa: F401
