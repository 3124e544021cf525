"""A program of its own that draws a document's pages: whatever a PDF does to the library that reads it, it does to
this process alone. Run by `documents.draw`; imports nothing of the platform.

`python -m apps.media.adapters.draw_pages SOURCE FOLDER MOST_PAGES MEMORY_BYTES CPU_SECONDS` says on its output, a line
each: `count N`, then `page NUMBER WIDTH HEIGHT` for each page. It ends with 3 for a document with a password and 4 for
one that cannot be read.
"""

import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium  # type: ignore[import-untyped]
from PIL import Image

LONG_SIDE = 1600
SMALL_SIDE = 240
MOST_SCALE = 8.0
"""A page the size of a stamp is not blown up further."""
LOCKED, UNREADABLE = 3, 4


def main(source: str, folder: str, most: int, memory: int, seconds: int) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    try:
        document = pdfium.PdfDocument(source)
    except pdfium.PdfiumError as error:
        print(error, file=sys.stderr)
        return LOCKED if "password" in str(error).lower() else UNREADABLE
    count = len(document)
    say("count", count)
    if not count:
        return UNREADABLE
    for number, picture in pages(document, min(count, most)):
        picture.save(Path(folder) / f"page-{number:03}.webp", "WEBP", quality=82, method=3)
        small = picture.copy()
        small.thumbnail((SMALL_SIDE, SMALL_SIDE), Image.Resampling.LANCZOS)
        small.save(Path(folder) / f"small-{number:03}.webp", "WEBP", quality=75, method=3)
        say("page", number, *picture.size)
    return 0


def pages(document: Any, most: int) -> Iterator[tuple[int, Image.Image]]:
    for number in range(1, most + 1):
        try:
            page = document[number - 1]
            scale = min(MOST_SCALE, LONG_SIDE / max(1.0, *page.get_size()))
            picture = page.render(scale=scale).to_pil().convert("RGB")
            page.close()
        except (pdfium.PdfiumError, ValueError) as error:  # one page that is broken costs no other
            print(number, error, file=sys.stderr)
            picture = Image.new("RGB", (LONG_SIDE, LONG_SIDE * 9 // 16), "white")
        yield number, picture


def say(*words: object) -> None:
    print(*words, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], *(int(word) for word in sys.argv[3:6])))
