#!/usr/bin/env bash
# Install Debian's Tesseract with the eight languages for the OCR tests where that may be done; say so where it may not.
set -u
has=$(tesseract --list-langs 2>/dev/null)
packages=()
for name in deu ell eng fra ita ron spa swe; do
  grep -qx "$name" <<<"$has" || packages+=("tesseract-ocr-$name")
done
[ ${#packages[@]} = 0 ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get -qq update </dev/null && apt-get -qq install -y --no-install-recommends tesseract-ocr "${packages[@]}" </dev/null >/dev/null && exit 0
fi
echo "no Tesseract with ${packages[*]}, and none can be installed here (that needs root and apt): OCR tests are skipped"
exit 0
