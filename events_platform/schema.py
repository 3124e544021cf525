"""The API's description: names for kinds whose fields are all called alike, and what completes it."""

KINDS = {
    "EventState": "apps.events.models.Event.State",
    "Admission": "apps.events.models.Event.Admission",
    "RegistrationState": "apps.events.models.Registration.State",
    "RegistrationQuestionKind": "apps.events.models.Question.Kind",
    "OrganisationWishState": "apps.events.models.OrganisationWish.State",
    "MemberRole": "apps.events.models.Membership.Role",
    "EventRoleName": "apps.events.models.EventRole.Role",
    "EventKind": "apps.events.models.Event.Kind",
    "Language": "apps.events.serializers.settings.LANGUAGES",
    "EventStep": "apps.events.serializers.settings.STEPS",
    "RegistrationDeed": "apps.events.serializers.registrations.DEEDS",
    "ErrandDeed": "apps.events.models.Errand.Deed",
    "ErrandDeedOfPlaces": "apps.events.serializers.errands.DEEDS",
    "ErrandState": "apps.events.models.Errand.State",
    "GuestListState": "apps.events.models.GuestList.State",
    "SeatState": "apps.tracks.models.Seat.State",
    "DeliveryState": "apps.notifications.models.Delivery.State",
    "SignInKind": "apps.events.models.SignInConnection.Kind",
    "NewPeople": "apps.events.models.SignInConnection.NewPeople",
    "MailState": "apps.notifications.models.OwedMail.State",
    "AnnouncementState": "apps.events.models.Announcement.State",
    "ProfileAudience": "apps.accounts.models.Audience",
    "SessionState": "apps.tracks.models.Session.State",
    "PollState": "apps.polls.models.Poll.State",
    "QuestionState": "apps.questions.models.Question.State",
    "QuizQuestionKind": "apps.quizzes.models.Question.Kind",
    "QuizQuestionWorth": "apps.quizzes.models.Question.Worth",
    "QuizMode": "apps.quizzes.models.Quiz.Mode",
    "QuizPlayerDeed": "apps.quizzes.serializers.DEEDS",
    "AssetKind": "apps.media.models.Asset.Kind",
    "AssetState": "apps.media.models.Asset.State",
    "AddedSoundRole": "apps.media.models.AddedSound.Role",
    "MediaJobState": "apps.media.models.AddedSound.State",
    "WordJobKind": "apps.media.models.WordJob.Kind",
    "TranscriptState": "apps.media.models.Transcript.State",
    "TranscriptOrigin": "apps.media.models.Transcript.Origin",
    "ReactionKind": "apps.chat.broadcasts.REACTIONS",
    "SanctionKind": "apps.chat.serializers.SANCTIONS",
}

HOOKS = (
    "drf_spectacular.hooks.postprocess_schema_enums",
    "apps.core.schemas.with_problems",
)
"""Looked through by each of these, in order, once the calls are described."""

SETTINGS = {
    "TITLE": "Plenary",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "ENUM_NAME_OVERRIDES": KINDS,
    "POSTPROCESSING_HOOKS": list(HOOKS),
}
