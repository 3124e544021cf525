"""What people type to register, and organisers at their desk."""

from apps.events.forms.announcing import AnnouncementDeskForm, AnnouncementForm
from apps.events.forms.correcting import CorrectionForm, RightAddressForm
from apps.events.forms.desk import (
    CodesForm,
    DeclineForm,
    EventForm,
    GuestFileForm,
    InvitationForm,
    MembershipForm,
    RoleForm,
)
from apps.events.forms.duplicating import DuplicateForm
from apps.events.forms.founding import AskingForm, FoundingForm
from apps.events.forms.lines import CodeLine, MemberLine, QuestionLine, RoleLine, TicketLine
from apps.events.forms.registering import (
    AnswersForm,
    CodeForm,
    OfferForm,
    PlaceForm,
    RegistrationForm,
    ResendForm,
    TakeForm,
    email_field,
)
from apps.events.forms.signing_in import ConnectionForm, DomainForm, MemberInvitationForm
from apps.events.forms.token import TokenForm

__all__ = [
    "AnnouncementDeskForm",
    "AnnouncementForm",
    "AnswersForm",
    "AskingForm",
    "CodeForm",
    "CodeLine",
    "CodesForm",
    "ConnectionForm",
    "CorrectionForm",
    "DeclineForm",
    "DomainForm",
    "DuplicateForm",
    "EventForm",
    "FoundingForm",
    "GuestFileForm",
    "InvitationForm",
    "MemberInvitationForm",
    "MemberLine",
    "MembershipForm",
    "OfferForm",
    "PlaceForm",
    "QuestionLine",
    "RegistrationForm",
    "ResendForm",
    "RightAddressForm",
    "RoleForm",
    "RoleLine",
    "TakeForm",
    "TicketLine",
    "TokenForm",
    "email_field",
]
