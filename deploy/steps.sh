# shellcheck shell=bash
# Steps of test.sh that run beside the others. Sourced after common.sh; needs the folder $WORK.

# Starts the function run_NAME, in a process group of its own; what it says and how it ended are kept for its turn.
begin() { # NAME
  set -m
  (set +e; (set -e && "run_$1") >"$WORK/$1.log" 2>&1; echo $? >"$WORK/$1.status") &
  set +m
}

await() { # NAME
  until [[ -s $WORK/$1.status ]]; do sleep 0.2; done
  cat "$WORK/$1.log"
  return "$(<"$WORK/$1.status")"
}

# Says once more what failed steps said last: where a long log is cut in the middle, its end is kept.
retell() { # NAME...
  local step
  for step; do
    printf '\n=== %s failed; its last lines\n' "$step"
    tail -n 25 "$WORK/$step.log"
  done
}

# For the trap on EXIT. Most steps have ended by then, and a trap that fails would become how the tests ended.
end_steps() {
  local group
  for group in $(jobs -rp); do kill -- "-$group" 2>/dev/null || true; done
  rm -rf "$WORK"
}
