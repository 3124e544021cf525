"""Which pages are photographed, where each is, and who looks at it: add yours to `PAGES`, or say in `LEFT_OUT` why not.

The lists and forms of the organisers' desk are added by themselves, one for each table that the desk shows.
"""

from operator import attrgetter

from events_platform.embedded import processes
from tests.screens.library import library_pages
from tests.screens.shots import DEMO, ONE_EACH, PEOPLE, Shot

MAIL_SECONDS = 30
EVENT = f"/e/{DEMO}"
SESSION = f"{EVENT}/sessions/eleven-towns-one-floodplain/"
PAGES = {
    "front": Shot("/"),
    "landing": Shot(f"{EVENT}/"),
    "register": Shot(f"{EVENT}/register/"),
    "embed-agenda": Shot(f"{EVENT}/embed/agenda/"),
    "embed-agenda-arabic": Shot(f"{EVENT}/embed/agenda/?lang=ar"),
    "embed-register": Shot(f"{EVENT}/embed/register/"),
    "signin": Shot("/signin/"),
    "registered": Shot(f"{EVENT}/register/sent/"),
    "resend": Shot(f"{EVENT}/register/link/"),
    "account-reset": Shot("/accounts/password/reset/"),
    "account-reset-done": Shot("/accounts/password/reset/done/"),
    "account-reset-key-done": Shot("/accounts/password/reset/key/done/"),
    "account-inactive": Shot("/accounts/inactive/"),
    "account-verification": Shot("/accounts/confirm-email/"),
    "account-password": Shot("/accounts/password/change/", "attendee"),
    "account-set-password": Shot("/accounts/password/set/", "newcomer"),
    "second-step": Shot("/accounts/2fa/", "attendee"),
    "second-step-arabic": Shot("/accounts/2fa/", "attendee", cookies={"django_language": "ar"}),
    "second-step-app": Shot("/accounts/2fa/app/", "newcomer"),
    "second-step-passkey": Shot("/accounts/2fa/passkeys/add/", "newcomer"),
    "account-signout": Shot("/accounts/logout/", "attendee"),
    "lobby": Shot(f"{EVENT}/lobby/", "attendee"),
    "agenda": Shot(f"{EVENT}/agenda/", "attendee"),
    "agenda-visitor": Shot(f"{EVENT}/agenda/"),
    "agenda-list": Shot(f"{EVENT}/agenda/?view=list", "attendee"),
    "agenda-now": Shot(f"{EVENT}/agenda/?view=now", "attendee"),
    "agenda-search": Shot(f"{EVENT}/agenda/?q=river", "attendee"),
    "agenda-nothing": Shot(f"{EVENT}/agenda/?q=zeppelin", "attendee"),
    "agenda-arabic": Shot(f"{EVENT}/agenda/", "attendee", cookies={"django_language": "ar"}),
    "agenda-mine": Shot(f"{EVENT}/agenda/mine/", "attendee"),
    "agenda-mine-empty": Shot(f"{EVENT}/agenda/mine/", "moderator"),
    "speakers": Shot(f"{EVENT}/speakers/", "attendee"),
    "speaker": Shot(f"{EVENT}/speakers/oduya-barasa/", "attendee"),
    "session": Shot(SESSION, "attendee", whole=False),
    "green-room": Shot(f"{SESSION}green-room/", "speaker"),
    "stage": Shot(f"{SESSION}stage/", "moderator"),
    "stage-arabic": Shot(f"{SESSION}stage/", "moderator", cookies={"django_language": "ar"}),
    "stage-speaker": Shot(f"{SESSION}stage/", "speaker"),
    "transcripts": Shot(f"{EVENT}/transcripts/", "moderator"),
    "said": Shot(f"{EVENT}/said/?q=map", "attendee"),
    "said-nothing": Shot(f"{EVENT}/said/?q=zeppelin", "attendee"),
    "session-questions": Shot(f"{SESSION}#questions", "attendee", whole=False),
    "questions": Shot(f"{SESSION}questions/", "attendee"),
    "questions-newest": Shot(f"{SESSION}questions/?sort=newest", "attendee"),
    "questions-mine": Shot(f"{SESSION}questions/?sort=mine", "attendee"),
    "questions-found": Shot(f"{SESSION}questions/?q=gauge", "attendee"),
    "questions-none-found": Shot(f"{SESSION}questions/?q=zeppelin", "attendee"),
    "questions-arabic": Shot(f"{SESSION}questions/", "attendee", cookies={"django_language": "ar"}),
    "questions-desk": Shot(f"{SESSION}questions/desk/", "moderator"),
    "questions-desk-arabic": Shot(f"{SESSION}questions/desk/", "moderator", cookies={"django_language": "ar"}),
    "questions-lectern": Shot(f"{SESSION}questions/lectern/", "speaker"),
    "questions-screen": Shot(f"{SESSION}questions/screen/", "speaker", whole=False),
    "session-visitor": Shot(SESSION),
    "expo": Shot(f"{EVENT}/expo/", "attendee"),
    "booth": Shot(f"{EVENT}/expo/ostra/", "attendee"),
    "booth-desk": Shot(f"{EVENT}/expo/ostra/desk/", "exhibitor"),
    "conversations": Shot(f"{EVENT}/chat/", "attendee"),
    "next": Shot(f"{EVENT}/next/", "attendee"),
    "me": Shot(f"{EVENT}/me/", "attendee"),
    "me-arabic": Shot(f"{EVENT}/me/", "attendee", cookies={"django_language": "ar"}),
    "data": Shot("/data/", "attendee"),
    "offer": Shot(f"{EVENT}/register/offer/", "attendee"),
    "answers": Shot(f"{EVENT}/register/answers/", "attendee"),
    "quizzes": Shot(f"{EVENT}/quizzes/", "attendee"),
    "session-quiz": Shot(f"{SESSION}#quiz", "attendee", whole=False),
    "devices": Shot("/devices/", "attendee"),
    "tokens": Shot("/tokens/", "attendee"),
    "organisations": Shot("/organisations/", "organiser"),
    "organisations-none": Shot("/organisations/", "attendee"),
    "organisation-new": Shot("/organisations/new/", "organiser"),
    "control": Shot(f"{EVENT}/control/", "organiser"),
    "moderation": Shot(f"{EVENT}/moderation/", "moderator"),
    "moderation-arabic": Shot(f"{EVENT}/moderation/", "moderator", cookies={"django_language": "ar"}),
    "moderation-messages": Shot(f"{EVENT}/moderation/everything/", "moderator"),
    "moderation-people": Shot(f"{EVENT}/moderation/people/", "moderator"),
    "moderation-rooms": Shot(f"{EVENT}/moderation/rooms/", "moderator"),
    "moderation-words": Shot(f"{EVENT}/moderation/words/", "moderator"),
    "moderation-record": Shot(f"{EVENT}/moderation/log/", "moderator"),
    "polls-all": Shot(f"{EVENT}/polls/", "attendee"),
    "polls-all-session": Shot(f"{SESSION}polls/all/", "attendee"),
    "polls-run": Shot(f"{EVENT}/polls/run/", "organiser"),
    "polls-run-session": Shot(f"{SESSION}polls/", "organiser"),
    "desk": Shot("/admin/", "organiser"),
    "mailbox": Shot("/mailbox/"),
    "components": Shot("/ui/"),
    "components-house": Shot("/ui/?mood=house"),
    "missing": Shot(f"{EVENT}/sessions/never-was/", "attendee"),
    "refused": Shot(f"{EVENT}/control/", "attendee"),
    "refused-form": Shot("/", template="403_csrf.html"),
    "refused-bad": Shot("/", template="400.html"),
    "refused-often": Shot("/", template="429.html"),
    "refused-broken": Shot("/", template="500.html"),
}

FILM = {"event__slug": DEMO, "kind": "video", "state": "ready"}
DRAWN = {"event__slug": DEMO, "pages__count__gt": 0}
CLOSED = {"event__slug": DEMO, "state": "closed"}
LOBBY = {"room__event__slug": DEMO, "room__owner": "lobby"}
TALK = ("chat.Room", {"event__slug": DEMO, "owner": "lobby"}, {"room": "pk"})
OF_ROWS = {
    "conversation": ("chat:room", "attendee", *TALK, {"whole": False}),
    "conversation-staff": ("chat:room", "moderator", *TALK, {"whole": False}),
    "conversation-arabic": ("chat:room", "attendee", *TALK, {"whole": False, "cookies": {"django_language": "ar"}}),
    "conversation-search": ("chat:search", "attendee", *TALK, {"query": "?q=morning"}),
    "watch": ("media:watch", "organiser", "media.Asset", FILM, {"key": "key"}, {"whole": False}),
    "document": ("media:pages", "attendee", "media.Asset", DRAWN, {"key": "key"}),
    "transcripts-of-film": ("media:transcripts_of", "moderator", "media.Asset", FILM, {"key": "key"}),
    "transcript": ("media:transcript", "moderator", "media.Transcript", {"event__slug": DEMO}, {"transcript": "pk"}),
    "transcript-arabic": (
        "media:transcript", "moderator", "media.Transcript", {"event__slug": DEMO}, {"transcript": "pk"},
        {"cookies": {"django_language": "ar"}},
    ),
    "captioner": (
        "media:captioner", "moderator", "tracks.Session", {"event__slug": DEMO},
        {"kind": "_meta.model_name", "number": "pk"},
    ),
    "poll": ("polls:poll", "attendee", "polls.Poll", {"event__slug": DEMO, "state": "open"}, {"poll": "pk"}),
    "quiz": (
        "quizzes:quiz", "attendee", "quizzes.Quiz", {"event__slug": DEMO, "games__phase": "lobby"}, {"quiz": "pk"},
    ),
    "quiz-host": (
        "quizzes:host", "moderator", "quizzes.Quiz", {"event__slug": DEMO, "games__phase": "lobby"}, {"quiz": "pk"},
    ),
    "quiz-screen": (
        "quizzes:screen", "moderator", "quizzes.Quiz", {"event__slug": DEMO, "games__phase": "lobby"}, {"quiz": "pk"},
    ),
    **{
        f"{name}-{kind}": (route, person, "polls.Poll", CLOSED | {"kind": kind}, {"poll": "pk"})
        for kind in ("multiple", "scale", "ranking", "points", "words", "text")
        for name, route, person in (("poll", "polls:poll", "attendee"), ("poll-screen", "polls:screen", "organiser"))
    },
    "training": (
        "quizzes:training", "attendee", "quizzes.Quiz", {"event__slug": DEMO, "mode": "alone"}, {"quiz": "pk"},
    ),
    "training-task": (
        "quizzes:task", "attendee", "quizzes.Task",
        {"attempt__user__email": PEOPLE["attendee"], "attempt__finished_at": None},
        {"quiz": "attempt.quiz_id", "number": "attempt.number", "position": "position"},
    ),
    "training-review": (
        "quizzes:review", "attendee", "quizzes.Attempt",
        {"user__email": PEOPLE["attendee"], "finished_at__isnull": False}, {"quiz": "quiz_id", "number": "number"},
    ),
    "poll-screen": ("polls:screen", "organiser", "polls.Poll", {"event__slug": DEMO, "state": "open"}, {"poll": "pk"}),
    "poll-said": ("polls:words", "organiser", "polls.Poll", CLOSED | {"kind": "words"}, {"poll": "pk"}),
    "poll-all-texts": ("polls:texts", "organiser", "polls.Poll", CLOSED | {"kind": "text"}, {"poll": "pk"}),
    "poll-reset": ("polls:reset", "organiser", "polls.Poll", {"event__slug": DEMO, "state": "open"}, {"poll": "pk"}),
    "message-sheet": ("chat:message", "attendee", "chat.Message", LOBBY, {"room": "room_id", "message": "pk"}),
    "group": ("chat:group", "attendee", "chat.Group", {"event__slug": DEMO}, {"group": "pk"}),
    "moderation-person": (
        "chat:person", "moderator", "events.Registration",
        {"event__slug": DEMO, "user__email": PEOPLE["attendee"]}, {"person": "user_id"},
    ),
    "mailbox-message": ("notifications:message", "", "notifications.MailboxMessage", {}, {"pk": "pk"}),
    "moderation-room": ("chat:room_rules", "moderator", "chat.Room", {"event__slug": DEMO}, {"room": "pk"}),
}  # fmt: skip
"""Pages of the newest row of a table: route, person, model, which rows, the route's parameters by field; what else its
Shot needs, and the `query` of its address."""

LEFT_OUT = {
    "tracks:seat": "leads to the page of the session",
    "account_login": "leads to the page for signing in",
    "account_signup": "closed: people come by registering",
    "account_request_login_code": "leads to the page for signing in",
    "account_confirm_login_code": "needs a code that was just asked for",
    "account_confirm_email": "needs the key of a mail",
    "account_reset_password_from_key": "needs the key of a mail",
    "account_reauthenticate": "needs a session whose sign-in is long ago",
    "mfa_authenticate": "needs somebody who is signing in with a second step",
    "mfa_reauthenticate": "needs a session whose sign-in is long ago",
    "mfa_reauthenticate_webauthn": "needs a session whose sign-in is long ago",
    "mfa_replace_totp": "looks like the page that sets an app up",
    "mfa_deactivate_totp": "needs somebody who has an app",
    "mfa_list_webauthn": "leads to the page of all second steps",
    "mfa_edit_webauthn": "needs somebody who has a passkey",
    "mfa_remove_webauthn": "needs somebody who has a passkey",
    "mfa_login_webauthn": "takes a passkey; its page is the one for signing in",
    "mfa_view_recovery_codes": "needs somebody who has set up a second step",
    "mfa_generate_recovery_codes": "needs somebody who has set up a second step",
    "account_email": "leads away: one address a person",
    "events:join": "needs the token of a mail; of a draft, staged in stages/of_registration.py",
    "events:wish": "needs the token of a mail; staged in stages/of_registration.py",
    "events:take": "needs the token of a mail; staged in stages/of_registration.py",
    "events:person": "the number of somebody is another one each time; looks like the preview in one's profile",
    "events:ways": "needs an organisation with a provider of its own",
    "events:signin_go": "leads to the provider",
    "events:signin_try": "leads to the provider",
    "events:signin_back": "needs a provider's answer",
    "events:signin_finish": "needs a provider's answer",
    "events:member_invitation": "needs the token of a mail",
    "events:ticket": "not a page: a ticket for the socket",
    "questions:ask": "leads to the list of questions",
    "notifications:message-html": "the mail itself, in a frame of its message",
    "chat:replay": "a piece of the conversation",
    "tracks:star": "leads to the agenda once the visitor has signed in",
    "notifications:silence": "needs the address in a mail",
}
"""Routes of pages without a picture, and why."""
FILES = frozenset({
    "accounts:photo", "core:healthz", "core:readyz", "core:preferences", "live:protocol", "live:processes",
    "intake:health", "intake:metrics", "mfa_download_recovery_codes",
    "events:api", "events:schema", "events:card", "tracks:card", "events:embed_script",
    "tracks:sitemap", "tracks:robots", "events:signin_metadata",
    "events:logo", "events:brand", "notifications:attachment", "chat:log_csv",
    "media:authorise", "media:burned", "media:captions", "media:download", "media:file", "media:live",
    "media:live-rung", "media:master", "media:rung", "media:simulive-list", "media:simulive-master",
    "media:simulive-piece", "media:storyboard", "media:transcript_file", "media:transcript_take", "media:words",
    "chat:export", "chat:file", "polls:export", "questions:export", "quizzes:report", "quizzes:template",
    "questions:export-xlsx", "tracks:glimpse", "tracks:schedule", "tracks:personal", "exhibitors:style",
})  # fmt: skip
"""Routes that answer with a file or data, not with a page; so does all of the API."""


def have_mail() -> None:
    """A message for the mailbox: the demo sends none by itself, so an attendee has their link sent once more."""
    from apps.events.models import Event
    from apps.events.services import resend_link
    from apps.notifications.models import MailboxMessage

    event = Event.objects.filter(slug=DEMO).first()
    if event is None or MailboxMessage.objects.exists():
        return
    resend_link(event, email=PEOPLE["attendee"])
    processes.wait_until(MailboxMessage.objects.exists, MAIL_SECONDS)


def have_words() -> None:
    """A transcript, published: the demo's film brings its texts inside, which nobody has taken over yet."""
    from apps.media import services
    from apps.media.models import Asset, Transcript

    film = Asset.objects.filter(**FILM).exclude(encoding__captions=[]).select_related("encoding").first()
    if film is None or film.transcripts.exists():
        return
    words = services.take_over_captions(film, number=0)
    services.change_transcript(words, state=Transcript.State.PUBLISHED)


def row_pages() -> dict[str, Shot]:
    """The pages of `OF_ROWS` whose row the demo has."""
    from django.apps import apps
    from django.urls import reverse

    found = {}
    for name, (route, person, model, which, fields, *rest) in OF_ROWS.items():
        row = apps.get_model(model).objects.filter(**which).order_by("-pk").first()
        if row is not None:
            arguments = {parameter: attrgetter(field)(row) for parameter, field in fields.items()}
            of_event = {} if model.startswith("notifications.") else {"event": DEMO}
            seen = dict(*rest)
            address = reverse(route, kwargs={**of_event, **arguments}) + seen.pop("query", "")
            found[name] = Shot(address, person, **seen)
    return found


def look_as_an_attendee(page):
    page.get_by_role("button", name="As an attendee").click()
    page.get_by_role("button", name="End preview").wait_for()


def desk_pages() -> dict[str, Shot]:
    """The demo event's page at the desk, and for each table its list, an empty form, and one row's form.

    The empty form is seen as organiser: what the organiser may not add is left out, as it is at the desk.
    """
    from django.contrib import admin
    from django.test import RequestFactory
    from django.urls import reverse

    from apps.accounts.models import User
    from apps.events.models import Event, Registration
    from apps.notifications.models import Endpoint

    event = Event.objects.filter(slug=DEMO).first()
    organiser = User.objects.filter(email=PEOPLE["organiser"]).first()
    if event is None or organiser is None:
        return {}
    request = RequestFactory().get("/admin/")
    request.user = organiser
    found = {"desk-home": Shot(reverse("admin:events_event_desk", args=[event.pk]), "organiser")}
    found["desk-duplicate"] = Shot(reverse("admin:events_event_duplicate", args=[event.pk]), "organiser")
    found["desk-look"] = Shot(reverse("admin:events_event_look"), "organiser")
    found["desk-events-event-kind"] = Shot(reverse("admin:events_event_add") + "?kind=launch", "organiser")
    found["desk-arrange"] = Shot(reverse("admin:tracks_session_arrange", args=[event.pk]), "organiser")
    found["desk-arrange-rtl"] = Shot(
        reverse("admin:tracks_session_arrange", args=[event.pk]), "organiser", {"django_language": "ar"}, views=ONE_EACH
    )
    found["desk-preview"] = Shot(
        reverse("admin:events_event_desk", args=[event.pk]), "organiser", whole=False, act=look_as_an_attendee
    )
    found["desk-history"] = Shot(reverse("admin:events_event_history", args=[event.pk]), "organiser")
    found["desk-share"] = Shot(reverse("admin:events_event_share", args=[event.pk]) + "?ref=newsletter", "organiser")
    found |= library_pages(event)
    place = Registration.objects.standing().filter(event=event).order_by("-pk").first()
    if place is not None:
        found["desk-put-right"] = Shot(reverse("admin:events_registration_correct", args=[place.pk]), "organiser")
    webhook = Endpoint.objects.filter(organisation=event.organisation).first()
    if webhook is not None:
        found["desk-webhook-try"] = Shot(reverse("admin:notifications_endpoint_try", args=[webhook.pk]), "organiser")
    for model, desk in sorted(admin.site._registry.items(), key=lambda pair: pair[0]._meta.label_lower):
        if getattr(desk, "desk", None) is None:
            continue
        name = model._meta.label_lower.replace(".", "-")
        address = f"admin:{name.replace('-', '_')}"
        of_event = f"?{desk.event_path}__id__exact={event.pk}" if desk.event_path in desk.list_filter else ""
        found[f"desk-{name}-list"] = Shot(reverse(f"{address}_changelist") + of_event, "organiser")
        if desk.has_add_permission(request):
            found[f"desk-{name}-new"] = Shot(reverse(f"{address}_add"), "organiser")
        row = desk.get_queryset(request).order_by("-pk").first()
        if row is not None:
            found[f"desk-{name}"] = Shot(reverse(f"{address}_change", args=[row.pk]), "organiser")
    return found
