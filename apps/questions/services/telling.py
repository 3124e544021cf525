"""Telling pages what changed: an entry in the session's log, and the marks of what moves."""

from collections.abc import Iterable, Sequence

from apps.live import publish
from apps.live.seq import next_seqs
from apps.questions import broadcasts
from apps.questions.models import Board, Change, Question


def tell(board: Board, questions: Sequence[Question]) -> None:
    """These questions are new or changed: one entry each, in the caller's transaction, late in it."""
    if not questions or board.session_id is None:
        return
    topic = broadcasts.log_topic(board.session_id)
    seqs = next_seqs(board.event_id, topic, count=len(questions))
    Change.objects.bulk_create(
        Change(board=board, seq=seq, question=question) for seq, question in zip(seqs, questions, strict=True)
    )
    for seq, question in zip(seqs, questions, strict=True):
        publish.log(board.event_id, topic, seq=seq, payload=broadcasts.entry(question))


def tell_standing(boards: Iterable[Board]) -> None:
    for board in boards:
        if board.session_id is not None:
            publish.state(board.event_id, broadcasts.standing_topic(board.session_id))


def tell_stage(board: Board) -> None:
    """What is on stage changed, or its votes or words did."""
    if board.session_id is not None:
        publish.state(board.event_id, broadcasts.stage_topic(board.session_id))


def tell_desk(board: Board) -> None:
    if board.session_id is not None:
        publish.state(board.event_id, broadcasts.desk_topic(board.session_id))
