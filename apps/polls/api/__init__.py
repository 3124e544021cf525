"""Polls over REST: found, answered, run (`polls`), beside a film (`clock`), what people said, what is kept of them."""

from apps.polls.api.clock import ClockAPI
from apps.polls.api.polls import AnswerAPI, CloseAPI, OpenAPI, PollAPI, PollsAPI, ResultsAPI, RunAPI
from apps.polls.api.templates import DeskPollView, DeskTemplateView, KeepAPI, TemplateAPI, TemplatesAPI
from apps.polls.api.words import AnswersAPI, TextsAPI, WordsAPI

__all__ = [
    "AnswerAPI",
    "AnswersAPI",
    "ClockAPI",
    "CloseAPI",
    "DeskPollView",
    "DeskTemplateView",
    "KeepAPI",
    "OpenAPI",
    "PollAPI",
    "PollsAPI",
    "ResultsAPI",
    "RunAPI",
    "TemplateAPI",
    "TemplatesAPI",
    "TextsAPI",
    "WordsAPI",
]
