"""Where the private services of one installation keep their data, sockets, logs and locks."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from events_platform.embedded.errors import EmbeddedError

# The kernel's sockaddr_un holds 108 bytes with the closing zero; PostgreSQL names its socket itself.
SOCKET_PATH_MOST = 107
LONGEST_SOCKET = "pg/.s.PGSQL.5432"


@dataclass(frozen=True)
class Places:
    home: Path

    @property
    def run(self) -> Path:
        """Locks, generated configuration and pid files: worthless after a restart."""
        return self.home / "run"

    @property
    def port(self) -> Path:
        """Where the supervisor writes its port while it runs, for commands in another terminal."""
        return self.run / "port"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def postgres(self) -> Path:
        return self.home / "postgres"

    @property
    def redis(self) -> Path:
        return self.home / "redis"

    @property
    def sockets(self) -> Path:
        """The folder of the sockets: under the home, or a short one in /tmp where the kernel's limit forbids that."""
        if len(os.fsencode(self.run / LONGEST_SOCKET)) <= SOCKET_PATH_MOST:
            return self.run
        # Not $TMPDIR: two processes with different ones must come to the same place.
        digest = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]
        return Path("/tmp") / f"plenary-{digest}"  # noqa: S108 - ownership is checked when it is made

    @property
    def postgres_sockets(self) -> Path:
        return self.sockets / "pg"

    @property
    def redis_socket(self) -> Path:
        return self.sockets / "redis.sock"

    def make(self) -> None:
        """Makes the folders, or says why this user cannot have them."""
        try:
            for folder in (self.home, self.run, self.logs):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise EmbeddedError(
                f"PLENARY_HOME={self.home} cannot be used: {error.strerror} ({error.filename})."
            ) from None
        if not os.access(self.run, os.W_OK):
            raise EmbeddedError(
                f"PLENARY_HOME={self.home} belongs to another user. "
                "Start as that user, or set PLENARY_HOME to a folder of yours."
            )
        if self.sockets != self.run:
            # Anybody may write in /tmp, so a folder that was there before us is trusted only if it is ours.
            self.sockets.mkdir(mode=0o711, exist_ok=True)
            found = self.sockets.lstat()
            if self.sockets.is_symlink() or found.st_uid != os.geteuid() or found.st_mode & 0o022:
                raise EmbeddedError(
                    f"{self.sockets} belongs to somebody else. Remove it, or choose a shorter PLENARY_HOME."
                )
