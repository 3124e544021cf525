"""A part of a film as a film of its own, at the organisers' desk."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from apps.core.errors import Refused
from apps.events import states
from apps.media import services
from apps.media.admin.overview import clock
from apps.media.forms import CutForm
from apps.media.models import Asset


class CutsFilms:
    """The page on which it is said what is cut."""

    admin_site: Any
    opts: Any

    def get_urls(self) -> list[URLPattern]:
        own = path("<int:pk>/cut/", self.admin_site.admin_view(self.cut_view), name="media_asset_cut")
        return [own, *super().get_urls()]  # type: ignore[misc]

    def cut_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        asset: Asset | None = self.get_queryset(request).filter(pk=pk).first()  # type: ignore[attr-defined]
        if asset is None or not asset.is_shown or asset.encoding is None:
            raise Http404
        if states.is_read_only(asset.event.state):
            messages.error(request, states.archived().message)
            return redirect("admin:media_asset_change", pk)
        whole = asset.encoding.seconds
        first = {"title": _("%(title)s, a part") % {"title": asset.title[:180]}, "begins": "0:00", "ends": clock(whole)}
        form = CutForm(request.POST if request.method == "POST" else None, initial=first)
        if form.is_valid() and (made := self._cut(request, asset, form)):
            messages.success(request, _("“%(title)s” is a film of its own now.") % {"title": made.title})
            return redirect("admin:media_asset_change", made.pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Cut a part out of “%(title)s”") % {"title": asset.title},
            "asset": asset,
            "original": asset,
            "length": clock(whole),
            "form": form,
        }
        return TemplateResponse(request, "admin/media/cut.html", context)

    def _cut(self, request: HttpRequest, asset: Asset, form: CutForm) -> Asset | None:
        """None where it was refused: the form says why."""
        user: Any = request.user
        whole, said = asset.encoding.seconds if asset.encoding else 0.0, form.cleaned_data
        # The end was shown in whole seconds: whoever leaves it as it is means all of it.
        ends = whole if clock(whole) == clock(said["ends"]) else said["ends"]
        try:
            return services.cut_asset(asset, begins=said["begins"], ends=ends, title=said["title"], by=user)
        except Refused as refused:
            form.add_error("ends" if refused.code == "media.range" else None, str(refused.message))
        return None
