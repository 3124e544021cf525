"""Webhooks: the addresses that are told of facts, what is owed to each, every attempt, and receivers to try them on."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.core import clock, ids
from apps.events.models import Event, EventRole, Membership, Organisation

MOST_KINDS = 40
MOST_EXCERPT = 2048
MOST_CALL_BYTES = 64 * 1024
MOST_CALLS = 100


class EndpointQuerySet(models.QuerySet["Endpoint"]):
    def kept(self) -> "EndpointQuerySet":
        """Those whose keeper still runs what they are told of."""
        members = Membership.objects.filter(user=OuterRef("keeper"), organisation=OuterRef("organisation"))
        organisers = EventRole.objects.filter(
            user=OuterRef("keeper"), event=OuterRef("event"), role=EventRole.Role.ORGANISER
        )
        runs = Q(keeper__is_superuser=True) | Exists(members) | Exists(organisers)
        return self.filter(runs, keeper__is_active=True)


class Endpoint(models.Model):
    """An address of somebody's own software that is told of facts, of one event or of all of an organisation."""

    audit_leaves_out: ClassVar[tuple[str, ...]] = ("failing_since", "rests_until")

    class Off(models.TextChoices):
        BY_HAND = "", _("Switched off by hand")
        GONE = "gone", _("It answered that it is gone for good")
        FAILING = "failing", _("It took nothing for days")
        LEFT = "left", _("Nobody answers for it any more")

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="endpoints", verbose_name=_("organisation")
    )
    event = models.ForeignKey(
        Event, models.CASCADE, null=True, blank=True, related_name="endpoints", verbose_name=_("event"),
        help_text=_("Without one it is told of all events of the organisation."),
    )  # fmt: skip
    name = models.CharField(_("name"), max_length=80)
    url = models.URLField(_("address"), max_length=500)
    kinds = ArrayField(models.CharField(max_length=40), verbose_name=_("told of"), default=list)
    keeper = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False,
        verbose_name=_("who answers for it"),
    )  # fmt: skip
    """Whoever made it, led it elsewhere or switched it on again since. It goes with their role."""
    is_on = models.BooleanField(_("on"), default=True)
    why_off = models.CharField(_("why it is off"), max_length=8, choices=Off.choices, blank=True, editable=False)
    secret = models.CharField(max_length=300, editable=False)
    """Sealed (`core.sealing`), as is the one before."""
    old_secret = models.CharField(max_length=300, blank=True, editable=False)
    old_secret_until = models.DateTimeField(null=True, editable=False)
    secret_shown_at = models.DateTimeField(_("secret shown"), null=True, editable=False)
    failing_since = models.DateTimeField(_("fails since"), null=True, editable=False)
    """When the first attempt failed after the last that did not."""
    rests_until = models.DateTimeField(null=True, editable=False)
    """It could not be reached a moment ago: nothing else is tried there meanwhile, so no worker waits for it again."""
    created_at = models.DateTimeField(_("made"), default=clock.now, editable=False)

    objects: ClassVar[EndpointQuerySet] = EndpointQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, now: datetime) -> "DeliveryQuerySet":
        """Asked about the endpoint without a join, so that an update looks at the row itself again once it has it: of
        two workers one takes it."""
        rested = Q(rests_until=None) | Q(rests_until__lte=now)
        awake = Endpoint.objects.kept().filter(rested, pk=OuterRef("endpoint_id"), is_on=True)
        return self.filter(Exists(awake), state=Delivery.State.OWED, due_at__lte=now)


class Delivery(models.Model):
    """One fact that is owed to one endpoint: its body is what is sent, however often."""

    is_audited: ClassVar[bool] = False

    class State(models.TextChoices):
        OWED = "owed", _("Waiting")
        DELIVERED = "done", _("Delivered")
        FAILED = "failed", _("Failed")

    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="deliveries", verbose_name=_("webhook"))
    message_id = models.CharField(_("message"), max_length=40, editable=False)
    """`webhook-id`: the same for every endpoint and attempt, by which a receiver knows what it has already."""
    kind = models.CharField(_("kind"), max_length=40)
    body = models.TextField(_("body"))
    url = models.CharField(max_length=500, blank=True, editable=False)
    """Where a test goes instead of the endpoint's own address: a receiver."""
    state = models.CharField(_("state"), max_length=6, choices=State.choices, default=State.OWED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("next try"), default=clock.now)
    created_at = models.DateTimeField(_("written"), default=clock.now, editable=False)

    objects: ClassVar[DeliveryQuerySet] = DeliveryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["endpoint", "message_id"], name="notifications_hook_once")]
        indexes = [
            models.Index(fields=["due_at"], name="notifications_hook_owed", condition=Q(state="owed")),
            models.Index(fields=["endpoint", "state", "-created_at"], name="notifications_hook_list"),
            models.Index(fields=["created_at"], name="notifications_hook_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} · {self.message_id}"


class Attempt(models.Model):
    """One call of an endpoint, and its answer."""

    is_audited: ClassVar[bool] = False

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="log", verbose_name=_("delivery"))
    at = models.DateTimeField(_("when"), default=clock.now)
    status = models.PositiveSmallIntegerField(_("status"), null=True)
    ms = models.PositiveIntegerField(_("milliseconds"), default=0)
    excerpt = models.CharField(_("answer"), max_length=MOST_EXCERPT, blank=True)
    error = models.CharField(_("what went wrong"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return str(self.status or self.error)

    @property
    def why(self) -> str:
        """What went wrong, for whoever reads it: kept in English, since whoever called had no reader."""
        return gettext(self.error) if self.error else ""


class Receiver(models.Model):
    """An address of this platform to try a webhook on: it shows what arrives. It ends by itself."""

    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="receivers", verbose_name=_("webhook"))
    token = models.CharField(max_length=40, unique=True, default=ids.new_token, editable=False)
    calls = models.PositiveSmallIntegerField(_("calls"), default=0, editable=False)
    created_at = models.DateTimeField(_("made"), default=clock.now, editable=False)
    ends_at = models.DateTimeField(_("ends"))

    class Meta:
        verbose_name = _("test receiver")
        verbose_name_plural = _("test receivers")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.endpoint} · {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def path(self) -> str:
        return reverse("notifications:receive", args=[self.token])


class ReceiverCall(models.Model):
    """What arrived at a receiver."""

    is_audited: ClassVar[bool] = False

    receiver = models.ForeignKey(Receiver, models.CASCADE, related_name="log")
    at = models.DateTimeField(_("when"), default=clock.now)
    headers = models.JSONField(_("headers"), default=dict)
    body = models.TextField(_("body"), blank=True)
    holds = models.BooleanField(_("the signature holds"))

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S}"
