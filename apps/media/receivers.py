"""Whatever way an asset's row goes (its event with it, too), its files are owed a sweep."""

from typing import Any

from django.db.models.signals import post_delete
from django.dispatch import receiver

from apps.media import services
from apps.media.models import Asset


@receiver(post_delete, sender=Asset)
def sweep_files(sender: type[Asset], instance: Asset, **kwargs: Any) -> None:
    services.owe_sweep(instance)
