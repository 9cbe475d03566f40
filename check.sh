#!/usr/bin/env bash
# For operators: is the server set up safely, and does it do its job?
#
# Usage: ./check.sh [URL]      URL of the server, by default the one that start.sh starts here
#
# Exit codes: 0 all is well, 2 wrong usage, 3 no Python environment, 4 something is wrong (what, is said).
set -euo pipefail
cd -P "$(dirname "${BASH_SOURCE[0]}")"
. deploy/common.sh

[[ $# -le 1 && ${1:-} != -* ]] || fail "$EXIT_USAGE" 'usage: ./check.sh [URL]'
load_settings
set_defaults
use_environment
status=0
"$PYTHON" manage.py check --deploy || status=$EXIT_UNHEALTHY
"$PYTHON" manage.py check_server "${1:-$(local_url)}" || status=$EXIT_UNHEALTHY
exit "$status"
