"""Registers the chat app with Django, and its figures with the organisers' desk."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChatConfig(AppConfig):
    name = "apps.chat"
    label = "chat"
    verbose_name = _("Chat")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from apps.accounts.registry import own_data  # noqa: PLC0415 - models are known only now
        from apps.chat import receivers, selectors  # noqa: F401, PLC0415 - models are known only now
        from apps.chat.selectors import told  # noqa: PLC0415
        from apps.events import registry  # noqa: PLC0415

        registry.numbers.register("chat", position=40)(selectors.own_numbers)

        own_data.register("messages")(told.messages_of)
        own_data.register("groups")(told.groups_of)
        own_data.register("chat_files")(told.files_of)
        own_data.register("chat_marks")(told.marks_of)
        own_data.register("chat_mentions")(told.mentions_of)
        own_data.register("chat_read")(told.readings_of)
        own_data.register("chat_reports")(told.reports_by)
        own_data.register("chat_bars")(told.bars_told)
        registry.needs.register("chat")(selectors.needs)
