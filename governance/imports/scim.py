"""Read a SCIM 2.0 list of users (RFC 7643, 7644) into records."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from governance.errors import ImportRefused
from governance.imports.records import Record


class _Mail(BaseModel):
    value: str | None = None


class _Manager(BaseModel):
    value: str | None = None


class _Enterprise(BaseModel):
    department: str | None = None
    employee_number: str | None = Field(None, alias="employeeNumber")
    manager: _Manager | None = None


class _User(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: str | None = None
    user_name: str = Field(alias="userName", min_length=1)
    title: str | None = None
    active: bool | None = None
    emails: list[_Mail] = []
    enterprise: _Enterprise | None = Field(
        None, alias="urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
    )


def read_scim(text: str) -> list[Record]:
    """Return the users of a list response or of a plain array of users. Raises ImportRefused."""
    try:
        document: Any = json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise ImportRefused(f"The file is no valid JSON ({fault}).") from fault
    listed = document.get("Resources") if isinstance(document, dict) else document
    if not isinstance(listed, list) or not listed:
        raise ImportRefused('The JSON holds no users: a SCIM list has them under "Resources".')
    if isinstance(document, dict):
        total = document.get("totalResults")
        if isinstance(total, int) and total > len(listed):
            raise ImportRefused(
                f"The list holds {len(listed)} of {total} users; join all pages, for an import replaces everything."
            )
    return [_record(row, one) for row, one in enumerate(listed, start=1)]


def _record(row: int, one: Any) -> Record:
    try:
        user = _User.model_validate(one)
    except ValidationError as fault:
        first = fault.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise ImportRefused(f"row {row}: {where}: {first['msg']}.") from fault
    more = user.enterprise or _Enterprise(employeeNumber=None)
    stated: dict[str, list[str | None]] = {
        "sign_in": [user.user_name],
        "mail": [mail.value for mail in user.emails],
        "employee_id": [more.employee_number],
        "scim_id": [user.id],
        "department": [more.department],
        "role": [user.title],
        "manager": [more.manager.value if more.manager else None],
        "enabled": [None if user.active is None else str(user.active).lower()],
    }
    kept = {name: tuple(text.strip() for text in texts if text) for name, texts in stated.items()}
    return Record(row, {name: texts for name, texts in kept.items() if texts})
