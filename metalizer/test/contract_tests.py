"""What every tool owes, for METALizer."""

from proteins_plus.test.contract import ToolContract
from proteins_plus.test.utils import ApiTestCase

from .config import CASE


class MetalizerContract(ToolContract, ApiTestCase):
    """The contract of a tool."""

    case = CASE
