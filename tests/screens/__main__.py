"""`make screens`: photographs every page at 390 and 1440 pixels, light and dark, into var/screens/.

    python -m tests.screens [--url http://127.0.0.1:8000] [--only agenda,lobby,desk-*] [--out var/screens]

Visits the platform that answers at --url (else at PORT), with the demo event in it; where none answers, starts one and
ends it afterwards. Which pages there are says pages.py. Beside the pictures stands index.html, which shows them all.
"""

import argparse
import html
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path

from tests.screens.camera import photograph
from tests.screens.library import have_library
from tests.screens.pages import OF_ROWS, PAGES, desk_pages, have_mail, have_words, row_pages
from tests.screens.shots import Shot
from tests.screens.stages import PREFIX, staged

START_SECONDS = 300
ROOT = Path(__file__).resolve().parents[2]


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=60) as response:
            return response.status == 200
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


@contextmanager
def platform(url: str) -> Iterator[None]:
    """The platform at that address for as long as the block lasts; one that runs already is left running."""
    if answers(url):
        yield
        return
    print(f"Nothing answers at {url}: starting the platform.", flush=True)
    command = [sys.executable, "-m", "events_platform.embedded", "run"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        end = time.monotonic() + START_SECONDS
        while not answers(url):
            if process.poll() is not None or time.monotonic() > end:
                raise SystemExit("The platform does not start; `make run` says why.")
            time.sleep(0.5)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def write_index(out: Path, pages: dict[str, Shot]) -> None:
    """One page that shows every picture, widths and schemes side by side."""
    rows = []
    for name, shot in pages.items():
        pictures = "".join(
            f'<a href="{name}-{width}-{scheme}.jpg"><img loading="lazy" src="{name}-{width}-{scheme}.jpg"></a>'
            for width, scheme in sorted(shot.views)
        )
        rows.append(f"<h2>{html.escape(name)} <small>{html.escape(shot.path)}</small></h2><div>{pictures}</div>")
    style = "body{font:15px system-ui;margin:2rem}div{display:flex;gap:1rem;align-items:start}img{block-size:26rem}"
    style += "img{object-fit:cover;object-position:top;border:1px solid #ccc}"
    (out / "index.html").write_text(f"<!doctype html><title>Screens</title><style>{style}</style>{''.join(rows)}")


def wanted(name: str, names: list[str]) -> bool:
    return any(fnmatch(name, one) for one in names)


def main() -> int:
    import django

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default=f"http://127.0.0.1:{os.environ.get('PORT', '8000')}")
    parser.add_argument("--only", default="", help="names of pages, separated by commas; * stands for anything")
    parser.add_argument("--out", default=ROOT / "var" / "screens", type=Path)
    asked = parser.parse_args()
    names = [name for name in asked.only.split(",") if name] or ["*"]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "events_platform.settings")
    url = asked.url.rstrip("/")
    with platform(url):
        django.setup()
        have_mail()
        have_words()
        have_library()
        of_rows = row_pages()
        every = PAGES | of_rows | desk_pages()
        pages = {name: shot for name, shot in every.items() if wanted(name, names)}
        absent = [name for name in OF_ROWS if name not in of_rows and wanted(name, names)]
        wrong = [f"{name}: the demo has no such row; seed_demo makes one" for name in absent]
        wrong += photograph(url, asked.out, pages)
        # What is staged comes last, and its pictures at once: an open question of a quiz closes by itself.
        if wanted(PREFIX, [one[: len(PREFIX)] for one in names]):
            with staged() as states:
                found = {name: shot for name, shot in states.items() if wanted(name, names)}
                wrong += photograph(url, asked.out, found)
            pages |= found
            every |= states
        if not pages:
            parser.error(f"no page is called {', '.join(names)}; there are {', '.join(every)}")
    write_index(asked.out, pages)
    print(f"{len(pages)} pages are in {asked.out}; index.html shows them all.")
    for sentence in wrong:
        print(f"- {sentence}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
