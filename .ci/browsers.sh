#!/usr/bin/env bash
# Install Debian's Chromium and Firefox for the browser tests where that may be done; say so where it may not.
set -u
missing=()
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
command -v firefox-esr >/dev/null || command -v firefox >/dev/null || missing+=(firefox-esr)
[ "${#missing[@]}" = 0 ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get -qq update </dev/null && apt-get -qq install -y --no-install-recommends "${missing[@]}" </dev/null >/dev/null && exit 0
fi
echo "no ${missing[*]}, and none can be installed here (that needs root and apt): those browser tests are skipped"
exit 0
