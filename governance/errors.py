"""Name everything that can go wrong with governance.

GovernanceError
├── WeightsInvalid    weights.toml contradicts the factors or itself
├── DecisionInvalid   a decision lacks what the record needs
└── DeliveryFailed    a channel did not take a message
"""

from __future__ import annotations


class GovernanceError(Exception):
    """Say what went wrong, where, and what to do next."""


class WeightsInvalid(GovernanceError):
    """The file of weights contradicts the factors or itself."""


class DecisionInvalid(GovernanceError):
    """A decision lacks what the record needs: a known status, a person, a reason."""


class DeliveryFailed(GovernanceError):
    """A channel did not take a message."""
