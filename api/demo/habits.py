"""Who at the imaginary hospital uses which AI tool, how often, and how much they send."""

# ruff: noqa: E501  (tables read better with one row a line)

from __future__ import annotations

from typing import NamedTuple

from api.demo.people import CAMPUS, CLINIC, OFFICE, ROAMING, SATELLITE
from api.demo.web import CANDIDATE


class Habit(NamedTuple):
    """Use of one tool by some people of one department at one site.

    ``people`` is how many of them (0: all), ``per_day`` how often each does so on an average day, ``sends`` and
    ``receives`` are the least and most bytes of one request. An empty ``tool`` is a host in no catalogue.
    """

    tool: str
    host: str
    department: str
    site: str
    people: int
    per_day: float
    sends: tuple[int, int]
    receives: tuple[int, int]
    path: str = "/"
    method: str = "POST"
    category: str = "Generative AI"
    blocked: bool = False
    streams: bool = False
    """Sound that goes up piece by piece, one a minute, while the visit lasts."""


_CHAT = ((800, 9_000), (4_000, 60_000))
_PASTE = ((6_000, 90_000), (6_000, 80_000))
_PAGE = ((500, 1_500), (20_000, 400_000))
_AUDIO = ((2_000_000, 9_500_000), (900, 4_000))  # one visit's sound, about a quarter of an hour
_DICTATION = ((60_000, 400_000), (1_000, 6_000))

HABITS = (
    # One emergency physician dictates whole visits to a scribe on a personal account.
    Habit("heidi", "scribe.heidihealth.com", "Emergency", ROAMING, 1, 13, *_AUDIO, "/api/v1/sessions/audio", streams=True),
    Habit("heidi", "registrar.api.heidihealth.com", "Emergency", ROAMING, 1, 13, *_CHAT, "/v1/notes", "GET"),
    Habit("freed", "secure.getfreed.ai", "Oncology", ROAMING, 2, 6, *_AUDIO, "/visits/upload", streams=True),
    Habit("upheal", "app.upheal.io", "Behavioural Health", SATELLITE, 4, 7, *_AUDIO),
    Habit("wispr-flow", "api.wisprflow.ai", "Nursing", ROAMING, 3, 9, *_DICTATION, "/v1/dictate"),
    Habit("", CANDIDATE, "Nursing", ROAMING, 2, 8, *_AUDIO, "/visit/stream", category="Uncategorized"),
    # A whole department pastes into ChatGPT; elsewhere single people do.
    Habit("chatgpt", "chatgpt.com", "Coding and Billing", CAMPUS, 0, 6, *_PASTE, "/backend-api/conversation"),
    Habit("chatgpt", "chatgpt.com", "Coding and Billing", ROAMING, 0, 7, *_PASTE, "/backend-api/conversation"),
    Habit("chatgpt", "chatgpt.com", "Nursing", CAMPUS, 9, 2, *_CHAT),
    Habit("chatgpt", "chatgpt.com", "Radiology", CAMPUS, 3, 2, *_CHAT),
    Habit("chatgpt", "chatgpt.com", "Riverside Clinic", CLINIC, 5, 3, *_CHAT),
    Habit("chatgpt", "chatgpt.com", "Behavioural Health", SATELLITE, 6, 2, *_CHAT),
    Habit("chatgpt", "chatgpt.com", "Marketing", OFFICE, 6, 8, *_CHAT, "/backend-api/conversation"),
    Habit("chatgpt", "chatgpt.com", "Information Technology", OFFICE, 5, 4, *_CHAT, "/backend-api/conversation"),
    Habit("claude", "claude.ai", "Human Resources", OFFICE, 4, 5, *_PASTE, "/api/organizations/chat_conversations"),
    Habit("claude", "claude.ai", "Information Technology", OFFICE, 6, 6, *_PASTE, "/api/organizations/chat_conversations"),
    Habit("claude", "claude.ai", "Oncology", CAMPUS, 3, 3, *_PASTE),
    Habit("gemini", "gemini.google.com", "Nursing", CAMPUS, 7, 2, *_CHAT),
    Habit("gemini", "gemini.google.com", "Riverside Clinic", CLINIC, 3, 3, *_CHAT),
    Habit("gemini", "gemini.google.com", "Finance", OFFICE, 3, 3, *_CHAT, "/app"),
    Habit("notebooklm", "notebooklm.google.com", "Oncology", CAMPUS, 5, 2, *_PASTE),
    Habit("notebooklm", "notebooklm.google.com", "Oncology", ROAMING, 3, 2, *_PASTE, "/notebook/upload"),
    Habit("perplexity", "www.perplexity.ai", "Pharmacy", CAMPUS, 5, 4, *_CHAT),
    Habit("perplexity", "www.perplexity.ai", "Marketing", OFFICE, 3, 4, *_CHAT, "/rest/sse/perplexity_ask"),
    Habit("openevidence", "www.openevidence.com", "Emergency", CAMPUS, 12, 3, *_CHAT, category="Health"),
    Habit("openevidence", "www.openevidence.com", "Riverside Clinic", CLINIC, 6, 4, *_CHAT, category="Health"),
    Habit("deepl", "www.deepl.com", "Nursing", CAMPUS, 4, 3, *_CHAT, category="Translation"),
    Habit("grammarly", "app.grammarly.com", "Human Resources", OFFICE, 5, 9, *_CHAT, "/ddocs", category="Writing"),
    Habit("grammarly", "app.grammarly.com", "Coding and Billing", CAMPUS, 4, 5, *_CHAT, category="Writing"),
    Habit("otter", "otter.ai", "Human Resources", OFFICE, 3, 3, *_AUDIO, "/forward/api/v1/speech_upload", category="Meetings"),
    Habit("otter", "otter.ai", "Finance", OFFICE, 4, 2, *_AUDIO, "/forward/api/v1/speech_upload", category="Meetings"),
    Habit("fireflies", "app.fireflies.ai", "Marketing", OFFICE, 2, 3, *_PAGE, "/notebook", "GET", "Meetings"),
    Habit("github-copilot", "api.githubcopilot.com", "Information Technology", OFFICE, 6, 30, *_CHAT, "/chat/completions"),
    Habit("cursor", "api2.cursor.sh", "Information Technology", OFFICE, 2, 20, *_PASTE, "/aiserver.v1.ChatService/Stream"),
    Habit("elevenlabs", "elevenlabs.io", "Marketing", OFFICE, 1, 4, *_CHAT, "/app/speech-synthesis"),
    Habit("midjourney", "www.midjourney.com", "Marketing", OFFICE, 2, 4, *_CHAT, "/api/submit-jobs"),
    Habit("gamma", "gamma.app", "Marketing", OFFICE, 2, 3, *_CHAT, "/create"),
    # Tried, and stopped by the proxy or firewall.
    Habit("deepseek", "chat.deepseek.com", "Finance", OFFICE, 2, 3, *_CHAT, "/api/v0/chat/completion", blocked=True),
    Habit("deepseek", "chat.deepseek.com", "Nursing", CAMPUS, 2, 2, *_CHAT, blocked=True),
    # Approved, under an agreement.
    Habit("dragon-medical-one", "sas.nuancehdp.com", "Radiology", CAMPUS, 14, 22, *_DICTATION, category="Health"),
    Habit("dragon-medical-one", "sas.nuancehdp.com", "Emergency", CAMPUS, 10, 16, *_DICTATION, category="Health"),
    Habit("microsoft-copilot", "copilot.microsoft.com", "Finance", OFFICE, 9, 6, *_CHAT, "/c/api/chat"),
    Habit("microsoft-copilot", "copilot.microsoft.com", "Human Resources", OFFICE, 7, 5, *_CHAT, "/c/api/chat"),
    Habit("microsoft-copilot", "copilot.microsoft.com", "Pharmacy", CAMPUS, 6, 3, *_CHAT),
)  # fmt: skip

APPROVED = ("dragon-medical-one", "microsoft-copilot", "aidoc")


class ServerHabit(NamedTuple):
    """Use of a tool by a server without a person: between which hours (UTC) and how often a day."""

    tool: str
    host: str
    server: str
    hours: tuple[int, int]
    per_day: int


SERVER_HABITS = (
    ServerHabit("openai-api", "api.openai.com", "billing-batch-01", (1, 5), 260),
    ServerHabit("aidoc", "gateway.aidoc.com", "pacs-router-01", (0, 24), 140),
    ServerHabit("huggingface-hub", "huggingface.co", "research-gpu-01", (8, 20), 24),
    ServerHabit("openrouter", "openrouter.ai", "research-gpu-01", (9, 18), 35),
)


class SignIn(NamedTuple):
    """Sign-ins to one application through one identity provider."""

    tool: str
    application: str
    application_id: str
    provider: str
    department: str
    people: int
    per_day: float
    scopes: tuple[str, ...] = ()


OKTA = "okta"
ENTRA = "entra"
GOOGLE = "google"

_DRIVE = "https://www.googleapis.com/auth/drive.readonly"
_CALENDAR = "https://www.googleapis.com/auth/calendar.readonly"
_PROFILE = "https://www.googleapis.com/auth/userinfo.email"

SIGN_INS = (
    SignIn("chatgpt", "ChatGPT", "e0476654-c1d5-430b-ab80-70cbd947616a", ENTRA, "Coding and Billing", 9, 1),
    SignIn("chatgpt", "ChatGPT", "e0476654-c1d5-430b-ab80-70cbd947616a", ENTRA, "Marketing", 5, 1),
    SignIn("claude", "Claude", "08ad6f98-a4f8-4635-bb8d-f1a3044760f0", ENTRA, "Information Technology", 5, 1),
    SignIn("read-ai", "Read AI", "7c1f0a52-5c0e-4b5e-9a39-2f4f6f0f6b11", ENTRA, "Finance", 3, 0.6),
    SignIn("otter", "Otter.ai", "0oa4k2otter7Qp1d8", OKTA, "Human Resources", 3, 1),
    SignIn("grammarly", "Grammarly", "0oa4k2gramm3Lx1d8", OKTA, "Human Resources", 5, 1),
    SignIn("openevidence", "OpenEvidence", "0oa4k2openev9Zr1d8", OKTA, "Emergency", 6, 0.7),
    SignIn("otter", "Otter.ai", "584310276615-otterdemo", GOOGLE, "Finance", 4, 0.8, (_CALENDAR, _PROFILE)),
    SignIn(
        "fireflies",
        "Fireflies.ai",
        "710923384021-firefdemo",
        GOOGLE,
        "Marketing",
        3,
        0.8,
        (_CALENDAR, _DRIVE),
    ),
    SignIn("chatgpt", "ChatGPT", "932174455801-chatgptdemo", GOOGLE, "Marketing", 3, 0.5, (_DRIVE, _PROFILE)),
)

ORDINARY_APPLICATIONS = {
    OKTA: (
        ("Lakeside Timesheets", "0oa4k2times1Aa1d8"),
        ("Lakeside Service Desk", "0oa4k2servd2Bb1d8"),
        ("Kronos Timekeeping", "0oa4k2krono3Cc1d8"),
        ("HealthStream", "0oa4k2healt4Dd1d8"),
        ("Gemini Crypto Exchange", "0oa4k2gemin5Ee1d8"),
    ),
    ENTRA: (
        ("Office 365 Exchange Online", "00000002-0000-0ff1-ce00-000000000000"),
        ("Microsoft Teams", "1fec8e78-bce4-4aaf-ab1b-5451cc387264"),
        ("Lakeside Intranet", "4f0f2e0e-7a6d-4c0b-8a55-91f0c5b0a001"),
        ("Windows Sign In", "38aa3b87-a06d-4817-b275-7a316988d93b"),
    ),
    GOOGLE: (
        ("Google Chrome", "77185425430.apps.googleusercontent.com"),
        ("Lakeside Roster", "118822334455-roster.apps.googleusercontent.com"),
        ("Android device", "266792384021-android.apps.googleusercontent.com"),
    ),
}
