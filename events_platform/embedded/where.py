"""Which installation this process belongs to and which private services it needs, from the environment alone."""

from pathlib import Path

from events_platform import env

BASE_DIR = Path(__file__).resolve().parents[2]


def home() -> Path:
    return env.folder("PLENARY_HOME", BASE_DIR / "var")


def needed() -> dict[str, bool]:
    """The arguments of `services.Use`: a given address replaces the private service, each on its own."""
    return {"postgres": not env.text("DATABASE_URL"), "redis": not env.text("REDIS_URL")}
