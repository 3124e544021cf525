"""PDFs are judged by their objects, also by those that are packed, renamed or led to by nothing."""

import io
import zlib

import pytest
from pypdf import PdfWriter

from apps.core import documents
from apps.core.errors import Refused
from apps.venue.demo import drawing

PAGES = {2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", 3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"}
ROOT = b"<< /Type /Catalog /Pages 2 0 R >>"


def plain(objects, trailer=b""):
    """As PDF 1.4 writes it: every object readable in the bytes."""
    out, places = io.BytesIO(), []
    out.write(b"%PDF-1.4\n")
    for number, body in sorted(objects.items()):
        places.append(b"%d 1\n%010d 00000 n \n" % (number, out.tell()))
        out.write(b"%d 0 obj\n%b\nendobj\n" % (number, body))
    start = out.tell()
    head = b"xref\n0 1\n0000000000 65535 f \n" + b"".join(places)
    out.write(head + b"trailer << /Size 99 /Root 1 0 R %b >>\nstartxref\n%d\n%%%%EOF\n" % (trailer, start))
    return out.getvalue()


def packed(objects):
    """As PDF 1.5 writes it: all objects in one compressed stream, the table in another."""
    out, index, body = io.BytesIO(), b"", b""
    out.write(b"%PDF-1.5\n")
    for number, text in sorted(objects.items()):
        index += b"%d %d " % (number, len(body))
        body += text + b" "
    data = zlib.compress(index + body)
    holder, table, at = 90, 91, out.tell()
    out.write(
        b"%d 0 obj\n<< /Type /ObjStm /N %d /First %d /Filter /FlateDecode /Length %d >>\n"
        b"stream\n%b\nendstream\nendobj\n" % (holder, len(objects), len(index), len(data), data)
    )
    start = out.tell()
    rows = [(2, holder, place) for place in range(len(objects))] + [(1, at, 0), (1, start, 0)]
    cells = b"".join(bytes([kind]) + place.to_bytes(4, "big") + bytes([third]) for kind, place, third in rows)
    numbers = b" ".join(b"%d 1" % number for number in [*sorted(objects), holder, table])
    out.write(
        b"%d 0 obj\n<< /Type /XRef /W [1 4 1] /Index [%b] /Size 99 /Root 1 0 R /Length %d >>\n"
        b"stream\n%b\nendstream\nendobj\n" % (table, numbers, len(cells), cells)
    )
    out.write(b"startxref\n%d\n%%%%EOF\n" % start)
    return out.getvalue()


def code_of(content):
    try:
        documents.check_pdf(content, field="file")
    except Refused as refused:
        return refused.code
    return "taken"


def with_root(extra, **objects):
    return {1: ROOT[:-2] + extra + b">>", **PAGES, **{int(name[1:]): body for name, body in objects.items()}}


@pytest.mark.parametrize("write", [plain, packed])
@pytest.mark.parametrize(
    "extra",
    [b"", b"/OpenAction [3 0 R /Fit]", b"/OpenAction << /S /GoTo /D [3 0 R /Fit] >>", b"/PageMode /UseNone"],
)
def test_pdf_that_only_shows_something_is_taken(write, extra):
    assert code_of(write(with_root(extra))) == "taken"


@pytest.mark.parametrize("write", [plain, packed])
@pytest.mark.parametrize(
    "extra",
    [
        b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>",
        b"/OpenAction << /S /J#61vaScript >>",
        b"/AA << /WC << /S /Launch /F (calc.exe) >> >>",
        b"/Names << /EmbeddedFiles << /Names [] >> >>",
        b"/AF [<< /Type /Filespec /EF << /F 4 0 R >> >>]",
        b"/AcroForm << /Fields [] /XFA (form) >>",
    ],
)
def test_pdf_that_acts_or_carries_files_is_refused(write, extra):
    assert code_of(write(with_root(extra))) == "document.active"


@pytest.mark.parametrize("write", [plain, packed])
def test_script_that_nothing_leads_to_is_found(write):
    assert code_of(write(with_root(b"", n7=b"<< /S /Launch /Next 8 0 R >>"))) == "document.active"


def test_locked_pdf_is_refused_also_without_a_password_to_open_it():
    writer = PdfWriter()
    writer.add_blank_page(9, 9)
    writer.encrypt(user_password="", owner_password="mill", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)

    assert code_of(out.getvalue()) == "document.locked"


def test_chance_bytes_in_a_picture_are_no_script():
    picture = b"<< /Length 20 >>\nstream\n\x00/JS \x01/AA \x02/Launch\nendstream"

    assert code_of(plain(with_root(b"", n5=picture))) == "taken"


@pytest.mark.parametrize(
    "content",
    [b"%PDF-1.4\ncut off", plain(with_root(b""))[:140], b"%PDF-1.7\n" + b"\x00" * 400, plain({1: ROOT, 2: b"[[[["})],
)
def test_what_is_not_a_whole_pdf_is_refused(content):
    assert code_of(content) == "document.unreadable"


def test_deep_nesting_and_too_many_objects_end_in_a_refusal(monkeypatch):
    assert code_of(plain({1: ROOT, **PAGES, 4: b"[" * 5000 + b"]" * 5000})) in {
        "document.unreadable",
        "document.intricate",
    }
    monkeypatch.setattr(documents, "MOST_OBJECTS", 2)
    assert code_of(plain(with_root(b""))) == "document.intricate"


def test_looking_through_ends_in_time(monkeypatch):
    monkeypatch.setattr(documents, "MOST_SECONDS", -1)

    assert code_of(plain(with_root(b""))) == "document.intricate"


def test_document_of_the_demo_is_taken():
    assert code_of(drawing.pdf("Choosing a gauge", "Ostra", ["How deep does it get?"] * 12)) == "taken"
