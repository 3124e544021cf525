"""What happens in an event beside the commands of the socket: by forms, at desks, by people who come and go.

Each deed takes a play (the world, its cast, and `choose`) and does what its door would call. Refused is an answer.
"""

from apps.chat import services as chat
from apps.chat.models import Group, Message, Word
from apps.core import clock
from apps.core.errors import Refused
from apps.events import services as events
from apps.exhibitors import broadcasts as booths
from apps.live import presence, store
from apps.live.registry import resolve
from apps.media import selectors as media_reads
from apps.media import services as media
from apps.media.models import StreamKey, TranscodeJob
from apps.media.services import contributing
from apps.polls import services as polls
from apps.questions import services as questions
from apps.questions.models import Question
from apps.quizzes import services as quizzes
from apps.tracks import broadcasts as stages
from apps.tracks import services as tracks
from apps.tracks.models import Session
from tests.factories.media import glimpse

DESK = ("close", "open", "lock", "unlock", "reveal", "hide", "extend", "reset")


def run_poll(play, deed):
    poll = play.thing("polls.poll")
    poll.refresh_from_db()
    # Long enough that none closes by its own clock meanwhile: that is nobody’s deed.
    polls.run_poll(poll, deed, ends=poll.round, seconds=polls.LONGEST_SECONDS)


def change_poll(play):
    poll = play.thing("polls.poll")
    poll.refresh_from_db()
    polls.publish_changes(poll)


def make_group(play):
    by = play.person()
    return chat.create_group(play.event, name="Keel and oar", by=by, invited=[play.person().pk, play.person().pk])


def invite(play):
    group, member = play.group()
    chat.invite(group, people=[play.person().pk, play.person().pk], by=member)


def answer_invitation(play, accept):
    group, _member = play.group()
    invited = [one.user for one in group.members.filter(joined_at=None).order_by("pk")]
    chat.answer_invitation(group, user=play.choose([*invited, play.person()]), accept=accept)


def leave_group(play):
    group, member = play.group()
    chat.leave_group(group, person_id=member.pk, by=member, roles=frozenset({"attendee"}))


def put_out_of_group(play):
    group, member = play.group()
    moderator = play.world.people["moderator"]
    chat.leave_group(group, person_id=member.pk, by=moderator, roles=frozenset({"attendee", "moderator"}))


def change_words(play):
    by = play.moderator()
    if play.choose([True, False]):
        chat.add_words(by, language="en", lines=play.choose(["abc", "bilge\nab", "c"]), action="hold")
    else:
        chat.remove_words(by, words=list(Word.objects.filter(event=play.event).values_list("pk", flat=True)[:2]))


def hold(play):
    """A message that waits."""
    room = play.thing("chat.room")
    room.refresh_from_db()
    chat.set_rules(room, user_id=None, holds="all")
    author = play.world.people["attendee"]
    saying = chat.Saying(play.event.pk, room.pk, author.pk, frozenset({"attendee"}), f"@{author.name} waits")
    [said] = chat.send_messages([saying])
    chat.set_rules(room, user_id=None, holds="")
    if isinstance(said, Refused):
        raise said
    return room, author, said


def hold_and_decide(play):
    """And what becomes of it."""
    room, author, said = hold(play)
    if play.choose([True, False]):
        chat.remove_message(
            event_id=play.event.pk,
            room_id=room.pk,
            message_id=said.id,
            user_id=author.pk,
            roles=frozenset({"attendee"}),
        )
    else:
        chat.decide(play.moderator(), messages=[said.id], approve=play.choose([True, False]))


def undo_the_newest(play):
    act = play.event.chat_acts.exclude(kind__in=("undo", "pin", "unpin", "oust")).filter(undone_by=None).first()
    if act is not None:
        chat.undo(play.moderator(), act_id=act.pk)


def remove_many(play):
    """Of several people, whether they were shown or not; and perhaps back again."""
    rows = Message.objects.filter(room__event=play.event, removed="", held="").order_by("-pk")[:5]
    act = chat.remove_messages(play.moderator(), messages=[row.pk for row in rows])
    if play.choose([True, False]):
        chat.undo(play.moderator(), act_id=act.pk)


def announce(play):
    events.announce(play.event, text=play.choose(["Doors open.", "Lunch is served."]), by=None)


def come_or_go(play, topic):
    """Somebody's first socket in a place, or their last: what the engine writes in Redis, and tells the feature."""
    match, person = resolve(topic), play.person()
    key, who = presence.here_key(play.event.pk, topic), play.who(person)
    if store.blocking().hdel(key, str(person.pk)):
        match.topic.left([who], clock.now(), **match.params)
    else:
        store.blocking().hset(key, str(person.pk), 1)
        match.topic.joined([who], clock.now(), **match.params)


def move_session(play, move):
    move(sessions=Session.objects.filter(pk=play.thing("tracks.session").pk))


def press_stage(play):
    tracks.press(play.thing("tracks.session"), play.choose(tracks.PRESSES))


def set_stage(play):
    words = play.choose(["Coffee is ready.", "Soon."])
    tracks.set_stage(play.thing("tracks.session"), {"lobby_words": words, "lobby_minutes": play.choose([5, 20])})


def show_stream(play):
    """What is sent to the stream is seen on the stage from now on."""
    session = play.thing("tracks.session")
    Session.objects.filter(pk=session.pk).update(stream=play.thing("media.stream"))
    session.refresh_from_db()
    tracks.set_stage(session, {"source": play.choose(["film", "stream"])})


def transcode_again(play):
    asset = play.thing("media.asset")
    TranscodeJob.objects.filter(asset=asset).update(state=TranscodeJob.State.FAILED)
    media.retry_transcode(asset)


def send_a_stream(play):
    """An encoder comes, is on air for a moment, and goes."""
    stream = play.thing("media.stream")
    key = StreamKey.objects.filter(stream=stream, revoked_at=None).first()
    publisher = media.admit(media_reads.secret_of(key))
    media.renew(publisher, health={"kbps": 900, "fps": 25.0}, comes=True, steady=20)
    rungs = [{"name": "360p", "width": 640, "height": 360, "fps": 25.0, "kbps": 800, "codecs": "avc1.4d401f"}]
    take = media.begin_take(publisher, rungs=rungs, began_at=clock.now())
    media.add_segment(publisher, take, file=0, at=clock.now(), seconds=2.0, sizes={"360p": 9})
    if play.choose([True, False]):
        media.leave(publisher)


def come_to_green_room(play):
    """Somebody comes with their camera, says how it is, and is put on stage, or leaves."""
    stream = play.thing("media.stream")
    session = play.thing("tracks.session")
    Session.objects.filter(pk=session.pk).update(stream=stream)
    stream.refresh_from_db()
    who = contributing.admit(
        media_reads.contribution_ticket(stream, play.world.people["organiser"]), shows="camera", has_sound=True
    )
    contributing.show(who, picture=glimpse(), loudness=play.choose([0, 40]))
    said_to = play.choose([None, who.contribution_id])
    media.say_backstage(stream, "You are next.", by=play.person(), is_from_desk=True, to=said_to)
    contributing.note(who, {"is_ready": play.choose([True, False]), "shows": play.choose(["camera", "both"])})
    media.put_on_stage(stream, who.contribution_id)
    contributing.renew(who, health={}, comes=True, steady=1)
    play.choose([contributing.leave, contributing.leave_for_good, lambda who: None])(who)
    if play.choose([True, False]):
        stream.refresh_from_db()
        media.take_off_stage(stream, who.contribution_id)


def run_stream(play):
    stream = play.thing("media.stream")
    stream.refresh_from_db()
    play.choose([media.end_stream, media.open_stream])(stream)


def rotate_key(play):
    media.rotate_key(play.thing("media.stream"), which="primary")


def question(play):
    rows = Question.objects.filter(board__event=play.event).order_by("-pk")[:6]
    return play.choose(list(rows))


def merge(play):
    questions.merge_question(question(play), into=question(play))


def rules_of_questions(play):
    questions.set_rules(play.thing("tracks.session"), holds=play.choose([True, False]))


def ask_in_quiz(play):
    """Everybody plays, and the next question is there."""
    game = play.thing("quizzes.game")
    quizzes.join([quizzes.Joining(play.event.pk, game.pk, person.pk, f"P {person.pk}") for person in play.people])
    quizzes.ask_next(game)


def edit_line(play):
    row = play.thing("media.transcript")
    line = play.choose(list(row.lines.all()) or [media.add_line(row, text="High water.", begins=0, ends=1000)])
    deed = play.choose([media.change_line, media.delete_line, media.join_line])
    deed(row, line.pk, version=line.version, **({"text": "Low water."} if deed is media.change_line else {}))


def caption(play, *, is_final):
    stage = f"session/{play.thing('tracks.session').pk}"
    text, language = play.choose(["Eleven", "Eleven mayors."]), play.choose(["en", "de"])
    return media.say(play.event, stage_key=stage, language=language, text=text, is_final=is_final)


def edit_caption(play):
    line = caption(play, is_final=True)
    media.change_line(line.transcript, line.pk, version=1, text="Corrected.")
    media.delete_transcript(line.transcript)
    if play.choose([True, False]):
        media.restore_transcript(line.transcript)


def keep_captions(play):
    caption(play, is_final=True)
    film = play.thing("media.transcript").asset
    media.keep_captions(play.event, stage_key=f"session/{play.thing('tracks.session').pk}", film=film)


DEEDS = {
    **{f"poll {deed}": lambda play, deed=deed: run_poll(play, deed) for deed in DESK},
    "poll changed": change_poll,
    "group made": make_group,
    "group invites": invite,
    "group joined": lambda play: answer_invitation(play, accept=True),
    "group declined": lambda play: answer_invitation(play, accept=False),
    "group left": leave_group,
    "group puts out": put_out_of_group,
    "words changed": change_words,
    "held": hold,
    "held and decided": hold_and_decide,
    "removed many": remove_many,
    "undone": undo_the_newest,
    "announced": announce,
    "here": lambda play: come_or_go(play, "here"),
    "in the session": lambda play: come_or_go(play, stages.stage_topic(play.thing("tracks.session").pk)),
    "at the booth": lambda play: come_or_go(play, booths.presence(play.thing("exhibitors.booth").pk)),
    "session cancelled": lambda play: move_session(play, tracks.cancel_sessions),
    "session restored": lambda play: move_session(play, tracks.restore_sessions),
    "stage pressed": press_stage,
    "stage set": set_stage,
    "stage shows its stream": show_stream,
    "film again": transcode_again,
    "line edited": edit_line,
    "caption said": lambda play: caption(play, is_final=True),
    "caption begun": lambda play: caption(play, is_final=False),
    "caption edited": edit_caption,
    "captions kept": keep_captions,
    "stream sent": send_a_stream,
    "stream ended or opened": run_stream,
    "stream key": rotate_key,
    "green room": come_to_green_room,
    "question replied": lambda play: questions.reply_to_question(question(play), text="Yes.", by=play.person()),
    "question tagged": lambda play: questions.tag_question(question(play), tags=play.choose([["a"], []])),
    "questions merged": merge,
    "question split": lambda play: questions.split_question(question(play)),
    "questions ruled": rules_of_questions,
    "quiz asked": ask_in_quiz,
}


def newest_group(play):
    """A group that somebody is in, and one of them."""
    rows = Group.objects.filter(event=play.event, members__joined_at__isnull=False).distinct().order_by("-pk")
    group = play.choose(list(rows[:3]) or [make_group(play)])
    return group, play.choose([one.user for one in group.members.filter(joined_at__isnull=False).order_by("pk")])
