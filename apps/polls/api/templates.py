"""Templates of polls over REST: kept from a poll, asked in another event, renamed and deleted; and polls that go."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.access import Access
from apps.core.calls import Listing
from apps.core.doors import answer
from apps.core.schemas import PAGING, documented, page_example, page_shape
from apps.core.scopes import Area
from apps.events.doors.desk_calls import DeskCall
from apps.polls import broadcasts, selectors, serializers, services
from apps.polls.api.polls import UNKNOWN, PollCall, RunCall, described
from apps.polls.models import Poll, Template
from apps.polls.serializers import answers

NO_TEMPLATE = {404: ["poll.template_unknown"]}


class KeepAPI(RunCall):
    access = Access.ORGANISER

    @documented(
        "poll_keep",
        takes=serializers.KeepIn,
        gives=answers.Template,
        status=201,
        example=answers.TEMPLATE,
        refuses={400: ["invalid"], **UNKNOWN, 409: ["poll.too_many_templates"]},
    )
    def post(self, request: Request, event: str, poll: int) -> Response:
        """Keeps the poll as a template of the organisation, with its pictures."""
        given = serializers.KeepIn(data=request.data)
        given.is_valid(raise_exception=True)
        template = services.keep_as_template(self.poll(), name=given.validated_data.get("name", ""))
        return answer(_template(template), status=201)


class TemplatesAPI(Listing, PollCall):
    access = Access.MODERATOR
    ordering = ("name", "pk")

    @documented(
        "poll_templates",
        asks=[serializers.TemplatesQuery, *PAGING],
        gives=page_shape(answers.Template),
        example=page_example(answers.TEMPLATE),
    )
    def get(self, request: Request, event: str) -> Response:
        """The templates of the event's organisation, by name."""
        query = serializers.TemplatesQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        rows = Template.objects.filter(organisation=self.event.organisation_id, **query.validated_data)
        return self.listed(rows, answers.Template, lambda page: [_template(template) for template in page])


class TemplateAPI(PollCall):
    access = Access.MODERATOR

    @documented(
        "poll_from_template",
        takes=serializers.UseIn,
        gives=answers.Described,
        status=201,
        example=answers.DESCRIBED,
        refuses={
            400: ["invalid", "poll.session_unknown"],
            404: ["poll.template_unknown"],
            409: ["poll.too_many_polls"],
        },
    )
    def post(self, request: Request, event: str, template: int) -> Response:
        """Makes a draft from a template."""
        given = serializers.UseIn(data=request.data)
        given.is_valid(raise_exception=True)
        found = Template.objects.filter(organisation=self.event.organisation_id, pk=template).first()
        if found is None:
            raise services.template_unknown()
        session = self.session(given.validated_data.get("session"))
        return answer(described(services.create_from_template(found, event=self.event, session=session)), status=201)


class DeskTemplateView(DeskCall):
    """Of the organisation, so it is there in each of its events."""

    area = Area.POLLS

    def check_repeated(self) -> None:
        self.template()

    def template(self) -> Template:
        found = Template.objects.filter(organisation=self.event.organisation_id, pk=self.kwargs["template"]).first()
        if found is None:
            raise services.template_unknown()
        return found

    def told(self, template: Template) -> Response:
        main = self.event.default_language
        question, options = services.words_of(template)
        shown = answers.WholeTemplate(
            id=template.pk,
            name=template.name,
            kind=template.kind,
            question=broadcasts.in_languages(question, main),
            options=[broadcasts.in_languages(option, main) for option in options],
        )
        return answer(shown)

    @documented("poll_template", gives=answers.WholeTemplate, example=answers.WHOLE_TEMPLATE, refuses=NO_TEMPLATE)
    def get(self, request: Request, event: str, template: int) -> Response:
        """A template with its words."""
        return self.told(self.template())

    @documented(
        "poll_template_change",
        takes=serializers.NameIn,
        gives=answers.WholeTemplate,
        example=answers.WHOLE_TEMPLATE,
        refuses={400: ["invalid"], **NO_TEMPLATE},
    )
    def patch(self, request: Request, event: str, template: int) -> Response:
        """Gives it another name."""
        return self.told(services.rename_template(self.template(), **self.given(serializers.NameIn)))

    @documented("poll_template_delete", refuses=NO_TEMPLATE)
    def delete(self, request: Request, event: str, template: int) -> Response:
        """Deletes it, with the pictures kept for it. Polls that were made of it stay."""
        services.remove_template(self.template())
        return Response(status=204)


class DeskPollView(DeskCall):
    area = Area.POLLS

    def check_repeated(self) -> None:
        self.poll()

    def poll(self) -> Poll:
        return selectors.get_poll(self.event.pk, self.kwargs["poll"])

    @documented("poll_delete", refuses={**UNKNOWN, 409: ["poll.still_open"]})
    def delete(self, request: Request, event: str, poll: int) -> Response:
        """Deletes a poll for good, with its answers. One that people answered is better put away."""
        services.remove_poll(self.poll())
        return Response(status=204)


def _template(template: Template) -> dict[str, Any]:
    return {"id": template.pk, "name": template.name, "kind": template.kind}
