"""What every tool owes, for DoGSite."""

from proteins_plus.test.contract import ToolContract
from proteins_plus.test.utils import ApiTestCase

from .config import CASE


class DogsiteContract(ToolContract, ApiTestCase):
    """The contract of a tool."""

    case = CASE
