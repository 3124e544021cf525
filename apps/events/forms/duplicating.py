"""What an organiser says of a copy: whose it is, what it is called, when it begins, and what goes along."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from apps.core import clock
from apps.events.models import Event, Organisation
from apps.events.registry.copying import Part, parts

A_YEAR = timedelta(weeks=52)
ASKED_FOR = ("codes", "roles")
"""What opens the copy to others, so that nobody copies it by not looking."""


def is_chosen(part: Part) -> bool:
    """Whether it goes along where nobody says otherwise."""
    return part.name not in ASKED_FOR


def same_day_to_come(began: date, today: date) -> date:
    """The same day of the week, whole years of 52 weeks later, that is still to come."""
    while began <= today:
        began += A_YEAR
    return began


class DuplicateForm(forms.Form):
    """`name` is the desk's own field for a text in each language; `parts_offered` has what the event holds."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Organisation"), widget=UnfoldAdminSelectWidget, empty_label=None
    )
    slug = forms.SlugField(
        label=_("Address"),
        max_length=60,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Stands in all its links. Empty: made from the name."),
    )
    starts_on = forms.DateField(
        label=_("First day"),
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
        help_text=_("Everything moves by as many days; what began at nine begins at nine."),
    )
    parts = forms.MultipleChoiceField(label=_("What goes along"), required=False)

    def __init__(
        self, *args: Any, source: Event, organisations: QuerySet[Organisation], name: forms.Field, **kwargs: Any
    ) -> None:
        began = source.starts_at.astimezone(ZoneInfo(source.time_zone)).date()
        self.offered = parts.held_by(source)
        kwargs["initial"] = {
            "organisation": source.organisation_id,
            "name": source.name,
            "starts_on": same_day_to_come(began, clock.now().date()).isoformat(),
            "parts": [part.name for part, _count in self.offered if is_chosen(part)],
        }
        super().__init__(*args, **kwargs)
        self.fields = {"name": name} | self.fields
        organisation: Any = self.fields["organisation"]
        organisation.queryset = organisations.order_by("name")
        chosen: Any = self.fields["parts"]
        chosen.choices = [(part.name, part.label) for part, _count in self.offered]

    @property
    def parts_offered(self) -> list[dict[str, Any]]:
        """Each part with its words, how much there is, and whether it is ticked."""
        ticked = self["parts"].value() or []
        return [{"part": part, "count": count, "on": part.name in ticked} for part, count in self.offered]
