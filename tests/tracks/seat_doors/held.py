"""Who holds which seat."""


def mine(session, person):
    return session.seats.filter(user=person).values_list("state", flat=True).first()
