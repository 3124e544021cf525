"""Members by invitation: asked by an owner, by mail; accepted by whoever signs in with that address; left at will."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core import clock
from apps.core.errors import Refused
from apps.events import selectors, signals
from apps.events.models import MemberInvitation, Membership, Organisation
from apps.events.services import meeting
from apps.events.services.people import add_member, check_members, remove_member

HOLDS = timedelta(days=7)
MAIL_PAUSE = timedelta(minutes=1)
MOST_OPEN = 100


@transaction.atomic
def invite_member(
    organisation: Organisation, *, email: str, role: str = Membership.Role.MANAGER, by: User | None = None
) -> MemberInvitation:
    """Asks somebody by mail to run the organisation's events; the link holds a week. Raises Refused where they do
    already, or are asked already, and where there are as many as may be."""
    email = email.strip().lower()
    check_members(organisation)  # which holds it: two at once are counted
    if Membership.objects.filter(organisation=organisation, user__email=email).exists():
        raise Refused("member.is_one", _("Somebody with this address is a member already."), field="email")
    former = MemberInvitation.objects.unanswered().filter(organisation=organisation, email=email)
    if former.filter(expires_at__gt=clock.now()).exists():
        raise Refused(
            "member.invited", _("This address is invited already. Mail it again from the list."), field="email"
        )
    former.update(revoked_at=clock.now())  # its time is over; the new one takes its place
    if MemberInvitation.objects.open().filter(organisation=organisation).count() >= MOST_OPEN:
        raise Refused(
            "member.too_many",
            _("There are %(count)s open invitations, which is the most. Revoke one that you do not need."),
            values={"count": MOST_OPEN},
        )
    # There is no account without a reason, and without one nobody can sign in to accept.
    meeting.find_by_address(organisation, email=email)
    try:
        with transaction.atomic():
            invitation = MemberInvitation.objects.create(
                organisation=organisation,
                email=email,
                role=Membership.Role(role),
                by=by,
                expires_at=clock.now() + HOLDS,
            )
    except IntegrityError as error:
        raise Refused("member.invited", _("This address is invited already."), field="email") from error
    _mail(invitation)
    return invitation


@transaction.atomic
def invite_again(invitation: MemberInvitation, *, by: User) -> None:
    """Mails a new link that holds another week; the one before ends. At most once a minute. From now on it is asked
    by `by`: whoever asked before may be no owner any more."""
    now = clock.now()
    found = MemberInvitation.objects.unanswered().filter(pk=invitation.pk)
    if not found.exists():
        raise Refused("member.answered", _("This invitation was accepted or revoked."))
    if not found.filter(sent_at__lte=now - MAIL_PAUSE).update(expires_at=now + HOLDS, by=by):
        raise Refused("member.too_soon", _("It was mailed a moment ago. Wait a minute, then mail it again."))
    _mail(invitation)


def _mail(invitation: MemberInvitation) -> None:
    sent = {"sent_at": clock.now(), "sendings": F("sendings") + 1}
    MemberInvitation.objects.filter(pk=invitation.pk).update(**sent)
    invitation.refresh_from_db()
    token = selectors.member_token(invitation)
    signals.member_invited.send(sender=MemberInvitation, invitation=invitation, token=token)


def revoke_invitation(invitation: MemberInvitation) -> bool:
    """Its link opens nothing from now on; False where it was answered or revoked before."""
    return bool(MemberInvitation.objects.unanswered().filter(pk=invitation.pk).update(revoked_at=clock.now()))


@transaction.atomic
def accept_invitation(invitation: MemberInvitation, *, user: User) -> Membership:
    """The invited person says yes, once. What they may do as staff still waits for their second step.

    Raises Refused where it is over, is for another address, nobody who invited them may invite any more, or there are
    as many members as may be.
    """
    if user.email != invitation.email:
        raise Refused("member.other_address", _("This invitation is for another address."), status=403)
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=invitation.organisation_id)
    stands = MemberInvitation.objects.standing().filter(pk=invitation.pk).exists()
    if not stands or not MemberInvitation.objects.open().filter(pk=invitation.pk).update(accepted_at=clock.now()):
        raise Refused("member.over", _("This invitation is over. Ask the organisation for another one."), status=410)
    known = Membership.objects.filter(organisation=organisation, user=user).first()
    if known is not None:  # made one at the desk meanwhile: that stands
        return known
    check_members(organisation)
    meeting.meet(organisation.pk, user=user)
    return add_member(organisation, user=user, role=invitation.role)


def leave_organisation(user: User, membership_id: int) -> Organisation:
    """Somebody gives their own membership up. Raises Refused where they are the last owner, and DoesNotExist."""
    membership = Membership.objects.select_related("organisation", "user").get(pk=membership_id, user=user)
    remove_member(membership)
    return membership.organisation
