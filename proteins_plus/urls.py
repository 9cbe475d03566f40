"""
All routes. Every app is served below ``/api/v2/``, where clients expect it, and at the root, as the Guide says.

Tools are found by their :class:`proteins_plus.tools.ToolConfig`; nothing is listed here for them.
"""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from . import exceptions, health, media, metrics, tools

handler400 = exceptions.bad_request
handler404 = 'web.page.not_found'
handler500 = exceptions.server_error

# The split view keeps its script out of the page, which the Content-Security-Policy asks for.
_swagger = SpectacularSwaggerSplitView.as_view(template_name='proteins_plus/swagger_ui.html')
_to_swagger = RedirectView.as_view(pattern_name='swagger-ui')


def _api() -> list[URLPattern | URLResolver]:
    """:returns: the routes of all apps"""
    tool_routes = [path(f'{tool.prefix}/', include(tool.urls_module())) for tool in tools.installed()]
    return [path('molecule_handler/', include('molecule_handler.urls')), *tool_routes]


urlpatterns: list[URLPattern | URLResolver] = [
    path('', include('web.urls')),
    path('api/v2/', _to_swagger),
    path('api/schema/', SpectacularAPIView.as_view(), name='schema'),
    path('schema/', SpectacularAPIView.as_view()),
    path('api/schema/swagger-ui', _swagger, name='swagger-ui'),
    path('api/schema/swagger-ui/', _to_swagger),
    path('healthz', health.healthz),
    path('readyz', health.readyz),
    path('metrics', metrics.metrics),
    path('static/media/<path:path>', require_safe(media.serve)),
    path('api/v2/', include(_api())),
    path('', include(_api())),
]
if settings.ADMIN_ENABLED:
    urlpatterns.insert(0, path('admin/', admin.site.urls))
