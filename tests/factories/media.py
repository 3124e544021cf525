"""Files of an event."""

import factory

from apps.media.models import Asset, Encoding, TranscodeJob, Upload
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
