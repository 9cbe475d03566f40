# shellcheck shell=bash
# Builds the 3D viewer of the pages from web/viewer. Sourced after common.sh.

readonly VIEWER=web/static/web/viewer

viewer_digest() { cat web/viewer/{package.json,package-lock.json,*.mjs,*.js,*.css} | checksum /dev/stdin; }

is_viewer_current() { [[ -s $VIEWER.js && -f $VIEWER.digest && $(<"$VIEWER.digest") == "$(viewer_digest)" ]]; }

# Builds the viewer unless it is there and of these sources. Never fatal: pages do without it and say so.
make_viewer() {
  local log=$PPLUS_DATA_DIR/viewer.log
  mkdir -p "$PPLUS_DATA_DIR"
  if is_viewer_current; then
    say '3D viewer: up to date'
  elif ! command -v npm >/dev/null; then
    say '3D viewer: npm is not installed, so pages have tables and files but no 3D view; to have it, take a release,' \
      'which carries it, or install Node.js 20 or newer and run this again'
  elif say '3D viewer: building' && (build_viewer) >"$log" 2>&1 9>&-; then
    viewer_digest >"$VIEWER.digest"
  else
    say "3D viewer: the build failed (log: $log), so pages have tables and files but no current 3D view"
  fi
}

build_viewer() {
  mkdir -p "${VIEWER%/*}" && rm -f "$VIEWER.digest" && cd web/viewer || return
  # Installing takes a minute, building seconds.
  [[ node_modules/.package-lock.json -nt package-lock.json ]] || npm ci || return
  npm run build
}
