"""What can keep the receiver from its work, as one tree.

ListenRefused            the receiver cannot start; exit code 2
|-- AddressUnusable      an address is wrong, taken or forbidden
|-- CertificateUnusable  certificate or key cannot be used for TLS
`-- SpoolUnusable        the folder for received messages cannot be used
SpoolFull                there is no room for a message now; senders have to wait
"""


class ListenRefused(Exception):
    """The receiver cannot start; the message says what is wrong, where, and what to do next."""


class AddressUnusable(ListenRefused):
    """An address is wrong, taken or forbidden."""


class CertificateUnusable(ListenRefused):
    """Certificate or key cannot be used for TLS."""


class SpoolUnusable(ListenRefused):
    """The folder for received messages cannot be used."""


class SpoolFull(Exception):
    """There is no room for a message now; the message says why."""
