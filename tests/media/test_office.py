"""Office documents are taken for what lies in them, and not where they would act."""

import zipfile
from io import BytesIO

import openpyxl
import pytest

from apps.core.errors import Refused
from apps.media import selectors, services
from apps.media.adapters import office
from apps.media.adapters.sniff import Unknown
from apps.media.models import Asset

OOXML, ODF = "application/vnd.openxmlformats-officedocument", "application/vnd.oasis.opendocument"
WORD = f"{OOXML}.wordprocessingml.document.main+xml"
SLIDES = f"{OOXML}.presentationml.presentation.main+xml"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def packed(*entries):
    """An archive of (name, text) in this order."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in entries:
            archive.writestr(name, text)
    return out.getvalue()


def types(*found):
    parts = "".join(f'<Override PartName="/{number}" ContentType="{one}"/>' for number, one in enumerate(found))
    return "[Content_Types].xml", f"<Types>{parts}</Types>"


def link(kind, target, mode="External"):
    return f'<Relationships><Relationship Type="{LINKS}/{kind}" Target="{target}" TargetMode="{mode}"/></Relationships>'


def a_sheet():
    out = BytesIO()
    openpyxl.Workbook().save(out)
    return out.getvalue()


WORDS = ("word/document.xml", "<document/>")
TAKEN = {
    "docx": packed(types(WORD), WORDS),
    "xlsx": a_sheet(),
    "pptx": packed(types(SLIDES), ("ppt/presentation.xml", "<p/>"), ("ppt/embeddings/Sheet1.xlsx", b"PK")),
    "ppsx": packed(types(f"{OOXML}.presentationml.slideshow.main+xml"), ("ppt/presentation.xml", "<p/>")),
    "odt": packed(("mimetype", f"{ODF}.text"), ("content.xml", "<x/>"), ("Object 1/content.xml", "<x/>")),
    "odp": packed(("mimetype", f"{ODF}.presentation"), ("content.xml", "<x/>")),
}
RELS = "word/_rels/settings.xml.rels"
ACTING = {
    "macros": packed(types(WORD), WORDS, ("word/vbaProject.bin", b"\0")),
    "macros by their type": packed(types("application/vnd.ms-word.document.macroEnabled.main+xml"), WORDS),
    "ActiveX": packed(types(WORD), WORDS, ("word/activeX/activeX1.bin", b"\0")),
    "a foreign object": packed(types(WORD), WORDS, ("word/embeddings/oleObject1.bin", b"\0")),
    "a program inside": packed(types(WORD), WORDS, ("word/embeddings/setup.exe", b"MZ")),
    "a template from elsewhere": packed(types(WORD), WORDS, (RELS, link("attachedTemplate", "https://e.example/t"))),
    "a template from a share": packed(types(WORD), WORDS, (RELS, link("attachedTemplate", r"\\e.example\t.dotm"))),
    "macros of another office": packed(("mimetype", f"{ODF}.text"), ("Basic/Standard/Module1.xml", "<x/>")),
}


def recognised(content):
    return office.recognise(lambda start, length: content[start : start + length], len(content))


@pytest.mark.parametrize("ending", TAKEN)
def test_each_kind_is_known_by_what_lies_in_it(ending):
    assert office.may_be(TAKEN[ending])
    found = recognised(TAKEN[ending])
    assert (found.kind, found.extension) == ("document", ending)
    assert selectors.ending_of(found.mime) == ending


@pytest.mark.parametrize("what", ACTING)
def test_what_would_act_is_not_taken(what):
    with pytest.raises(Unknown) as refused:
        recognised(ACTING[what])
    assert refused.value.looks_like == "acting"


@pytest.mark.parametrize(
    ("kind", "target", "mode"),
    [
        ("hyperlink", "https://tarrow.example/", "External"),
        ("attachedTemplate", "file:///C:\\Templates\\Tarrow.dotx", "External"),
        ("attachedTemplate", "Normal.dotm", "External"),
        ("image", "media/image1.png", "Internal"),
    ],
)
def test_links_and_ones_own_template_do_no_harm(kind, target, mode):
    assert recognised(packed(types(WORD), WORDS, (RELS, link(kind, target, mode)))).extension == "docx"


@pytest.mark.parametrize(
    "content",
    [
        packed(("notes.txt", "Eleven towns")),
        packed(("mimetype", "application/epub+zip"), ("content.opf", "<x/>")),
        packed(types("application/vnd.ms-package.3dmanufacturing-3dmodel+xml"), ("3D/3dmodel.model", "<x/>")),
    ],
)
def test_another_archive_is_none(content):
    assert recognised(content) is None


@pytest.mark.parametrize(
    "content",
    [
        TAKEN["docx"][:-30],
        packed(types(WORD), WORDS, ("WORD/document.xml", "<other/>")),
        packed(("[Content_Types].xml", "<Types><Override"), WORDS),
        packed(("[Content_Types].xml", '<!DOCTYPE x [<!ENTITY a "b">]><Types>&a;</Types>'), WORDS),
        packed(("[Content_Types].xml", "<Types>" + " " * office.MOST_TEXT + "</Types>"), WORDS),
    ],
    ids=["cut off", "a name twice", "broken", "entities", "a bomb"],
)
def test_what_cannot_be_read_says_so(content):
    with pytest.raises(Unknown) as refused:
        recognised(content)
    assert refused.value.looks_like == "office"


def test_no_more_is_read_than_it_takes():
    """However large the pictures in it are, and however long it says that its list is."""
    asked = []
    large = packed(types(WORD), WORDS, *((f"word/media/{n}.bin", bytes(range(256)) * 4) for n in range(5_000)))
    padded = large[:40] + bytes(20_000_000) + large[40:]  # the list's places are wrong now, and found all the same

    def read(start, length):
        asked.append(length)
        return padded[start : start + length]

    with pytest.raises(Unknown):
        office.recognise(read, len(padded))
    assert sum(asked) <= office.MOST_READ


@pytest.mark.django_db
def test_it_comes_to_the_library_as_what_it_is(event, anywhere):
    asset = services.ingest_file(event, TAKEN["pptx"], title="Maps")

    assert (asset.kind, asset.state) == ("document", "ready")
    assert asset.content_type == f"{OOXML}.presentationml.presentation"
    assert not hasattr(asset, "file_job")
    assert selectors.pages_url(asset) == ""
    assert "Maps.pptx" in selectors.file_url(asset, save=True)


@pytest.mark.django_db
def test_a_scanner_looks_at_it_first(event, disk, settings, monkeypatch):
    settings.CLAMD = object()  # what it says is asked of `scan` alone
    monkeypatch.setattr("apps.media.adapters.clamd.scan", lambda source, beat: "")

    asset = services.ingest_file(event, TAKEN["docx"], title="Letter")
    assert asset.state == Asset.State.PROCESSING
    services.run_file_job(asset.file_job.pk)

    asset.refresh_from_db()
    assert (asset.state, asset.is_scanned, asset.file_job.state) == ("ready", True, "done")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (ACTING["macros"], "media.acting"),
        (packed(("notes.txt", "Eleven towns")), "media.archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "media.office-old"),
    ],
)
def test_what_is_refused_is_put_out(event, disk, content, code):
    with pytest.raises(Refused) as refused:
        services.ingest_file(event, content, title="Letter")

    assert refused.value.code == code
    assert not event.assets.exists()
