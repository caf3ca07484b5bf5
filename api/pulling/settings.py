"""What an administrator states about one interface to pull from."""

from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from api.pulling.addresses import checked_address
from api.pulling.streams import Vendor, stream_ids

DEFAULT_ADDRESS = {"graph": "https://graph.microsoft.com", "google": "https://admin.googleapis.com"}
DEFAULT_LOGIN = {"graph": "https://login.microsoftonline.com", "google": "https://oauth2.googleapis.com"}


class PullSettings(BaseModel):
    """One interface that the nightly run pulls from. Nothing is contacted that is not stated here."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=80, description="Name of the source in reports.")
    vendor: Vendor = Field(description="okta, graph (Microsoft) or google.")
    base_url: str | None = Field(default=None, description="Address of the interface; needed for Okta.")
    login_url: str | None = Field(default=None, description="Where tokens come from, if not the usual place.")
    streams: list[str] = Field(default_factory=list, description="Which logs; all of the vendor if left out.")
    secret_file: Path | None = Field(default=None, description="File with the secret, mode 0600.")
    secret_env: str | None = Field(default=None, description="Environment variable with the secret.")
    client_id: str | None = Field(default=None, description="Application (client) id.")
    tenant: str | None = Field(default=None, pattern=r"^[A-Za-z0-9.-]{1,100}$", description="Entra tenant.")
    subject: str | None = Field(
        default=None, description="Google administrator in whose name the account reads."
    )
    ca_file: Path | None = Field(default=None, description="Certificates of a private authority, PEM.")
    proxy: str | None = Field(default=None, description="Address of a web proxy, http://host:port.")
    proxy_secret_file: Path | None = Field(default=None, description="File with user:password of the proxy.")
    proxy_secret_env: str | None = Field(
        default=None, description="Environment variable with user:password of the proxy."
    )
    first_days: int = Field(default=7, ge=1, le=180, description="How far back the first pull goes.")
    overlap_hours: int = Field(
        default=48, ge=1, le=336, description="How far back every later pull looks for late records."
    )
    owner: str | None = Field(default=None, max_length=120, description="Whom to ask when it falls silent.")

    @field_validator("base_url", "login_url")
    @classmethod
    def _address(cls, url: str | None) -> str | None:
        return None if url is None else checked_address(url)

    @field_validator("proxy")
    @classmethod
    def _proxy(cls, url: str | None) -> str | None:
        if url is not None and (not url.startswith(("http://", "https://")) or "@" in url):
            raise ValueError("write http://host:port; user and password belong in the file proxy_secret_file")
        return url

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.secret_file is None) == (self.secret_env is None):
            raise ValueError("name either secret_file or secret_env")
        needed = {"okta": ("base_url",), "graph": ("tenant", "client_id"), "google": ("subject",)}
        for name in needed[self.vendor]:
            if not getattr(self, name):
                raise ValueError(f"{name} is needed to pull from {self.vendor}")
        unknown = sorted(set(self.streams) - set(stream_ids(self.vendor)))
        if unknown:
            raise ValueError(
                f"streams: there is no {unknown[0]!r}; known are {', '.join(stream_ids(self.vendor))}"
            )
        return self

    @property
    def address(self) -> str:
        """Return the address of the interface."""
        return self.base_url or DEFAULT_ADDRESS[self.vendor]

    @property
    def login(self) -> str:
        """Return the address tokens come from."""
        return self.login_url or DEFAULT_LOGIN.get(self.vendor) or self.address
