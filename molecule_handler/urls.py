"""Routes below ``molecule_handler/``; the upload is the preprocessor's and mounted there too."""

from proteins_plus.routes import object_routes

from . import views

urlpatterns = object_routes(
    proteins=views.ProteinViewSet,
    ligands=views.LigandViewSet,
    protein_sites=views.ProteinSiteViewSet,
    electron_density_maps=views.ElectronDensityMapViewSet,
    structure_factors=views.StructureFactorsViewSet,
)
