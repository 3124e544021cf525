"""Registers the media app with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MediaConfig(AppConfig):
    name = "apps.media"
    label = "media"
    verbose_name = _("Media")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from apps.accounts.registry import own_data  # noqa: PLC0415 - models are known only now
        from apps.events import registry as desk  # noqa: PLC0415 - models are known only now
        from apps.media import receivers, registry, selectors  # noqa: PLC0415 - models are known only now
        from apps.media.adapters import storage  # noqa: PLC0415

        registry.keep_files_in(storage.store)
        registry.offer_subtitles(selectors.subtitles)
        receivers.watch_what_shows_files()
        own_data.register("files")(selectors.files_of)
        own_data.register("earlier_files")(selectors.earlier_files_of)
        own_data.register("watched")(selectors.watched_by)
        desk.needs.register("media")(selectors.needs)
        desk.tasks.register("media", position=40)(selectors.tasks)
