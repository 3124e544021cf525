"""Registers the tracks app with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TracksConfig(AppConfig):
    name = "apps.tracks"
    label = "tracks"
    verbose_name = _("Agenda")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from apps.accounts.registry import own_data  # noqa: PLC0415 - models are known only now
        from apps.events import registry  # noqa: PLC0415 - models are known only now
        from apps.media import registry as media  # noqa: PLC0415
        from apps.tracks import receivers, selectors  # noqa: F401, PLC0415
        from apps.tracks.selectors import told  # noqa: PLC0415

        registry.numbers.register("tracks", position=30)(selectors.own_numbers)
        media.guard_files(selectors.may_have_file)
        media.hold_back_files(selectors.plays_as_live)
        media.tell_hours_of_films(selectors.hours_as_live)
        media.guard_streams(selectors.may_have_stream)
        media.tell_when_streams_are_shown(selectors.stream_shown_since)
        media.forbid_recordings(selectors.must_not_be_recorded)
        media.let_contribute(selectors.may_contribute)
        media.tell_stream_places(selectors.stream_places)
        registry.publish_checks.register("tracks")(selectors.missing)
        registry.segments.register("session")(selectors.in_sessions)

        own_data.register("stars")(told.stars_of)
        own_data.register("visits")(told.visits_of)
        own_data.register("seats")(told.seats_of)
        own_data.register("speaker_pages")(told.pages_of)
        registry.needs.register("tracks")(selectors.needs)
        registry.tasks.register("tracks", position=30)(selectors.tasks)
