#!/bin/sh
# Runs a command with the packages installed, as the owner of this folder. The container starts it as root.
set -eu
uid=$(stat -c %u .)
gid=$(stat -c %g .)
chown "$uid:$gid" node_modules
export HOME=/tmp
as_owner() {
  setpriv --reuid="$uid" --regid="$gid" --clear-groups "$@"
}

# npm ci only where package-lock.json is another than at the last time.
if ! cmp -s package-lock.json node_modules/.installed-lock.json; then
  as_owner npm ci --no-audit --no-fund
  as_owner cp package-lock.json node_modules/.installed-lock.json
fi
exec setpriv --reuid="$uid" --regid="$gid" --clear-groups "$@"
