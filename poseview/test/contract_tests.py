"""What every tool owes, for PoseView."""

from proteins_plus.test.contract import ToolContract
from proteins_plus.test.utils import ApiTestCase

from .config import CASE


class PoseviewContract(ToolContract, ApiTestCase):
    """The contract of a tool."""

    case = CASE
