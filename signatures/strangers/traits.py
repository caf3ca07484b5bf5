"""Sort what a host does into classes: API paths, content types, client libraries, aliases, permissions, places."""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import ip_address

_PATHS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("chat_completions", r"/chat/completions?\Z"),
        ("completions", r"/v\d+(?:beta)?/completions\Z"),
        ("responses", r"/v1/responses\Z"),
        ("count_tokens", r"/v1/messages/count_tokens\Z"),
        ("messages", r"/v1/messages\Z"),
        ("generate_content", r":(?:stream)?generatecontent\Z"),
        ("ollama", r"/api/(?:generate|pull|show|embed(?:dings)?)\Z"),
        ("ollama_models", r"/api/tags\Z"),
        (
            "chat",
            (
                r"/(?:api|backend-api|backend|v\d+)/(?:[\w-]+/){0,3}(?:chat|chats|conversation|conversations|ask|prompt)"
                r"(?:/(?:stream|completion|send|message|messages))?\Z"
            ),
        ),
        ("realtime", r"/v1/realtime(?:/|\Z)"),
        (
            "transcription",
            (
                r"/(?:audio/(?:transcriptions|translations)|transcribe|speech[-_]to[-_]text|speech:recognize|stt)"
                r"(?:/|\Z)"
            ),
        ),
        ("transcripts", r"/(?:transcriptions?|transcripts?|listen|dictate|dictation)(?:/|\Z)"),
        ("speech", r"/(?:audio/speech|text-to-speech|tts|speech:synthesize)(?:/|\Z)"),
        ("embeddings", r"/(?:v1/)?embeddings\Z"),
        ("images", r"/(?:images/generations|images/edits|txt2img|text-to-image|image-to-image)\Z"),
        ("models", r"/v1/models\Z"),
        (
            "inference",
            r"/(?:v\d+/)?(?:predictions|inference|infer|invocations|invoke-with-response-stream)\Z",
        ),
        ("mcp", r"/mcp(?:/(?:sse|messages?))?\Z"),
        ("sse", r"/sse\Z"),
        (
            "agent",
            r"/(?:threads|assistants)(?:/[\w-]+/(?:runs|messages))?\Z|/agents?/(?:run|invoke|stream)\Z",
        ),
        (
            "visit_audio",
            (
                r"/(?:visits?|encounters?|consultations?|sessions?|recordings?|notes)/"
                r"(?:[\w-]+/)?(?:audio|stream|upload|record(?:ing)?|generate)\Z"
            ),
        ),
    )
)
STRONG_PATHS = frozenset(
    "chat_completions completions count_tokens generate_content realtime transcription embeddings images".split()
)
"""Classes that hardly anything but a model's API has."""
SHARED_PATHS = frozenset("mcp messages responses ollama transcripts".split())
"""Classes that gateways of short messages, surveys, generators of documents and offices of colleges have too; and
tools for agents, which need not be tools of models."""
OWN_PATHS = STRONG_PATHS | SHARED_PATHS | {"ollama_models"}
"""Classes by which a server on one's own network is noticed."""
FETCHED_PATHS = frozenset({"ollama_models", "models", "mcp", "sse"})
"""Classes that are asked for without sending anything."""
MEASURED = "measure:sizes"
"""Counts the events whose bytes are known both ways: says nothing by itself, others are a share of it."""

PATH_MARKS = re.compile(
    rb"/(?:completion|v1\\?/(?:messages|re|models)|api\\?/(?:generate|tags|pull|show|embed)|chat|ask|conversation"
    rb"|transcri|embeddings|mcp|sse|event-stream|(?:tunedM|m)odels\\?/[^\s\"]{0,200}enerateContent)"
)
"""Finds something in every line of a telling path or content type; all begins with a slash, which is found fast."""

_AGENTS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.I))
    for name, pattern in (
        (
            "openai",
            r"\b(?:Async)?(?:Azure)?OpenAI/(?:Python|JS|Java|Go|Ruby|v?\d)|\bopenai-(?:python|node|java|go)\b",
        ),
        ("anthropic", r"\b(?:Async)?Anthropic/(?:Python|JS|Java|Go)|\banthropic-(?:sdk|typescript|python)\b"),
        ("google_genai", r"\bgoogle-genai-sdk\b|\bgenai-js\b"),
        ("langchain", r"\blang(?:chain|graph|smith)\b"),
        ("llamaindex", r"\bllama-?index\b"),
        ("litellm", r"\blitellm\b"),
        ("ollama", r"\bollama(?:-python|-js)?/"),
        ("huggingface", r"\bhuggingface_hub/|\btransformers/\d|\bhf_hub/"),
        ("ai_sdk", r"\bai-sdk/|\bai/\d+\.\d+\.\d+ "),
        ("mcp", r"\bmcp(?:-client|-remote|-proxy|-python)?/"),
        ("vector", r"\b(?:pinecone|weaviate|qdrant|chroma)-(?:python-)?client\b"),
    )
)
_HOSTING = tuple(
    """hf.space huggingface.cloud endpoints.huggingface.cloud replicate.com replicate.delivery modal.run runpod.net
    runpod.ai baseten.co openai.azure.com cognitiveservices.azure.com services.ai.azure.com inference.ml.azure.com
    models.ai.azure.com aiplatform.googleapis.com livekit.cloud deepgram.com assemblyai.com fireworks.ai together.xyz
    groq.com beam.cloud cerebrium.ai banana.dev lepton.ai gradio.live streamlit.app
    lovable.app""".split()
)
_SENSITIVE = tuple(
    """mail.read mail.modify gmail drive calendar files.read onlinemeeting transcript recording chat.read
    channelmessage user.read.all sites.read contacts notes.read""".split()
)
_INTERNAL = frozenset("local lan internal intranet corp home localdomain private".split())
MODEL_PORTS = frozenset({11434})
"""Ports that one self-hosted server of models has to itself."""
SHARED_MODEL_PORTS = frozenset({1234, 3000, 4000, 5000, 7860, 8000, 8080, 8188})
"""Ports self-hosted servers of models listen on by default, and so does much else."""


def path_class(path: str) -> str | None:
    """Return the class of an API path, or None; nothing of the path itself is kept."""
    plain = path[:512].partition("?")[0].rstrip("/").lower()
    if not plain:
        return None
    return next((name for name, pattern in _PATHS if pattern.search(plain)), None)


def agent_class(agent: str) -> str | None:
    """Return the client library for models that a user agent names, or None."""
    return next((name for name, pattern in _AGENTS if pattern.search(agent[:512])), None)


def content_class(content_type: str) -> str | None:
    """Return `event_stream` or `audio` for the content types models answer and take."""
    plain = content_type.lower()
    if plain.startswith(("text/event-stream", "application/x-ndjson", "application/stream+json")):
        return "event_stream"
    return "audio" if plain.startswith("audio/") else None


def hosting_of(answers: Sequence[str]) -> str | None:
    """Return the model hosting a name server's answer points to, or None."""
    for answer in answers:
        if answer[-1:].isdigit():
            continue  # an address
        name = answer.lower().rstrip(".")
        for suffix in _HOSTING:
            if name == suffix or name.endswith(f".{suffix}"):
                return suffix
    return None


def sensitive_scopes(scopes: Sequence[str]) -> bool:
    """Say whether permissions reach mail, files, calendars or recordings."""
    return any(word in scope.lower() for scope in scopes for word in _SENSITIVE)


def is_private(host: str, own_domains: Sequence[str] = ()) -> bool:
    """Say whether a canonical host is an address or a name of one's own network."""
    try:
        return ip_address(host).is_private
    except ValueError:
        pass
    ending = host.rpartition(".")[2]
    if "." not in host or ending in _INTERNAL or host.endswith(".home.arpa"):
        return True
    return any(host == domain or host.endswith(f".{domain}") for domain in own_domains)
