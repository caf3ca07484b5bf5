"""Say on which page a gap can be closed."""

from __future__ import annotations

from collections.abc import Mapping

_PAGES: Mapping[str, tuple[str, str]] = {
    "/policy": ("/policy#publishing", "To the policy"),
    "/alerts": ("/alerts", "To the alerts"),
    "/reviews": ("/reviews", "To the reviews"),
    "/committee": ("/committee#propose", "Propose a decision"),
    "/incidents": ("/incidents", "To the incidents"),
    "/agreements": ("/agreements", "To the agreements"),
    "/data-map": ("/data-map", "To the data map"),
    "/survey": ("/survey", "To the survey"),
    "/findings": ("/findings", "To the findings"),
    "/coverage": ("/coverage", "To the coverage"),
}
_CHECKS: Mapping[str, str] = {
    "agreement_in_force": "/agreements",
    "agreement_on_day_of_use": "/incidents",
    "review_recorded": "/reviews",
    "sources_read": "/coverage",
    "former_staff": "/findings",
    "policy_attested": "/policy",
    "incidents_decided": "/incidents",
    "agreement_document": "/agreements",
    "agreement_subcontractors": "/agreements",
    "agreement_notice": "/agreements",
    "agreement_ending": "/agreements",
    "tools_decided": "/committee",
    "owner_named": "/policy",
    "data_map_complete": "/data-map",
    "departments_asked": "/survey",
    "only_approved_use": "/committee",
    "prohibited_use": "/committee",
    "conditions_kept": "/findings",
    "policy_current": "/policy",
    "alerts_acknowledged": "/alerts",
}


def where_to(check: str) -> tuple[str, str] | None:
    """Return address and name of the page on which a gap that a check found can be closed."""
    return _PAGES.get(_CHECKS.get(check, ""))
