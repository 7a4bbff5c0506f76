#!/bin/sh
# Starts the program on the demo borough; without a display it walks the main job off-screen instead.
set -eu
cd "$(dirname "$0")/.."
out="${1:-out}"

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || [ "$(uname -s)" = Darwin ]; then
    exec .venv/bin/mdt-desktop --demo
fi

echo "This machine has no display. The program now walks its main job off-screen on the demo borough:"
echo "each page is left as a picture in $out/screens, each step and document of the job as PNG and PDF in $out."
export QT_QPA_PLATFORM=offscreen
mkdir -p "$out/screens"
.venv/bin/mdt-desktop --walk "$out"
.venv/bin/mdt-desktop --demo --tour "$out/screens"
echo "Done: $(find "$out" -name '*.png' | wc -l | tr -d ' ') pictures and \
$(find "$out" -name '*.pdf' | wc -l | tr -d ' ') documents are in $out."
