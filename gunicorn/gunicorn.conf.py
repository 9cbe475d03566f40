"""Configuration of the web server: gunicorn's defaults, except for the values marked 'modified'.

Read by `gunicorn --config gunicorn/gunicorn.conf.py proteins_plus.wsgi:application` in the project folder.
"""

import os
from itertools import count
from pathlib import Path
from typing import Any

_host = os.environ.get('PPLUS_HOST', '127.0.0.1')
if ':' in _host and not _host.startswith('['):
    _host = f'[{_host}]'

# modified (default: 127.0.0.1:8000, or PORT): our own settings choose it; loopback unless told otherwise
bind = f'{_host}:{os.environ.get("PPLUS_PORT", "8000")}'

# modified (default: 1): the second process keeps answering while the first is restarted or busy
workers = int(os.environ.get('PPLUS_WEB_WORKERS', '2'))

# modified (default: sync): a slow upload or download occupies a thread, not the whole process
worker_class = 'gthread'

# modified (default: 1)
threads = int(os.environ.get('PPLUS_WEB_THREADS', '8'))

# modified (default: 0, never): gives back the memory that large uploads leave behind
max_requests = 5000

# modified (default: 0): so that the workers are not all replaced at the same moment
max_requests_jitter = 500

# modified (default: the temporary folder): a heartbeat file on a disk can block a worker
worker_tmp_dir = '/dev/shm' if Path('/dev/shm').is_dir() else None  # noqa: S108

# modified (default: none): how start.sh and stop.sh find the process
pidfile = 'gunicorn/gunicorn.pid'

# modified (default: standard error)
errorlog = 'gunicorn/gunicorn.log'

# modified (default: a control socket in the home folder): nobody uses it, so nobody shall be able to
control_socket_disable = True

# What /metrics counts: each process has a file here, and whichever is asked adds them up.
_metrics = Path(os.environ.get('PPLUS_DATA_DIR') or 'var', 'metrics').expanduser().absolute()
_METRICS_BYTES = 2**20  # of a file; several times of what all routes with all their answers take


def on_starting(server: Any) -> None:
    """
    Begin to count at zero, as Prometheus expects of a server that was started anew.

    :param server: gunicorn's arbiter
    """
    _metrics.mkdir(parents=True, exist_ok=True, mode=0o700)
    for file in _metrics.glob('*.db'):
        file.unlink(missing_ok=True)


def pre_fork(server: Any, worker: Any) -> None:
    """
    Give a new process the lowest number that no living one has. It goes on with the file of the one it replaces:
    nothing counted is lost, and there are never more files than processes.

    :param server: gunicorn's arbiter
    :param worker: about to be started
    """
    taken = {getattr(other, 'metrics_slot', None) for other in server.WORKERS.values()}
    worker.metrics_slot = next(slot for slot in count() if slot not in taken)


def _reserve(slot: int) -> None:
    """
    Take the room for all that will be counted: the files are mapped into memory, and the kernel ends a process that
    needs a new page of them on a full disk.

    :param slot: the number of the process
    :raises OSError: if there is no room
    """
    for kind in ('counter', 'histogram'):
        with (_metrics / f'{kind}_{slot}.db').open('ab') as file:
            os.posix_fallocate(file.fileno(), 0, _METRICS_BYTES)


def post_fork(server: Any, worker: Any) -> None:
    """
    Name the file after the number, before the application and with it the first counter is loaded.

    :param server: gunicorn's arbiter
    :param worker: this process
    """
    from prometheus_client import values

    try:
        _reserve(worker.metrics_slot)
    except OSError as error:
        server.log.warning('No room to count in (%s): /metrics tells of one process only', error)
        return
    os.environ['PROMETHEUS_MULTIPROC_DIR'] = str(_metrics)

    values.ValueClass = values.MultiProcessValue(lambda: worker.metrics_slot)
