"""What pages and the desk do, and the call that does it: `METHOD name` of a route, or a reason why there is none.

Each reason stands in docs/api.md, in these words.
"""

from tests.access import routes


class Nowhere(str):
    """Why nothing over REST does it."""


BROWSER = Nowhere("Signing in and out takes a browser: codes, passwords, passkeys, providers, the links of mails.")
STEP = Nowhere("A second step is set up and taken away on its page, by whoever shows anew who they are.")
OF_A_BROWSER = Nowhere("What a browser keeps for itself: language and colours, looking as somebody else.")
MACHINES = Nowhere(
    "What other machines post: receipts of mails, calls to receivers of webhooks, and whether a stream’s key is one."
)
BY_MAIL = Nowhere(
    "What the link at the foot of a mail ends without signing in; `me/mails/` does it for who is signed in."
)
WISH = Nowhere("A wish is followed by the link of its mail; `registration/` does it for who is signed in.")
ALONG = Nowhere(
    "Pages that only bring something along on the way to another: a sheet to fill in, a preview of colours."
)
FILES = Nowhere("Files of tickets, codes, questions, roles, speakers, booths and members: they are made one by one.")
WISHES = Nowhere("Whoever runs the platform says yes or no to a wish for an organisation.")
TRIES = Nowhere("A way to sign in is tried, and a domain believed by a superuser’s word.")
ACCOUNTS = Nowhere("Accounts of others are closed, opened, and rid of a second step, by whoever runs the platform.")
ASKED_ONCE = Nowhere("The words of a poll that people were asked are put right.")

ONLY_SHOW = {
    *("account_email", "account_inactive", "account_reset_password_done", "account_reset_password_from_key_done"),
    *("core:components", "core:healthz", "core:readyz", "events:embed_script", "intake:health", "intake:metrics"),
    *("live:processes", "live:protocol", "tracks:robots", "tracks:sitemap"),
}
"""Functions, which take any method, and pages of the library that only say something."""
PAGES: dict[str, str] = {
    # Oneself
    "accounts:devices": "DELETE me-devices, DELETE me-device",
    "accounts:leave": "POST me-leaving",
    "accounts:own_data": "GET me-data",
    "events:tokens": "POST me-tokens, DELETE me-token",
    "events:organisations": "POST me-invitation, DELETE organisation-membership",
    "events:member_invitation": "POST me-invitations",
    "events:found_organisation": "POST organisations, POST organisation-wishes",
    # An event
    "events:register": "POST event-register, POST event-registration",
    "events:embed_register": "POST event-register",
    "events:resend": "POST event-resend",
    "events:cancel": "DELETE event-registration",
    "events:answers": "PATCH event-registration",
    "events:offer": "PUT event-offer, DELETE event-offer",
    "events:take": "POST event-take",
    "events:wish": WISH,
    "events:me": "PATCH me, PUT me-photo, DELETE me-photo",
    "tracks:star": "PUT agenda-star, DELETE agenda-star",
    "tracks:seat": "POST agenda-seat, DELETE agenda-seat",
    "tracks:renew": "POST agenda-address",
    "exhibitors:booth": "POST booth_contact, DELETE contact-request",
    "exhibitors:desk_request": "POST booth-answer, DELETE booth-answer",
    "tracks:stage": "POST desk-stage-state",
    "tracks:stage_keep": "PATCH desk-stage",
    "tracks:on_stage": "PATCH desk-green-room",
    "tracks:green_room_ticket": "POST green-room-ticket",
    "tracks:backstage": "POST green-room-said",
    "media:transcripts_of": "POST desk-transcripts",
    "media:transcript": "PATCH desk-transcript-line",
    "media:transcript_deed": (
        "PATCH desk-transcript, DELETE desk-transcript, POST desk-transcript-restore, POST desk-transcript-shift, "
        "POST desk-transcript-speaker, POST desk-transcript-replace"
    ),
    "media:word_jobs": "POST desk-word-jobs",
    "media:captioner": "POST caption-push, POST desk-caption-key, POST desk-caption-machine",
    "venue:announce": "POST event-announcing",
    "venue:call_off": "POST event-call-off",
    # Conversations
    "chat:create-group": "POST chat-groups",
    "chat:invite": "POST chat-invite",
    "chat:answer": "POST chat-answer",
    "chat:leave": "DELETE chat-member",
    "chat:send": "POST chat-messages, POST chat-files",
    "chat:edit": "PATCH chat-message",
    "chat:remove": "DELETE chat-message",
    "chat:react": "POST chat-reactions",
    "chat:mark": "POST chat-marks",
    "chat:pin": "PUT chat-pinned",
    "chat:read": "POST chat-read",
    "chat:report": "POST chat-report",
    "chat:rules": "PUT chat-rules",
    "chat:room_rules": "PUT chat-rules",
    "chat:decide": "POST chat-waiting",
    "chat:settle": "POST chat-reports",
    "chat:remove_many": "DELETE chat-message",
    "chat:person": "POST chat-bar, DELETE chat-bar",
    "chat:words": "POST chat-words",
    "chat:remove_words": "DELETE chat-word",
    "chat:undo": "POST chat-undo",
    # Polls, questions, quizzes
    "polls:vote": "PUT poll-answer",
    "polls:prepare": "POST poll-template, POST polls",
    "polls:deed": "POST poll-run, POST poll-open, POST poll-close",
    "polls:words": "POST poll-words",
    "polls:reset": "POST poll-run",
    "questions:ask": "POST questions",
    "questions:mails": "PUT me-mail",
    "questions:vote": "PUT question-vote, DELETE question-vote",
    "questions:follow": "PUT question-follow, DELETE question-follow",
    "questions:withdraw": "DELETE question",
    "questions:move": "POST question-move",
    "questions:reply": "PUT question-reply",
    "questions:tags": "PUT question-tags",
    "questions:merge": "POST question-merge",
    "questions:split": "DELETE question-merge",
    "questions:rules": "PATCH questions-rules",
    "questions:next": "POST questions-next",
    "quizzes:join": "PUT quiz-seat",
    "quizzes:answer": "PUT quiz-answer",
    "quizzes:time": "PUT quiz-ask-time",
    "quizzes:open": "POST quiz-open",
    "quizzes:step": "POST quiz-step",
    "quizzes:seat": "POST quiz-player, PUT quiz-player-time",
    "quizzes:training": "POST training-attempts",
    "quizzes:task": "PUT training-answer",
    "quizzes:hand_in": "POST training-hand-in",
    # Not over REST
    **dict.fromkeys(routes.ACCOUNT.keys() - ONLY_SHOW, BROWSER),
    **dict.fromkeys(("mfa_authenticate", "mfa_login_webauthn", "mfa_reauthenticate"), BROWSER),
    "mfa_reauthenticate_webauthn": BROWSER,
    **dict.fromkeys(("mfa_activate_totp", "mfa_replace_totp", "mfa_deactivate_totp"), STEP),
    **dict.fromkeys(("mfa_add_webauthn", "mfa_edit_webauthn", "mfa_remove_webauthn"), STEP),
    "mfa_generate_recovery_codes": STEP,
    "accounts:signin": BROWSER,
    "accounts:mailed_code": BROWSER,
    "events:join": BROWSER,
    "events:signin_acs": BROWSER,
    "events:preview": OF_A_BROWSER,
    "core:preferences": OF_A_BROWSER,
    "media:authorise": MACHINES,
    "notifications:receive": MACHINES,
    "notifications:mail-events": MACHINES,
    "notifications:silence": BY_MAIL,
}

CODES = "events.invitationcode"
DESK: dict[str, str] = {
    # Organisations and events
    "events.organisation add": "POST organisations",
    "events.organisation change": "PATCH organisation-itself",
    "events.membership add": "POST organisation-members",
    "events.membership change": "PATCH organisation-member",
    "events.membership delete": "DELETE organisation-member",
    "events.memberinvitation add": "POST organisation-invitations",
    "events.memberinvitation send_again": "POST organisation-invitation",
    "events.memberinvitation revoke": "DELETE organisation-invitation",
    "events.signinconnection add": "POST organisation-connections",
    "events.signinconnection change": "PATCH organisation-connection",
    "events.signinconnection delete": "DELETE organisation-connection",
    "admin:events_signinconnection_setup": TRIES,
    "events.organisationwish grant": WISHES,
    "events.organisationwish decline": WISHES,
    "events.event add": "POST organisation-events",
    "events.event change": "PATCH desk-settings, PUT desk-logo, DELETE desk-logo",
    "events.event delete": "DELETE desk-whole",
    "admin:events_event_duplicate": "POST event-duplicate",
    "admin:events_event_step": "POST desk-state",
    "admin:events_event_look": "PATCH desk-settings, PUT desk-logo",
    "events.announcement add": "POST event-announcing",
    "events.announcement change": "PATCH event-announcement",
    "events.announcement delete": "DELETE event-announcement",
    "events.announcement call_off": "POST event-call-off",
    "intake.deadletter try_again": "POST desk-letter-again",
    "intake.deadletter throw_away": "DELETE desk-letter",
    # People
    "accounts.user change": ACCOUNTS,
    "accounts.user reset_second_factor": ACCOUNTS,
    "events.eventrole add": "POST desk-roles",
    "events.eventrole delete": "DELETE desk-role",
    "events.eventrole send_links": "POST desk-role-links, POST desk-role-errands",
    "events.eventrole revoke_links": "DELETE desk-role-link, POST desk-role-errands",
    "admin:events_eventrole_end_link": "DELETE desk-role-link",
    "events.ban lift": "DELETE desk-ban, POST desk-ban-errands",
    "events.registration add": "POST desk-registrations",
    "events.registration change": "PATCH desk-registration",
    "admin:events_registration_correct": "PATCH desk-registration",
    **dict.fromkeys(
        (f"events.registration {deed}" for deed in ("approve", "decline", "reconsider", "cancel_places")),
        "POST desk-decision, POST desk-errands",
    ),
    "events.registration send_links": "POST desk-registration-links, POST desk-errands",
    "events.registration revoke_links": "DELETE desk-registration-link, POST desk-errands",
    "admin:events_registration_end_link": "DELETE desk-registration-link",
    "admin:events_registration_invite": "POST desk-guest-lists",
    "admin:events_guestlist_invite": "POST desk-guests-invite",
    "events.guestlist delete": "DELETE desk-guest-list",
    "events.ticketkind add": "POST desk-tickets",
    "events.ticketkind change": "PATCH desk-ticket, PUT desk-opens",
    "events.ticketkind delete": "DELETE desk-ticket",
    f"{CODES} add": "POST desk-codes",
    f"{CODES} change": "PATCH desk-code",
    f"{CODES} delete": "DELETE desk-unused-code",
    f"{CODES} end_codes": "DELETE desk-code",
    f"{CODES} revive_codes": "PATCH desk-code",
    "events.question add": "POST desk-asked",
    "events.question change": "PATCH desk-ask",
    "events.question delete": "DELETE desk-ask",
    "notifications.owedmail try_again": "POST desk-mail-again",
    "notifications.owedmail lift_suppression": "POST desk-mail-again",
    # Agenda
    **{
        f"tracks.{part} {deed}": f"{method} desk-{part}{'s' if deed == 'add' else ''}"
        for part in ("track", "room", "tag", "speaker", "session")
        for deed, method in (("add", "POST"), ("change", "PATCH"), ("delete", "DELETE"))
    },
    "tracks.speaker invite": "POST desk-speaker-invitation",
    "tracks.session cancel": "PATCH desk-session",
    "tracks.session restore": "PATCH desk-session",
    "admin:tracks_session_arrange": "PATCH desk-session",
    "tracks.seat add": "POST desk-seats",
    "tracks.seat give": "POST desk-seats",
    "tracks.seat take_away": "DELETE desk-seat",
    "tracks.scheduleimport add": "POST desk-imports",
    "tracks.scheduleimport delete": "DELETE desk-import",
    "admin:tracks_scheduleimport_apply": "POST desk-apply",
    # Content and expo
    "media.asset add": "POST uploads, POST upload-parts, POST upload-complete",
    "media.asset change": "PATCH desk-asset, PUT desk-asset-chapters",
    **dict.fromkeys(
        (f"media.asset {deed}" for deed in ("move_to_folder", "add_tags", "remove_tags", "set_download")),
        "PATCH desk-asset",
    ),
    "media.asset to_trash": "DELETE desk-asset",
    "media.asset restore": "POST desk-trashed",
    "admin:media_asset_throw": "DELETE desk-asset",
    "admin:media_asset_restore": "POST desk-trashed",
    "admin:media_asset_delete_for_good": "DELETE desk-trashed",
    "admin:media_asset_version": "POST desk-asset-version",
    "admin:media_asset_versions": "POST uploads, GET desk-asset-versions",
    "admin:media_asset_discard": "DELETE desk-asset-replacement",
    "admin:media_asset_keep": "POST desk-asset-keep",
    "media.folder add": "POST desk-folders",
    "media.folder change": "PATCH desk-folder",
    "media.folder delete": "DELETE desk-folder",
    "media.shelffile change": "PATCH organisation-shelved",
    "media.shelffile delete": "DELETE organisation-shelved",
    "admin:media_shelffile_take": "POST desk-shelf",
    "admin:media_asset_retry": "POST desk-asset-again",
    "admin:media_asset_cancel": "POST desk-asset-stop",
    "admin:media_asset_sounds": "POST desk-asset-sounds, GET desk-asset-sounds",
    "admin:media_asset_sound_remove": "DELETE desk-asset-sound",
    "admin:media_asset_sound_again": "POST desk-asset-sound-again",
    "admin:media_asset_cut": "POST desk-asset-cuts",
    "media.stream add": "POST desk-streams",
    "media.stream change": "PATCH desk-stream",
    "media.stream delete": "DELETE desk-stream",
    "admin:media_stream_open_keys": "GET desk-stream-keys",
    "admin:media_stream_keys": (
        "POST desk-stream-keys, DELETE desk-stream-key, POST desk-stream-end, POST desk-stream-open, PATCH desk-stream"
    ),
    "exhibitors.booth add": "POST desk-booths",
    "exhibitors.booth change": "PATCH desk-booth",
    "exhibitors.booth delete": "DELETE desk-booth",
    "exhibitors.booth show": "PATCH desk-booth",
    "exhibitors.booth hide": "PATCH desk-booth",
    "exhibitors.contactrequest delete": "DELETE desk-contact-request",
    # Live
    "polls.poll add": "POST polls",
    "polls.poll change": "PATCH poll",
    "polls.poll delete": "DELETE desk-poll",
    "admin:polls_poll_run": "POST poll-run, POST poll-open, POST poll-close, POST poll-keep",
    "polls.template change": "PATCH desk-poll-template",
    "polls.template delete": "DELETE desk-poll-template",
    "admin:polls_template_use": "POST poll-template",
    "questions.question change": "PUT question-reply, PUT question-tags",
    **dict.fromkeys(
        (f"questions.question {deed}" for deed in ("let_through", "put_on_list", "answer", "put_off", "dismiss")),
        "POST question-move",
    ),
    "questions.board add": "PATCH questions-rules",
    "questions.board change": "PATCH questions-rules",
    # Quizzes
    "quizzes.bank add": "POST desk-banks, POST desk-bank-file",
    "quizzes.bank change": "PATCH desk-bank, PUT desk-bank-order, POST desk-bank-file",
    "quizzes.bank delete": "DELETE desk-bank",
    "quizzes.question add": "POST desk-bank-questions",
    "quizzes.question change": "PATCH desk-bank-question",
    "quizzes.question delete": "DELETE desk-bank-question",
    "quizzes.quiz add": "POST desk-quizzes",
    "quizzes.quiz change": "PATCH desk-quiz",
    "quizzes.quiz delete": "DELETE desk-quiz",
    **dict.fromkeys((f"quizzes.allowance {deed}" for deed in ("add", "change", "delete")), "PUT quiz-time"),
    # Conversations
    "chat.room change": "PUT chat-rules",
    "chat.room close": "PUT chat-rules",
    "chat.room open": "PUT chat-rules",
    "chat.word add": "POST chat-words",
    "chat.word delete": "DELETE chat-word",
    "chat.message remove_messages": "DELETE chat-message",
    "chat.message approve": "POST chat-waiting",
    "chat.message reject": "POST chat-waiting",
    "chat.report remove_reported": "POST chat-reports",
    "chat.report dismiss": "POST chat-reports",
    "chat.sanction lift": "DELETE chat-bar",
    # Webhooks
    "notifications.endpoint add": "POST webhooks",
    "notifications.endpoint change": "PATCH webhook",
    "notifications.endpoint delete": "DELETE webhook",
    "admin:notifications_endpoint_try": "POST webhook-test, POST webhook-secret, POST webhook-replay",
    "notifications.delivery send_again": "POST webhook-delivery",
    # Not over REST
    "admin:login": BROWSER,
    "admin:logout": BROWSER,
    "admin:events_event_colours": ALONG,
    **{
        f"admin:{owner}_{page}": FILES if page != "sheet" else ALONG
        for owner in (
            "events_ticketkind", "events_invitationcode", "events_question", "events_memberinvitation",
            "events_eventrole", "tracks_speaker", "exhibitors_booth",
        )
        for page in ("file", "sheet", "by_file")
    },
}  # fmt: skip
NO_DEEDS = {
    *("admin:index", "admin:search", "admin:autocomplete", "admin:jsi18n", "admin:app_list", "admin:"),
    *("admin:password_change_done", "admin:events_event_desk", "admin:events_event_share", "admin:events_event_code"),
    *(
        "admin:events_event_open_desk",
        "admin:events_registration_import_guests",
        "admin:notifications_endpoint_open_try",
    ),
    *("admin:media_asset_trash", "admin:media_asset_open_trash"),
    *("admin:events_registration_open_correcting", "admin:events_signinconnection_open_setup"),
    *("admin:events_event_look_sheet", "admin:events_guests_template", "admin:tracks_scheduleimport_template"),
    *("admin:events_guestlist_report", "admin:polls_poll_results", "admin:quizzes_bank_csv", "admin:quizzes_bank_qti"),
    *("chat.message change", "chat.report change", "chat.sanction change", "tracks.seat change"),
}
"""Pages of the desk that show something, and forms of it in which nothing can be changed."""

IN_PART = {"polls.poll change": ASKED_ONCE, "events.signinconnection change": TRIES}
"""What of a deed that has a call is the desk's alone."""
