"""What a wrong environment says when a program starts: one line instead of a traceback, and exit status 2."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ImproperlyConfigured


@contextmanager
def told() -> Iterator[None]:
    """Ends the program where the environment is wrong or its database cannot be reached; other errors pass."""
    from django.db import OperationalError, connection

    try:
        yield
    except ImproperlyConfigured as error:
        _end(str(error))
    except OperationalError as error:
        # An error of a connection that stands is no matter of the environment, and its traceback is needed.
        if connection.connection is not None:
            raise
        _end(f"The database of DATABASE_URL cannot be reached: {' '.join(str(error).split())}")


def _end(line: str) -> None:
    print(line, file=sys.stderr)
    sys.exit(2)


def main() -> None:
    """Reads the settings and nothing else: run before servers that would answer with a traceback per process."""
    import django

    with told():
        django.setup()


if __name__ == "__main__":
    main()
