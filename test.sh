#!/usr/bin/env bash
# Runs every check of this project; CI runs exactly this.
#
# Usage: ./test.sh [STEP...]      without a step: all of them, in this order
#   lint format imports migrations schema locks deploy sqlite postgresql coverage types pylint browser
#
# Needs Python 3.11, 3.12 or 3.13 and a package index; no root and no system package. Only the step browser needs
# more, Chromium and npm: root gets Chromium by apt-get; without them it is skipped loudly, and fails where CI is set.
# The steps types, pylint and browser run beside the others. Goes on after a failing step and ends with a table of the
# steps and the line 'N passed, N failed', which counts the unit tests of both runs.
# Exit codes: 0 all passed, 1 a step failed, 2 wrong usage, 3 the environment could not be made.
set -euo pipefail
cd -P "$(dirname "${BASH_SOURCE[0]}")"
. deploy/common.sh
. deploy/viewer.sh
. deploy/steps.sh

readonly ALL_STEPS=(
  lint format imports migrations schema locks deploy sqlite postgresql coverage types pylint browser
)
readonly PROCESSES=$(($(getconf _NPROCESSORS_ONLN) * 3 / 2))  # of tests, some of which wait for others
readonly SKIPPED=77  # what a step returns that could not run
WORK=$(mktemp -d "${TMPDIR:-/tmp}/proteinsplus-test.XXXXXX")
readonly WORK
trap end_steps EXIT
SUMMARY=()
FAILED=()

# The tests meet the settings that they set themselves, never those of the person who runs them.
isolate() {
  local name
  for name in $(compgen -e); do
    case $name in
      PPLUS_PYTHON) ;;
      PPLUS_* | LOCAL_*_MIRROR_DIR | PDB_FTP_* | DJANGO_* | CELERY_* | GUNICORN_* | COVERAGE_* | DATABASE_URL \
        | BROKER_URL | SECRET_KEY | DEBUG | ALLOWED_HOSTS | MEDIA_ROOT | MOUNT_POINT | SCHEMA_URL \
        | DEFAULT_JOB_CACHE_TIME | PYTHONPATH)
        unset "$name"
        ;;
    esac
  done
  export PPLUS_DATA_DIR=$WORK/var PPLUS_CCD=$PWD/var/ccd.sqlite MEDIA_ROOT=$WORK/media COVERAGE_FILE=$WORK/covered
  export KEPT_RUNS=$WORK/runs  # of tools, for the tests of both databases
  # The gate is for warnings of our own code; a bytecode cache of another user's run must not matter.
  export PYTHONDONTWRITEBYTECODE=1
}

python_files() {
  find . -name '*.py' -not -path './.venv/*' -not -path '*/node_modules/*' -not -path './var/*' -not -path './templates/*' \
    -not -path '*/migrations/*' -not -path './.*_cache/*' -print
}

run_lint() { "$BIN/ruff" check --output-format concise .; }
run_format() { "$BIN/ruff" format --check .; }
run_types() { "$PYTHON" -m mypy . .ci/*.py; }
run_imports() { "$BIN/lint-imports"; }
run_migrations() { "$PYTHON" manage.py makemigrations --check --dry-run; }

run_schema() {
  "$PYTHON" manage.py spectacular --fail-on-warn --validate --file "$WORK/schema.yml"
  cmp schema.yml "$WORK/schema.yml" \
    || { say 'schema.yml is out of date: python manage.py spectacular --file schema.yml' && return 1; }
}

# The existing pins are kept where they still satisfy pyproject.toml, so a newer release elsewhere changes nothing.
run_locks() {
  local lock source options
  for lock in requirements.txt requirements-dev.txt benchmarks/*/requirements.txt; do
    source=pyproject.toml options=()
    case $lock in
      requirements-dev.txt) options=(--extra dev) ;;
      benchmarks/*) source=${lock%.txt}.in ;;
    esac
    cp "$lock" "$WORK/lock.txt"
    "$BIN/uv" pip compile --quiet "$source" "${options[@]}" --generate-hashes --universal --python-version 3.11 \
      --no-header --no-annotate --output-file "$WORK/lock.txt"
    cmp "$lock" "$WORK/lock.txt" || { say "$lock does not follow from $source" && return 1; }
  done
}

run_pylint() { python_files | xargs "$PYTHON" -m pylint --score y --fail-under 9.5; }

# As on a server that the world reaches: Django's own list of what such a server must not forget.
run_deploy() {
  local sandbox=limits  # without bubblewrap a server that the world reaches has to accept that
  if command -v bwrap >/dev/null; then sandbox=auto; fi
  PPLUS_SANDBOX=$sandbox PPLUS_HOST=0.0.0.0 ALLOWED_HOSTS=structures.example PPLUS_BEHIND_PROXY=yes SECRET_KEY='' \
    "$PYTHON" manage.py check --deploy --fail-level WARNING
}

run_sqlite() { "$PYTHON" -m coverage run manage.py test --parallel "$PROCESSES" --noinput; }

run_postgresql() {
  # What meets no database has run by then; random histories differ between databases by a lock at most.
  # They mostly wait, for the database and for servers that they start, and by now little else runs.
  STATE_MACHINE=brief "$PYTHON" .ci/with_postgres.py "$PYTHON" manage.py test --parallel "$((PROCESSES + 1))" --noinput \
    --only-database
}

run_coverage() {
  "$PYTHON" -m coverage combine --quiet
  "$PYTHON" -m coverage report --skip-covered --fail-under 90
  "$PYTHON" -m coverage json --quiet -o "$WORK/coverage.json"
  "$PYTHON" .ci/check_coverage.py "$WORK/coverage.json" 80
}

chosen() { [[ " ${CHOSEN[*]} " == *" $1 "* ]]; }

has_chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null

run_viewer() { make_viewer; }

run_browser() {
  local missing=()
  await viewer
  if ! has_chromium && [[ $(id -u) -eq 0 ]] && command -v apt-get >/dev/null; then
    say 'Installing Chromium, which walks through the pages'
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } || true
  fi
  has_chromium || missing+=('Chromium (apt-get install chromium)')
  [[ -s $VIEWER.js ]] || missing+=('the 3D viewer, which make_viewer could not build (Node.js 20 with npm)')
  if [[ ${#missing[@]} -gt 0 ]]; then
    complain "THE PAGES WERE NOT TESTED IN A BROWSER. Missing: $(printf '%s; ' "${missing[@]}")"
    [[ -z ${CI:-} ]] || return 1
    return "$SKIPPED"
  fi
  # One after the other: each sets Django up for itself.
  local status=0
  "$PYTHON" -m pytest --quiet --durations 3 web/test/browser || status=1
  "$PYTHON" -m pytest --quiet --durations 5 browser_tests || status=1
  return "$status"
}

# Not called from an `if`: there, bash would ignore `set -e` inside the step.
run_step() { # NAME
  local began=$SECONDS status
  printf '\n=== %s\n' "$1"
  set +e
  case $1 in
    types | pylint | browser) await "$1" ;;
    *) (set -e && "run_$1") 2>&1 | tee "$WORK/$1.log" ;;
  esac
  status=$?
  set -e
  if [[ $status -eq 0 ]]; then
    SUMMARY+=("$(printf '%-12s passed %5d s' "$1" $((SECONDS - began)))")
  elif [[ $status -eq $SKIPPED ]]; then
    SUMMARY+=("$(printf '%-12s SKIPPED, see above' "$1")")
  else
    SUMMARY+=("$(printf '%-12s FAILED %5d s' "$1" $((SECONDS - began)))")
    FAILED+=("$1")
  fi
}

main() {
  local step
  CHOSEN=("$@")
  if [[ ${1:-} == -h || ${1:-} == --help ]]; then sed -n '2,11s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" && exit 0; fi
  for step in ${CHOSEN[@]+"${CHOSEN[@]}"}; do
    [[ " ${ALL_STEPS[*]} " == *" $step "* ]] || fail "$EXIT_USAGE" "no step $step; there are: ${ALL_STEPS[*]}"
  done
  [[ $# -gt 0 ]] || CHOSEN=("${ALL_STEPS[@]}")
  isolate
  find_python
  if chosen browser; then begin viewer; fi  # fetches while the environment is made
  make_environment requirements-dev.txt dev
  BIN=$(dirname "$PYTHON")
  compile_sources
  # What takes minutes of hardly more than one core runs beside the rest.
  if chosen types; then begin types; fi
  if chosen pylint; then begin pylint; fi
  make_component_dictionary
  if chosen browser; then begin browser; fi
  for step in "${CHOSEN[@]}"; do run_step "$step"; done
  retell ${FAILED[@]+"${FAILED[@]}"}
  printf '\n%s\n' '=== summary'
  printf '%s\n' "${SUMMARY[@]}" "total               $SECONDS s"
  "$PYTHON" .ci/count_tests.py "$WORK/sqlite.log" "$WORK/postgresql.log"
  [[ ${#FAILED[@]} -eq 0 ]]
}

main "$@"
