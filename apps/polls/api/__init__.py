"""Polls over REST: found, answered, run (`polls`), what people said (`words`), what is kept of them (`templates`)."""

from apps.polls.api.polls import AnswerAPI, CloseAPI, OpenAPI, PollAPI, PollsAPI, ResultsAPI, RunAPI
from apps.polls.api.templates import DeskPollView, DeskTemplateView, KeepAPI, TemplateAPI, TemplatesAPI
from apps.polls.api.words import AnswersAPI, TextsAPI, WordsAPI

__all__ = [
    "AnswerAPI",
    "AnswersAPI",
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
