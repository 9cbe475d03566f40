"""Routes below ``molecule_handler/``."""

from proteins_plus.routes import tool_routes

from . import views

urlpatterns = tool_routes(
    views.PreprocessorSubmitView,
    views.PreprocessorJobViewSet,
    base='upload/',
    job_data=views.PreprocessorJobDataViewSet,
)
