"""
All settings of the server, read once from the environment (README, 'Configuration').

There is no insecure default: DEBUG is off, only this machine is served, the secret key is made at first start.
"""

import json
import logging
import sys
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from kombu import Queue

from . import env

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env.path('PPLUS_DATA_DIR', BASE_DIR / 'var')
WORK_DIR = DATA_DIR / 'work'
CCD_FILE = env.path('PPLUS_CCD', DATA_DIR / 'ccd.sqlite')

# --- who is served ---------------------------------------------------------------------------------------------
DEBUG = env.boolean('DEBUG', False)
SECRET_KEY = env.secret_key('SECRET_KEY', DATA_DIR / 'secret_key')
HOST = env.text('PPLUS_HOST', '127.0.0.1')
PORT = env.integer('PPLUS_PORT', 8000, minimum=1)
ALLOWED_HOSTS = env.words('ALLOWED_HOSTS', 'localhost,127.0.0.1,[::1]')
LOOPBACK_ONLY = env.is_loopback(HOST)
# A server that only this machine reaches may show everyone its lists; others show them to staff.
LISTING = env.choice('PPLUS_LISTING', 'everyone' if LOOPBACK_ONLY else 'staff', ('everyone', 'staff'))
# Figures tell how busy a server is; by default only this machine's own collector may read them.
METRICS = env.choice('PPLUS_METRICS', 'loopback', ('off', 'loopback', 'everyone'))
ADMIN_ENABLED = env.boolean('PPLUS_ADMIN', False)
MOUNT_POINT = f'/{env.text("MOUNT_POINT", "").strip("/")}'.rstrip('/')  # what a proxy in front strips off
FORCE_SCRIPT_NAME = MOUNT_POINT or None
SCHEMA_URL = env.text('SCHEMA_URL', '')

# --- applications ----------------------------------------------------------------------------------------------
TOOL_APPS = [
    'preprocessor',
    'protoss',
    'dogsite',
    'ediascorer',
    'structureprofiler',
    'metalizer',
    'poseview',
    'siena',
    'geomine',
]
INSTALLED_APPS = [
    'django.contrib.admin',
    'django.contrib.auth',
    'django.contrib.contenttypes',
    'django.contrib.sessions',
    'django.contrib.messages',
    'django.contrib.staticfiles',
    'rest_framework',
    'drf_spectacular',
    'drf_spectacular_sidecar',
    'django_htmx',
    'proteins_plus',
    'molecule_handler',
    'web',
    *TOOL_APPS,
]
MIDDLEWARE = [
    'proteins_plus.middleware.request_id',
    'proteins_plus.metrics.measure',
    'django.middleware.security.SecurityMiddleware',
    'proteins_plus.middleware.content_security_policy',
    'whitenoise.middleware.WhiteNoiseMiddleware',
    'proteins_plus.middleware.answer_without_slash',
    'django.contrib.sessions.middleware.SessionMiddleware',
    'django.middleware.common.CommonMiddleware',
    'django.middleware.csrf.CsrfViewMiddleware',
    'django.contrib.auth.middleware.AuthenticationMiddleware',
    'django.contrib.messages.middleware.MessageMiddleware',
    'django.middleware.clickjacking.XFrameOptionsMiddleware',
]
MESSAGE_STORAGE = 'django.contrib.messages.storage.session.SessionStorage'  # the usual one looks for cookies each time
ROOT_URLCONF = 'proteins_plus.urls'
WSGI_APPLICATION = 'proteins_plus.wsgi.application'
TEMPLATES = [
    {
        'BACKEND': 'django.template.backends.django.DjangoTemplates',
        'APP_DIRS': True,
        'OPTIONS': {
            'context_processors': [
                'django.template.context_processors.request',
                'django.contrib.auth.context_processors.auth',
                'django.contrib.messages.context_processors.messages',
            ],
        },
    },
]
APPEND_SLASH = False  # answer_without_slash answers at once, so that a POST keeps its body

# --- database: the truth ---------------------------------------------------------------------------------------
DATABASES = {
    'default': dj_database_url.parse(
        env.text('DATABASE_URL', f'sqlite:///{DATA_DIR / "db.sqlite3"}'),
        conn_max_age=60,
        conn_health_checks=True,
    )
}
if DATABASES['default']['ENGINE'] == 'django.db.backends.sqlite3':
    DATABASES['default']['OPTIONS'] = {
        # IMMEDIATE: a deferred read-then-write transaction fails at once under load and ignores the time-out.
        'transaction_mode': 'IMMEDIATE',
        'timeout': 20,
        'init_command': 'PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;',
    }
    # The tests' database is a file: parallel requests of one test share it, as the server's workers do.
    DATABASES['default']['TEST'] = {'NAME': str(DATA_DIR / 'test_db.sqlite3')}
DEFAULT_AUTO_FIELD = 'django.db.models.BigAutoField'

# --- jobs ------------------------------------------------------------------------------------------------------
DEFAULT_JOB_CACHE_TIME = env.integer('DEFAULT_JOB_CACHE_TIME', 7, minimum=1)  # days since the last access
CELERY_BROKER_URL = env.text('BROKER_URL', 'redis://127.0.0.1:6378/0')
MAX_QUEUED_JOBS = env.integer('PPLUS_MAX_QUEUED_JOBS', 2000)  # of one queue; above it 503. 0: no limit
# A client's jobs that wait or run; above it 429. Everyone on a loopback install is one client, so no limit there.
MAX_JOBS_PER_CLIENT = env.integer('PPLUS_MAX_JOBS_PER_CLIENT', 0 if LOOPBACK_ONLY else 50)
# A worker that dies is noticed after the lease and one sweep. The lease outlives three heartbeats.
LEASE_SECONDS = env.integer('PPLUS_LEASE_SECONDS', 60, minimum=2)
HEARTBEAT_SECONDS = env.integer('PPLUS_HEARTBEAT_SECONDS', 15, minimum=1)
SWEEP_SECONDS = env.integer('PPLUS_SWEEP_SECONDS', 15, minimum=1)
CELERY_TASK_QUEUES = [Queue('fast'), Queue('heavy')]  # a worker serves both unless it is started with -Q
CELERY_TASK_DEFAULT_QUEUE = 'fast'
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 50
# By default every task connects anew; by this, never: Django's own rules drop a connection that is old or broken.
CELERY_DB_REUSE_MAX = CELERY_WORKER_MAX_TASKS_PER_CHILD + 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = env.integer('PPLUS_SHUTDOWN_SECONDS', 60, minimum=1)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# For ever. By default a worker gives up after 100 tries, 46 minutes, and nobody is left when the broker comes back.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# Longer than any tool may run: Redis hands an unacknowledged message out again after this time.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    'visibility_timeout': env.integer('PPLUS_VISIBILITY_SECONDS', 7200, minimum=1),
    # Without this, publishing tries to connect for 6 s before it admits that nobody is there, retry or no retry.
    'max_retries': 0,
    'socket_connect_timeout': 1,
    'socket_timeout': 30,
}
# A submission never waits for the broker: its row is already safe, and the reaper announces it again.
CELERY_TASK_PUBLISH_RETRY = False

# --- tools -----------------------------------------------------------------------------------------------------
_binaries = env.path('PPLUS_BINARIES_JSON', BASE_DIR / 'proteins_plus' / 'binaries.json')
BINARIES = {name: str(BASE_DIR / file) for name, file in json.loads(_binaries.read_text()).items()}
TOOL_MEMORY_BYTES = env.integer('PPLUS_TOOL_MEMORY_MB', 4096, minimum=64) * 2**20
TOOL_WALL_SECONDS = env.integer('PPLUS_TOOL_WALL_SECONDS', 600, minimum=1)
TOOL_CPU_SECONDS = env.integer('PPLUS_TOOL_CPU_SECONDS', 0)  # 0: twice the wall time
TOOL_FILE_BYTES = env.integer('PPLUS_TOOL_FILE_MB', 1024, minimum=1) * 2**20
TOOL_OUTPUT_BYTES = env.integer('PPLUS_TOOL_OUTPUT_MB', 2048, minimum=1) * 2**20
TOOL_PROCESSES = env.integer('PPLUS_TOOL_PROCESSES', 256, minimum=8)  # threads count
DISPLAY = env.text('DISPLAY', '')  # for programs of others that draw through an X display; ours need none
SANDBOX = env.choice('PPLUS_SANDBOX', 'auto', ('auto', 'bubblewrap', 'limits'))
SIENA_SEARCH_DB = str(env.path('SIENA_SEARCH_DB', DATA_DIR / 'siena' / 'siena.sqlite'))
SANDBOX_READ = [str(Path(path).expanduser().absolute()) for path in env.words('PPLUS_SANDBOX_READ', '')]

# --- the archive that GeoMine searches ---------------------------------------------------------------------------
# Tables in the PostgreSQL database of the server, in another one, or in an SQLite file: geomine/archive.py decides.
GEOMINE_FILE = DATA_DIR / 'geomine' / 'geomine.sqlite3'
GEOMINE_DB_NAME = env.text('GEOMINE_DB_NAME', '')
GEOMINE_HOSTNAME = env.text('GEOMINE_HOSTNAME', '')
GEOMINE_DB_PORT = env.text('GEOMINE_DB_PORT', '')
GEOMINE_DB_USER = env.text('GEOMINE_DB_USER', '')
GEOMINE_DB_PASS = env.text('GEOMINE_DB_PASS', '')
GEOMINE_FILTER_DIR = env.path('GEOMINE_FILTER_DIR', DATA_DIR / 'geomine' / 'filters')

# --- structure and density archives: mirrors first, then these hosts --------------------------------------------
LOCAL_PDB_MIRROR_DIR = str(env.path('LOCAL_PDB_MIRROR_DIR', DATA_DIR / 'mirrors' / 'pdb'))
LOCAL_DENSITY_MIRROR_DIR = str(env.path('LOCAL_DENSITY_MIRROR_DIR', DATA_DIR / 'mirrors' / 'density'))
LOCAL_AFDB_MIRROR_DIR = str(env.path('LOCAL_AFDB_MIRROR_DIR', DATA_DIR / 'mirrors' / 'afdb'))
URLS = {
    'pdb_files': env.text('PPLUS_PDB_URL', 'https://files.rcsb.org/download/'),
    'alphafold': env.text('PPLUS_AFDB_URL', 'https://alphafold.ebi.ac.uk/api/prediction/'),
    'density_files': env.text('PPLUS_DENSITY_URL', 'https://www.ebi.ac.uk/pdbe/entry-files/'),
}
ARCHIVE_HOSTS = sorted(
    {'files.rcsb.org', 'alphafold.ebi.ac.uk', 'www.ebi.ac.uk'}
    | {host for url in URLS.values() if (host := urlsplit(url).hostname)}
)
ARCHIVE_TIMEOUT_SECONDS = (5, 30)  # connect, read
ARCHIVE_MAX_BYTES = 200 * 2**20
PDB_FTP_SERVER = env.text('PDB_FTP_SERVER', 'rsync.rcsb.org')
PDB_FTP_PORT = env.integer('PDB_FTP_PORT', 33444, minimum=1)

# --- uploads ---------------------------------------------------------------------------------------------------
MAX_STRUCTURE_BYTES = env.integer('PPLUS_MAX_STRUCTURE_MB', 200, minimum=1) * 2**20  # unpacked
MAX_LIGAND_BYTES = env.integer('PPLUS_MAX_LIGAND_MB', 20, minimum=1) * 2**20
MAX_MAP_BYTES = env.integer('PPLUS_MAX_MAP_MB', 500, minimum=1) * 2**20
MAX_GZIP_RATIO = 200  # coordinate files pack to about a fifth, empty map regions to far less
MAX_LINE_LENGTH = 100_000  # characters
MAX_LIGANDS = 1000  # records of one SD file
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 2**20  # bodies without files: JSON and form fields
DATA_UPLOAD_MAX_NUMBER_FILES = 10
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
FILE_UPLOAD_TEMP_DIR = None

# --- files -----------------------------------------------------------------------------------------------------
STATIC_URL = f'{MOUNT_POINT}/static/'
WHITENOISE_USE_FINDERS = True  # no collect step: start.sh stays one command
MEDIA_URL = f'{STATIC_URL}media/'
MEDIA_ROOT = str(env.path('MEDIA_ROOT', BASE_DIR / 'media'))
MEDIA_DIRECTORIES = {
    'proteins': 'proteins/',
    'ligands': 'ligands/',
    'density_files': 'density_files/',
    'structure_factors': 'structure_factors/',
    'poseview': 'poseview/',
}
STORAGES = {
    'default': {'BACKEND': 'proteins_plus.files.AtomicFileSystemStorage'},
    'staticfiles': {'BACKEND': 'django.contrib.staticfiles.storage.StaticFilesStorage'},
}

# --- HTTP ------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    'DEFAULT_AUTHENTICATION_CLASSES': [],
    'DEFAULT_PERMISSION_CLASSES': [],
    'DEFAULT_RENDERER_CLASSES': ['rest_framework.renderers.JSONRenderer'],
    'DEFAULT_PAGINATION_CLASS': 'proteins_plus.pagination.BoundedPagination',
    'DEFAULT_SCHEMA_CLASS': 'proteins_plus.schema.ToolAutoSchema',
    'EXCEPTION_HANDLER': 'proteins_plus.exceptions.answer',
    'NUM_PROXIES': 1 if env.boolean('PPLUS_BEHIND_PROXY', False) else 0,  # whose word on the client's address counts
    'UNAUTHENTICATED_USER': 'django.contrib.auth.models.AnonymousUser',
}
SPECTACULAR_SETTINGS = {
    'TITLE': 'ProteinsPlus, open',
    'DESCRIPTION': 'Analysis of protein structures over a REST API, entirely on open engines.',
    'VERSION': '2.0.0',
    'OAS_VERSION': '3.0.3',
    'SERVE_INCLUDE_SCHEMA': False,
    'SCHEMA_PATH_PREFIX': '/api/v2',
    'PREPROCESSING_HOOKS': ['proteins_plus.schema.only_versioned_routes'],
    'POSTPROCESSING_HOOKS': [
        'drf_spectacular.hooks.postprocess_schema_enums',
        'proteins_plus.schema.fill_in_examples',
    ],
    'COMPONENT_SPLIT_REQUEST': True,  # without it Swagger UI offers a text box where a file belongs
    'SWAGGER_UI_DIST': 'SIDECAR',
    'SWAGGER_UI_FAVICON_HREF': 'SIDECAR',
    # For those who cannot see well: the usual theme is too pale, and deep linking puts a link into each button.
    'SWAGGER_UI_SETTINGS': {'deepLinking': False, 'syntaxHighlight': {'theme': 'obsidian'}},
    'SERVERS': [{'url': SCHEMA_URL}] if SCHEMA_URL else [],
    'ENUM_NAME_OVERRIDES': {
        'JobStatus': 'proteins_plus.models.STATUS_WORDS',
        'FileType': 'molecule_handler.models.FileType',
    },
}
# 'Named like Django 6.0's own setting would be': see docs/decisions/0006-content-security-policy.md
CONTENT_SECURITY_POLICY = {
    'DIRECTIVES': {
        'default-src': [NONE],
        'script-src': [SELF],
        'style-src': [SELF],
        'img-src': [SELF, 'data:', 'blob:'],  # pictures that the viewer makes
        'worker-src': [SELF, 'blob:'],  # its threads
        'font-src': [SELF],
        'connect-src': [SELF],
        'form-action': [SELF],
        'base-uri': [NONE],
        'frame-ancestors': [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = 'same-origin'  # with 'no-referrer' browsers send forms with 'Origin: null', which is refused
X_FRAME_OPTIONS = 'DENY'
_HTTPS = env.boolean('PPLUS_HTTPS', not LOOPBACK_ONLY)  # whether users reach the server over https
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_SSL_REDIRECT = _HTTPS
SECURE_REDIRECT_EXEMPT = [r'^(healthz|readyz|metrics)$']  # probes ask from this machine, without TLS
# Whether subdomains and browsers' preload lists are bound too is for the owner of the domain to decide, not for us.
SILENCED_SYSTEM_CHECKS = ['security.W005', 'security.W021']
SESSION_COOKIE_SECURE = _HTTPS
CSRF_COOKIE_SECURE = _HTTPS
SECURE_PROXY_SSL_HEADER = ('HTTP_X_FORWARDED_PROTO', 'https') if env.boolean('PPLUS_BEHIND_PROXY', False) else None

USE_TZ = True
TIME_ZONE = 'UTC'
USE_I18N = False
TEST_RUNNER = 'proteins_plus.test.runner.IsolatedRunner'

# --- logs ------------------------------------------------------------------------------------------------------
logging.captureWarnings(True)
LOGGING = {
    'version': 1,
    'disable_existing_loggers': False,
    'filters': {'context': {'()': 'proteins_plus.log_context.LogContext'}},
    'formatters': {
        'json': {
            '()': 'pythonjsonlogger.json.JsonFormatter',
            'fmt': '%(asctime)s %(levelname)s %(name)s %(message)s %(request_id)s',
            'rename_fields': {'asctime': 'time', 'levelname': 'level', 'name': 'logger'},
        }
    },
    'handlers': {
        'stdout': {
            'class': 'logging.StreamHandler',
            # What a management command prints is its result, and may be read by a program; its log goes elsewhere.
            'stream': sys.stderr if Path(sys.argv[0]).name == 'manage.py' else sys.stdout,
            'formatter': 'json',
            'filters': ['context'],
        }
    },
    'root': {'handlers': ['stdout'], 'level': env.text('PPLUS_LOG_LEVEL', 'INFO').upper()},
}
