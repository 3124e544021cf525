"""Speakers are invited over REST: they get the role in the event, and a link of their own by mail."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events.doors.desk_calls import DeskCall
from apps.tracks import services
from apps.tracks.models import Speaker
from apps.tracks.serializers.programme import SPEAKER, DeskSpeakerSerializer, SpeakerInvitationIn


class InviteSpeakerView(DeskCall):
    area = Area.TEAM

    def found(self) -> Speaker:
        rows = self.event.speakers.select_related("user", "photo", "event__organisation")
        row: Speaker = get_object_or_404(rows, slug=self.kwargs["speaker"])
        return row

    @documented(
        "speaker_invite",
        takes=SpeakerInvitationIn,
        gives=DeskSpeakerSerializer,
        example=SPEAKER,
        refuses={409: ["person.name", "role.banned", "role.too_many", "speaker.linked"]},
    )
    def post(self, request: Request, event: str, speaker: str) -> Response:
        """Invites a speaker, and mails the link. Who has no account here gets one by `email`, under the speaker's name:
        refused where that is none that an account may have, such as one with a link in it."""
        found, email = self.found(), self.given(SpeakerInvitationIn)["email"]
        if found.user is None and not email:
            raise ValidationError({"email": [_("Write an address: this speaker has no account here.")]})
        services.invite_speaker(found, email=email)
        return Response(DeskSpeakerSerializer(self.found(), context={"event": self.event}).data)
