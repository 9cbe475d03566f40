"""Routes below ``dogsite/``."""

from proteins_plus.routes import tool_routes

from . import views

urlpatterns = tool_routes(views.DogsiteSubmitView, views.DogsiteJobViewSet, info=views.DogsiteInfoViewSet)
