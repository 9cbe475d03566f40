"""What every tool owes, for StructureProfiler."""

from proteins_plus.test.contract import ToolContract
from proteins_plus.test.utils import ApiTestCase

from .config import CASE


class StructureprofilerContract(ToolContract, ApiTestCase):
    """The contract of a tool."""

    case = CASE
