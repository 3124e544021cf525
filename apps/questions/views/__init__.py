"""Questions by pages and forms: the list (`listing`), the desk and the speaker's view of those who run them
(`running`), and what they do to a question (`acts`)."""

from apps.questions.views.acts import MergeView, MoveView, ReplyView, SplitView, TagsView
from apps.questions.views.listing import AskView, FollowView, MailsView, QuestionsView, VoteView, WithdrawView
from apps.questions.views.running import DeskView, ExportView, LecternView, NextView, RulesView, ScreenView

__all__ = [
    "AskView",
    "DeskView",
    "ExportView",
    "FollowView",
    "LecternView",
    "MailsView",
    "MergeView",
    "MoveView",
    "NextView",
    "QuestionsView",
    "ReplyView",
    "RulesView",
    "ScreenView",
    "SplitView",
    "TagsView",
    "VoteView",
    "WithdrawView",
]
