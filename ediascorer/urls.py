"""Routes below ``ediascorer/``."""

from proteins_plus.routes import tool_routes

from . import views

urlpatterns = tool_routes(views.EdiascorerSubmitView, views.EdiascorerJobViewSet, scores=views.EdiaScoresViewSet)
