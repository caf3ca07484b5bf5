"""Name everything that can go wrong with governance.

GovernanceError
├── WeightsInvalid    weights.toml contradicts the factors or itself
├── DecisionInvalid   a decision lacks what the record needs
├── AgreementInvalid  an agreement contradicts itself or the catalogue
├── RulesInvalid      a file of rules, reviews or measures contradicts itself
├── PolicyInvalid     a policy cannot be published or attested as asked
├── IncidentInvalid   an incident lacks what the record needs, or a step is out of order
├── ReviewInvalid     a review cannot be marked done as asked
├── CandidateInvalid  a candidate cannot be promoted or dismissed as asked
├── ReportInvalid     a report cannot be made or traced as asked
├── LossInputsInvalid assumptions of the loss estimate, or penalty tiers, contradict themselves
├── ChecklistInvalid  the checklist of vendor evaluations contradicts itself
├── CommitteeInvalid  a case or a vote of the committee cannot be taken as asked
├── ScenarioInvalid   a scenario has a key or a value nobody knows
├── ImportRefused     a file of the organisation contradicts itself or cannot be read
└── DeliveryFailed    a channel did not take a message
"""

from __future__ import annotations


class GovernanceError(Exception):
    """Say what went wrong, where, and what to do next."""


class WeightsInvalid(GovernanceError):
    """The file of weights contradicts the factors or itself."""


class DecisionInvalid(GovernanceError):
    """A decision lacks what the record needs: a known status, a person, a reason."""


class AgreementInvalid(GovernanceError):
    """An agreement contradicts itself, the catalogue or the register."""


class RulesInvalid(GovernanceError):
    """A file of rules, reviews or measures contradicts itself."""


class PolicyInvalid(GovernanceError):
    """A policy cannot be published or attested as it was asked."""


class IncidentInvalid(GovernanceError):
    """An incident lacks what the record needs, or a step is taken out of order."""


class ReviewInvalid(GovernanceError):
    """A review cannot be marked done as it was asked."""


class CandidateInvalid(GovernanceError):
    """A candidate cannot be promoted or dismissed as it was asked."""


class ReportInvalid(GovernanceError):
    """A report cannot be made or traced as it was asked."""


class LossInputsInvalid(GovernanceError):
    """The assumptions of the loss estimate, or the penalty tiers, cannot be used."""


class ChecklistInvalid(GovernanceError):
    """The checklist by which vendors are evaluated cannot be used."""


class CommitteeInvalid(GovernanceError):
    """A case or a vote of the committee cannot be taken as it was asked."""


class ScenarioInvalid(GovernanceError):
    """A scenario has a key nobody knows, or a value its key cannot hold."""


class ImportRefused(GovernanceError):
    """A file of the organisation cannot be read or contradicts itself; nothing of it was taken."""


class DeliveryFailed(GovernanceError):
    """A channel did not take a message."""
