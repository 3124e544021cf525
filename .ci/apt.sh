#!/bin/sh
# Installs Debian packages as root, patiently: mirrors are slow and break off. Services among them are not started.
set -eu
export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi
options="-o Acquire::Retries=5 -o Acquire::http::Timeout=60 -o DPkg::Lock::Timeout=300"

for attempt in 1 2 3; do
    # shellcheck disable=SC2086
    if timeout 300 apt-get update -qq $options &&
        timeout 900 apt-get install -y -qq --no-install-recommends $options "$@"; then
        exit 0
    fi
    echo "apt-get did not succeed (attempt $attempt of 3)" >&2
    sleep 10
done
exit 1
