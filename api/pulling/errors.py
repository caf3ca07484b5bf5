"""Everything that can go wrong while pulling, as one tree.

PullError
├── PullFailed        the vendor cannot be reached or says no; what came before is kept
├── PullRefused       going on would hand the credential to somebody else
├── SecretUnusable    a secret is missing, open to others, or not what it should be
├── PullUnknown       a pull or stream was named that is not configured or does not exist
└── PullExtraMissing  the programs for pulling are not installed
"""


class PullError(Exception):
    """Any failure of a pull; the message says what, where and what to do next, and holds no secret."""


class PullFailed(PullError):
    """The vendor cannot be reached, or refused."""


class PullRefused(PullError):
    """The answer leads to where the credential must not go."""


class SecretUnusable(PullError):
    """A secret cannot be used."""


class PullUnknown(PullError):
    """There is no such pull or stream."""


class PullExtraMissing(PullError):
    """httpx2 or PyJWT is not installed."""
