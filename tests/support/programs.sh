#!/usr/bin/env bash
# Finds the programs the tests work with (browsers, relay, screen, networks), or brings Debian's as root, or says what to install.
set -eu
missing=""

# need PACKAGES NAME...: one of these commands has to be there.
need() {
  packages=$1
  shift
  for name; do
    if [ -n "$name" ] && command -v "$name" >/dev/null; then return; fi
  done
  missing="$missing $packages"
}

need "chromium fonts-dejavu-core" "${RYADOM_CHROMIUM:-}" chromium chromium-browser google-chrome \
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" "/Applications/Chromium.app/Contents/MacOS/Chromium"
need firefox-esr "${RYADOM_FIREFOX:-}" firefox-esr firefox "/Applications/Firefox.app/Contents/MacOS/firefox"
need webkit2gtk-driver "${RYADOM_WEBKIT_DRIVER:-}" WebKitWebDriver
need xvfb Xvfb
need coturn "${RYADOM_COTURN:-}" turnserver /opt/homebrew/bin/turnserver
need iproute2 ip

if [ -z "$missing" ]; then exit 0; fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "The tests need, by Debian's names:$missing. Install them, or name yours in RYADOM_CHROMIUM, _FIREFOX, _WEBKIT_DRIVER, _COTURN."
  exit 1
fi
echo "Installing Debian's$missing (once) ..."
export DEBIAN_FRONTEND=noninteractive
# coturn's package would start a relay of its own on this machine; a policy-rc.d that says no is Debian's way to prevent that.
if [ ! -e /usr/sbin/policy-rc.d ]; then
  printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
  chmod +x /usr/sbin/policy-rc.d
  trap 'rm -f /usr/sbin/policy-rc.d' EXIT
fi
log=$(mktemp)
# shellcheck disable=SC2086  # a list of packages
{ apt-get update && apt-get install --yes --no-install-recommends $missing; } >"$log" 2>&1 || { tail -n 20 "$log"; exit 1; }
rm -f "$log"
