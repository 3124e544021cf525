"""Questions over REST: asked, voted for, followed (`questions`); moved on, replied to, joined (`running`)."""

from apps.questions.api.questions import AllAPI, ClockAPI, FollowAPI, QuestionAPI, QuestionsAPI, SimilarAPI, VoteAPI
from apps.questions.api.running import ExportAPI, MergeAPI, MoveAPI, NextAPI, ReplyAPI, RulesAPI, TagsAPI

__all__ = [
    "AllAPI",
    "ClockAPI",
    "ExportAPI",
    "FollowAPI",
    "MergeAPI",
    "MoveAPI",
    "NextAPI",
    "QuestionAPI",
    "QuestionsAPI",
    "ReplyAPI",
    "RulesAPI",
    "SimilarAPI",
    "TagsAPI",
    "VoteAPI",
]
