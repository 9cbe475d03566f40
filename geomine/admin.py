"""GeoMine in the admin: registered with all tools."""

from proteins_plus.admin import register_tools

register_tools()
