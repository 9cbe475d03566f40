"""The pages. Names of tools in addresses are the labels of their apps."""

from django.urls import path

from . import forms_views, jobs, pages, structures

app_name = 'web'
_JOB = 'jobs/<slug:label>/<uuid:pk>/'

urlpatterns = [
    path('', pages.home, name='home'),
    path('status/', pages.status, name='status'),
    path('jobs/', pages.recent, name='recent'),
    path('structures/<uuid:pk>/', structures.show, name='structure'),
    path('structures/<uuid:pk>/structure.mvsj', structures.scene, name='structure-scene'),
    path('structures/<uuid:pk>/files/<str:name>', structures.file, name='structure-file'),
    path('tools/<slug:label>/', forms_views.form, name='form'),
    path('tools/<slug:label>/code/', forms_views.code, name='code'),
    path(_JOB, jobs.show, name='job'),
    path(f'{_JOB}progress/', jobs.progress, name='progress'),
    path(f'{_JOB}cancel/', jobs.cancel, name='cancel'),
    path(f'{_JOB}result.zip', jobs.archive, name='archive'),
    path(f'{_JOB}files/<str:name>', jobs.file, name='file'),
    path(f'{_JOB}<slug:key>.csv', jobs.table, name='table'),
    path(f'{_JOB}<slug:key>.mvsj', jobs.scene, name='scene'),
    path(f'{_JOB}<slug:key>.mvsx', jobs.scene_archive, name='scene-archive'),
]
