#!/usr/bin/env bash
# A launchctl for the tests, with the answers and exit codes of the real one. Its state is a file of lines
# 'LABEL loaded|unloaded enabled|disabled' in $FAKE_LAUNCHD/state; each call is written to $FAKE_LAUNCHD/calls.
# FAKE_FAIL='VERB EXIT MESSAGE' makes one verb fail; FAKE_LINGER=N keeps a job loaded for N looks after its bootout;
# FAKE_WORDS=old lists overrides as older systems do; FAKE_SESSION=none has no such session.
set -eu
state=$FAKE_LAUNCHD/state
echo "$*" >>"$FAKE_LAUNCHD/calls"
label=${2##*/}

fail() { printf '%s\n' "$2" >&2; exit "$1"; }
column() { awk -v label="$label" -v n="$1" '$1 == label { print $n }' "$state"; }
put() { # put LABEL LOADED OVERRIDE
  awk -v label="$1" '$1 != label' "$state" >"$state.new"
  echo "$1 $2 $3" >>"$state.new"
  mv "$state.new" "$state"
}
loaded() { [ "$(column 2)" = loaded ]; }
override() { local now; now=$(column 3); echo "${now:-enabled}"; }

read -r verb code message <<<"${FAKE_FAIL:-none 0 none}"
if [ "$1" = "$verb" ]; then fail "$code" "$message"; fi

case $1 in
  print)
    [ "${FAKE_SESSION:-}" != none ] || fail 125 'Could not find domain for user gui: 501'
    left=$(cat "$FAKE_LAUNCHD/lingering" 2>/dev/null || echo 0)
    if [ "$left" -gt 0 ]; then
      echo $((left - 1)) >"$FAKE_LAUNCHD/lingering"
    elif ! loaded; then
      fail 113 "Bad request.
Could not find service \"$label\" in domain for user gui: 501"
    fi
    printf '%s = {\n\tactive count = 0\n\ttype = LaunchAgent\n\tstate = not running\n}\n' "$2"
    ;;
  print-disabled)
    printf '\n\tdisabled services = {\n\t\t"com.apple.Siri.agent" => enabled\n'
    while read -r name _ word; do
      if [ "${FAKE_WORDS:-}" = old ]; then [ "$word" = disabled ] && word=true || word=false; fi
      printf '\t\t"%s" => %s\n' "$name" "$word"
    done <"$state"
    printf '\t}\n\tlogin item associations = {\n\t}\n'
    ;;
  disable) put "$label" "$(loaded && echo loaded || echo unloaded)" disabled ;;
  enable) put "$label" "$(loaded && echo loaded || echo unloaded)" enabled ;;
  bootout)
    loaded || fail 3 'Boot-out failed: 3: No such process'
    put "$label" unloaded "$(override)"
    if [ -n "${FAKE_LINGER:-}" ]; then
      echo "$FAKE_LINGER" >"$FAKE_LAUNCHD/lingering"
      fail 36 'Boot-out failed: 36: Operation now in progress'
    fi
    ;;
  bootstrap)
    label=$(basename "$3" .plist)
    [ -f "$3" ] || fail 2 'Bootstrap failed: 2: No such file or directory'
    if loaded || [ "$(override)" = disabled ]; then
      fail 5 'Bootstrap failed: 5: Input/output error
Try re-running the command as root for richer errors.'
    fi
    put "$label" loaded enabled
    ;;
  *) fail 64 "Unrecognized subcommand: $1" ;;
esac
