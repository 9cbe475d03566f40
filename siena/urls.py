"""Routes below ``siena/``."""

from proteins_plus.routes import tool_routes

from . import views

urlpatterns = tool_routes(views.SienaSubmitView, views.SienaJobViewSet, info=views.SienaInfoViewSet)
