"""The error that every engine raises when an input cannot be used."""


class EngineError(Exception):
    """
    An input that an engine cannot work with, told to the person who sent it.

    The code is stable: clients and tests may compare it. The message is one sentence for a chemist, the hint says
    what to do about it.

    :param code: dotted name of the kind of error, such as ``structure.no_atoms``
    :param message: one sentence without file system paths
    :param hint: what the sender can do, may be empty
    """

    def __init__(self, code: str, message: str, hint: str = '') -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint

    def as_dict(self) -> dict[str, str]:
        """
        The error as the three fields that travel to the web server.

        :returns: mapping with the keys code, message and hint
        """
        return {'code': self.code, 'message': self.message, 'hint': self.hint}
