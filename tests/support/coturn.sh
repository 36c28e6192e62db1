#!/usr/bin/env bash
# Finds coturn for the tests, or brings Debian's as root, or says in one line what to install.
set -eu
for name in "${RYADOM_COTURN:-}" turnserver /opt/homebrew/bin/turnserver; do
  if [ -n "$name" ] && command -v "$name" >/dev/null; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing Debian's coturn (once) ..."
  export DEBIAN_FRONTEND=noninteractive
  # Its package would start a relay of its own on this machine; a policy-rc.d that says no is Debian's way to prevent that.
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
    chmod +x /usr/sbin/policy-rc.d
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  fi
  { apt-get update && apt-get install --yes --no-install-recommends coturn; } >/tmp/ryadom-coturn-apt.log 2>&1 \
    || { tail -n 20 /tmp/ryadom-coturn-apt.log; exit 1; }
  exit 0
fi
echo "The tests need coturn: install it (Debian: apt-get install coturn; macOS: brew install coturn) or name turnserver in RYADOM_COTURN."
exit 1
