"""Pages of lists: limit and offset as existing clients know them, with a cap."""

from rest_framework.pagination import LimitOffsetPagination


class BoundedPagination(LimitOffsetPagination):
    """10 rows unless asked otherwise, never more than 100."""

    default_limit = 10
    max_limit = 100
