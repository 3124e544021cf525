"""`make run`: everything the platform needs on one machine, in the foreground, until it is told to stop."""

import fcntl
import http.client
import os
import socket
import sys
import time

from events_platform import env
from events_platform.embedded import programs
from events_platform.embedded.children import Child, Hurry, Register, end_all
from events_platform.embedded.errors import EmbeddedError
from events_platform.embedded.logs import tail, trim
from events_platform.embedded.places import Places
from events_platform.embedded.service import control
from events_platform.embedded.services import Use
from events_platform.embedded.where import home, needed

PAUSE_SECONDS = 0.1
TRIM_SECONDS = 30.0
CHECK_SECONDS = 5.0


def run() -> int:
    port = env.number("PORT", 8000, least=1, most=65535)
    places = Places(home())
    places.make()
    lock = _alone(places)
    hurry = Hurry()
    register = Register(places.run / "children.json")
    register.end_strays()
    _refuse_busy_port(port)
    places.port.write_text(str(port))
    use = Use(places.home, **needed())
    try:
        use.take()
        return Supervisor(places, port, use, hurry, register).run()
    finally:
        use.give_back()
        places.port.unlink(missing_ok=True)
        os.close(lock)


class Supervisor:
    def __init__(self, places: Places, port: int, use: Use, hurry: Hurry, register: Register) -> None:
        self.places = places
        self.port = port
        self.use = use
        self.hurry = hurry
        self.register = register
        self.children: list[Child] = []

    def run(self) -> int:
        try:
            if not self._front_answers():
                return 0
            workers = (programs.worker(), programs.bulk(), programs.files(), programs.media())
            # A model of speech takes hundreds of megabytes: nobody loads one who has none to load.
            ears = (programs.hear(),) if os.environ.get("WHISPER_MODEL") else ()
            for program in (*workers, programs.drain(), programs.beat(self.places.home), programs.ingest(), *ears):
                self._add(Child(program, logs=self.places.logs))
            print(f"Logs are in {self.places.logs}. Ctrl-C ends everything.")
            print(f"Plenary is ready at http://127.0.0.1:{self.port}", flush=True)
            self._watch()
            return 0
        finally:
            end_all(self.children, hurry=self.hurry)
            self.register.path.unlink(missing_ok=True)

    def _add(self, child: Child) -> None:
        self.children.append(child)
        self.register.write(self.children)

    def _front_answers(self) -> bool:
        """Starts the front and waits for it; false when we were told to stop meanwhile."""
        terminal = os.dup(sys.stdout.fileno())
        try:
            front = Child(programs.front(self.port, terminal=terminal), logs=self.places.logs, pass_fds=[terminal])
        finally:
            os.close(terminal)
        self._add(front)
        while not self.hurry.stop:
            if front.died() is not None:
                raise EmbeddedError(f"Plenary could not start. The end of {front.log}:\n{tail(front.log)}")
            if answers(self.port):
                front.program = programs.front(self.port)  # a restart has nothing to prepare
                return True
            time.sleep(PAUSE_SECONDS)
        return False

    def _watch(self) -> None:
        checked = trimmed = time.monotonic()
        while not self.hurry.stop:
            time.sleep(PAUSE_SECONDS)
            for child in self.children:
                if (code := child.died()) is not None:
                    self._restart(child, code)
            now = time.monotonic()
            if now - checked > CHECK_SECONDS:
                checked = now
                self._look_after_services()
            if now - trimmed > TRIM_SECONDS:
                trimmed = now
                for log in self.places.logs.glob("*.log"):
                    trim(log)

    def _restart(self, child: Child, code: int) -> None:
        name = child.program.name
        how = f"was ended by signal {-code}" if code < 0 else f"ended with status {code}"
        child.bury()
        print(f"The {name} process {how}; its log is {child.log}. Starting it again.", file=sys.stderr, flush=True)
        if not child.restart():
            raise EmbeddedError(f"The {name} process keeps ending. The end of {child.log}:\n{tail(child.log)}")
        self.register.write(self.children)

    def _look_after_services(self) -> None:
        for service in self.use.services:
            if service.pid() is None:
                print(f"The private {service.name} had ended. Starting it again.", file=sys.stderr, flush=True)
                with control(self.places):
                    service.start()


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _alone(places: Places) -> int:
    """A home has one supervisor: two would send every mail twice."""
    path = places.run / "supervisor.lock"
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise EmbeddedError(
            f"Plenary already runs with PLENARY_HOME={places.home}. Stop it first, or set another PLENARY_HOME."
        ) from None
    return handle


def _refuse_busy_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise EmbeddedError(
                f"Port {port} cannot be used ({error.strerror}). Choose another one: PORT={port % 65535 + 1} make run"
            ) from None
