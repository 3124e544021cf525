#!/bin/sh
# Everything a reviewer should not have to look for. Runs every step, then says which failed.
set -u
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH"
unset PYTHONDONTWRITEBYTECODE # what one command compiled serves the next
failed=""

step() {
    name="$1"
    shift
    printf '%s\n' "== $name"
    "$@" || failed="$failed $name,"
}

private_key="
from cryptography.hazmat.primitives import serialization as kept
from cryptography.hazmat.primitives.asymmetric import rsa
key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
print(key.private_bytes(kept.Encoding.PEM, kept.PrivateFormat.PKCS8, kept.NoEncryption()).decode())"

production() {
    env "$@" DATABASE_URL=postgres://plenary:secret@db.example.org/plenary REDIS_URL=rediss://redis.example.org:6379/0 \
        AWS_STORAGE_BUCKET_NAME=plenary-example AWS_REGION=eu-central-1 EMAIL_URL=ses://eu-central-1 \
        ANYMAIL_WEBHOOK_SECRET=sns:a-password-of-twenty-letters \
        DEFAULT_FROM_EMAIL="Plenary <hello@example.org>" SITE_URL=https://events.example.org \
        ALLOWED_HOSTS=events.example.org TRUSTED_PROXIES=1 \
        SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(50))')" \
        python -m django check --deploy --fail-level WARNING --settings events_platform.settings
}

# The types take as long as all the rest: a core of their own, and their words in their turn.
told="$(mktemp)"
mypy >"$told" 2>&1 &
types=$!
trap 'kill "$types" 2>/dev/null; rm -f "$told"' EXIT
trap 'exit 130' INT TERM

types_told() {
    wait "$types" && found=0 || found=$?
    cat "$told"
    return "$found"
}

step "lint" ruff check .
step "format" ruff format --check .
step "import contracts" lint-imports
step "templates" djlint --lint --quiet templates
step "declared dependencies" deptry .
step "Dockerfile" hadolint deploy/Dockerfile
step "migrations in step" python manage.py makemigrations --check --dry-run
step "protocol in step" python manage.py protocol --check
step "translations in step" python -m events_platform.messages --check
step "production settings" production
step "production settings with every part" production \
    DATABASE_REPLICA_URL=postgres://plenary:secret@reader.example.org/plenary \
    CLOUDFRONT_DOMAIN=d111111abcdef8.cloudfront.net CLOUDFRONT_KEY_ID=K2JCJMDEHXQW5F \
    CLOUDFRONT_KEY="$(python -c "$private_key")"

step "types" types_told

if [ -n "$failed" ]; then
    printf '\nFailed:%s\n' "${failed%,}"
    case "$failed" in
        *" lint,"* | *" format,"*) printf '%s\n' "Lint and format: \`make fmt\` mends what can be mended by itself." ;;
    esac
    exit 1
fi
printf '\nAll checks passed.\n'
