"""Routes below ``geomine/``."""

from django.urls import path

from proteins_plus.routes import tool_routes

from . import views

urlpatterns = [
    path('query.schema.json', views.query_schema, name='query-schema'),
    *tool_routes(views.GeomineSubmitView, views.GeomineJobViewSet, info=views.GeomineInfoViewSet),
]
