#!/bin/sh
# All checks by name, then the tests. Every step runs even when an earlier one failed, so that one call shows all;
# the exit code is 0 only when each of them passed.
set -u
cd "$(dirname "$0")/.."
bin=.venv/bin
export QT_QPA_PLATFORM=offscreen
failed=""

step() {
    name="$1"
    shift
    echo "== $name"
    "$@" || failed="$failed $name;"
}

step "style (ruff)" "$bin/ruff" check .
step "types (mypy --strict)" "$bin/python" -m mypy --strict
step "floors (import-linter)" "$bin/lint-imports"

[ -z "$failed" ] || echo "== already failed:$failed the tests follow, and this run ends as failed"
echo "== tests (pytest)"
# Thousands of small stores are made and flushed to disk: in memory where there is room, so that no disk is waited for.
free_kb=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
if [ -w /dev/shm ] && [ "${free_kb:-0}" -gt 4000000 ]; then
    TMPDIR=$(mktemp -d /dev/shm/mdt-tests-XXXXXX)
    chmod 711 "$TMPDIR" # PostgreSQL's own account has to pass through it to its folder
    export TMPDIR
    trap 'rm -rf "$TMPDIR"' EXIT
    trap 'exit 130' INT TERM
fi
workers="${WORKERS:-3}" # many tests wait for other processes, so that two cores have room for three
[ "$workers" -gt 1 ] && spread="-n $workers --dist loadfile" || spread=""
# Word splitting is meant.
"$bin/python" -m pytest -m "not soak" $spread "$@"
tests=$?
[ -z "$failed" ] || exit 1
exit "$tests"
