"""Rows of the desk's lists by file: codes, tickets, questions, members, roles, speakers, booths. All of a file comes
in, or nothing."""

import json
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from i18nfield.strings import LazyI18nString

from apps.accounts.models import User
from apps.core import by_line, sheets, tables
from apps.core.errors import Refused
from apps.events import services
from apps.events.forms import CodeLine, QuestionLine, RoleLine
from apps.events.models import EventRole, InvitationCode, MemberInvitation, Membership, Question, TicketKind
from apps.exhibitors.forms import BoothLine
from apps.exhibitors.models import Booth
from apps.notifications.models import OwedMail
from apps.tracks.forms import SpeakerLine
from apps.tracks.models import Speaker
from tests.factories.accounts import UserFactory
from tests.factories.events import (
    BanFactory,
    InvitationCodeFactory,
    MembershipFactory,
    QuestionFactory,
    TicketKindFactory,
)
from tests.factories.tracks import SpeakerFactory

pytestmark = pytest.mark.django_db
LISTS = {
    "events_invitationcode": InvitationCode,
    "events_ticketkind": TicketKind,
    "events_question": Question,
    "events_memberinvitation": MemberInvitation,
    "tracks_speaker": Speaker,
    "exhibitors_booth": Booth,
}


@pytest.fixture
def desk(organiser, enter):
    return enter(organiser)


@pytest.fixture
def send(desk, event):
    """Sends a file to a list's page; answers with the page that follows."""

    def to(name, text, *, filename="rows.csv"):
        data = text if isinstance(text, bytes) else text.encode()
        owner = event.organisation_id if name == "events_memberinvitation" else event.pk
        form = {"owner": owner, "file": SimpleUploadedFile(filename, data)}
        return desk.post(reverse(f"admin:{name}_file"), form, follow=True)

    return to


def test_codes_come_in_as_the_file_says(send, event, organiser):
    event.time_zone = "Africa/Nairobi"
    event.save()
    press = TicketKindFactory(event=event, name="Press")
    send(
        "events_invitationcode",
        "Code;uses;ticket;valid until;without asking;note\n"
        "RIVER;5;press;2030-10-13;no;For Ada\n;any;;13.10.2030 18:00;;\n",
    )
    named, made = InvitationCode.objects.order_by("pk")
    assert (named.code, named.uses, named.ticket, named.lets_in, named.note) == ("RIVER", 5, press, False, "For Ada")
    assert named.expires_at == datetime(2030, 10, 13, 20, 59, tzinfo=UTC)
    assert (len(made.code), made.uses, made.lets_in) == (10, None, True)
    assert made.expires_at == datetime(2030, 10, 13, 15, 0, tzinfo=UTC)
    assert named.by == organiser


def test_all_that_is_wrong_is_told_with_its_line_and_nothing_comes_in(send, event):
    InvitationCodeFactory(event=event, code="HERON")
    page = send(
        "events_invitationcode",
        "code,uses,ticket,valid until\nRIVER,1,,\nriver,0,,\nheron,,,\n,,Nothing,tomorrow\nx,,,\nlate,,,9999-12-31\n",
    ).content.decode()
    for words in (
        "Line 3: uses: Write a whole number from 1",
        "Line 4: “HERON” is there already",
        "Line 5: ticket: there is no ticket “Nothing”",
        "Line 5: valid until: Write it like 2026-10-13",
        "Line 6: code: A code has 4 to 40",
        "Line 7: valid until: Choose a day between 1970 and 2199",
    ):
        assert words in page
    assert [code.code for code in InvitationCode.objects.all()] == ["HERON"]


def test_word_that_stands_twice_is_told(send):
    page = send("events_invitationcode", "code\nRIVER\nriver\n").content.decode()
    assert "Line 3: “RIVER” stands in line 2 already" in page
    assert not InvitationCode.objects.exists()


def test_exported_codes_read_as_they_were(desk, event):
    code = InvitationCodeFactory(event=event, code="RIVER", uses=None, lets_in=False, note="=1+1")
    url = reverse("admin:events_invitationcode_changelist")
    table = b"".join(desk.post(url, {"action": "export_csv", "_selected_action": [code.pk]}))
    InvitationCode.objects.all().delete()
    [(_line, row)] = by_line.read(table, line=CodeLine, owner=event).rows  # its link says nothing new
    assert (row["code"], row["uses"], row["without_asking"], row["note"]) == ("RIVER", None, False, "=1+1")


def test_codes_have_their_link_to_copy_in_list_form_and_export(desk, event, settings):
    code = InvitationCodeFactory(event=event, code="RIVER-7")
    address = f"{settings.SITE_URL}/e/{event.slug}/register/?code=RIVER-7"
    url = reverse("admin:events_invitationcode_changelist")
    pages = [desk.get(url), desk.get(reverse("admin:events_invitationcode_change", args=[code.pk]))]
    assert [f'data-address="{address}"' in page.content.decode() for page in pages] == [True, True]
    assert all("events/desk-copy" in page.content.decode() for page in pages)
    table = b"".join(desk.post(url, {"action": "export_csv", "_selected_action": [code.pk]})).decode()
    assert address in table


def test_word_that_was_taken_meanwhile_stops_the_whole_file(event):
    lines = by_line.read(b"code\nBROOK\nRIVER\n", line=CodeLine, owner=event).rows
    InvitationCodeFactory(event=event, code="river")
    with pytest.raises(Refused) as refused:
        services.bring_codes(event, lines)
    assert refused.value.code == "code.taken"
    assert InvitationCode.objects.count() == 1


def test_tickets_come_in_behind_those_that_are_there(send, event):
    TicketKindFactory(event=event, name="Day", position=4)
    send("events_ticketkind", "name,places,who gets in,offered\nPress,20,code,no\nEvening,,,\n")
    press, evening = TicketKind.objects.filter(event=event, position__gt=4)
    assert (str(press.name), press.capacity, press.admission, press.is_offered) == ("Press", 20, "code", False)
    assert (str(evening.name), evening.capacity, evening.admission, evening.is_offered) == ("Evening", None, "", True)


def test_questions_come_in_with_their_choices_and_tickets(send, event):
    first = QuestionFactory(event=event, position=4)
    press = TicketKindFactory(event=event, name="Press")
    send(
        "events_question",
        "question,kind,choices,help,required,asked,tickets\n"
        "What do you eat?,choice,Anything | Vegan|Vegan,At noon,yes,,press\n"
        "I agree.,consent,,,yes,no,\n",
    )
    eats, agrees = Question.objects.filter(event=event).exclude(pk=first.pk).order_by("pk")
    assert [str(choice) for choice in eats.choices.all()] == ["Anything", "Vegan"]
    assert (eats.kind, str(eats.help), eats.required, eats.is_asked, [*eats.tickets.all()], eats.position) == (
        *("choice", "At noon", True, True),
        *([press], 5),
    )
    assert (agrees.kind, agrees.required, agrees.is_asked, agrees.position) == ("consent", True, False, 6)


def test_questions_that_are_wrong_are_told_with_their_line(send, event):
    QuestionFactory(event=event, label="What do you eat?")
    page = send(
        "events_question",
        "question,kind,choices,tickets\nwhat do YOU eat?,,,\nWhich day?,choice,,\nWhy?,text,Because,\nWho?,,,Nobody\n"
        f"Where?,choice,{'x' * 201},\nHow?,number,,\n",
    ).content.decode()
    for words in (
        "Line 2: “what do you eat?” is there already",
        "Line 3: choices: Write at least one choice",
        "Line 4: choices: A question of this kind has no choices",
        "Line 5: tickets: there is no ticket “Nobody”",
        "Line 6: choices: A choice has up to 200 characters",
        "Line 7: kind: Select a valid choice",
    ):
        assert words in page
    assert Question.objects.count() == 1


def test_more_questions_than_may_be_stop_the_whole_file(send, event, monkeypatch):
    monkeypatch.setattr("apps.events.services.asking.MOST_QUESTIONS", 2)
    QuestionFactory(event=event)
    page = send("events_question", "question\nWho?\nWhy?\n")
    assert "An event has up to 2 questions" in page.content.decode()
    assert Question.objects.count() == 1


def test_exported_questions_read_as_they_were(desk, event):
    press = TicketKindFactory(event=event, name="Press")
    question = QuestionFactory(event=event, kind="several", choices=["Bread", "Soup"], required=True)
    question.tickets.add(press)
    url = reverse("admin:events_question_changelist")
    table = b"".join(desk.post(url, {"action": "export_csv", "_selected_action": [question.pk]}))
    Question.objects.all().delete()
    [(_line, row)] = by_line.read(table, line=QuestionLine, owner=event).rows
    assert (row["kind"], row["choices"], row["required"], row["tickets"]) == (
        "several",
        ["Bread", "Soup"],
        True,
        [press.pk],
    )


def test_members_are_asked_all_or_none(send, event, organiser):
    page = send("events_memberinvitation", f"email,role\nada@example.org,owner\n{organiser.email},\n").content.decode()
    assert "is there already" in page
    assert not MemberInvitation.objects.exists()
    send("events_memberinvitation", "email,role\nada@example.org,owner\nbea@example.org,\n")
    roles = dict(MemberInvitation.objects.values_list("email", "role"))
    assert roles == {"ada@example.org": Membership.Role.OWNER, "bea@example.org": Membership.Role.MANAGER}


def test_member_who_cannot_be_asked_stops_the_whole_file(event, organiser):
    services.invite_member(event.organisation, email="bea@example.org", by=organiser)
    rows = [(2, {"email": "ada@example.org", "role": ""}), (3, {"email": "bea@example.org", "role": ""})]
    with pytest.raises(Refused) as refused:
        services.bring_members(event.organisation, rows, by=organiser)
    assert str(refused.value.message).startswith("Line 3: ")
    assert MemberInvitation.objects.count() == 1


def test_manager_asks_no_members_by_file(event, enter):
    manager = enter(MembershipFactory(organisation=event.organisation, role="manager").user)
    assert manager.get(reverse("admin:events_memberinvitation_file")).status_code == 403


def test_speakers_come_in_with_addresses_of_their_own(send, event):
    SpeakerFactory(event=event, name="Ada Ng", slug="ada-ng")
    before = type(event).objects.get(pk=event.pk).agenda_version
    send("tracks_speaker", "name,biography\nAda-Ng,<b>Rivers</b><script>q(7)</script>\n尼罗,\n")
    made = Speaker.objects.filter(event=event).exclude(slug="ada-ng").order_by("pk")
    assert [speaker.slug for speaker in made] == ["ada-ng-2", "speaker"]
    assert "script" not in json.dumps(str(made[0].biography))
    assert type(event).objects.get(pk=event.pk).agenda_version > before


def test_booths_come_in_unpublished_unless_the_file_says_so(send, event):
    send("exhibitors_booth", "name,website,is published\nLakeside,lakeside.example,\nWeir,,yes\n")
    booths = Booth.objects.filter(event=event).order_by("position")
    assert [(booth.slug, booth.website, booth.is_published) for booth in booths] == [
        ("lakeside", "https://lakeside.example", False),
        ("weir", "", True),
    ]


def test_roles_are_given_and_those_who_have_a_link_are_mailed_it(send, event, visitor):
    send(
        "events_eventrole",
        "email,name,role,mail the link\nAda@example.org,Ada Ng,speaker,\nada@example.org,,exhibitor,no\n"
        "bea@example.org,Bea,moderator,yes\n",
    )
    roles = EventRole.objects.filter(event=event, user__email__in=["ada@example.org", "bea@example.org"])
    given = set(roles.values_list("user__email", "user__name", "role"))
    assert given == {
        ("ada@example.org", "Ada Ng", "speaker"),
        ("ada@example.org", "Ada Ng", "exhibitor"),
        ("bea@example.org", "Bea", "moderator"),
    }
    assert [(mail.to, mail.kind) for mail in OwedMail.objects.all()] == [("ada@example.org", "role_link")]


def test_roles_that_cannot_be_given_are_told_with_their_line(send, event, speaker):
    banned = BanFactory(event=event).user
    before = EventRole.objects.count()
    page = send(
        "events_eventrole",
        f"email,role\n{speaker.email},speaker\n{banned.email},exhibitor\nada,speaker\nada@example.org,king\n"
        "bea@example.org,speaker\nbea@example.org,speaker\nbea@example.org,\n",
    ).content.decode()
    for words in (
        f"Line 2: “{speaker.email} (speaker)” is there already",
        "Line 3: email: This person was put out of the event",
        "Line 4: email: Enter a valid email address",
        "Line 5: role: Select a valid choice",
        "Line 7: “bea@example.org (speaker)” stands in line 6 already",
        "Line 8: role: This field is required",
    ):
        assert words in page
    assert (EventRole.objects.count(), OwedMail.objects.count()) == (before, 0)
    assert not User.objects.filter(email="bea@example.org").exists()


def test_role_of_somebody_banned_meanwhile_stops_the_whole_file(event):
    lines = by_line.read(b"email,role\nada@example.org,speaker\nbea@example.org,speaker\n", line=RoleLine, owner=event)
    BanFactory(event=event, user__email="bea@example.org")
    with pytest.raises(Refused) as refused:
        services.bring_roles(event, lines.rows)
    assert str(refused.value.message).startswith("Line 3: This person was put out")
    assert not EventRole.objects.filter(event=event, role="speaker").exists()


def test_roles_are_no_more_than_may_be(event):
    data = "email,role\n" + "".join(f"a{number}@example.org,speaker\n" for number in range(RoleLine.most + 1))
    with pytest.raises(tables.Unreadable, match="more than 200 lines"):
        by_line.read(data.encode(), line=RoleLine, owner=event)


def test_template_of_roles_reads_without_a_problem(desk, event):
    table = b"".join(desk.get(reverse("admin:events_eventrole_sheet")))
    found = by_line.read(table, line=RoleLine, owner=event)
    assert ([row["role"] for _line, row in found.rows], found.problems) == (["speaker", "moderator"], [])


def test_exported_roles_read_as_they_were(desk, event, speaker):
    role = EventRole.objects.get(event=event, user=speaker)
    chosen = {"action": "export_csv", "_selected_action": [role.pk]}
    table = b"".join(desk.post(reverse("admin:events_eventrole_changelist"), chosen))
    role.delete()
    [(_line, row)] = by_line.read(table, line=RoleLine, owner=event).rows
    assert (row["email"], row["role"]) == (speaker.email, "speaker")


def test_speakers_come_with_their_accounts_and_are_invited_where_it_is_said(send, event):
    send("tracks_speaker", "name,email,invite\nAda Ng,ADA@example.org,yes\nBea Ito,bea@example.org,\nCleo,,\n")
    made = Speaker.objects.filter(event=event).order_by("name")
    emails = [speaker.user.email if speaker.user else "" for speaker in made]
    assert emails == ["ada@example.org", "bea@example.org", ""]
    assert [*EventRole.objects.filter(role="speaker").values_list("user__email", flat=True)] == ["ada@example.org"]
    assert [(mail.to, mail.kind) for mail in OwedMail.objects.all()] == [("ada@example.org", "role_link")]


def test_speakers_whose_addresses_cannot_be_are_told_with_their_line(send, event):
    there = SpeakerFactory(event=event, user=UserFactory())
    banned = BanFactory(event=event).user
    page = send(
        "tracks_speaker",
        f"name,email,invite\nAda,{there.user.email},\nBea,bea@example.org,\nCleo,BEA@example.org,\nDan,,yes\n"
        f"Eve,{banned.email},\nFay,fay,\n",
    ).content.decode()
    for words in (
        "Line 2: email: Another speaker has this address",
        "Line 4: email: Another speaker has this address",
        "Line 5: email: Without an address nobody can be invited",
        "Line 6: email: This person was put out of the event",
        "Line 7: email: Enter a valid email address",
    ):
        assert words in page
    assert [*Speaker.objects.all()] == [there]


def test_too_many_speakers_to_invite_stop_the_whole_file(send, event, monkeypatch):
    monkeypatch.setattr("apps.tracks.services.bringing.MOST_MAILED", 1)
    page = send("tracks_speaker", "name,email,invite\nAda,ada@example.org,yes\nBea,bea@example.org,yes\n")
    assert "Up to 1 speakers of a file are invited at once" in page.content.decode()
    assert not Speaker.objects.exists()


@pytest.mark.parametrize("name", LISTS)
def test_template_reads_without_a_problem(name, desk, event, send):
    url = reverse(f"admin:{name}_sheet")
    for form in ("", "xlsx"):
        table = b"".join(desk.get(url, {"form": form}))
        LISTS[name].objects.all().delete()
        page = send(name, table)
        assert "came in" in page.content.decode()
        assert LISTS[name].objects.exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("name\nRäuber\n".encode("latin-1"), "Line 2: this is not UTF-8"),
        ("", "Line 1: the column “name” is missing"),
        ("name,nmae\nAda,\n", "there is no column “nmae”"),
        ("name,name\nAda,\n", "the column “name” stands twice"),
        ("name\n", "nothing stands below the first line"),
        ("name\n" + "x" * (by_line.MOST_BYTES + 1), "the file is larger than 2 MB"),
        ("name\n" + "".join(f"{n}\n" for n in range(SpeakerLine.most + 1)), "more than 1000 lines"),
    ],
)
def test_file_that_is_no_such_table_is_refused_in_words(data, said, event):
    data = data if isinstance(data, bytes) else data.encode()
    with pytest.raises(tables.Unreadable) as refused:
        by_line.read(data, line=SpeakerLine, owner=event)
    assert said in f"Line {refused.value.line}: {refused.value.message}"


def test_many_wrong_lines_are_told_so_far_and_no_further(event):
    found = by_line.read(b"name\n" + b"x" * 121 + b"\n" + (b"y" * 121 + b"\n") * 200, line=BoothLine, owner=event)
    assert len(found.problems) == by_line.MOST_PROBLEMS


def test_workbook_is_read_like_a_table(event):
    data = b"".join(sheets.workbook([["name"], ["Lakeside"]]))
    assert [row["name"] for _line, row in by_line.read(data, line=BoothLine, owner=event).rows] == ["Lakeside"]


def test_file_does_not_come_to_an_event_of_others(desk, other_event):
    form = {"owner": other_event.pk, "file": SimpleUploadedFile("rows.csv", b"code\nRIVER\n")}
    page = desk.post(reverse("admin:events_invitationcode_file"), form)
    assert page.context_data["form"].errors["owner"]
    assert not InvitationCode.objects.exists()


EXPORTED = {"events_ticketkind": ("name", "description"), "tracks_speaker": ("biography",)}


@pytest.mark.parametrize("name", EXPORTED)
def test_other_languages_leave_and_come_back(desk, send, event, name):
    texts = {
        field: LazyI18nString(
            {"en": f"<p>River {field}</p>", "de": f"<p>Fluß {field}</p>", "ar": f"<p>نهر {field}</p>"}
        )
        for field in EXPORTED[name]
    }
    made = TicketKindFactory if name == "events_ticketkind" else SpeakerFactory
    row = made(event=event, **texts)
    plain = made(event=event)

    chosen = {"action": "export_csv", "_selected_action": [row.pk, plain.pk]}
    sent = b"".join(desk.post(reverse(f"admin:{name}_changelist"), chosen).streaming_content)
    LISTS[name].objects.all().delete()
    page = send(name, sent).content.decode()

    assert "2 rows came in." in page
    field = EXPORTED[name][0]
    [found] = [one for one in LISTS[name].objects.all() if isinstance(getattr(one, field).data, dict)]
    assert {field: getattr(found, field).data for field in texts} == {field: text.data for field, text in texts.items()}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,name_en\nA,B\n", "there is no column “name_en”"),
        ("name,places_de\nA,5\n", "there is no column “places_de”"),
        ("name,description_de\nA,Nur Deutsch\n", "“description_de” is filled in, and “description” is not"),
        ("name,name_de\nA," + "x" * 121 + "\n", "name_de: "),
    ],
)
def test_other_language_that_cannot_be_is_told(send, text, said):
    assert said in send("events_ticketkind", text).content.decode()
    assert not TicketKind.objects.exists()
