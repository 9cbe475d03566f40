"""The admin shows what is stored and changes nothing: objects are immutable, and jobs change through their handler."""

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from . import tools


class ReadOnlyAdmin(admin.ModelAdmin):
    """Looks, and deletes; neither adds nor changes."""

    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """
        :param request: not used
        :returns: False
        """
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """
        :param request: not used
        :param obj: not used
        :returns: False
        """
        return False


class JobAdmin(ReadOnlyAdmin):
    """Jobs of a tool, the newest first."""

    list_display = ('id', 'status', 'attempt', 'date_created', 'date_last_accessed', 'error_code')
    list_filter = ('status',)
    search_fields = ('id',)


def register_tools() -> None:
    """Register every model of every installed tool that its app has not registered itself."""
    for tool in tools.installed():
        for model in tool.get_models():
            if not admin.site.is_registered(model):
                admin.site.register(model, JobAdmin if model is tool.job_model else ReadOnlyAdmin)
