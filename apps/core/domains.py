"""Names of mail domains, compared as they are looked up."""


def domain_of(email: str) -> str:
    """As it is looked up everywhere: in small letters, and an international one as it is in DNS."""
    domain = email.rpartition("@")[2].strip().rstrip(".").lower()
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain
