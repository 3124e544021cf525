"""The main job in three browsers: from an imported schedule to the numbers at the organiser's desk."""

from tests.e2e.job import Job
from tests.factories.events import MembershipFactory


def do_the_main_job(new_page, job):
    """The whole of it; the same words serve one process on a laptop and roles behind a balancer."""
    member = MembershipFactory(organisation__name="Weir Society", user__name="Inês Falcão", user__is_staff=True)
    organiser, nadia, jonas = new_page(member.user), new_page(), new_page()
    job.after.add(jonas)

    job.make_event(organiser)
    job.import_schedule(organiser)
    job.publish(organiser)
    job.bring_film(organiser)
    job.prepare_poll(organiser)
    job.set_up_booth(organiser)

    job.register(nadia, name="Nadia Okello", email="nadia@example.org")
    job.register(jonas, name="Jonas Petterhall", email="jonas@example.org")
    job.follow_mail(nadia, email="nadia@example.org")
    job.follow_mail(jonas, email="jonas@example.org")
    job.enter_session(nadia)
    job.enter_session(jonas)
    job.watch(nadia)

    job.say(nadia, "Is the spring dry in summer?")
    job.hears(jonas, "Is the spring dry in summer?")
    job.say(jonas, "Only in August.")
    job.hears(nadia, "Only in August.")

    job.launch_poll(organiser)
    job.answer(nadia, "Rain")
    job.answer(jonas, "Rock")
    job.sees_results(nadia, answers=2)

    job.visit_booth(nadia, message="Does it measure under ice?")

    numbers = job.numbers(organiser)
    assert {name: numbers.get(name) for name in EXPECTED} == EXPECTED


EXPECTED = {
    "registered": "2",
    "came in": "2",
    "sessions": "3",
    "chat messages": "2",
    "poll answers": "2",
    "in sessions": "2",
    "contact requests": "1",
}


def test_main_job_from_import_to_numbers(new_page, worker, axe, tmp_path):
    do_the_main_job(new_page, Job(look=axe, folder=tmp_path))
