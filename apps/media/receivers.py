"""Whatever way a row goes that names a file (its event with it, too), the file is owed a sweep, and those who show a
stream are told that it goes; files and live streams go along when an event is duplicated."""

from typing import Any

from django.apps import apps
from django.db.models import ForeignKey, Model
from django.db.models.signals import post_delete, pre_delete
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from apps.events.registry.copying import parts
from apps.media import services
from apps.media.models import AddedSound, Asset, AssetVersion, KeptPicture, ShelfFile, StoredFile, Stream, Upload
from apps.media.signals import stream_changed


@receiver(post_delete, sender=Asset)
@receiver(post_delete, sender=AssetVersion)
@receiver(post_delete, sender=KeptPicture)
@receiver(post_delete, sender=ShelfFile)
def sweep_files(sender: type[Model], instance: Asset | StoredFile | KeptPicture, **kwargs: Any) -> None:
    services.owe_sweep(instance)


@receiver(post_delete, sender=AddedSound)
def let_rendition_go(sender: type[AddedSound], instance: AddedSound, **kwargs: Any) -> None:
    services.let_encoding_go(instance.rendition_id)


@receiver(pre_delete, sender=Stream)
def tell_of_stream(sender: type[Stream], instance: Stream, **kwargs: Any) -> None:
    """While those who show it can still be found."""
    stream_changed.send(Stream, stream=instance)


@receiver(post_delete, sender=Stream)
def sweep_stream(sender: type[Stream], instance: Stream, **kwargs: Any) -> None:
    services.owe_sweep_of_stream(instance)


@receiver(post_delete, sender=Upload)
def sweep_upload(sender: type[Upload], instance: Upload, **kwargs: Any) -> None:
    services.owe_sweep_of_upload(instance)


def put_away_files(sender: type[Model], instance: Model, **kwargs: Any) -> None:
    shown = {getattr(instance, field.attname) for field in shows_files(sender)} - {None}
    if shown:
        services.put_away(shown)


def shows_files(model: type[Model]) -> list[ForeignKey[Any, Any]]:
    return [
        field for field in model._meta.concrete_fields if isinstance(field, ForeignKey) and field.related_model is Asset
    ]


def watch_what_shows_files() -> None:
    """Whatever room it is of: once at start, when all models are known. Not all models: who hears of their deletion
    makes it slower."""
    for model in apps.get_models():
        if model._meta.app_label != Asset._meta.app_label and shows_files(model):
            post_delete.connect(put_away_files, sender=model, dispatch_uid="media.put_away_files")


parts.register(
    "files",
    label=_("Files"),
    words=_("Films, sound, pictures and documents that are ready. They are stored once for both events."),
    position=20,
    count=lambda event: Asset.objects.filter(event=event, state=Asset.State.READY).count(),
    stays_home=True,
)(services.copy_files)

parts.register(
    "streams",
    label=_("Live streams"),
    words=_("With keys of their own, which encoders need; nothing that was sent or recorded."),
    position=25,
    count=lambda event: event.streams.count(),
)(services.copy_streams)
