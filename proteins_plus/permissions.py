"""Who may see what."""

from django.conf import settings
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView


class MayList(BasePermission):
    """
    An id is a secret that its owner got; a list is not. ``PPLUS_LISTING`` says who may have one: everyone, or staff.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        """
        :param request: the request
        :param view: the view, whose ``action`` counts
        :returns: True: it goes on
        :raises PermissionDenied: if not; by itself the framework would ask clients to log in, and there is no login
        """
        if getattr(view, 'action', None) != 'list' or settings.LISTING == 'everyone' or request.user.is_staff:
            return True
        raise PermissionDenied('Lists are for staff on this server; ask for an object by its id.', 'list.staff_only')
