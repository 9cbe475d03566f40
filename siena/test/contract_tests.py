"""What every tool owes, for SIENA."""

from proteins_plus.test.contract import ToolContract

from .cases import SienaCase
from .config import CASE


class SienaContract(ToolContract, SienaCase):
    """The contract of a tool."""

    case = CASE
