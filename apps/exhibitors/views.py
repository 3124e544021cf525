"""Pages of the expo: its list, each booth, each booth's desk."""

import json
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import ListView

from apps.accounts.selectors import shown_of
from apps.chat import selectors as chat
from apps.chat import services as chat_rooms
from apps.core import colour, plurals
from apps.core.access import Access
from apps.core.errors import Refused
from apps.core.rows import row_number
from apps.core.words import Number
from apps.events import permissions as event_permissions
from apps.events.doors import EventView
from apps.events.models import Event
from apps.events.permissions import may_enter_expo
from apps.events.selectors import previews
from apps.exhibitors import broadcasts, permissions, selectors, services
from apps.exhibitors.forms import AnswerForm, ContactForm
from apps.exhibitors.models import Booth, ContactRequest
from apps.live import versions
from apps.media import selectors as media

SEARCH_MOST = 80
REQUESTS_A_PAGE = 25


class Expo(EventView, ListView):  # type: ignore[type-arg]
    access = Access.PUBLIC
    place = "expo"
    part = Event.Part.EXPO
    template_name = "exhibitors/expo.html"
    paginate_by = selectors.BOOTHS_A_PAGE

    @property
    def search(self) -> str:
        return self.request.GET.get("q", "").strip()[:SEARCH_MOST]

    def get_queryset(self) -> Any:
        return selectors.booths(self.event, search=self.search)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["booths"] = selectors.with_people(self.event, list(context["page_obj"]))
        return context | {"search": self.search, "total": context["paginator"].count}


class BoothView(EventView):
    """What every page of one booth begins with."""

    access = Access.PUBLIC
    place = "expo"
    part = Event.Part.EXPO
    booth: Booth

    def find(self) -> None:
        """The booth of the address, and whether the reader works there; 404 where it is not theirs to see."""
        booth = selectors.booth_by_slug(self.event, self.kwargs["slug"])
        if booth is None:
            raise Http404
        user_id = self.person.pk if self.person else None
        self.is_staff = permissions.can_staff(booth, user_id, self.roles)
        if not permissions.can_see(booth, is_staff=self.is_staff):
            raise Http404
        self.booth = booth


class BoothPage(BoothView):
    def get(self, request: HttpRequest, event: str, slug: str) -> HttpResponse:
        self.find()
        return self.show(self.blank_form())

    def post(self, request: HttpRequest, event: str, slug: str) -> HttpResponse:
        """The contact form. Only people of the event may ask."""
        self.find()
        if "withdraw" in request.POST:
            return self.take_back(request.POST["withdraw"])
        if self.roles and not may_enter_expo(self.roles):
            raise permissions.other_ticket()
        if not self.takes_part or self.person is None:
            return self.turn_away()
        form = ContactForm(request.POST, booth=self.booth)
        if not form.is_valid():
            return self.show(form, status=422)
        asked = {name: form.cleaned_data[name] for name in ("name", "email", "company", "message")}
        try:
            services.request_contact(self.booth, user=self.person, **asked)
        except Refused as refused:
            form.add_error(None, str(refused.message))
            return self.show(form, status=refused.status)
        self.say(_("%(booth)s has your question, and will answer you by mail and here.") % {"booth": self.booth.name})
        return redirect(self.booth)

    def take_back(self, chosen: str) -> HttpResponse:
        """What this person asked here, while it waits."""
        number, person = row_number(chosen), self.person if self.roles else None
        if person is None or number is None:
            raise Http404
        asked = get_object_or_404(selectors.requests_in(self.event, person), pk=number, booth=self.booth)
        services.withdraw(asked)
        self.say(_("You have taken your question back."))
        return redirect(self.booth)

    @property
    def takes_part(self) -> bool:
        return bool(self.roles) and may_enter_expo(self.roles)

    def blank_form(self) -> ContactForm | None:
        if not self.takes_part or self.person is None:
            return None
        return ContactForm(booth=self.booth, initial=ContactForm.known_of(self.person))

    def show(self, form: ContactForm | None, *, status: int = 200) -> HttpResponse:
        version = versions.read()
        booth = self.booth
        here = selectors.here(self.event.pk, booth.pk)
        reader = event_permissions.reads_people_as(self.roles)
        staff = [shown_of(member.user, to=reader) for member in booth.staff.all()]
        context: dict[str, Any] = {
            "booth": booth,
            "form": form,
            "is_staff": self.is_staff,
            "other_ticket": not may_enter_expo(self.roles),
            "here": here,
            "here_topic": broadcasts.presence(booth.pk),
            "people_words": _people_words(),
            "version": version,
            "staff": sorted(staff, key=lambda person: person.pk not in here.staff),
            "staff_here": [person for person in staff if person.pk in here.staff],
            "documents": selectors.documents(booth, self.roles),
            "next_booth": selectors.next_booth(booth),
            "cover_url": media.image_url(booth.cover),
            "film": media.player(booth.film, person=self.person)
            if self.takes_part or (booth.film and booth.film.is_public)
            else None,
            "asked": selectors.own_requests(booth, self.person) if self.person else [],
        }
        if self.is_told:
            words = previews.shortened(booth.tagline)
            context["preview"] = previews.Preview(
                booth.name, words, booth.get_absolute_url(), previews.card_path(self.event)
            )
        if self.takes_part:
            room = chat_rooms.room_for(self.event, f"booth/{booth.pk}")
            context |= {"room": room, "chat": chat.room_snapshot(room)}
        return self.render("exhibitors/booth.html", status=status, **context)


class BoothStyle(EventView):
    """The booth's own colours, as the four tokens from which the design derives the rest."""

    access = Access.PUBLIC
    live = False

    def get(self, request: HttpRequest, event: str, slug: str, digest: str) -> HttpResponse:
        booth = get_object_or_404(Booth.objects.only("brand"), event=self.event, slug=slug)
        css = colour.place_stylesheet(booth.brand, self.event.accent)
        response = HttpResponse(css, content_type="text/css; charset=utf-8")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


class Desk(BoothView):
    """Where a booth's people answer: those who wait first."""

    access = Access.EXHIBITOR

    def get(self, request: HttpRequest, event: str, slug: str) -> HttpResponse:
        self.enter()
        return self.show()

    def enter(self) -> None:
        self.find()
        if not self.is_staff:
            raise PermissionDenied

    def show(self, *, broken: AnswerForm | None = None, broken_pk: int = 0, status: int = 200) -> HttpResponse:
        is_done = self.request.GET.get("show") == "done"
        rows = selectors.contact_requests(self.booth, is_handled=is_done)
        page = Paginator(rows, REQUESTS_A_PAGE).get_page(self.request.GET.get("page"))
        waiting = selectors.contact_requests(self.booth, is_handled=False).count()
        here = selectors.here(self.event.pk, self.booth.pk)
        return self.render(
            "exhibitors/desk.html",
            status=status,
            booth=self.booth,
            requests=page,
            waiting=waiting,
            headline=_headline(waiting),
            is_done=is_done,
            here=here,
            here_topic=broadcasts.presence(self.booth.pk),
            people_words=_desk_words(),
            broken=broken,
            broken_pk=broken_pk,
        )


def _people_words() -> str:
    """The sentence in every plural form, for the page's script."""
    look_round = plurals.forms(
        lambda n: ngettext("%(count)s person looks round here", "%(count)s people look round here", n)
    )
    return json.dumps(look_round, ensure_ascii=False)


def _desk_words() -> str:
    at_booth = plurals.forms(
        lambda n: ngettext("%(count)s person is at your booth now", "%(count)s people are at your booth now", n)
    )
    return json.dumps(at_booth, ensure_ascii=False)


def _headline(waiting: int) -> str:
    if waiting == 0:
        return _("Nobody is waiting for you.")
    people = ngettext("One person waits for an answer.", "%(count)s people wait for an answer.", waiting)
    return people % {"count": Number(waiting)}


class DeskRequest(Desk):
    """Answers one contact request, lays it aside, or puts it back."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, event: str, slug: str, pk: int) -> HttpResponse:
        self.enter()
        asked = selectors.contact_request(self.booth, pk)
        if asked is None or self.person is None:
            raise Http404
        verb = request.POST.get("do", "answer")
        if verb == "reopen":
            services.reopen(asked)
        elif verb == "handled":
            services.answer(asked, by=self.person)
        else:
            return self.answer(asked)
        return redirect("exhibitors:desk", event=self.event.slug, slug=self.booth.slug)

    def answer(self, asked: ContactRequest) -> HttpResponse:
        form = AnswerForm(self.request.POST)
        if not form.is_valid():
            return self.show(broken=form, broken_pk=asked.pk, status=422)
        try:
            services.answer(asked, by=self.person, text=form.cleaned_data["answer"])  # type: ignore[arg-type]
        except Refused as refused:
            form.add_error(None, str(refused.message))
            return self.show(broken=form, broken_pk=asked.pk, status=refused.status)
        self.say(_("%(name)s has your answer by mail.") % {"name": asked.name})
        return redirect("exhibitors:desk", event=self.event.slug, slug=self.booth.slug)
