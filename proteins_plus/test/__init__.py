"""Tests of the job core."""

from .check_server_tests import CheckServer  # noqa: F401
from .check_tests import Administration, DeclarationOfATool, Installation, Registry  # noqa: F401
from .clock_tests import JobsUnderASetClock, NoticingASetClock  # noqa: F401
from .concurrency_tests import KnownDefectsUnderLoad  # noqa: F401
from .database_tests import LockedDatabase, RestartedDatabase  # noqa: F401
from .defect_tests import KnownDefects, KnownDefectsBehindAProxy, KnownDefectsOfThreads  # noqa: F401
from .demo_tests import DemoTests, DemoWithoutServerTests  # noqa: F401
from .deployment_page_tests import Backup, NamesOfThePage  # noqa: F401
from .deployment_tests import ConfigurationFileTests, DependencyTests, ProbeTests, TestRunToolTests  # noqa: F401
from .disk_tests import EveryWriteInTurn, RealDisk  # noqa: F401
from .docs_tests import EnginePageTests, ErrorPageTests, MarkdownTests, ReadmeTests, ReleaseTests  # noqa: F401
from .env_tests import EnvironmentReaders, SecretKeys, SecureByDefault  # noqa: F401
from .environment_tests import VirtualEnvironmentTests  # noqa: F401
from .exception_tests import ErrorHandler, ErrorsOverHttp  # noqa: F401
from .hashing_tests import ContentHashes  # noqa: F401
from .health_tests import Health  # noqa: F401
from .hostile_tests import ChoiceOfTheSandbox, CommonDefences, ConfinedTools, UnconfinedTools  # noqa: F401
from .job_handler_tests import JobExecution, JobSubmission, SubmissionCommits  # noqa: F401
from .kill_tests import KillMatrix  # noqa: F401
from .lease_tests import Claims, Fencing, Heartbeats  # noqa: F401
from .log_context_tests import HeadersOfATask, LinesOfAJob, WorkerThatTakesUpARequest  # noqa: F401
from .media_tests import DeletingFiles, ServingFiles, WritingFiles  # noqa: F401
from .metrics_tests import JobFigures, RequestFigures, SeveralWebProcesses, WhoMayReadFigures  # noqa: F401
from .middleware_tests import LogLines, Policy, RequestIds, TrailingSlash  # noqa: F401
from .model_tests import AccessDates, ContentHashesOfModels, JobModels, SavingRows  # noqa: F401
from .new_tool_tests import FailedSteps, Names, NewTool, RefusedNames  # noqa: F401
from .ops_tests import (  # noqa: F401
    PidFileTests,
    ScriptFileTests,
    SettingsFileTests,
    StartRefusalTests,
    StepTests,
    StopTests,
)
from .outage_tests import KnownDefectsUnderOutages  # noqa: F401
from .queue_tests import AdmissionTests, CancelTests, PositionTests  # noqa: F401
from .reaper_tests import ReaperInTheWorker, ReaperSweeps  # noqa: F401
from .release_tests import LayingOut, ReleaseWheel  # noqa: F401
from .remains_tests import LeftProcesses, LeftWorkDirectories, LostMemory  # noqa: F401
from .sandbox_tests import AccountOfARun, BoundsOfARun, NothingSurvives, WorkDirectories  # noqa: F401
from .schema_tests import ApiDescription, SwaggerPage  # noqa: F401
from .state_machine_tests import JobCoreUnderRandomHistories  # noqa: F401
from .suite_tests import Suite  # noqa: F401
from .view_tests import ListingOverHttp, ParametersOfAModel, ReadingOverHttp, SubmittingOverHttp, WhoMayList  # noqa: F401
