#!/bin/sh
# Starts the program on the demo borough; without a display it walks the main job off-screen instead.
set -eu
cd "$(dirname "$0")/.."
out="${1:-out}"

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || [ "$(uname -s)" = Darwin ]; then
    exec .venv/bin/mdt-desktop --demo
fi

echo "This machine has no display. The program now walks its main job off-screen on the demo borough:"
echo "each step is left as a picture and each document as a PDF in $out."
export QT_QPA_PLATFORM=offscreen
mkdir -p "$out"
.venv/bin/mdt-desktop --walk "$out"
echo "Done: $(find "$out" -name '*.png' | wc -l | tr -d ' ') pictures and \
$(find "$out" -name '*.pdf' | wc -l | tr -d ' ') documents are in $out."
echo "Pictures of every page, in both themes and two sizes: .venv/bin/mdt-desktop --tour $out/tour"
