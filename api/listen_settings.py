"""Settings of `skiagram listen`: where to listen, with which certificate, and how much to keep."""

import ipaddress
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, field_validator

from api.zones import zone_of


class SenderSettings(BaseModel):
    """What is known of one sender of syslog."""

    model_config = ConfigDict(extra="forbid")

    source: str | None = Field(
        default=None, min_length=1, max_length=80, description="Name of the source its messages belong to."
    )
    format: str | None = Field(default=None, description="Format id; recognised by content if left out.")
    time_zone: str | None = Field(
        default=None, description="Zone of times in its messages that state none; `time_zone` if left out."
    )

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str | None) -> str | None:
        if name is not None:
            zone_of(name)
        return name


class ListenSettings(BaseModel):
    """Where and how `skiagram listen` receives."""

    model_config = ConfigDict(extra="forbid")

    udp: list[str] = Field(default_factory=list, description="ADDRESS:PORT each.")
    tcp: list[str] = Field(default_factory=list, description="ADDRESS:PORT each.")
    tls: list[str] = Field(default_factory=list, description="ADDRESS:PORT each.")
    certificate: Path | None = Field(default=None, description="PEM file: certificate with its chain.")
    key: Path | None = Field(default=None, description="PEM file: its key, without a password.")
    client_ca: Path | None = Field(
        default=None, description="PEM file: authority whose certificates clients must show."
    )
    spool: Path | None = Field(
        default=None, description="Folder for received messages; `received` in the data folder if left out."
    )
    spool_limit: int = Field(default=1024, ge=16, description="Mebibytes the folder may take.")
    every: int = Field(
        default=60, ge=1, description="Seconds from one scan of received messages to the next."
    )
    scan: bool = Field(
        default=True, description="Scan what was received; false leaves it to the nightly run."
    )
    keep: float = Field(default=1.0, ge=0, description="Days to keep messages that were read.")
    connections: int = Field(default=1000, ge=1, description="TCP and TLS connections at one time.")
    senders: dict[str, SenderSettings] = Field(
        default_factory=dict, description="What is known of senders, by address."
    )

    @field_validator("senders")
    @classmethod
    def _addresses(cls, senders: dict[str, SenderSettings]) -> dict[str, SenderSettings]:
        known: dict[str, SenderSettings] = {}
        for address, sender in senders.items():
            try:
                known[str(ipaddress.ip_address(address))] = sender
            except ValueError as problem:
                raise ValueError(f"{address!r} is no address; write one such as 192.0.2.7") from problem
        return known
