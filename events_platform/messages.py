"""Gathers the interface's words into the catalogues, without gettext: `python -m events_platform.messages [--check]`.

Python files are read by Babel; templates by Django's own `templatize`, which turns their tags into calls that Babel
reads. `locale/<language>/LC_MESSAGES/django.po` keeps its translations; words that are gone leave it.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
SOURCES = (("apps", "*.py"), ("events_platform", "*.py"), ("templates", "*.html"), ("templates", "*.txt"))
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
NOTES = ["Translators:"]
PLACE = re.compile(r"%\(\w+\)[a-zA-Z]")


def words() -> Catalog:
    """Every word of the interface, in the order of files and lines."""
    found = Catalog(project="Plenary", charset="utf-8")
    for folder, pattern in SOURCES:
        for path in sorted((ROOT / folder).rglob(pattern)):
            for message, context, notes in _words_of(path):
                found.add(message, context=context, auto_comments=notes)
    return found


def _words_of(path: Path) -> Iterator[tuple[str | tuple[str, str], str | None, list[str]]]:
    content = path.read_bytes()
    if path.suffix != ".py":
        from django.utils.translation.template import templatize

        # In brackets, because a template's indentation is not Python's.
        content = b"(" + templatize(content.decode(), origin=str(path)).encode() + b"\n)"
    for _line, function, said, notes in extract_python(BytesIO(content), KEYWORDS, NOTES, {"encoding": "utf-8"}):
        name = str(function)
        parts = [said] if isinstance(said, str) else list(said or ())
        spec = KEYWORDS[name]
        context = parts.pop(0) if spec and isinstance(spec[0], tuple) else None
        forms = [part for part in parts if isinstance(part, str)]
        if forms:  # else a variable: its words stand elsewhere
            yield ((forms[0], forms[1]) if name.startswith("n") else forms[0]), context, list(notes or ())


def updated(source: Path, template: Catalog) -> bytes:
    """The catalogue with the words of today; what it knew of them stays."""
    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parents[1].name)
    catalogue.update(template, no_fuzzy_matching=True, update_header_comment=False)
    catalogue.obsolete.clear()
    output = BytesIO()
    # Without places and dates a catalogue changes only when its words do.
    write_po(output, catalogue, width=100, no_location=True, omit_header=False, ignore_obsolete=True)
    lines = output.getvalue().splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith((b'"POT-Creation-Date', b'"Generated-By')))


def strays(source: Path) -> list[str]:
    """Translations that name a value which their words do not have, or have in another form (`%(count)d`): they would
    break the page that says them, or the compiler."""
    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parents[1].name)
    found = []
    for message in catalogue:
        known = set(PLACE.findall(" ".join([message.id] if isinstance(message.id, str) else message.id)))
        said = " ".join([message.string] if isinstance(message.string, str) else message.string or [])
        found += [f"{source.relative_to(ROOT)}: no {name} in {said!r}" for name in set(PLACE.findall(said)) - known]
    return sorted(found)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail when a catalogue is out of step")
    check = parser.parse_args(arguments).check
    template = words()
    stale, wrong = [], []
    for source in sorted(LOCALE.glob("*/LC_MESSAGES/django.po")):
        wrong += strays(source)
        wanted = updated(source, template)
        if wanted == source.read_bytes():
            continue
        stale.append(source)
        if not check:
            source.write_bytes(wanted)
    for source in stale:
        print(f"{source.relative_to(ROOT)} {'is out of step: run make messages' if check else 'was updated'}.")
    for complaint in wrong:
        print(complaint)
    return 1 if check and (stale or wrong) else 0


if __name__ == "__main__":
    sys.exit(main())
