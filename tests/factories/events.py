"""Organisations, events, and who takes part in them."""

from datetime import timedelta

import factory

from apps.core import clock
from apps.events.models import (
    STAFF_ROLES,
    Announcement,
    Answer,
    Ban,
    Choice,
    Errand,
    Event,
    EventRole,
    GuestList,
    InvitationCode,
    JoinLink,
    MemberInvitation,
    Membership,
    Organisation,
    OrganisationWish,
    Question,
    Registration,
    SignInConnection,
    SignInDomain,
    TicketKind,
)
from tests.factories.accounts import UserFactory, give_second_factor


class OrganisationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Organisation

    name = factory.Sequence(lambda n: f"Weir Society {n}")
    slug = factory.Sequence(lambda n: f"weir-{n}")


class EventFactory(factory.django.DjangoModelFactory):
    """A public, published event that began an hour ago."""

    class Meta:
        model = Event

    organisation = factory.SubFactory(OrganisationFactory)
    name = factory.Sequence(lambda n: f"Freshet {n}")
    slug = factory.Sequence(lambda n: f"freshet-{n}")
    state = Event.State.PUBLISHED
    starts_at = factory.LazyFunction(lambda: clock.now() - timedelta(hours=1))
    ends_at = factory.LazyAttribute(lambda event: event.starts_at + timedelta(days=2))


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership
        skip_postgeneration_save = True

    organisation = factory.SubFactory(OrganisationFactory)
    user = factory.SubFactory(UserFactory, is_staff=True)
    role = Membership.Role.OWNER

    @factory.post_generation
    def second_factor(self, create, extracted, **_):
        give_second_factor(self.user)


class EventRoleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = EventRole
        skip_postgeneration_save = True

    event = factory.SubFactory(EventFactory)
    user = factory.SubFactory(UserFactory)
    role = EventRole.Role.SPEAKER

    @factory.post_generation
    def second_factor(self, create, extracted, **_):
        if self.role in STAFF_ROLES:
            give_second_factor(self.user)


class RegistrationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Registration

    event = factory.SubFactory(EventFactory)
    user = factory.SubFactory(UserFactory)


class JoinLinkFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = JoinLink

    registration = factory.SubFactory(RegistrationFactory)
    expires_at = factory.LazyFunction(lambda: clock.now() + timedelta(days=30))


class AnnouncementFactory(factory.django.DjangoModelFactory):
    """A row without its broadcast; `services.announce` makes both."""

    class Meta:
        model = Announcement

    event = factory.SubFactory(EventFactory)
    seq = factory.Sequence(lambda n: n + 1)
    text = "Lunch is ready in the garden."


class BanFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Ban

    event = factory.SubFactory(EventFactory)
    user = factory.SubFactory(UserFactory)


class TicketKindFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TicketKind

    event = factory.SubFactory(EventFactory)
    name = factory.Sequence(lambda n: f"Day {n}")


class InvitationCodeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = InvitationCode

    event = factory.SubFactory(EventFactory)
    code = factory.Sequence(lambda n: f"HERON{n}")


class QuestionFactory(factory.django.DjangoModelFactory):
    """Asked of everybody at registration; give it `choices=["…"]` where its kind has some."""

    class Meta:
        model = Question
        skip_postgeneration_save = True

    event = factory.SubFactory(EventFactory)
    label = factory.Sequence(lambda n: f"What about {n}?")

    @factory.post_generation
    def choices(self, create, labels, **_kwargs):
        for position, label in enumerate(labels or ()):
            Choice.objects.create(question=self, label=label, position=position)


class AnswerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Answer

    registration = factory.SubFactory(RegistrationFactory)
    question = factory.SubFactory(QuestionFactory)
    text = "Yes"


class ErrandFactory(factory.django.DjangoModelFactory):
    """Links that are mailed to nobody yet."""

    class Meta:
        model = Errand

    event = factory.SubFactory(EventFactory)
    deed = "send_links"


class OrganisationWishFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = OrganisationWish

    by = factory.SubFactory(UserFactory)
    name = "Dry Dock"
    words = "Talks about hulls"


class GuestListFactory(factory.django.DjangoModelFactory):
    """A file with one guest, who is not invited yet."""

    class Meta:
        model = GuestList

    event = factory.SubFactory(EventFactory)
    name = "guests.csv"
    rows = factory.LazyFunction(
        lambda: [{"line": 2, "email": "ada@example.org", "name": "Ada", "company": "", "title": "", "ticket": None}]
    )
    people = factory.LazyAttribute(lambda guests: len(guests.rows))
    wrong = factory.LazyAttribute(lambda guests: len(getattr(guests, "problems", ())))


class SignInConnectionFactory(factory.django.DjangoModelFactory):
    """By OpenID Connect, switched on."""

    class Meta:
        model = SignInConnection

    organisation = factory.SubFactory(OrganisationFactory)
    name = factory.Sequence(lambda n: f"Lakeside account {n}")
    kind = SignInConnection.Kind.OIDC
    issuer = "https://id.lakeside.example"
    client_id = "plenary"
    is_on = True


class SignInDomainFactory(factory.django.DjangoModelFactory):
    """A proven one."""

    class Meta:
        model = SignInDomain

    connection = factory.SubFactory(SignInConnectionFactory)
    domain = factory.Sequence(lambda n: f"lakeside{n}.example")
    proven_at = factory.LazyFunction(clock.now)


class MemberInvitationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = MemberInvitation

    organisation = factory.SubFactory(OrganisationFactory)
    email = factory.Sequence(lambda n: f"invited{n}@example.org")
    sent_at = factory.LazyFunction(lambda: clock.now() - timedelta(hours=1))
    sendings = 1
    expires_at = factory.LazyFunction(lambda: clock.now() + timedelta(days=7))
