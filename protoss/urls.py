"""Routes below ``protoss/``."""

from proteins_plus.routes import tool_routes

from . import views

urlpatterns = tool_routes(views.ProtossSubmitView, views.ProtossJobViewSet, reports=views.ProtossReportViewSet)
