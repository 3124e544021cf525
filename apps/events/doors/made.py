"""Rows of the desk that a service makes: what it refuses is told, and what cannot be changed has nothing to save."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from apps.core.errors import Refused


class TellsRefusals:
    """What a service refuses of a new row (no places left, taken at this moment) is told like any other error."""

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        try:
            return super().add_view(request, form_url, extra_context)  # type: ignore[misc, no-any-return]
        except Refused as refused:
            messages.error(request, refused.message)
            return self.after_refusal(request)

    def after_refusal(self, request: HttpRequest) -> HttpResponse:
        """Back to the list."""
        answer: HttpResponse = self.response_post_save_add(request, self.model())  # type: ignore[attr-defined]
        return answer


class ReadHere(TellsRefusals):
    """Rows that are read on their page and changed through the list's actions, so that there is nothing to save."""

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        nothing = {"show_save": False, "show_save_and_continue": False, "show_save_and_add_another": False}
        context = {**nothing, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)  # type: ignore[misc, no-any-return]
