"""Routes below ``toolname/``."""

from proteins_plus.routes import tool_routes

from . import views

urlpatterns = tool_routes(views.ToolNameSubmitView, views.ToolNameJobViewSet, info=views.ToolNameInfoViewSet)
