"""The ASGI entry point. The project is served over WSGI; this is here for those who embed it otherwise."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'proteins_plus.settings')
application = get_asgi_application()
