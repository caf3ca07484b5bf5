"""Settings of the committee: who votes, how many have to, and which majority carries."""

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from governance.committee import Rules


class CommitteeSettings(BaseModel):
    """How the committee decides."""

    model_config = ConfigDict(extra="forbid")

    quorum: int = Field(
        default=3, ge=1, le=100, description="Members that have to vote, abstentions included."
    )
    majority: float = Field(
        default=0.5, ge=0.5, lt=1, description="Share of yes among yes and no that has to be exceeded."
    )
    members: list[str] = Field(
        default_factory=list, description="Names of those who may vote; anybody who gives a name if left out."
    )

    @property
    def rules(self) -> "Rules":
        """Return the rules as the committee reads them."""
        from governance.committee import Rules

        return Rules(self.quorum, self.majority, tuple(self.members))
