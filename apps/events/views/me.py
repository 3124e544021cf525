"""A person in an event: their profile, their place, and their calendar links."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import FormView

from apps.accounts import services as accounts
from apps.accounts.forms import ProfileForm
from apps.accounts.permissions import Reader
from apps.accounts.selectors import shown_of
from apps.core.access import Access
from apps.core.errors import Refused
from apps.events import selectors, services
from apps.events.doors import EventView
from apps.events.forms import AnswersForm
from apps.events.models import Registration


class Me(EventView, FormView):  # type: ignore[type-arg]
    access = Access.ATTENDEE
    place = "me"
    template_name = "events/me.html"
    form_class = ProfileForm

    def get_form_kwargs(self) -> dict[str, Any]:
        person: Any = self.person
        suggestions = selectors.interests_shared(self.event, but=person)
        return super().get_form_kwargs() | {"instance": person, "suggestions": suggestions}

    def form_valid(self, form: ProfileForm) -> HttpResponse:
        if self.person is None:
            return self.turn_away()
        try:
            accounts.update_profile(self.person, **form.changes())
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
            return self.form_invalid(form)
        self.say(_("Your profile is saved."))
        return redirect("events:me", event=self.event.slug)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        registration = selectors.registration_of(self.event, self.request.user)
        has_place = registration is not None and registration.state == Registration.State.CONFIRMED
        asked = selectors.questions_asked(self.event, registration.ticket) if registration and has_place else []
        person: Any = self.person
        as_seen = {
            "own": shown_of(person, to=Reader.SELF),
            "seen": shown_of(person, to=Reader.PEOPLE),
            "seen_by_staff": shown_of(person, to=Reader.STAFF),
        }
        return super().get_context_data(
            registration=registration if has_place else None,
            is_asked=bool(asked),
            is_owing=bool(asked) and not self.event.is_read_only and selectors.is_owing(self.event, person),
            **as_seen,
            **kwargs,
        )


class Answers(EventView, FormView):  # type: ignore[type-arg]
    """What one answered when one registered, to read and to change."""

    access = Access.ATTENDEE
    template_name = "events/answers.html"
    form_class = AnswersForm

    @property
    def _own(self) -> Registration:
        registration = selectors.registration_of(self.event, self.request.user)
        if registration is None or registration.state != Registration.State.CONFIRMED:
            raise Http404
        return registration

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"event": self.event, "registration": self._own}

    def get_initial(self) -> dict[str, Any]:
        return selectors.answers_given(self._own)

    def form_valid(self, form: AnswersForm) -> HttpResponse:
        try:
            services.answer_again(self._own, form.answers)
        except Refused as refused:
            form.refuse(refused.field, refused.message)
            return self.form_invalid(form)
        self.say(_("Your answers are saved."))
        return redirect("events:me", event=self.event.slug)


class Cancel(EventView):
    """Gives one's own place back."""

    access = Access.ATTENDEE

    def post(self, request: HttpRequest, event: str) -> HttpResponse:
        registration = selectors.registration_of(self.event, request.user)
        if registration:
            services.give_place_back(registration)
            self.say(_("Your place is given back. You can register again while there are places."))
            if self.event.visibility == self.event.Visibility.PRIVATE:  # it is not there for them any more
                return redirect("events:wish", event=self.event.slug, token=selectors.status_token(registration))
        return redirect("venue:landing", event=self.event.slug)
