#!/usr/bin/env bash
# Stops what start.sh started: web server, worker, broker, in this order, by their PID files.
#
# Usage: ./stop.sh
#
# Each gets SIGTERM and PPLUS_STOP_SECONDS (default 60) to finish what it is doing: the worker takes no new job and
# ends the ones it runs. What is still there then is killed with all its children; its job is taken up again after
# the next start. Display servers are left alone. Exit codes: 0 nothing runs any more, 4 something could not be stopped.
set -euo pipefail
cd -P "$(dirname "${BASH_SOURCE[0]}")"
. deploy/common.sh
[[ $# -eq 0 ]] || fail "$EXIT_USAGE" 'takes no arguments'
load_settings
readonly STOP_SECONDS=${PPLUS_STOP_SECONDS:-60}

is_alive() { kill -0 "$1" 2>/dev/null && [[ -n $(command_line "$1") ]]; }

wait_until_gone() { # PID SECONDS
  local tenths=$(($2 * 10))
  while is_alive "$1" && ((tenths-- > 0)); do sleep 0.1; done
  ! is_alive "$1"
}

# The service leads its own process group (start.sh sees to it), so the group is the service and its children alone.
kill_group() { # PID
  kill -KILL -- "-$1" 2>/dev/null || true
}

stop_service() { # NAME PIDFILE LOOKS
  local pid
  if ! pid=$(live_pid "$2" "$3"); then
    say "$1: not running"
    return 0
  fi
  kill -TERM "$pid" 2>/dev/null || fail "$EXIT_UNHEALTHY" "$1 (process $pid) belongs to another user"
  if wait_until_gone "$pid" "$STOP_SECONDS"; then
    say "$1: stopped"
  else
    say "$1: killed, it did not end within $STOP_SECONDS s"
  fi
  kill_group "$pid"
  wait_until_gone "$pid" 5 || fail "$EXIT_UNHEALTHY" "$1 (process $pid) cannot be stopped"
  rm -f "$2"
}

stop_service 'Web server' "$GUNICORN_PID" "$GUNICORN_LOOKS"
stop_service 'Worker' "$CELERY_PID" "$CELERY_LOOKS"
stop_service 'Broker' "$REDIS_PID" "$REDIS_LOOKS"
