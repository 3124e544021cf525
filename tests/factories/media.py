"""Files of an event."""

import io
import tempfile
from datetime import timedelta
from pathlib import Path

import factory
from PIL import Image

from apps.core import clock, ids, sealing
from apps.media.models import (
    AddedSound,
    Asset,
    AssetVersion,
    BackstageLine,
    CaptionKey,
    Chapter,
    Contribution,
    DocumentPages,
    Encoding,
    Folder,
    Hearing,
    Line,
    Recording,
    ShelfFile,
    Stream,
    StreamKey,
    TranscodeJob,
    Transcript,
    Upload,
    Watched,
    WatchedMinute,
    WordJob,
)
from apps.media.models.transcripts import GAP, dictionary_of
from apps.media.registry import store
from apps.media.selectors.streams import KEY_PREFIX, KEY_PURPOSE
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory, OrganisationFactory


class AssetFactory(factory.django.DjangoModelFactory):
    """A document that is ready; nothing lies in storage for it."""

    class Meta:
        model = Asset

    event = factory.SubFactory(EventFactory)
    kind = Asset.Kind.DOCUMENT
    state = Asset.State.READY
    title = "Levels of the year"
    original = factory.LazyAttribute(lambda asset: f"events/{asset.event.pk}/levels.pdf")
    content_type = "application/pdf"
    size = 1000


class VideoFactory(AssetFactory):
    """A film that waits to be made playable."""

    kind = Asset.Kind.VIDEO
    state = Asset.State.PROCESSING
    title = "A year in levels"
    content_type = "video/mp4"


class EncodingFactory(factory.django.DjangoModelFactory):
    """What was made of some film; nothing lies in storage for it."""

    class Meta:
        model = Encoding

    organisation = factory.SubFactory(OrganisationFactory)
    sha256 = factory.Sequence(lambda n: f"{n:064x}")
    seconds = 8.0


PICTURE = {
    "name": "360p", "width": 640, "height": 360, "fps": 25, "codecs": "avc1.4d401e", "peak": 800_000, "average": 600_000
}  # fmt: skip


def recording(event):
    """A film of eight seconds that plays, but for its segments: its playlist lies in storage."""
    encoding = EncodingFactory(organisation=event.organisation, rungs=[PICTURE], width=640, height=360)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index.m3u8"
        path.write_text('#EXTM3U\n#EXT-X-MAP:URI="init.mp4"\n#EXTINF:4,\n0.m4s\n#EXTINF:4,\n1.m4s\n#EXT-X-ENDLIST\n')
        store().put(path, f"{encoding.folder}/360p/index.m3u8", content_type="application/vnd.apple.mpegurl")
    return VideoFactory(event=event, state=Asset.State.READY, encoding=encoding, seconds=8.0)


class UploadFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Upload

    event = factory.SubFactory(EventFactory)
    by = factory.SubFactory(UserFactory)
    fingerprint = factory.Sequence(lambda n: f"levels.pdf-{n}")
    title = "Levels of the year"
    file_name = "levels.pdf"
    size = 1000
    part_size = 1000


class TranscodeJobFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TranscodeJob

    asset = factory.SubFactory(VideoFactory)
    organisation = factory.LazyAttribute(lambda job: job.asset.event.organisation)


class ChapterFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Chapter

    asset = factory.SubFactory(VideoFactory)
    begins = factory.Sequence(lambda n: 60.0 * n)
    title = "What the gauges say"


class AddedSoundFactory(factory.django.DjangoModelFactory):
    """A sound of the film's event that waits to be made one of the film."""

    class Meta:
        model = AddedSound

    asset = factory.SubFactory(VideoFactory, state=Asset.State.READY)
    event = factory.SelfAttribute("asset.event")
    sound = factory.SubFactory(
        VideoFactory, event=factory.SelfAttribute("..asset.event"), kind=Asset.Kind.AUDIO, state=Asset.State.READY
    )
    language = "de"


class WatchedFactory(factory.django.DjangoModelFactory):
    """Ten minutes of a film."""

    class Meta:
        model = Watched

    asset = factory.SubFactory(VideoFactory)
    person = factory.SubFactory(UserFactory)
    seconds = 600.0
    furthest = 600.0
    place = 600.0


class WatchedMinuteFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = WatchedMinute

    asset = factory.SubFactory(VideoFactory)
    minute = factory.Sequence(lambda n: n)
    seconds = 60.0


class TranscriptFactory(factory.django.DjangoModelFactory):
    """Published, with one line; of a film that is ready."""

    class Meta:
        model = Transcript
        skip_postgeneration_save = True

    asset = factory.SubFactory(VideoFactory, state=Asset.State.READY)
    event = factory.SelfAttribute("asset.event")
    language = "en"
    state = Transcript.State.PUBLISHED

    @factory.post_generation
    def said(self, create, texts, **_kwargs):
        """`said=["…", "…"]`: a second and a half each, one every two seconds."""
        for number, text in enumerate(["Eleven mayors and eleven maps."] if texts is None else texts):
            LineFactory(transcript=self, text=text, begins=number * 2000, position=number * GAP)


class LineFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Line

    transcript = factory.SubFactory(TranscriptFactory)
    begins = 0
    ends = factory.LazyAttribute(lambda line: line.begins + 1500)
    text = "Eleven mayors and eleven maps."
    position = factory.Sequence(lambda n: (n + 1000) * GAP)
    dictionary = factory.LazyAttribute(lambda line: dictionary_of(line.transcript.language))


class CaptionKeyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CaptionKey

    event = factory.SubFactory(EventFactory)
    stage_key = "session/1"
    secret = factory.Sequence(lambda n: f"{n:064x}")


class HearingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Hearing

    event = factory.SelfAttribute("stream.event")
    stream = factory.SubFactory("tests.factories.media.StreamFactory")
    stage_key = "session/1"
    language = "en"


class WordJobFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = WordJob

    asset = factory.SubFactory(VideoFactory, state=Asset.State.READY)
    event = factory.SelfAttribute("asset.event")
    kind = WordJob.Kind.SPEECH
    language = "en"


class StreamFactory(factory.django.DjangoModelFactory):
    """A live stream that waits for its encoder, without keys."""

    class Meta:
        model = Stream

    event = factory.SubFactory(EventFactory)
    title = "The river, live"


class StreamKeyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = StreamKey

    stream = factory.SubFactory(StreamFactory)
    input = "primary"
    secret = factory.LazyAttribute(lambda key: sealing.seal(key.plain, purpose=KEY_PURPOSE))
    digest = factory.LazyAttribute(lambda key: ids.digest(key.plain))

    class Params:
        plain = factory.LazyFunction(lambda: ids.new_key(KEY_PREFIX))


class ContributionFactory(factory.django.DjangoModelFactory):
    """Somebody who is in a green room at this moment."""

    class Meta:
        model = Contribution

    stream = factory.SubFactory(StreamFactory)
    person = factory.SubFactory(UserFactory)
    lease = factory.Sequence(lambda n: f"lease{n}")
    leased_until = factory.LazyFunction(lambda: clock.now() + timedelta(seconds=5))


def glimpse(size=(320, 180), form="JPEG"):
    """A small picture of somebody in a green room."""
    made = io.BytesIO()
    Image.new("RGB", size, "teal").save(made, form)
    return made.getvalue()


class BackstageLineFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = BackstageLine

    stream = factory.SubFactory(StreamFactory)
    author = factory.SubFactory(UserFactory)
    text = "Two minutes."


class RecordingFactory(factory.django.DjangoModelFactory):
    """Owed of the last hour."""

    class Meta:
        model = Recording

    stream = factory.SubFactory(StreamFactory)
    begins = factory.LazyFunction(lambda: clock.now() - timedelta(hours=1))
    ends = factory.LazyFunction(clock.now)


class FolderFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Folder

    event = factory.SubFactory(EventFactory)
    name = factory.Sequence(lambda n: f"Slides {n}")


class PagesFactory(factory.django.DjangoModelFactory):
    """The two pages of some document; nothing lies in storage for them."""

    class Meta:
        model = DocumentPages

    sizes = ((1600, 900), (1600, 900))
    count = 2


class VersionFactory(factory.django.DjangoModelFactory):
    """What a document was before it was replaced; nothing lies in storage for it."""

    class Meta:
        model = AssetVersion

    asset = factory.SubFactory(AssetFactory)
    kind = Asset.Kind.DOCUMENT
    original = factory.Sequence(lambda n: f"assets/earlier{n}/original")
    content_type = "application/pdf"
    size = 900
    brought_at = factory.LazyFunction(clock.now)


class ShelfFileFactory(factory.django.DjangoModelFactory):
    """A document that an organisation keeps; nothing lies in storage for it."""

    class Meta:
        model = ShelfFile

    organisation = factory.SubFactory(OrganisationFactory)
    kind = Asset.Kind.DOCUMENT
    title = "House rules"
    original = factory.Sequence(lambda n: f"assets/kept{n}/original")
    content_type = "application/pdf"
    size = 700
