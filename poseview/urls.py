"""Routes below ``poseview/``."""

from proteins_plus.routes import tool_routes

from . import views

urlpatterns = tool_routes(views.PoseviewSubmitView, views.PoseviewJobViewSet, info=views.PoseviewInfoViewSet)
