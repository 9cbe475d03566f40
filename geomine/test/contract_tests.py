"""What every tool owes, for GeoMine."""

from proteins_plus.test.contract import ToolContract

from .config import CASE
from .samples import GeomineTestCase


class GeomineContract(ToolContract, GeomineTestCase):
    """The contract of a tool."""

    case = CASE
