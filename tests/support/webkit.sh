#!/usr/bin/env bash
# Finds WebKitGTK's driver and a screen without a monitor for the tests, or brings Debian's as root, or says in one line what to install.
set -eu
if command -v "${RYADOM_WEBKIT_DRIVER:-WebKitWebDriver}" >/dev/null && command -v Xvfb >/dev/null; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing Debian's webkit2gtk-driver and xvfb (once) ..."
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update && apt-get install --yes --no-install-recommends webkit2gtk-driver xvfb fonts-dejavu-core; } >/tmp/ryadom-apt-webkit.log 2>&1 \
    || { tail -n 20 /tmp/ryadom-apt-webkit.log; exit 1; }
  exit 0
fi
echo "The tests need WebKitGTK: install it (Debian: apt-get install webkit2gtk-driver xvfb) or name its driver in RYADOM_WEBKIT_DRIVER."
exit 1
