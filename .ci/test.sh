#!/bin/sh
# The whole suite: on throwaway PostgreSQL and Redis (or TEST_DATABASE_URL, TEST_REDIS_URL), in a real browser.
# BROWSER=skip leaves the browser tests out, HAPROXY=skip those of the production roles; arguments go to pytest.
set -eu
cd "$(dirname "$0")/.."

found() { .venv/bin/python -c 'import sys; from tests.plugins.browser import executable; sys.exit(executable() is None)'; }

bring_browser() {
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        printf '%s\n' "Installing Chromium for the browser tests" >&2
        sh .ci/apt.sh chromium || true
    fi
    if ! found; then
        printf '%s\n' "Downloading Playwright's Chromium for the browser tests" >&2
        timeout 600 .venv/bin/playwright install chromium || true
    fi
}

if [ "${BROWSER:-}" != skip ] && ! found; then
    bring_browser
fi
if [ "${HAPROXY:-}" != skip ] && ! command -v haproxy >/dev/null 2>&1 &&
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    printf '%s\n' "Installing haproxy for the tests of the production roles" >&2
    sh .ci/apt.sh haproxy || true
fi
# Without a browser or haproxy the suite still runs, says so in its last lines, and fails.
exec .venv/bin/python -m pytest "$@"
