#!/bin/sh
# Writes the four lists of requirements anew from pyproject.toml, for every system and Python version at once,
# with hashes and without the address of any index. Give packages to renew:  packaging/lock.sh -P ruff -P mypy
set -eu
cd "$(dirname "$0")/.."
tools=build/lock
[ -x "$tools/bin/uv" ] || { .venv/bin/python -m venv "$tools" && "$tools/bin/python" -m pip install -q uv; }

lock() {
    "$tools/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
        --no-header --no-emit-index-url --no-emit-find-links "$@"
}

lock pyproject.toml -o requirements.txt "$@"
lock pyproject.toml --extra central -c requirements.txt -o requirements-central.txt "$@"
lock pyproject.toml --extra central --extra dev -c requirements-central.txt -o requirements-dev.txt "$@"
echo hatchling > build/build.in
lock build/build.in -c requirements-dev.txt -o requirements-build.txt
packaging/setup.sh dev
.venv/bin/python packaging/third_party.py
