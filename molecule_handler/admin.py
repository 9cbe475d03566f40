"""Molecules in the admin."""

from django.contrib import admin

from proteins_plus.admin import ReadOnlyAdmin

from .models import ElectronDensityMap, Ligand, Protein, ProteinSite, StructureFactors


@admin.register(Protein, Ligand, ProteinSite, ElectronDensityMap, StructureFactors)
class MoleculeAdmin(ReadOnlyAdmin):
    """Molecules, the newest first."""

    list_display = ('id', '__str__', 'date_created', 'date_last_accessed')
    search_fields = ('id',)
