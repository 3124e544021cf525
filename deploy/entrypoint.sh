#!/bin/sh
# One entry point a role: web, live, worker, bulk, files, media, drain, ingest, hear, beat, migrate. Anything else is a command to run.
# Each role replaces this shell, so that SIGTERM reaches it and a deploy ends it in order.
set -eu
cd "$(dirname "$0")/.."

role="${1:-web}"
export DJANGO_SETTINGS_MODULE=events_platform.settings
export PLENARY_ROLE="$role"
bind="${BIND:-0.0.0.0}"
port="${PORT:-8000}"

# $1: the role's queues, which it empties in this order. Gossip and mingle let workers know each other, which nothing here needs.
celery_worker() {
    exec celery --app=events_platform --quiet worker --queues="$1" --concurrency="$2" --hostname="$role@%h" \
        --loglevel="${LOG_LEVEL:-INFO}" --without-gossip --without-mingle
}

# A wrong environment is told in one line here; servers and workers would tell it in a traceback for each process.
case "$role" in
    web | live | worker | bulk | files | media | ingest | hear | beat) python -m events_platform.plainly ;;
esac

case "$role" in
    web)
        # Threads share a process' database connections; processes use the cores. Recycling bounds what a leak can take.
        exec gunicorn events_platform.wsgi:application --bind "$bind:$port" \
            --worker-class gthread --workers "${WEB_PROCESSES:-2}" --threads "${WEB_THREADS:-4}" \
            --timeout 60 --graceful-timeout 25 --keep-alive 65 --max-requests 20000 --max-requests-jitter 2000 \
            --worker-tmp-dir "${WORKER_TMP:-/tmp}" --no-control-socket
        ;;
    live)
        exec python -m apps.live.server events_platform.asgi:application --host "$bind" --port "$port"
        ;;
    worker)
        celery_worker rounds,default "${WORKER_PROCESSES:-2}"
        ;;
    bulk)
        celery_worker bulk "${BULK_PROCESSES:-2}"
        ;;
    files)
        celery_worker files "${FILES_PROCESSES:-1}"
        ;;
    media)
        # Each process runs one ffmpeg, which has its share of the cores: as many processes as cores are one ffmpeg a core.
        processes="${MEDIA_PROCESSES:-1}"
        share=$((($(nproc) + processes - 1) / processes))
        export FFMPEG_THREADS="${FFMPEG_THREADS:-$((share < 64 ? share : 64))}"
        celery_worker media "$processes"
        ;;
    drain)
        exec python manage.py drain
        ;;
    ingest)
        exec python manage.py ingest --host "$bind"
        ;;
    hear)
        exec python manage.py hear
        ;;
    beat)
        # The schedule is in the settings; the file only remembers the last round and may be lost.
        exec celery --app=events_platform --quiet beat --loglevel="${LOG_LEVEL:-INFO}" --pidfile= \
            --schedule="${WORKER_TMP:-/tmp}/beat-schedule"
        ;;
    migrate)
        exec python manage.py migrate --noinput
        ;;
    *)
        exec "$@"
        ;;
esac
