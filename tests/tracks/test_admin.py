"""The agenda's admin: the import with its review, and what each organiser may see."""

import html
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from i18nfield.strings import LazyI18nString

from apps.tracks import adapters, services
from apps.tracks.models import ScheduleImport, Session
from tests.factories.events import EventFactory
from tests.factories.tracks import (
    RoomFactory,
    SessionFactory,
    SessionLinkFactory,
    SessionSpeakerFactory,
    SpeakerFactory,
    TagFactory,
    TrackFactory,
)
from tests.tracks.samples import event_xml, own, schedule_xml

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
ADD = "/admin/tracks/scheduleimport/add/"
FACTORIES = {
    "session": SessionFactory,
    "speaker": SpeakerFactory,
    "track": TrackFactory,
    "room": RoomFactory,
    "tag": TagFactory,
}


@pytest.fixture
def desk(organiser, enter):
    return enter(organiser)


def listed(name, event):
    return f"{reverse(f'admin:tracks_{name}_changelist')}?event__id__exact={event.pk}"


def upload(client, event, content, name="freshet.xml"):
    return client.post(ADD, {"event": event.pk, "file": SimpleUploadedFile(name, content)}, follow=True)


# Import


def test_a_file_is_shown_before_it_is_applied(desk, event):
    page = upload(desk, event, own("freshet.xml"))

    row = ScheduleImport.objects.get()
    assert page.redirect_chain == [(f"/admin/tracks/scheduleimport/{row.pk}/change/", 302)]
    assert "High water, low water: a year in levels" in page.content.decode()
    assert event.sessions.count() == 0


def test_applying_changes_the_agenda(desk, event, organiser):
    upload(desk, event, own("freshet.xml"))
    row = ScheduleImport.objects.get()

    page = desk.post(f"/admin/tracks/scheduleimport/{row.pk}/apply/", follow=True)

    row.refresh_from_db()
    assert event.sessions.count() == 6
    assert (row.by, row.applied_at is not None) == (organiser, True)
    assert "6 sessions added" in page.content.decode()


def test_report_is_read_in_the_language_of_its_reader(desk, event, organiser):
    """Whoever brought the file read it in another one."""
    organiser.language = "de"
    organiser.save()
    desk.cookies["django_language"] = "de"
    session = SessionFactory(event=event, title="Rain")
    services.import_schedule(event=event, schedule=adapters.read(own("freshet.xml")))
    Session.objects.filter(event=event).exclude(pk=session.pk).update(room=session.room)
    upload(desk, event, own("freshet.xml").replace(b"</tracks>", b"<track>Deserts</track></tracks>"))
    row = ScheduleImport.objects.get()
    page = f"/admin/tracks/scheduleimport/{row.pk}/change/?list="

    def read():
        return [html.unescape(desk.get(page + name).content.decode()) for name in ("warnings", "kept")]

    german, kept = read()
    assert "der Track „Deserts“ ist aufgeführt" in german
    assert "Zeile 18" in german
    assert "Raum:" in kept
    desk.cookies["django_language"] = "en"
    organiser.language = "en"
    organiser.save()
    english, kept = read()
    assert "the track “Deserts” is listed, but no session is in it" in english
    assert "line 18" in english
    assert "room:" in kept


def test_every_list_of_the_preview_can_be_opened(desk, event):
    upload(desk, event, own("freshet.xml"))
    row = ScheduleImport.objects.get()

    for name in ("added", "changed", "moved", "removed", "kept", "warnings", "nonsense"):
        assert desk.get(f"/admin/tracks/scheduleimport/{row.pk}/change/?list={name}&page=9").status_code == 200


def test_long_lists_come_in_pages(desk, event):
    many = [event_xml(guid="", number=f'id="{number}"') for number in range(1, 80)]

    page = upload(desk, event, schedule_xml(*many)).content.decode()

    assert "Page 1 of 2" in page


def test_a_broken_file_is_told_of_beside_the_field(desk, event):
    page = upload(desk, event, schedule_xml(event_xml(leave="duration")))

    assert "line 5: the session “High water” has no duration" in page.content.decode()
    assert not ScheduleImport.objects.exists()


def test_what_a_file_says_is_text_in_the_preview(desk, event):
    evil = event_xml(leave="title", inner="<title>&lt;script&gt;alert(1)&lt;/script&gt;</title>")

    page = upload(desk, event, schedule_xml(evil)).content.decode()

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_an_import_into_another_organisations_event_is_refused(desk, other_event):
    upload(desk, other_event, own("freshet.xml"))

    assert not ScheduleImport.objects.exists()


def test_another_organisations_import_is_unknown(desk, event, other_organiser, enter):
    upload(desk, event, own("freshet.xml"))
    row = ScheduleImport.objects.get()
    stranger = enter(other_organiser)

    assert stranger.get(f"/admin/tracks/scheduleimport/{row.pk}/change/").status_code == 404
    assert stranger.post(f"/admin/tracks/scheduleimport/{row.pk}/apply/").status_code == 404
    assert event.sessions.count() == 0


def test_an_import_is_applied_by_post_only_and_once(desk, event):
    upload(desk, event, own("freshet.xml"))
    apply = f"/admin/tracks/scheduleimport/{ScheduleImport.objects.get().pk}/apply/"

    assert desk.get(apply).status_code == 405
    desk.post(apply)
    assert "imported already" in desk.post(apply, follow=True).content.decode()


# Lists and pages


@pytest.mark.parametrize("name", FACTORIES)
def test_lists_show_the_organisers_own_rows(desk, event, other_event, name):
    mine, theirs = FACTORIES[name](event=event), FACTORIES[name](event=other_event)
    label = "title" if name == "session" else "name"

    page = desk.get(reverse(f"admin:tracks_{name}_changelist")).content.decode()

    assert str(getattr(mine, label)) in page
    assert str(getattr(theirs, label)) not in page


@pytest.mark.parametrize("name", FACTORIES)
def test_pages_open_for_their_organiser_only(desk, event, other_organiser, enter, name):
    row = FACTORIES[name](event=event)
    address = reverse(f"admin:tracks_{name}_change", args=[row.pk])

    assert desk.get(address).status_code == 200
    assert enter(other_organiser).get(address).status_code in (302, 404)
    assert desk.get(reverse(f"admin:tracks_{name}_add")).status_code == 200


@pytest.mark.parametrize("name", [*FACTORIES, "scheduleimport"])
def test_a_list_costs_the_same_for_one_and_for_three(desk, event, name, django_assert_num_queries):
    counts = []
    for more in (1, 2):
        for _number in range(more):
            if name == "scheduleimport":
                upload(desk, event, own("freshet.xml"))
            else:
                FACTORIES[name](event=event)
        desk.get(listed(name, event))
        with django_assert_num_queries(30, exact=False) as counted:
            desk.get(listed(name, event))
        counts.append(len(counted))
    assert counts[0] == counts[1]


def test_sessions_are_found_by_letters_beyond_ascii(desk, event):
    SessionFactory(event=event, title=LazyI18nString({"en": "Überschwemmung"}))
    SessionFactory(event=event, title=LazyI18nString({"en": "Drought"}))

    page = desk.get(f"{listed('session', event)}&q=Überschw").content.decode()

    assert "Überschwemmung" in page
    assert "Drought" not in page


def form_of(session, **changes):
    fields = {
        "title_0": "High water",
        "slug": session.slug,
        "starts_at_0": f"{session.starts_at:%Y-%m-%d}",
        "starts_at_1": f"{session.starts_at:%H:%M:%S}",
        "ends_at_0": f"{session.ends_at:%Y-%m-%d}",
        "ends_at_1": f"{session.ends_at:%H:%M:%S}",
        "room": session.room_id,
        "state": session.state,
        "recording_offset": 0,
        "session_speakers-TOTAL_FORMS": 0,
        "session_speakers-INITIAL_FORMS": 0,
        "links-TOTAL_FORMS": 0,
        "links-INITIAL_FORMS": 0,
    }
    return fields | changes


def save(client, session, **changes):
    return client.post(reverse("admin:tracks_session_change", args=[session.pk]), form_of(session, **changes))


def test_saving_a_session_cleans_it_and_reaches_the_agenda(desk, event):
    session = SessionFactory(event=event)

    answer = save(desk, session, abstract_0="<p onclick=x>Four rivers</p><script>1</script>")

    assert answer.status_code == 302
    session.refresh_from_db()
    assert str(session.abstract) == "<p>Four rivers</p>"
    assert session.event.agenda_version == event.agenda_version + 1


def as_read(client, session):
    """What a browser sends when the form is saved as it was read: each of its fields."""
    page = client.get(reverse("admin:tracks_session_change", args=[session.pk]))
    form = page.context["adminform"].form
    asked = form_of(session)
    for name in ("room", "starts_at", "ends_at", "state"):
        hidden = form[name].as_hidden(only_initial=True)
        asked |= dict(re.findall(r'name="(initial-[^"]+)" value="([^"]*)"', hidden))
    assert "initial-room" in page.content.decode()
    return asked


def test_form_leaves_alone_where_a_session_was_moved_meanwhile(desk, event):
    session = SessionFactory(event=event)
    asked = as_read(desk, session)
    place = {"room": RoomFactory(event=event), "starts_at": session.starts_at + HOUR, "ends_at": session.ends_at + HOUR}
    Session.objects.update(state=Session.State.UNPLACED, **place)

    answer = desk.post(reverse("admin:tracks_session_change", args=[session.pk]), asked | {"title_0": "Low water"})

    assert answer.status_code == 302
    session.refresh_from_db()
    assert str(session.title) == "Low water"
    assert {name: getattr(session, name) for name in place} == place
    assert session.state == Session.State.UNPLACED


def test_form_moves_a_session_where_its_own_times_were_changed(desk, event):
    session = SessionFactory(event=event)
    session.ends_at = session.starts_at.replace(microsecond=0) + 2 * HOUR
    asked = as_read(desk, session)
    begin = session.starts_at.replace(microsecond=0)
    Session.objects.update(starts_at=begin + 3 * HOUR, ends_at=begin + 4 * HOUR)

    desk.post(reverse("admin:tracks_session_change", args=[session.pk]), asked)

    session.refresh_from_db()
    assert (session.starts_at, session.ends_at) == (begin, begin + 2 * HOUR)


@pytest.mark.parametrize("hours", [-1, 0, 200])
def test_a_session_of_no_or_endless_length_is_refused(desk, event, hours):
    session = SessionFactory(event=event)
    end = session.starts_at.replace(microsecond=0) + hours * (session.ends_at - session.starts_at) * 1.2

    answer = save(desk, session, ends_at_0=f"{end:%Y-%m-%d}", ends_at_1=f"{end:%H:%M:%S}")

    assert answer.status_code == 200
    assert "A session" in answer.content.decode()


def test_a_room_of_another_event_cannot_be_chosen(desk, event, other_event):
    session = SessionFactory(event=event)
    elsewhere = RoomFactory(event=other_event)

    assert save(desk, session, room=elsewhere.pk).status_code == 200
    session.refresh_from_db()
    assert session.room != elsewhere


def test_speakers_and_links_are_edited_on_the_page_of_the_session(desk, event):
    session = SessionFactory(event=event)
    SessionSpeakerFactory(session=session)
    SessionLinkFactory(session=session, title="Gauges of four rivers")

    page = desk.get(reverse("admin:tracks_session_change", args=[session.pk])).content.decode()

    assert "Gauges of four rivers" in page


def test_sessions_are_cancelled_and_brought_back_in_bulk(desk, event, other_event):
    mine, theirs = SessionFactory(event=event), SessionFactory(event=other_event)
    chosen = {"_selected_action": [mine.pk, theirs.pk], "confirmed": "1"}

    desk.post(reverse("admin:tracks_session_changelist"), {"action": "cancel", **chosen})
    states = dict(Session.objects.values_list("pk", "state"))
    assert states == {mine.pk: Session.State.CANCELLED, theirs.pk: Session.State.PLANNED}

    desk.post(reverse("admin:tracks_session_changelist"), {"action": "restore", **chosen})
    mine.refresh_from_db()
    assert mine.state == Session.State.PLANNED


def test_deleting_a_session_reaches_the_agenda(desk, event):
    session = SessionFactory(event=event)

    desk.post(reverse("admin:tracks_session_delete", args=[session.pk]), {"post": "yes"})

    event.refresh_from_db()
    assert not event.sessions.exists()
    assert event.agenda_version == 2


def test_two_rooms_of_one_name_are_refused(desk, event):
    RoomFactory(event=event, name=LazyI18nString({"en": "Weir"}))

    answer = desk.post(
        reverse("admin:tracks_room_add"), {"event": event.pk, "name_0": "weir", "slug": "weir-2", "position": 0}
    )

    assert answer.status_code == 200
    assert event.rooms.count() == 1


def test_speakers_are_looked_up_within_the_event_of_the_form(desk, event):
    sibling = EventFactory(organisation=event.organisation)
    session = SessionFactory(event=event)
    mine = SpeakerFactory(event=event, name="Marit Aldersey")
    SpeakerFactory(event=sibling, name="Marit Beltrame")
    form = desk.get(reverse("admin:tracks_session_change", args=[session.pk])).content.decode()
    address = f"{reverse('admin:autocomplete')}?event={event.pk}"
    assert f'data-ajax--url="{address}"' in form

    asked = {"term": "Marit", "app_label": "tracks", "model_name": "sessionspeaker", "field_name": "speaker"}
    found = desk.get(address, asked | {"event": event.pk}).json()["results"]

    assert [row["id"] for row in found] == [str(mine.pk)]


def test_speakers_of_another_organisations_event_are_never_looked_up(desk, event, other_event):
    SpeakerFactory(event=other_event, name="Marit Beltrame")
    asked = {"term": "Marit", "app_label": "tracks", "model_name": "sessionspeaker", "field_name": "speaker"}

    found = desk.get(reverse("admin:autocomplete"), asked | {"event": other_event.pk}).json()["results"]

    assert found == []
