"""The routes of the shared molecules."""

from django.db.models import Prefetch

from proteins_plus.views import ObjectViewSet

from .models import ElectronDensityMap, Ligand, Protein, ProteinSite, StructureFactors
from .serializers import (
    ElectronDensityMapSerializer,
    LigandSerializer,
    ProteinSerializer,
    ProteinSiteSerializer,
    StructureFactorsSerializer,
)


class ProteinViewSet(ObjectViewSet):
    """Proteins that were uploaded, fetched or made by a tool."""

    # Only the ids of the ligands are served, in the order of the file they came from.
    queryset = Protein.objects.prefetch_related(
        Prefetch('ligand_set', Ligand.objects.only('id', 'protein').order_by(*Ligand.ORDER))
    )
    serializer_class = ProteinSerializer


class LigandViewSet(ObjectViewSet):
    """Ligands of proteins, and ligands that were uploaded."""

    queryset = Ligand.objects.all()
    serializer_class = LigandSerializer


class ProteinSiteViewSet(ObjectViewSet):
    """Binding sites and pockets."""

    queryset = ProteinSite.objects.all()
    serializer_class = ProteinSiteSerializer


class ElectronDensityMapViewSet(ObjectViewSet):
    """Density maps and grids."""

    queryset = ElectronDensityMap.objects.all()
    serializer_class = ElectronDensityMapSerializer


class StructureFactorsViewSet(ObjectViewSet):
    """Reflections that were uploaded."""

    queryset = StructureFactors.objects.all()
    serializer_class = StructureFactorsSerializer
