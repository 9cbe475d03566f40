"""Routes below ``structureprofiler/``."""

from proteins_plus.routes import tool_routes

from . import views

urlpatterns = tool_routes(
    views.StructureprofilerSubmitView,
    views.StructureprofilerJobViewSet,
    output=views.StructureprofilerOutputViewSet,
)
