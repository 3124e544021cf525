"""Names in the API's schema, for kinds whose fields are all called alike."""

KINDS = {
    "EventState": "apps.events.models.Event.State",
    "SessionState": "apps.tracks.models.Session.State",
    "PollState": "apps.polls.models.Poll.State",
    "QuestionState": "apps.questions.models.Question.State",
    "AssetState": "apps.media.models.Asset.State",
    "ReactionKind": "apps.chat.broadcasts.REACTIONS",
    "SanctionKind": "apps.chat.serializers.SANCTIONS",
}
