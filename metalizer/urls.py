"""Routes below ``metalizer/``."""

from proteins_plus.routes import tool_routes

from . import views

urlpatterns = tool_routes(views.MetalizerSubmitView, views.MetalizerJobViewSet, info=views.MetalizerInfoViewSet)
