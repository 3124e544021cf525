"""An organisation's own ways to sign in, at the desk: its owners set them up, prove their domains, and try them."""

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action, display

from apps.accounts.doors import limit_by_address
from apps.core.errors import Refused
from apps.core.rows import row_number
from apps.events import selectors, services
from apps.events.doors import Desk, OrganisationScopedAdmin, OwnersAlone, ScopedTabularInline, columns
from apps.events.doors.writing import changed_columns
from apps.events.forms import ConnectionForm, DomainForm
from apps.events.models import SignInConnection, SignInDomain
from apps.events.services.signing_in import MOST_DOMAINS

ADDRESSES = {
    SignInConnection.Kind.OIDC.value: ((_("Redirect address"), "signin_back"),),
    SignInConnection.Kind.SAML.value: (
        (_("Metadata, which holds both of these"), "signin_metadata"),
        (_("Entity ID"), "signin_metadata"),
        (_("Address of answers (ACS, by POST)"), "signin_acs"),
    ),
}


FIELDS_OF = {
    SignInConnection.Kind.OIDC.value: ("issuer", "client_id", "secret"),
    SignInConnection.Kind.SAML.value: (
        "metadata_url", "metadata", "entity_id", "sso_url", "certificates", "email_attribute", "name_attribute",
        "may_begin_there",
    ),
}  # fmt: skip


class DomainInline(ScopedTabularInline):
    model = SignInDomain
    form = DomainForm
    may_change = False
    max_num = MOST_DOMAINS
    fields = ("domain", "is_proven")
    readonly_fields = ("is_proven",)

    @admin.display(description=_("proven"), boolean=True)
    def is_proven(self, domain: SignInDomain) -> bool:
        return domain.proven_at is not None


@admin.register(SignInConnection)
class SignInConnectionAdmin(OwnersAlone, OrganisationScopedAdmin):
    event_path = "organisation__events"
    desk = Desk.EVENTS
    desk_position = 23
    icon = "key"
    form = ConnectionForm
    inlines = (DomainInline,)
    when_empty = _("Here people of your organisation sign in with its own service, by OpenID Connect or SAML.")
    add_words = _("Add a way to sign in")
    list_display = ("name", "kind", "organisation", "on_label", "is_required")
    table = columns(
        organisation="organisation__slug", name="name", kind="kind", on="is_on", required="is_required",
        new_people="new_people", since="created_at",
    )  # fmt: skip
    list_filter = ("organisation", "kind", "is_on")
    list_select_related = ("organisation",)
    search_fields = ("name",)
    actions_detail = ("open_setup",)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The fields of its kind, once that is settled."""
        kinds = [kind for kind in SignInConnection.Kind if obj is None or kind == obj.kind]
        return (
            (None, {"fields": ("organisation", "name", "kind")}),
            *((kind.label, {"fields": FIELDS_OF[kind]}) for kind in kinds),
            (_("Who comes in by it"), {"fields": ("is_on", "is_required", "new_people")}),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return ["organisation", "kind"] if obj else []

    def save_model(self, request: HttpRequest, obj: SignInConnection, form: Any, change: bool) -> None:
        written = (
            changed_columns(obj, before=getattr(obj, "desk_before", None), named=form.changed_data) if change else None
        )
        services.save_connection(obj, secret=form.cleaned_data.get("secret", ""), changed=written)

    def response_add(
        self, request: HttpRequest, obj: SignInConnection, post_url_continue: str | None = None
    ) -> HttpResponse:
        return redirect("admin:events_signinconnection_setup", obj.pk)

    @display(description=_("state"), label={"on": "success", "off": "warning"})  # type: ignore[untyped-decorator]
    def on_label(self, connection: SignInConnection) -> tuple[str, str]:
        return ("on", str(_("On"))) if connection.is_on else ("off", str(_("Off")))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.setup_view)
        return [path("<int:pk>/setup/", view, name="events_signinconnection_setup"), *super().get_urls()]

    @action(description=_("Set it up and try it"), url_path="to-setup", icon="play_arrow")  # type: ignore[untyped-decorator]
    def open_setup(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return redirect("admin:events_signinconnection_setup", object_id)

    def setup_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What the provider needs of us, proof of the domains, and a try that signs nobody in."""
        connection = self.get_queryset(request).filter(pk=pk).select_related("organisation").first()
        if connection is None or not self.has_change_permission(request, connection):
            raise Http404
        if request.method == "POST":
            try:
                limit_by_address(request, "invite")
                self._do(request, connection)
            except Refused as refused:
                messages.error(request, refused.message)
            return redirect("admin:events_signinconnection_setup", pk)
        user: Any = request.user
        context = {
            **self.admin_site.each_context(request),
            "title": connection.name,
            "opts": self.opts,
            "object": connection,
            "connection": connection,
            "page": selectors.page_of(connection.organisation),
            "addresses": [
                (words, selectors.address_of(name, connection)) for words, name in ADDRESSES[connection.kind]
            ],
            "domains": connection.domains.all()[:MOST_DOMAINS],
            "known": connection.identities.count(),
            "may_trust": user.runs_platform,
        }
        return TemplateResponse(request, "admin/events/signinconnection/setup.html", context)

    def _do(self, request: HttpRequest, connection: SignInConnection) -> None:
        what, chosen = request.POST.get("do", ""), request.POST.get("domain", "")
        user: Any = request.user
        if what == "forget":
            count = services.forget_people(connection)
            text = ngettext("One person is connected anew.", "%(count)s people are connected anew.", count)
            messages.success(request, text % {"count": count})
            return
        number = row_number(chosen)
        domain = None if number is None else connection.domains.filter(pk=number).first()
        if domain is None:
            raise Http404
        if what == "trust" and user.runs_platform:
            services.trust_domain(domain)
        elif what == "check" and not services.check_domain(domain):
            said = _("The record of %(domain)s is not there yet. It may take an hour until it is seen everywhere.")
            messages.warning(request, said % {"domain": domain})
            return
        messages.success(request, _("%(domain)s is proven.") % {"domain": domain})
