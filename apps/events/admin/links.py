"""The links that were mailed to somebody: looked at, and ended one by one."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.events import services
from apps.events.doors import ScopedTabularInline
from apps.events.models import JoinLink


def _page(desk: Any) -> str:
    return f"{desk.model._meta.app_label}_{desk.model._meta.model_name}"


class JoinLinkInline(ScopedTabularInline):
    """That they exist and whether they were used, never where they lead."""

    model = JoinLink
    may_add = may_change = may_delete = False
    fields = ("created_at", "expires_at", "used_at", "revoked_at", "ending")
    readonly_fields = fields
    verbose_name_plural = _("links that were mailed")

    @admin.display(description=_("end it"))
    def ending(self, link: JoinLink) -> str:
        if link.revoked_at is not None or link.expires_at <= clock.now():
            return str(_("It has ended."))
        holder = link.holder
        name = f"admin:events_{holder._meta.model_name}_end_link"
        made = timezone.localtime(link.created_at)
        label = _("End the link of %(when)s") % {"when": f"{made:%Y-%m-%d %H:%M}"}
        url = reverse(name, args=[holder.pk, link.pk])
        return format_html('<a class="desk-button" href="{}" aria-label="{}">{}</a>', url, label, _("End this link"))


class EndsLinks:
    """An admin whose rows have join links. The page asks first; the link is one of a row that its reader may change."""

    def get_urls(self) -> list[URLPattern]:
        desk: Any = self
        view = desk.admin_site.admin_view(self.end_link_view)
        mine = path("<int:pk>/links/<int:link>/end/", view, name=f"{_page(desk)}_end_link")
        return [mine, *super().get_urls()]  # type: ignore[misc]

    def end_link_view(self, request: HttpRequest, pk: int, link: int) -> HttpResponse:
        desk: Any = self
        row = get_object_or_404(desk.get_queryset(request), pk=pk)
        found = get_object_or_404(row.join_links.select_related("registration", "role"), pk=link)
        back = reverse(f"admin:{_page(desk)}_change", args=[row.pk])
        if request.method == "POST":
            ended = services.revoke_link(found)
            said = _("This link has ended, and what was opened with it.") if ended else _("It has ended already.")
            messages.success(request, said)
            return HttpResponseRedirect(back)
        context = {
            **desk.admin_site.each_context(request),
            "title": _("End this link?"),
            "opts": desk.opts,
            "link": found,
            "email": row.user.email,
            "back": back,
        }
        return TemplateResponse(request, "admin/events/end_link.html", context)
