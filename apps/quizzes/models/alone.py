"""A quiz that somebody works through by themselves: attempts and their tasks."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.quizzes.models.banks import Question, Quiz


class Attempt(models.Model):
    is_audited: ClassVar[bool] = False

    quiz = models.ForeignKey(Quiz, models.CASCADE, related_name="attempts", verbose_name=_("quiz"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="quiz_attempts")
    number = models.PositiveSmallIntegerField(_("attempt"))
    started_at = models.DateTimeField(_("begun"), default=clock.now)
    finished_at = models.DateTimeField(_("handed in"), null=True)
    percent = models.PositiveSmallIntegerField(_("percent"), null=True)
    passed = models.BooleanField(_("passed"), null=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["quiz", "user", "number"], name="quizzes_attempt_number"),
            models.UniqueConstraint(
                fields=["quiz", "user"], condition=models.Q(finished_at=None), name="quizzes_attempt_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quiz} · {self.number}"


class Task(models.Model):
    """A question of an attempt, as it was written when the attempt began; what is right stands apart."""

    is_audited: ClassVar[bool] = False

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="tasks")
    question = models.ForeignKey(Question, models.SET_NULL, null=True, related_name="+")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10)
    sheet = models.JSONField()
    key = models.JSONField()
    worth = models.PositiveSmallIntegerField(default=Question.Worth.NORMAL, db_default=1000)
    """How much it weighs among the questions of its attempt."""
    said = models.JSONField(null=True)
    share = models.FloatField(null=True)
    """How much of it is right, from 0 to 1; known once the attempt is handed in."""

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["attempt", "position"], name="quizzes_task_place")]

    def __str__(self) -> str:
        return f"{self.attempt_id}/{self.position}"
