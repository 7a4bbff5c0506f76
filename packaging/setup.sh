#!/bin/sh
# Sets up everything that "make run" (argument: run), "make demo-sync" (central) or "make test" (dev) needs, on a
# machine that has Python 3.11, 3.12 or 3.13 and nothing else. A second call finds its own mark and ends at once.
set -eu
cd "$(dirname "$0")/.."

purpose="${1:-run}"
venv=.venv
case "$purpose" in
    run) requirements="requirements.txt requirements-build.txt" ;;
    central) requirements="requirements-central.txt requirements-build.txt" ;;
    dev) requirements="requirements-dev.txt" ;;
    *) echo "usage: packaging/setup.sh run|central|dev" >&2; exit 2 ;;
esac

say() { echo "setup: $*"; }
stop() { echo "setup: $*" >&2; exit 1; }

# Runs a command as root where that needs no question; fails quietly where it would.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then sudo -n "$@"
    else return 1
    fi
}

# Installs Debian packages; fails where there is no apt or no right to use it.
apt_install() {
    command -v apt-get >/dev/null 2>&1 || return 1
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >&2 && return 0
    # The list of packages may be empty or old.
    as_root apt-get update -q >&2 || return 1
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >&2
}

in_range='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))'

find_python() {
    for name in ${PYTHON:-} python3.11 python3.12 python3.13 python3 /usr/bin/python3.11 /usr/bin/python3; do
        # A name on the path is not enough: version switchers leave names that do not run.
        if "$name" -c "$in_range" >/dev/null 2>&1; then echo "$name"; return 0; fi
    done
    return 1
}

check_libraries() {
    wanted=$("$venv/bin/python" packaging/system_libraries.py)
    if [ -n "$wanted" ]; then
        say "installing system libraries: $wanted"
        # Word splitting is meant: one package a word.
        apt_install $wanted || stop "These system libraries are missing and could not be installed from here.
       Please run:  sudo apt-get install $wanted"
        left=$("$venv/bin/python" packaging/system_libraries.py)
        [ -z "$left" ] || stop "The system still does not find the libraries of: $left"
    fi
    # Libraries for a real screen matter only where there is one, and never stop the tests.
    if [ "$purpose" = run ] && [ -n "${DISPLAY:-}" ]; then
        wanted=$("$venv/bin/python" packaging/system_libraries.py --screen)
        if [ -n "$wanted" ] && ! apt_install $wanted; then
            say "The window may not open on this screen. If so, please run:  sudo apt-get install $wanted"
        fi
    fi
}

# Programs that only tests start. What cannot be installed is said and skipped by those tests; .ci/run fails without it.
check_test_programs() {
    [ "$purpose" = dev ] || return 0
    wanted=$("$venv/bin/python" packaging/system_libraries.py --tests)
    [ -n "$wanted" ] || return 0
    # It was tried when the environment was made; trying at each call would cost half a minute each time.
    if [ "$1" = first ] || [ "${CI:-}" = true ]; then
        say "installing what only tests start: $wanted"
        # Word splitting is meant: one package a word.
        apt_install $wanted && return 0
    fi
    say "Not installed, so the tests that start it are skipped: $wanted
       To run them too:  sudo apt-get install --no-install-recommends $wanted"
}

# The mark says which requirements the environment was made from; a change to any of them makes it again.
fingerprint() {
    { cat $requirements pyproject.toml packaging/setup.sh; "$venv/bin/python" -V; pwd; } | cksum
}
mark="$venv/.ready-$purpose"

if [ -x "$venv/bin/python" ] && "$venv/bin/python" -c "$in_range" 2>/dev/null; then
    if [ -f "$mark" ] && [ "$(cat "$mark")" = "$(fingerprint)" ]; then
        # Libraries may have been removed since, and a screen attached; looking takes 30 ms.
        check_libraries
        check_test_programs again
        exit 0
    fi
fi

python=$(find_python) || stop "Python 3.11, 3.12 or 3.13 is needed and none was found.
       On Debian 12:  sudo apt-get install python3 python3-venv
       Elsewhere name one:  make test PYTHON=/path/to/python3.11"

if ! { [ -x "$venv/bin/python" ] && "$venv/bin/python" -c "$in_range" 2>/dev/null \
        && "$venv/bin/python" -m pip --version >/dev/null 2>&1; }; then
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        say "installing python$version-venv, which Debian keeps apart from Python"
        apt_install "python$version-venv" || stop "Python's venv module is missing and could not be installed from here.
       Please run:  sudo apt-get install python$version-venv"
    fi
    say "making the environment in $venv with $("$python" -V)"
    "$python" -m venv --clear "$venv"
fi

export PIP_DISABLE_PIP_VERSION_CHECK=1
for list in $requirements; do
    say "installing what $list names, each file checked by its hash"
    "$venv/bin/python" -m pip install -q --require-hashes --only-binary :all: -r "$list" \
        || stop "The packages of $list could not be installed; the lines above say why.
       A network connection to the Python package index is needed once."
done

say "installing the program itself"
"$venv/bin/python" -m pip install -q --no-deps --no-build-isolation -e . \
    || stop "The program could not be installed into $venv; the lines above say why."

packages=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
# The build also copies resources/ and db/ there; in a checkout the program reads the originals, so the copies go.
rm -rf "$packages/mdt_desktop"

# Python may be told not to write byte code; start-up then takes three times as long. So it is written here.
say "compiling"
# Some packages carry templates and files of other Python versions that do not compile and are never imported.
"$venv/bin/python" -m compileall -q -j 0 "$packages" >/dev/null 2>&1 || true

check_libraries
check_test_programs first
fingerprint > "$mark"
say "ready"
