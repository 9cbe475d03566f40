#!/usr/bin/env bash
# Makes the wheel of a release: all that is committed and the 3D viewer, for machines without Node.js and git.
#
# Usage: deploy/release.sh [FOLDER]      where the wheel goes, by default dist/
#
# Needs git, uv (test.sh brings it) and, unless the viewer is up to date, npm.
# Exit codes: 0 made, 1 something is not committed, 2 wrong usage, 3 the viewer or the wheel could not be made.
set -euo pipefail
cd -P "$(dirname "${BASH_SOURCE[0]}")/.."
. deploy/common.sh
. deploy/viewer.sh

field() { sed -n "s/^$1 = //p" pyproject.toml | head -n 1; } # NAME, as TOML writes its value

# The wheel is a carrier without requirements: start.sh of what it carries installs those, by their hashes.
describe_wheel() {
  cat <<END
[build-system]
requires = ["uv_build>=0.8"]
build-backend = "uv_build"

[project]
name = $(field name)
version = $(field version)
description = $(field description)
requires-python = $(field requires-python)
license = $(field license)
license-files = ["LICENSE", "viewer.licenses.txt"]
scripts = { proteinsplus-open = "proteinsplus_open:main" }

[tool.uv.build-backend]
module-root = ""
END
}

fill() { # FOLDER
  local carried=$1/proteinsplus_open/project
  mkdir -p "$carried"
  git archive HEAD | tar -x -C "$carried"
  cp "$VIEWER".* "$carried/${VIEWER%/*}/"
  cp deploy/lay_out.py "$1/proteinsplus_open/__init__.py"
  cp LICENSE "$VIEWER.licenses.txt" "$1/"
  describe_wheel >"$1/pyproject.toml"
}

main() {
  local uv output=${1:-dist} stage
  [[ $# -le 1 && $output != -* ]] || fail "$EXIT_USAGE" 'usage: deploy/release.sh [FOLDER]'
  set_defaults
  [[ -z $(git status --porcelain --untracked-files=no) ]] \
    || fail "$EXIT_REFUSED" 'a release is made of what is committed; see git status'
  uv=$(find_uv) || fail "$EXIT_ENVIRONMENT" 'no uv on PATH or in .venv'
  make_viewer
  is_viewer_current || fail "$EXIT_ENVIRONMENT" 'a release carries the 3D viewer, and there is none of these sources'
  stage=$(mktemp -d "${TMPDIR:-/tmp}/proteinsplus-release.XXXXXX")
  trap "rm -rf '$stage'" EXIT
  fill "$stage"
  "$uv" build --quiet --wheel --out-dir "$output" "$stage" || fail "$EXIT_ENVIRONMENT" 'the wheel could not be built'
  say "Release: $(ls -t "$output"/proteinsplus_open-*.whl | head -n 1)"
}

main "$@"
