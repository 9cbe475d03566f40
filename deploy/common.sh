# shellcheck shell=bash
# Shared by start.sh, stop.sh, clean.sh, check.sh and test.sh: settings, the Python environment and the PID files.
# shellcheck disable=SC2034  # its constants are for the scripts that source it
# Sourced, never run; the caller has changed to the project folder and set `set -euo pipefail`.

# Exit codes of the scripts, in one place.
readonly EXIT_REFUSED=1      # a setting or a taken port: nothing was started
readonly EXIT_USAGE=2        # wrong command line
readonly EXIT_ENVIRONMENT=3  # the Python environment, the dictionary or the database could not be made
readonly EXIT_UNHEALTHY=4    # a service did not come up, or did not go down

readonly STAMP=.venv/.proteinsplus-installed
readonly UNFINISHED=.venv/.proteinsplus-unfinished

say() { printf '%s\n' "$*"; }
complain() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
fail() { # CODE MESSAGE...
  local code=$1
  shift
  complain "$@"
  exit "$code"
}

# --- Settings -----------------------------------------------------------------------------------------------------

# Reads the settings file, if there is one. What the caller's environment already sets wins over the file, so that
# `PPLUS_PORT=8100 ./start.sh` means what it says.
load_settings() {
  local file=${PPLUS_SETTINGS_FILE:-proteinsplus.env} given
  if [[ ! -e $file ]]; then
    [[ -z ${PPLUS_SETTINGS_FILE:-} ]] || fail "$EXIT_REFUSED" "the settings file $file does not exist"
    return 0
  fi
  [[ $file == */* ]] || file=./$file  # without a slash, '.' would search PATH
  given=$(set -o posix && export -p)
  set -a
  # shellcheck disable=SC1090
  . "$file" || fail "$EXIT_REFUSED" "the settings file $file could not be read"
  eval "$given"
  set +a
}

# Fills in the defaults that the scripts themselves need, and exports them so that every process agrees.
set_defaults() {
  export PPLUS_HOST=${PPLUS_HOST:-127.0.0.1} PPLUS_PORT=${PPLUS_PORT:-8000}
  export PPLUS_REDIS_PORT=${PPLUS_REDIS_PORT:-6378}
  export BROKER_URL=${BROKER_URL:-redis://127.0.0.1:$PPLUS_REDIS_PORT/0}
  export PPLUS_DATA_DIR=${PPLUS_DATA_DIR:-$PWD/var}
  export PPLUS_CCD=${PPLUS_CCD:-$PPLUS_DATA_DIR/ccd.sqlite}
  export SIENA_SEARCH_DB=${SIENA_SEARCH_DB:-$PPLUS_DATA_DIR/siena/siena.sqlite}
  export LOCAL_PDB_MIRROR_DIR=${LOCAL_PDB_MIRROR_DIR:-$PPLUS_DATA_DIR/mirrors/pdb}
}

# The address at which the server on this machine answers: a wildcard is no address to call.
local_url() {
  local host=$PPLUS_HOST
  case $host in
    0.0.0.0) host=127.0.0.1 ;;
    :: | '[::]') host='[::1]' ;;
    *:*) [[ $host == '['* ]] || host="[$host]" ;;
  esac
  printf 'http://%s:%s' "$host" "$PPLUS_PORT"
}

# Only one run of a script at a time in this checkout. The lock is file descriptor 9; whatever outlives the script
# must be started with it closed.
take_lock() { # NAME
  mkdir -p "$PPLUS_DATA_DIR"
  command -v flock >/dev/null || return 0
  exec 9>"$PPLUS_DATA_DIR/$1.lock"
  flock -n 9 || fail "$EXIT_REFUSED" "another $1 is running in this folder"
}

# --- The Python environment ---------------------------------------------------------------------------------------

checksum() { if command -v sha256sum >/dev/null; then sha256sum <"$1"; else shasum -a 256 <"$1"; fi | cut -d' ' -f1; }
python_version() { "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null; }
is_supported_python() { case $(python_version "$1") in 3.11 | 3.12 | 3.13) return 0 ;; *) return 1 ;; esac; }
stamp_line() { printf '%s %s %s' "$1" "$(checksum "$1")" "$PWD"; }

# Sets BASE_PYTHON to an interpreter that can make or be the environment.
find_python() {
  local name
  if [[ -z ${PPLUS_PYTHON:-} && ${CONDA_DEFAULT_ENV:-} == pplus ]]; then
    PPLUS_PYTHON=$CONDA_PREFIX/bin/python
  fi
  for name in ${PPLUS_PYTHON:+"$PPLUS_PYTHON"} python3.11 python3.12 python3.13 python3 python; do
    if BASE_PYTHON=$(command -v "$name") && is_supported_python "$BASE_PYTHON"; then return 0; fi
    [[ -z ${PPLUS_PYTHON:-} ]] \
      || fail "$EXIT_ENVIRONMENT" "PPLUS_PYTHON=$PPLUS_PYTHON is no Python 3.11, 3.12 or 3.13"
  done
  fail "$EXIT_ENVIRONMENT" 'no Python 3.11, 3.12 or 3.13 found; install one, or name it with PPLUS_PYTHON=/path/to/python'
}

# True when .venv was completed, here, from this lock file, with the interpreter that was asked for.
is_environment_current() { # LOCK
  [[ ! -e $UNFINISHED ]] && [[ -f $STAMP ]] && grep -qxF "$(stamp_line "$1")" "$STAMP" || return 1
  is_supported_python .venv/bin/python || return 1
  [[ -z ${PPLUS_PYTHON:-} || $(python_version "$PPLUS_PYTHON") == $(python_version .venv/bin/python) ]]
}

# True when an existing .venv cannot be brought up to date in place: cut off half-way, moved from elsewhere, broken,
# or made with another Python than the one asked for.
is_environment_unusable() {
  [[ -e $UNFINISHED ]] && return 0
  is_supported_python .venv/bin/python || return 0
  if [[ -f $STAMP ]] && ! grep -qF " $PWD" "$STAMP"; then return 0; fi
  [[ -n ${PPLUS_PYTHON:-} && $(python_version "$PPLUS_PYTHON") != $(python_version .venv/bin/python) ]]
}

find_uv() { command -v uv || { [[ -x .venv/bin/uv ]] && printf '%s' .venv/bin/uv; }; }

create_environment() {
  local uv
  mkdir -p .venv
  : >"$UNFINISHED"
  if uv=$(find_uv); then
    "$uv" venv --quiet --allow-existing --python "$BASE_PYTHON" .venv
  else
    "$BASE_PYTHON" -c 'import ensurepip, venv' 2>/dev/null || fail "$EXIT_ENVIRONMENT" \
      "$BASE_PYTHON cannot make environments: install its venv module (Debian and Ubuntu: python3-venv), or uv"
    # Not by a link to it: a tool in the sandbox sees the installation, and perhaps not the folder of the link.
    "$(readlink -f "$BASE_PYTHON")" -m venv .venv
  fi || fail "$EXIT_ENVIRONMENT" "$BASE_PYTHON could not make .venv"
}

pip_install() { # LOCK
  .venv/bin/python -m ensurepip >/dev/null 2>&1 || true
  .venv/bin/python -m pip install -qq --disable-pip-version-check --no-input --require-hashes -r "$1"
}

# uv takes seconds for what takes pip a minute. Where only pip knows the package index, pip does all of it.
install_lock() { # LOCK
  local uv
  if ! find_uv >/dev/null; then
    awk '/^uv==/ { on = 1 } on { print; if (!/\\$/) exit }' "$1" >.venv/uv.txt
    [[ ! -s .venv/uv.txt ]] || pip_install .venv/uv.txt || true
  fi
  if uv=$(find_uv) \
    && "$uv" pip install --quiet --compile-bytecode --python .venv/bin/python --require-hashes -r "$1"; then
    return 0
  fi
  pip_install "$1"
}

# Jobs run where they can write nothing, and would compile their engine each time.
compile_sources() {
  local packages=(*/__init__.py)
  "$PYTHON" -m compileall -q "${packages[@]%/__init__.py}" || complain 'not all is compiled, so jobs start slower'
}

# Sets PYTHON (after find_python). Makes or completes .venv from the lock file unless PPLUS_PYTHON (or an active conda environment named
# pplus) already has everything that pyproject.toml asks for.
make_environment() { # LOCK [EXTRA]
  local lock=$1 extra=${2:-} reason
  if [[ -n ${PPLUS_PYTHON:-} ]]; then
    if reason=$("$BASE_PYTHON" deploy/probe.py requirements ${extra:+"$extra"} 2>&1); then
      PYTHON=$BASE_PYTHON
      say "Python: $PYTHON as it is"
      return 0
    fi
    say "Python: not $BASE_PYTHON itself ($reason) but an environment made with it"
  fi
  PYTHON=$PWD/.venv/bin/python
  if is_environment_current "$lock"; then
    say "Python: .venv is up to date"
    return 0
  fi
  if [[ -d .venv ]] && is_environment_unusable; then
    say 'Python: .venv is incomplete or does not fit; making it again'
    rm -rf .venv
  fi
  [[ -d .venv ]] || create_environment
  say "Python: installing $lock into .venv (with $(python_version .venv/bin/python))"
  : >"$UNFINISHED"
  install_lock "$lock" || fail "$EXIT_ENVIRONMENT" "the packages of $lock could not be installed"
  stamp_line "$lock" >"$STAMP"
  # The development lock holds every pin of the runtime lock (a test sees to it), so it serves start.sh as well.
  [[ $lock == requirements.txt ]] || printf '\n%s' "$(stamp_line requirements.txt)" >>"$STAMP"
  rm -f "$UNFINISHED"
}

# Sets PYTHON to the environment that start.sh made; makes none.
use_environment() {
  if [[ -z ${PPLUS_PYTHON:-} && -x .venv/bin/python ]]; then
    PYTHON=$PWD/.venv/bin/python
    return 0
  fi
  find_python
  PYTHON=$BASE_PYTHON
  if ! "$PYTHON" deploy/probe.py requirements 2>/dev/null; then
    PYTHON=$PWD/.venv/bin/python
    [[ -x $PYTHON ]] || fail "$EXIT_ENVIRONMENT" 'there is no Python environment yet; ./start.sh makes it'
  fi
}

# Builds the component dictionary that the engines read, unless it is there.
make_component_dictionary() {
  if [[ -s $PPLUS_CCD ]]; then
    say "Component dictionary: $PPLUS_CCD"
    return 0
  fi
  say "Component dictionary: building $PPLUS_CCD"
  mkdir -p "$(dirname "$PPLUS_CCD")"
  "$PYTHON" -m engines.structure.component_build "$PPLUS_CCD" \
    || fail "$EXIT_ENVIRONMENT" 'the component dictionary could not be built'
}

# One line for those who run a laptop; a server that others reach fails its checks without it.
tell_sandbox() {
  [[ ${PPLUS_SANDBOX:-auto} == limits ]] || command -v bwrap >/dev/null || say 'Sandbox: bubblewrap is not installed,' \
    'so tools run with limits only (SECURITY.md); to have it, install the package bubblewrap'
}

# --- Services and their PID files ---------------------------------------------------------------------------------

readonly REDIS_PID=redis/redis.pid CELERY_PID=celery/run/worker.pid GUNICORN_PID=gunicorn/gunicorn.pid
readonly REDIS_LOG=redis/redis.log CELERY_LOG=celery/log/worker.log GUNICORN_LOG=gunicorn/gunicorn.log
# What the command line of each service looks like (extended regular expressions).
readonly REDIS_LOOKS='(redis|valkey)-server' CELERY_LOOKS='celery .*proteins_plus' GUNICORN_LOOKS='gunicorn.* .*proteins_plus'

command_line() { # PID
  if [[ -d /proc/self ]]; then
    { tr '\0' ' ' <"/proc/$1/cmdline"; } 2>/dev/null || true
  else
    ps -p "$1" -o command= 2>/dev/null || true
  fi
}

# True when PID is a live service started from this folder. A number alone proves nothing: after a crash the kernel
# may have given it to any other process, even to the same service of another checkout.
is_our_process() { # PID LOOKS
  local folder
  [[ $1 =~ ^[1-9][0-9]*$ && $(command_line "$1") =~ $2 ]] || return 1
  folder=$(readlink "/proc/$1/cwd" 2>/dev/null) || return 0  # not readable or no /proc: cannot be disproved
  [[ $folder == "$PWD" || $folder == "$PWD"/* ]]
}

# Prints the process id behind a PID file. A PID file whose process is gone, or is not ours, is removed.
live_pid() { # PIDFILE LOOKS
  local pid=
  [[ -f $1 ]] || return 1
  read -r pid <"$1" || true
  if is_our_process "$pid" "$2"; then
    printf '%s' "$pid"
    return 0
  fi
  complain "removed the dead PID file $1"
  rm -f "$1"
  return 1
}
