"""What beat asks for, and how often: each round a task that picks up what is due, and harmless when it comes twice."""

from typing import Any

ROUNDS: dict[str, dict[str, Any]] = {
    "send-owed-mails": {"task": "notifications.send_owed_mails", "schedule": 30.0, "options": {"expires": 30}},
    "events-round": {"task": "events.round", "schedule": 60.0, "options": {"expires": 60}},
    "say-announcements": {"task": "events.say_due", "schedule": 10.0, "options": {"expires": 10}},
    "mail-announcements": {"task": "notifications.mail_announcements", "schedule": 15.0, "options": {"expires": 120}},
    "renew-client-secrets": {"task": "events.renew_secrets", "schedule": 3600.0, "options": {"expires": 3600}},
    "prove-domains": {"task": "events.prove_domains", "schedule": 600.0, "options": {"expires": 600}},
    "deliver-webhooks": {"task": "notifications.deliver_due", "schedule": 15.0, "options": {"expires": 15}},
    "webhooks-sweep": {"task": "notifications.sweep_hooks", "schedule": 600.0, "options": {"expires": 600}},
    "announce-stages": {"task": "tracks.announce_stages", "schedule": 20.0, "options": {"expires": 20}},
    "move-stages": {"task": "tracks.move_stages", "schedule": 5.0, "options": {"expires": 5}},
    "close-attendance": {"task": "tracks.close_attendance", "schedule": 600.0, "options": {"expires": 600}},
    "seats-round": {"task": "tracks.round", "schedule": 60.0, "options": {"expires": 60}},
    "open-polls": {"task": "polls.open_due", "schedule": 15.0, "options": {"expires": 15}},
    "close-polls": {"task": "polls.close_due", "schedule": 15.0, "options": {"expires": 15}},
    "tell-of-answers": {"task": "questions.tell_due", "schedule": 60.0, "options": {"expires": 60}},
    "mix-answers": {"task": "polls.mix", "schedule": 60.0, "options": {"expires": 60}},
    "renew-secrets": {"task": "polls.renew_secrets", "schedule": 3600.0, "options": {"expires": 3600}},
    "quiz-round": {"task": "quizzes.round", "schedule": 15.0, "options": {"expires": 15}},
    "media-round": {"task": "media.round", "schedule": 30.0, "options": {"expires": 30}},
    "media-watched": {"task": "media.write_watched", "schedule": 30.0, "options": {"expires": 30}},
    "answers-sweep": {"task": "core.sweep", "schedule": 600.0, "options": {"expires": 600}},
    "sessions-sweep": {"task": "accounts.sweep", "schedule": 3600.0, "options": {"expires": 3600}},
    "audit-sweep": {"task": "audit.sweep", "schedule": 3600.0, "options": {"expires": 3600}},
    "chat-sweep": {"task": "chat.sweep", "schedule": 600.0, "options": {"expires": 600}},
    "media-sweep": {"task": "media.sweep", "schedule": 600.0, "options": {"expires": 600}},
}

# A round is thrown away when it is late, so it has a queue that nothing else fills; what is many at once has one where
# nobody waits for it. Films have theirs, since one takes hours; whoever waits for a recording, for slides or a picture
# waits minutes at most, in another.
ROUTES: dict[str, dict[str, str]] = {
    **{str(asked["task"]): {"queue": "rounds"} for asked in ROUNDS.values()},
    "quizzes.reveal_due": {"queue": "rounds"},
    # It makes mails by the hundred, and may wait behind those it made.
    "notifications.mail_announcements": {"queue": "bulk"},
    "notifications.deliver": {"queue": "bulk"},
    # It waits for name servers.
    "events.prove_domains": {"queue": "bulk"},
    "media.*": {"queue": "media"},
    "media.prepare": {"queue": "files"},
    "media.record": {"queue": "files"},
    "media.poll_conversions": {"queue": "files"},
    "media.end_conversion": {"queue": "files"},
}
