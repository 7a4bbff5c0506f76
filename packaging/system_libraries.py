"""Tells which Debian packages Qt lacks here: those always needed, and those needed for a real screen."""

import argparse
import ctypes
import sys

NEEDED = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
}
"""Without these Qt does not even start off-screen."""

FOR_A_SCREEN = {
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-shape.so.0": "libxcb-shape0",
}


def missing_packages(libraries: dict[str, str]) -> list[str]:
    """The packages of those libraries that the system's loader cannot load."""
    missing = []
    for library, package in libraries.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            missing.append(package)
    return missing


def main() -> int:
    """Print the missing packages on one line; nothing when all are there or the system is not Linux."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--screen", action="store_true", help="also those needed for a real screen")
    asked = parser.parse_args()
    if sys.platform.startswith("linux"):
        libraries = NEEDED | FOR_A_SCREEN if asked.screen else NEEDED
        sys.stdout.write(" ".join(missing_packages(libraries)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
