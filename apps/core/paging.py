"""Lists of the API come in pages that have a bound, whatever the caller asks for."""

from rest_framework.pagination import LimitOffsetPagination


class Pages(LimitOffsetPagination):
    """`?limit=` and `?offset=`; more than the most is answered with the most."""

    max_limit = 200
