#!/usr/bin/env bash
# Finds a Firefox for the tests, or brings Debian's as root, or says in one line what to install.
set -eu
for name in "${RYADOM_FIREFOX:-}" firefox-esr firefox "/Applications/Firefox.app/Contents/MacOS/firefox"; do
  if [ -n "$name" ] && command -v "$name" >/dev/null; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing Debian's firefox-esr (once) ..."
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update && apt-get install --yes --no-install-recommends firefox-esr; } >/tmp/ryadom-apt-firefox.log 2>&1 \
    || { tail -n 20 /tmp/ryadom-apt-firefox.log; exit 1; }
  exit 0
fi
echo "The tests need Firefox: install it (Debian: apt-get install firefox-esr; macOS: brew install --cask firefox) or name it in RYADOM_FIREFOX."
exit 1
