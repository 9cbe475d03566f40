"""The errors of the domain: whose fault it is, a stable code, a sentence and a hint.

Domain code raises these; one handler (:mod:`proteins_plus.exceptions`) turns them into HTTP answers and
:mod:`proteins_plus.job_handler` into failed jobs. Neither Django nor REST framework is imported here.
"""

#: Message, code and hint where the operating system refuses a file: a full disk, a folder that is read-only.
STORAGE = (
    'The server could not read or write its files.',
    'server.storage',
    'Try again later; the operator can see the cause in the log.',
)


class ProteinsPlusError(Exception):
    """An error a user may see: a stable dotted code, a sentence, and what to do about it."""

    default_code = 'server.fault'

    def __init__(self, message: str, code: str | None = None, hint: str = '') -> None:
        """
        :param message: a full sentence for the user, free of paths and tracebacks
        :param code: stable, dotted, lower case, such as ``structure.no_atoms``
        :param hint: what the user can do next; may be empty
        """
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.hint = hint


class InputError(ProteinsPlusError):
    """The user's input is at fault; the same input will fail again.

    ``field`` names the request field at fault, where one is.
    """

    default_code = 'input.invalid'

    def __init__(self, message: str, code: str | None = None, hint: str = '', field: str | None = None) -> None:
        """
        :param message: see :class:`ProteinsPlusError`
        :param code: see :class:`ProteinsPlusError`
        :param hint: see :class:`ProteinsPlusError`
        :param field: the request field at fault, None when it is not one field
        """
        super().__init__(message, code, hint)
        self.field = field


class NotFoundError(InputError):
    """The user names something that does not exist here."""

    default_code = 'input.not_found'


class BusyError(ProteinsPlusError):
    """There is more to do than the server takes on; it will pass. ``retry_after`` is in seconds."""

    default_code = 'queue.full'
    retry_after = 30


class QuotaError(BusyError):
    """One client wants more at a time than its share."""

    default_code = 'queue.too_many_jobs'


class ToolError(ProteinsPlusError):
    """The tool's executable failed, hung, or wrote something that cannot be read."""

    default_code = 'tool.failed'


class SystemFault(ProteinsPlusError):
    """Ours: a broken installation, a full disk, an archive that does not answer."""

    default_code = 'server.fault'
