"""The API's description: names for kinds whose fields are all called alike, and what completes it."""

KINDS = {
    "EventState": "apps.events.models.Event.State",
    "AnnouncementState": "apps.events.models.Announcement.State",
    "ProfileAudience": "apps.accounts.models.Audience",
    "SessionState": "apps.tracks.models.Session.State",
    "PollState": "apps.polls.models.Poll.State",
    "QuestionState": "apps.questions.models.Question.State",
    "AssetState": "apps.media.models.Asset.State",
    "ReactionKind": "apps.chat.broadcasts.REACTIONS",
    "SanctionKind": "apps.chat.serializers.SANCTIONS",
}

HOOKS = (
    "drf_spectacular.hooks.postprocess_schema_enums",
    "apps.core.schemas.with_problems",
)
"""Looked through by each of these, in order, once the calls are described."""
