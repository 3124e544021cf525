"""Whatever way the row of an asset or of a kept picture goes (its event with it, too), its files are owed a sweep;
files go along when an event is duplicated."""

from typing import Any

from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from apps.events.registry.copying import parts
from apps.media import services
from apps.media.models import Asset, KeptPicture


@receiver(post_delete, sender=Asset)
def sweep_files(sender: type[Asset], instance: Asset, **kwargs: Any) -> None:
    services.owe_sweep(instance)


@receiver(post_delete, sender=KeptPicture)
def sweep_kept_picture(sender: type[KeptPicture], instance: KeptPicture, **kwargs: Any) -> None:
    services.owe_sweep_of_kept(instance)


parts.register(
    "files",
    label=_("Files"),
    words=_("Films, sound, pictures and documents that are ready. They are stored once for both events."),
    position=20,
    count=lambda event: Asset.objects.filter(event=event, state=Asset.State.READY).count(),
    stays_home=True,
)(services.copy_files)
