"""The load: drives `wsload`, a compiled reader of many sockets, and compiles it (and the floor) when first asked."""

import json
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
IN_FLIGHT = 32
"""How many sockets are being opened at a time."""


def compiler():
    return shutil.which("cc") or shutil.which("gcc")


@cache
def compiled(name):
    """The path of a C program of this folder, built anew for this run."""
    if compiler() is None:
        raise SystemExit("This bench needs a C compiler (cc): its load must not be the bottleneck.")
    program = Path(tempfile.mkdtemp(prefix="plenary-bench-")) / name
    subprocess.run([compiler(), "-O2", "-o", program, HERE / f"{name}.c"], check=True)
    return str(program)


class Load:
    """Sockets to one server. `plan` has for each of them its subprotocols and what it says once it is in."""

    def __init__(self, port, path, plan, *, hello=True, ready=0):
        with tempfile.NamedTemporaryFile("w", suffix=".plan", delete=False) as file:
            file.writelines(f"{protocols or '-'}\t{text}\n" for protocols, text in plan)
        self.planned = len(plan)
        self.plan = Path(file.name)
        self.process = subprocess.Popen(
            [compiled("wsload"), str(port), path, file.name, str(IN_FLIGHT), str(int(hello)), str(ready)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def order(self, words):
        self.send(words)
        return self.answer()

    def send(self, words):
        self.process.stdin.write(words + "\n")
        self.process.stdin.flush()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"The load has ended with {self.process.wait(10)}; what it said stands above.")
        return json.loads(line)

    def open(self, count):
        found = self.order(f"open {count}")
        if found["errors"] or found["closed"]:
            raise RuntimeError(f"Not every socket could be opened: {found}")
        return found

    def read(self, seconds):
        """Reads for that long, and says nothing but what the protocol asks for."""
        found = self.order(f"await {2**53} {seconds}")
        if found["errors"] or found["closed"]:
            raise RuntimeError(f"Not every socket has stayed: {found}")

    def end(self):
        self.process.stdin.close()
        self.process.wait(30)
        self.plan.unlink()
