"""Why a file was not taken or could not be prepared, in words."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


REASONS: "dict[str, _StrPromise]" = {
    "empty": _("The file is empty. Choose it again; if it is still empty, make it anew."),
    "text": _(
        "This is a text file, whatever its name says. Films, sound, pictures, PDF and office documents are taken."
    ),
    "html": _("This is a web page, which could carry scripts. Save it as PDF and send that."),
    "svg": _("SVG drawings can carry scripts and are not taken. Save it as PNG and send that."),
    "heic": _(
        "This is a HEIC picture, as telephones take them, and it is not taken. Save or share it as JPEG and send that; "
        "on an iPhone “Most Compatible” in the camera’s settings takes JPEG from then on."
    ),
    "program": _("This is a program, and programs are not taken."),
    "archive": _("This is an archive. Unpack it, and send what is in it."),
    "office": _("This office file cannot be read. Save it again, or as PDF, and send that."),
    "office-old": _(
        "This is an office file of an older kind, or one behind a password. Save it without a password as DOCX, XLSX, "
        "PPTX or PDF, and send that."
    ),
    "acting": _(
        "This office file holds macros or parts of other programs, or would fetch something when it is opened. Save it "
        "without them, or as PDF, and send that."
    ),
    "unknown": _(
        "This kind of file is not taken. Films, sound, pictures (JPEG, PNG, WebP, AVIF, GIF), PDF and office documents "
        "(DOCX, XLSX, PPTX, ODT, ODS, ODP) are."
    ),
    "cut-pdf": _("The PDF stops before its end. Save it again and send that."),
    "picture": _("The picture cannot be read. Save it again as JPEG or PNG and send that."),
    "picture-size": _("The picture has too many pixels. Make its longer side 10,000 pixels or less."),
    "size": _("The file is larger than is taken for its kind."),
    "no-tracks": _("There is neither picture nor sound in this file."),
    "no-picture": _("No picture could be read from this film. Export it again, best as MP4 with H.264."),
    "too-large": _("The picture of this film is larger than 8192 pixels. Export it at 4K or less."),
    "too-long": _("This film says that it is longer than 24 hours. Cut it into shorter ones, or export it again."),
    "cut-off": _("The film stops before its end: it was not written to the end. Export it again and send that."),
    "no-moov": _(
        "The film's index is missing (moov): the recording or the export was not ended properly. Export it again."
    ),
    "unknown-codec": _(
        "The picture or the sound of this film is in a format that cannot be read here. Export it again, best as MP4 "
        "with H.264 and AAC."
    ),
    "cancelled": _("Its preparation was stopped. Try again when you want it."),
    "corrupt": _("The film is damaged and cannot be read. Export it again, best as MP4 with H.264."),
    "missing": _("The file is no longer in storage. Send it again."),
    "stopped": _("Preparing this film was begun several times and never ended. Try again, or send another export."),
    "stopped-file": _("Preparing this file was begun several times and never ended. Try again, or send it anew."),
    "pdf": _("The pages of this PDF cannot be read. Save it again and send that."),
    "pdf-locked": _("This PDF asks for a password. Save it without one and send that."),
    "pdf-heavy": _("The pages of this PDF take too long to draw. Save it with smaller pictures and send that."),
    "infected": _("A virus was found in this file, and it was deleted. Check the machine that it came from."),
    "scan-size": _(
        "The virus scanner does not take files of this size. Send a smaller one, or ask those who run the site."
    ),
    "scanner": _("The virus scanner cannot be reached. Try again; if it fails again, ask those who run the site."),
    "failed": _("This film could not be prepared. Try again; if it fails again, export it anew as MP4 with H.264."),
}


NO_SUCH_FILE = _("There is no such file in this event.")


def reason(code: str) -> str:
    """The sentence for a code, in the reader's language."""
    return str(REASONS.get(code, REASONS["failed"]))
