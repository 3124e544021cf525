#!/bin/sh
# The whole suite: on throwaway PostgreSQL and Redis (or TEST_DATABASE_URL, TEST_REDIS_URL), in a real browser.
# BROWSER=skip leaves the browser tests out, HAPROXY=skip those of the production roles, NGINX=skip those of nginx before
# live streams; arguments go to pytest.
# One process more than cores, since browsers and servers are waited for; at most four, each on services of its own,
# whose database is a copy of one that is migrated while they collect (tests/plugins/beginning.py).
# TEST_PROCESSES=0 keeps everything in one.
set -eu
cd "$(dirname "$0")/.."
# Where it is set, as in many images, each of the hundred processes that the tests start compiles all sources anew.
unset PYTHONDONTWRITEBYTECODE

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
if [ "${NGINX:-}" != skip ] && [ ! -e /usr/lib/nginx/modules/ngx_rtmp_module.so ] &&
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    printf '%s\n' "Installing nginx with its RTMP module for the tests of live streams" >&2
    sh .ci/apt.sh nginx libnginx-mod-rtmp gettext-base || true
fi
if [ -n "${TEST_DATABASE_URL:-}${TEST_REDIS_URL:-}" ]; then
    TEST_PROCESSES=0 # what was given is shared, and only one process at a time can empty it
fi
processes="${TEST_PROCESSES:-$(.venv/bin/python -c 'import os; print(min(4, (os.cpu_count() or 1) + 1))')}"
# Without a browser, haproxy or nginx the suite still runs, says so in its last lines, and fails.
# What failed in the whole suite is run once more alone (tests/again.py); in a part of it, it is not.
module=pytest
[ "$#" -gt 0 ] || module=tests.again
exec .venv/bin/python -m "$module" --numprocesses "$processes" --dist loadfile --no-loadscope-reorder "$@"
