"""Sounds that were recorded apart and are added to a film, at the organisers' desk."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused
from apps.events import states
from apps.media import selectors, services
from apps.media.forms import AddSoundForm
from apps.media.models import AddedSound, Asset


class AddsSounds:
    """The page of a film's sounds, and what is done on it."""

    admin_site: Any
    opts: Any

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/sounds/", view(self.sounds_view), name="media_asset_sounds"),
            path("<int:pk>/sounds/<int:sound>/remove/", view(self.remove_view), name="media_asset_sound_remove"),
            path("<int:pk>/sounds/<int:sound>/again/", view(self.again_view), name="media_asset_sound_again"),
        ]
        return [*own, *super().get_urls()]  # type: ignore[misc]

    def sounds_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        asset = self._film(request, pk)
        is_archived = states.is_read_only(asset.event.state)
        can_add = asset.kind == Asset.Kind.VIDEO and not is_archived
        if request.method == "POST" and is_archived:
            messages.error(request, states.archived().message)
            return redirect("admin:media_asset_sounds", pk)
        form = AddSoundForm(request.POST if request.method == "POST" else None, film=asset)
        if form.is_valid() and self._add(asset, form):
            messages.success(request, _("The sound is being prepared, and is heard with the film once it is ready."))
            return redirect("admin:media_asset_sounds", pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Sounds of “%(title)s”") % {"title": asset.title},
            "asset": asset,
            "original": asset,
            "inside": asset.encoding.sounds if asset.encoding else [],
            "rows": [(row, selectors.sound_reason(row.error)) for row in selectors.added_sounds(asset)],
            "form": form if form.has_choices and can_add else None,
            "can_add": can_add,
            "is_archived": is_archived,
        }
        return TemplateResponse(request, "admin/media/sounds.html", context)

    def remove_view(self, request: HttpRequest, pk: int, sound: int) -> HttpResponse:
        return self._do(
            request, pk, sound, services.remove_sound, _("The sound is taken away. Its file stays in the library.")
        )

    def again_view(self, request: HttpRequest, pk: int, sound: int) -> HttpResponse:
        return self._do(request, pk, sound, services.retry_sound, _("It is being prepared again."))

    def _do(
        self, request: HttpRequest, pk: int, sound: int, call: Callable[[AddedSound], None], words: Any
    ) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        asset = self._film(request, pk)
        row = selectors.added_sounds(asset).filter(pk=sound).first()
        if row is None:
            raise Http404
        if states.is_read_only(asset.event.state):
            messages.error(request, states.archived().message)
            return redirect("admin:media_asset_sounds", pk)
        try:
            call(row)
        except Refused as refused:
            messages.warning(request, str(refused.message))
        else:
            messages.success(request, words)
        return redirect("admin:media_asset_sounds", pk)

    def _film(self, request: HttpRequest, pk: int) -> Asset:
        asset: Asset | None = self.get_queryset(request).filter(pk=pk).first()  # type: ignore[attr-defined]
        if asset is None or not asset.is_played:
            raise Http404
        return asset

    def _add(self, asset: Asset, form: AddSoundForm) -> bool:
        """False where it was refused: the form says why."""
        said = dict(form.cleaned_data)
        sound = asset.event.assets.filter(key=said.pop("sound")).first()
        if sound is None:  # it was thrown away at this moment
            raise Http404
        try:
            services.add_sound(asset, sound, **said)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
            return False
        return True
