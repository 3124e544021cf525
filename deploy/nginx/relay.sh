#!/bin/sh
# Starts nginx before the gates. SITE_URL and INGEST_SECRET: whom it asks for each key, and by what it is known there;
# GATE: where it pushes to. nginx replaces this shell, so that SIGTERM reaches it.
set -eu
: "${SITE_URL:?the address of the site}" "${INGEST_SECRET:?the secret that the site knows}" "${GATE:?HOST:PORT of gates}"
here="$(dirname "$0")"
export RELAY_LISTEN="${RELAY_LISTEN:-1935}"
export RELAY_ASKS="${RELAY_ASKS:-127.0.0.1:1938}"
export RELAY_FOLDER="${RELAY_FOLDER:-/tmp}"
export RTMP_MODULE="${RTMP_MODULE:-/usr/lib/nginx/modules/ngx_rtmp_module.so}"

umask 077
# shellcheck disable=SC2016 # names for envsubst
envsubst '$RTMP_MODULE $RELAY_FOLDER $RELAY_LISTEN $RELAY_ASKS $SITE_URL $GATE $INGEST_SECRET' \
    <"$here/rtmp.conf.template" >"$RELAY_FOLDER/nginx.conf"

# nginx tells the name of a stream, which is its key, in some of its lines: who reads logs must not publish by them.
said="$RELAY_FOLDER/said"
rm -f "$said"
mkfifo "$said"
sed -u 's/plenary_live_[A-Za-z0-9_-]*/plenary_live_…/g' <"$said" >&2 &
exec nginx -p "$RELAY_FOLDER" -c "$RELAY_FOLDER/nginx.conf" -e stderr -g 'daemon off;' 2>"$said"
