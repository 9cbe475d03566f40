#!/usr/bin/env bash
# Removes what nobody has used for a while: stale jobs, unused molecules, files without a row. Meant for cron, nightly.
#
# Usage: ./clean.sh [--verbose]
#
# Says nothing when all is well, so that cron sends no mail. May run beside the server; two runs at once are refused.
# Exit codes: 0 done, 1 another run is active, 2 wrong usage, 3 no Python environment, 4 something went wrong.
set -euo pipefail
cd -P "$(dirname "${BASH_SOURCE[0]}")"
. deploy/common.sh

load_settings
set_defaults
case ${1:-} in
  '') verbose=no ;;
  --verbose) verbose=yes ;;
  *) fail "$EXIT_USAGE" 'usage: ./clean.sh [--verbose]' ;;
esac
take_lock clean
use_environment
if [[ $verbose == yes ]]; then
  "$PYTHON" manage.py clean_molecule_data
  exit
fi
if ! output=$("$PYTHON" manage.py clean_molecule_data 2>&1); then
  printf '%s\n' "$output" >&2
  fail "$EXIT_UNHEALTHY" 'the clean-up failed'
fi
