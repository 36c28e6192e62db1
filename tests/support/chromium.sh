#!/usr/bin/env bash
# Finds a Chromium for the tests, or brings Debian's as root, or says in one line what to install.
set -eu
for name in "${RYADOM_CHROMIUM:-}" chromium chromium-browser google-chrome \
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
  if [ -n "$name" ] && command -v "$name" >/dev/null; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing Debian's chromium (once) ..."
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update && apt-get install --yes --no-install-recommends chromium fonts-dejavu-core; } >/tmp/ryadom-apt.log 2>&1 \
    || { tail -n 20 /tmp/ryadom-apt.log; exit 1; }
  exit 0
fi
echo "The tests need Chromium: install it (Debian: apt-get install chromium; macOS: brew install --cask chromium) or name it in RYADOM_CHROMIUM."
exit 1
