"""Name the closed vocabularies of the catalogue: kinds of signature, surfaces, categories, terms."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """Say how a signature recognises a tool. Members stand in order of what they prove, strongest first."""

    SSO_APP_ID = "sso_app_id"
    OAUTH_CLIENT = "oauth_client"
    EXTENSION_ID = "extension_id"  # of a browser extension, as browsers' management logs name it
    SSO_APP_NAME = "sso_app_name"
    OAUTH_SCOPE = "oauth_scope"  # what only a client of this tool asks for
    PATH = "path"
    HOST = "host"
    TENANT = "tenant"
    DOMAIN = "domain"
    APP_FIELD = "app_field"
    USER_AGENT = "user_agent"
    LOCAL_PORT = "local_port"  # where a self-hosted server listens, on addresses of the own network
    DNS_ANSWER = "dns_answer"


HOST_KINDS = frozenset({Kind.PATH, Kind.HOST, Kind.TENANT, Kind.DOMAIN, Kind.DNS_ANSWER})
"""Kinds whose value begins with, or is, a host name."""


class Surface(StrEnum):
    """Say what contact with the matched thing means; only `use` means that somebody used the tool."""

    USE = "use"
    AMBIENT = "ambient"  # an operating system, browser or office suite calls it unasked
    EMBEDDED = "embedded"  # an AI feature inside a product that is mostly something else
    VENDOR_ONLY = "vendor_only"  # documentation, status, marketing: contact with the vendor, not use
    CNAME = "cname"  # seen only as the target of an alias in a DNS answer
    LOOK_ALIKE = "look_alike"  # a wrapper or typing-error name of a known brand; never the brand itself


class Origin(StrEnum):
    """Say which folder a fact comes from."""

    SHIPPED = "shipped"  # came with the program
    BUNDLE = "bundle"  # from an installed bundle, which stands in for the shipped files
    LOCAL = "local"  # from a folder of the organisation


class Category(StrEnum):
    """Sort tools by what people use them for."""

    AMBIENT_SCRIBE = "ambient_scribe"
    DICTATION = "dictation"
    CLINICAL_SEARCH = "clinical_search"
    CLINICAL_DECISION_SUPPORT = "clinical_decision_support"
    IMAGING = "imaging"
    PATHOLOGY = "pathology"
    PATIENT_AGENT = "patient_agent"
    REVENUE_CYCLE = "revenue_cycle"
    EHR_AI = "ehr_ai"
    CHAT_ASSISTANT = "chat_assistant"
    LLM_API = "llm_api"
    MODEL_HUB = "model_hub"
    INFERENCE = "inference"
    SPEECH_API = "speech_api"
    MEETING_NOTES = "meeting_notes"
    TRANSCRIPTION = "transcription"
    TRANSLATION = "translation"
    WRITING = "writing"
    CODE_ASSISTANT = "code_assistant"
    AI_BROWSER = "ai_browser"
    BROWSER_EXTENSION = "browser_extension"
    IMAGE_GENERATION = "image_generation"
    VIDEO_GENERATION = "video_generation"
    VOICE_GENERATION = "voice_generation"
    SLIDES_DOCUMENTS = "slides_documents"
    RESEARCH_SEARCH = "research_search"
    EMBEDDED_SAAS = "embedded_saas"
    AUTOMATION_AGENTS = "automation_agents"
    SELF_HOSTED = "self_hosted"
    COMPANION = "companion"
    DATA_PLATFORM = "data_platform"

    @property
    def label(self) -> str:
        """Return the words shown to people."""
        return _CATEGORY_LABELS[self]


_CATEGORY_LABELS: dict[Category, str] = {
    Category.AMBIENT_SCRIBE: "Ambient scribe",
    Category.DICTATION: "Dictation",
    Category.CLINICAL_SEARCH: "Clinical search",
    Category.CLINICAL_DECISION_SUPPORT: "Clinical decision support",
    Category.IMAGING: "Medical imaging",
    Category.PATHOLOGY: "Pathology",
    Category.PATIENT_AGENT: "Patient-facing agent",
    Category.REVENUE_CYCLE: "Revenue cycle and coding",
    Category.EHR_AI: "EHR with AI",
    Category.CHAT_ASSISTANT: "Chat assistant",
    Category.LLM_API: "Language model API",
    Category.MODEL_HUB: "Model hub",
    Category.INFERENCE: "Model hosting and inference",
    Category.SPEECH_API: "Speech API",
    Category.MEETING_NOTES: "Meeting notes",
    Category.TRANSCRIPTION: "Transcription",
    Category.TRANSLATION: "Translation",
    Category.WRITING: "Writing assistant",
    Category.CODE_ASSISTANT: "Code assistant",
    Category.AI_BROWSER: "AI browser",
    Category.BROWSER_EXTENSION: "Browser extension",
    Category.IMAGE_GENERATION: "Image generation",
    Category.VIDEO_GENERATION: "Video generation",
    Category.VOICE_GENERATION: "Voice generation",
    Category.SLIDES_DOCUMENTS: "Slides and documents",
    Category.RESEARCH_SEARCH: "Research and search",
    Category.EMBEDDED_SAAS: "AI inside a business application",
    Category.AUTOMATION_AGENTS: "Automation and agents",
    Category.SELF_HOSTED: "Self-hosted model",
    Category.COMPANION: "Companion",
    Category.DATA_PLATFORM: "Data platform",
}


class Maturity(StrEnum):
    """Say how far a vendor file may be trusted."""

    STABLE = "stable"
    TEST = "test"
    DRAFT = "draft"


class Baa(StrEnum):
    """Say whether the vendor offers a business associate agreement, least protective first.

    It is a statement about the offer; whether a hospital signed one is not a fact of the catalogue.
    """

    NO = "no"
    UNKNOWN = "unknown"
    DISPUTED = "disputed"
    CONDITIONAL = "conditional"
    YES_CONTRACT = "yes_contract"
    YES_PLAN = "yes_plan"
    YES_DEFAULT = "yes_default"

    @property
    def label(self) -> str:
        """Return the words shown to people."""
        return _BAA_LABELS[self]


_BAA_LABELS: dict[Baa, str] = {
    Baa.NO: "Not offered",
    Baa.UNKNOWN: "No statement found",
    Baa.DISPUTED: "Sources disagree: ask the vendor",
    Baa.CONDITIONAL: "On conditions",
    Baa.YES_CONTRACT: "By contract",
    Baa.YES_PLAN: "On certain plans",
    Baa.YES_DEFAULT: "Part of the standard terms",
}


class Training(StrEnum):
    """Say whether the vendor trains models on customers' content, least protective first."""

    DEFAULT_ON = "default_on"
    OPT_OUT = "opt_out"
    UNKNOWN = "unknown"
    OPT_IN = "opt_in"
    NO = "no"


class Grade(StrEnum):
    """Grade a statement about terms by who was read."""

    PRIMARY = "P"  # the vendor's own page was read
    QUOTED = "p"  # another text quotes or links the vendor's page
    SECONDARY = "S"  # secondary texts only: read as "ask the vendor", never as "covered"


PRESENCE = "presence"
"""Surface of sightings in inventories and payments: the tool is there, use is not shown. No signature has it."""
