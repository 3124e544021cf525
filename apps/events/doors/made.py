"""Rows of the desk that a service makes: what it refuses is told, and what cannot be changed has nothing to save."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

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


class _WithRefusal:
    """A form that is not in order, for what a service said of what stands in it."""

    refused: Refused

    def clean(self) -> Any:
        data = super().clean()  # type: ignore[misc]
        shown = self.fields  # type: ignore[attr-defined]
        field = self.refused.field if self.refused.field in shown else None
        self.add_error(field, forms.ValidationError(str(self.refused.message), code=self.refused.code))  # type: ignore[attr-defined]
        return data


class RefusedInForm:
    """What a service refuses of a row that is made or changed is told in its form, beside the field where it names one:
    nothing of what was typed is lost."""

    def changeform_view(
        self, request: Any, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        show = super().changeform_view  # type: ignore[misc]
        try:
            return show(request, object_id, form_url, extra_context)  # type: ignore[no-any-return]
        except Refused as refused:
            request.desk_refused = refused  # and nothing was written: the view is one transaction
            return show(request, object_id, form_url, extra_context)  # type: ignore[no-any-return]

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)  # type: ignore[misc]
        refused = getattr(request, "desk_refused", None)
        return type(form)(form.__name__, (_WithRefusal, form), {"refused": refused}) if refused else form


class RefusedBeside(RefusedInForm):
    """What it refuses of a deletion, or in the list, is told too: on the page that comes."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        try:
            return super().changelist_view(request, extra_context)  # type: ignore[misc, no-any-return]
        except Refused as refused:
            messages.error(request, refused.message)
            return redirect(request.get_full_path())

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)  # type: ignore[misc, no-any-return]
        except Refused as refused:
            messages.error(request, refused.message)
            return redirect(request.get_full_path())
