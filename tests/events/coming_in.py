"""What a browser does to sign in by a provider."""

import re

SECRET = "brackish-lantern-secret"


def go(client, connection, **query):
    answer = client.get(f"/signin/connection/{connection.pk}/go/", query)
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def come_back(client, connection, query):
    return client.get(f"/signin/connection/{connection.pk}/back/", query)


def sign_in(client, connection, directory, **query):
    return come_back(client, connection, directory.let_in(go(client, connection, **query)))


def who(client):
    return client.session.get("_auth_user_id")


def refused(answer, caplog):
    """The short name under which the log says why."""
    assert answer.status_code == 403
    number = re.search(r"<bdi>([\w-]+)</bdi></p>", answer.content.decode()).group(1)
    line = next(record.getMessage() for record in caplog.records if number in record.getMessage())
    return line.rpartition("refused: ")[2].rstrip(".")


def setup_page(connection):
    return f"/admin/events/signinconnection/{connection.pk}/setup/"
