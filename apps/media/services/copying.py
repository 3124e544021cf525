"""What goes along when an event is duplicated: files as rows of their own that show the same bytes in storage, with
what is said in them; live streams with keys of their own."""

from operator import attrgetter

from apps.core import clock
from apps.events.registry.copying import Copy
from apps.media.models import AddedSound, Asset, Chapter, Folder, Line, Stream, StreamKey, Transcript
from apps.media.services import streams
from apps.media.services.transcripts import BATCH

KEPT = (
    "kind", "state", "original", "file_name", "content_type", "size", "sha256", "width", "height", "seconds", "error",
    "is_scanned",
)  # fmt: skip


def copy_files(copy: Copy) -> None:
    """Nothing is moved in storage: a file goes with the last row that shows it (`sweeping.sweep_leftovers`).

    The rows are held, so that whoever deletes one of them waits until the new one is there.
    """
    within: dict[str, object] = {"parent": None}
    for _depth in range(Folder.MOST_DEEP):  # those first that others lie in
        copy.rows(Folder.objects.filter(event=copy.source, **within))
        within = {f"parent__{name}": value for name, value in within.items()} | {"parent__isnull": False}
    ready = Asset.objects.filter(event=copy.source, state=Asset.State.READY).select_for_update(no_key=True)
    kept = {name: attrgetter(name) for name in KEPT}
    copy.rows(ready, encoding=attrgetter("encoding_id"), pages=attrgetter("pages_id"), uploaded_by=copy.by.pk, **kept)
    copy.rows(Chapter.objects.filter(asset__event=copy.source))
    # A worker finds at once what was made for the same film, and shows that.
    copy.rows(AddedSound.objects.filter(event=copy.source))
    copy_transcripts(copy)


def copy_transcripts(copy: Copy) -> None:
    """Of films that go along, published or not. Their lines do not count among the rows that a copy may have
    (`copying.MOST_ROWS`): a transcript has a bound of its own."""
    olds = Transcript.objects.filter(event=copy.source, asset__in=copy.ids(Asset), deleted_at=None)
    made = copy.rows(olds, stage_key="", partial="", partial_speaker="", made_by=copy.by.pk, created_at=clock.now())
    for old, new in made.items():
        lines = list(Line.objects.filter(transcript=old).defer("words"))
        for line in lines:
            line.pk, line.transcript_id, line.version = None, new, 1
        Line.objects.bulk_create(lines, batch_size=BATCH)
        copy.made["media.line"] = copy.made.get("media.line", 0) + len(lines)


def copy_streams(copy: Copy) -> None:
    """Before their encoder has come. The old event's keys open nothing of the copy."""
    made = copy.rows(Stream.objects.filter(event=copy.source))
    copy.made[StreamKey._meta.label_lower] = len(streams.make_keys(made.values()))
