"""Names, paths, libraries and places of strangers are sorted as a person would."""

from __future__ import annotations

import pytest

from signatures.strangers.names import application_signs, host_signs
from signatures.strangers.traits import (
    agent_class,
    content_class,
    hosting_of,
    is_private,
    path_class,
    sensitive_scopes,
)

TELLING = 0.8
AI_NAMES = """app.sonnetnotes.ai api.wardgpt.com chat.helix-llm.io scribewell.com dictatemd.com notescribe.health
transcribely.app medcopilot.net clinicalchatbot.org promptlab.dev starryai.com www.ai-charting.com""".split()
OTHER_NAMES = """mail.google.com gmail.com www.airbnb.com www.aircanada.com www.hyundai.com www.thaiairways.com
www.dubaiairports.ae www.mountsinai.org subscribe.nytimes.com www.prescribewell.com describe.museum.org www.talbot.edu
www.abbot.com www.chatham.gov.uk www.chateauhotel.fr www.invoicely.com www.detroit.com claims.payer.com
www.trainline.com www.remotedesk.com www.notebookcheck.net www.magenta.at www.neurologycenter.org pixel.bidstream.ai
cdn.someone.ai tags.audiencegraph.ai metrics.brand.ai www.capgemini.com www.nintendo.com
www.harborhotel.com.ai portal.lakeclinic.health""".split()


@pytest.mark.parametrize("host", AI_NAMES)
def test_names_of_ai_tell(host: str) -> None:
    assert host_signs(host).weight >= TELLING


@pytest.mark.parametrize("host", OTHER_NAMES)
def test_names_with_the_same_letters_do_not(host: str) -> None:
    assert host_signs(host).weight < TELLING


@pytest.mark.parametrize(
    "name",
    ["Gemini Crypto Exchange", "Cursor Control Utility", "Lakeside Chat", "Okta AD Agent", "Mailchimp", "Kaiser Portal",
     "Notes for Outlook", "Prescription Refill", "Claude Monet Gallery", "Perplexity Puzzles"],
)  # fmt: skip
def test_applications_with_famous_words_are_not_ai(name: str) -> None:
    assert application_signs(name).weight < TELLING


@pytest.mark.parametrize(
    "name",
    [
        "Noteworthy AI",
        "Ward GPT",
        "Ambient Scribe",
        "MeetingCopilot Transcription",
        "helper.ai",
        "LLM Gateway",
    ],
)
def test_applications_with_words_of_ai_are_worth_a_look(name: str) -> None:
    assert application_signs(name).weight >= TELLING


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/v1/chat/completions", "chat_completions"),
        ("/openai/deployments/x/chat/completions?api-version=1", "chat_completions"),
        ("/v1/messages", "messages"),
        ("/api/generate", "ollama"),
        ("/v1beta/models/g-2:streamGenerateContent", "generate_content"),
        ("/v1/realtime", "realtime"),
        ("/v1/audio/transcriptions", "transcription"),
        ("/transcripts/episode-81", "transcripts"),
        ("/v1/messages/count_tokens", "count_tokens"),
        ("/api/tags", "ollama_models"),
        ("/v1/embeddings/", "embeddings"),
        ("/mcp", "mcp"),
        ("/api/chat", "chat"),
        ("/visits/81/audio", "visit_audio"),
        ("/v1/models", "models"),
        ("/", None),
        ("/generate-invoice", None),
        ("/news/chat-with-the-mayor", None),
        ("/v1/messages/archive/2024", None),
        ("/embeddings-of-pearls", None),
        ("/mcpherson", None),
    ],
)
def test_paths_fall_into_classes(path: str, named: str | None) -> None:
    assert path_class(path) == named


def test_schools_and_authorities_sell_nothing() -> None:
    names = ("llm.lakelaw.edu", "ai.harbor.ac.uk", "ai.health.gov")
    assert all(host_signs(name).institution for name in names)
    assert not any(host_signs(name).institution for name in ("wardgpt.com", "app.wardgpt.co.uk", "edu.chat"))


def test_libraries_contents_answers_and_permissions() -> None:
    assert agent_class("OpenAI/Python 1.99.1") == "openai"
    assert agent_class("AsyncAnthropic/Python 0.60") == "anthropic"
    assert agent_class("Mozilla/5.0 (Windows NT 10.0) OpenAIFan") is None
    assert content_class("text/event-stream; charset=utf-8") == "event_stream"
    assert content_class("text/html") is None
    assert hosting_of(["scribe.example.", "ward7.hf.space."]) == "hf.space"
    assert hosting_of(["nothf.space.example"]) is None
    assert sensitive_scopes(["https://www.googleapis.com/auth/drive.readonly"])
    assert not sensitive_scopes(["openid", "email"])


def test_own_network() -> None:
    assert is_private("10.4.1.9")
    assert is_private("gpu-01")
    assert is_private("models.hospital.internal")
    assert is_private("llm.hospital.example", ("hospital.example",))
    assert not is_private("nothospital.example", ("hospital.example",))
    assert not is_private("203.0.113.9.example.com")
