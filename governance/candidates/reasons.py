"""Say why a candidate looks like an AI tool, or like anything else: one pure function for each reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from governance.candidates.weights import CandidateWeights
from signatures.strangers.names import NameSigns, application_signs, host_signs
from signatures.strangers.traits import MEASURED, SHARED_PATHS, STRONG_PATHS
from storage.candidates import CandidateEvidence


@dataclass(frozen=True, slots=True)
class Reason:
    """Points, and a sentence for them with the counts it rests on."""

    name: str
    points: float
    text: str
    count: int


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the whole organisation shows."""

    tool_people: frozenset[str]
    """People seen using known tools."""
    share: float
    """Their share among the people seen at all."""
    first_day: date | None


Rule = Callable[[CandidateEvidence, Surroundings, CandidateWeights], Reason | None]

_PATH_WORDS: Mapping[str, str] = {
    "chat_completions": "chat completions",
    "generate_content": "generation of content",
    "count_tokens": "counting of tokens",
    "ollama": "Ollama",
    "ollama_models": "models of Ollama",
    "realtime": "realtime speech",
    "transcription": "transcription",
    "visit_audio": "recordings of visits",
    "mcp": "Model Context Protocol",
    "sse": "server-sent events",
}


_PATH_WEIGHTS = (("strong", STRONG_PATHS), ("shared", SHARED_PATHS))


def signs_of(evidence: CandidateEvidence) -> NameSigns:
    """Return what the names of a candidate say, the most telling of its hosts."""
    if evidence.kind == "application":
        return application_signs(evidence.site.removeprefix("app:"))
    return max((host_signs(host) for host in evidence.hosts), key=lambda signs: signs.weight)


def name(evidence: CandidateEvidence, around: Surroundings, weights: CandidateWeights) -> Reason | None:
    """Return what the name says."""
    if evidence.kind == "self_hosted":
        return None
    signs = signs_of(evidence)
    each = weights.of("name", "application" if evidence.kind == "application" else "per_weight")
    points = min(signs.weight * each, weights.of("name", "most"))
    if points <= 0:
        return None
    if any(sign.of_paperwork for sign in signs.signs):
        points += weights.of("name", "paperwork")
    words = ", ".join(f".{sign.word}" if sign.kind == "ending" else f"“{sign.word}”" for sign in signs.signs)
    return Reason("name", points, f"The name holds {words}.", len(signs.signs))


def path(evidence: CandidateEvidence, around: Surroundings, weights: CandidateWeights) -> Reason | None:
    """Return what API paths say."""
    classes = _classes(evidence, "path")
    if not classes:
        return None
    telling = next((key for key, known in _PATH_WEIGHTS if not known.isdisjoint(classes)), "weak")
    if evidence.kind == "self_hosted" and ("ollama" in classes or len(classes) > 1):
        telling = "strong"  # no gateway of short messages stands in the house
    points = weights.of("path", telling) + weights.of("path", "more") * (len(classes) - 1)
    shown = ", ".join(_PATH_WORDS.get(one, one.replace("_", " ")) for one in sorted(classes))
    count = sum(classes.values())
    text = f"{_times(count)} a path as APIs of models have: {shown}."
    return Reason("path", min(points, weights.of("path", "most")), text, count)


def agent(evidence: CandidateEvidence, around: Surroundings, weights: CandidateWeights) -> Reason | None:
    """Return what user agents say."""
    classes = _classes(evidence, "agent")
    count = sum(classes.values())
    shown = ", ".join(one.replace("_", " ") for one in sorted(classes))
    text = f"{_times(count)} asked by a client library for models: {shown}."
    return Reason("agent", weights.of("agent", "library"), text, count) if classes else None


def content(evidence: CandidateEvidence, around: Surroundings, weights: CandidateWeights) -> Reason | None:
    """Return what content types say."""
    classes = _classes(evidence, "content")
    if not classes:
        return None
    count = sum(classes.values())
    # A page that sometimes sends something on the same host gets its news, not answers.
    streamed, news = classes.get("streamed_answer", 0), classes.get("event_stream", 0)
    if streamed and news:
        classes.pop("event_stream" if streamed > news else "streamed_answer")
    points = sum(weights.of("content", one) for one in classes)
    shown = ", ".join(one.replace("_", " ") for one in sorted(classes))
    half = 0.5 if count < weights.of("content", "few") else 1.0
    return Reason("content", points * half, f"{_times(count)} answered or sent as {shown}.", count)


def shape(evidence: CandidateEvidence, around: Surroundings, weights: CandidateWeights) -> Reason | None:
    """Return what the sizes of uploads and downloads say."""
    seen = _classes(evidence, "shape")
    fewest = weights.of("shape", "fewest")
    points, said = 0.0, []
    if seen.get("upload", 0) >= fewest:
        points += weights.of("shape", "upload")
        said.append(f"{seen['upload']} long uploads with hardly an answer, as recordings are")
    if seen.get("burst", 0) >= fewest:
        points += weights.of("shape", "burst")
        said.append(f"{seen['burst']} spells of several questions and answers")
    exchanges = seen.get("exchange", 0)
    measured = evidence.traits.get(MEASURED, evidence.count)
    if exchanges >= fewest and exchanges >= measured * weights.of("shape", "exchange_share"):
        points += weights.of("shape", "exchange")
        said.append(f"{exchanges} of {measured} events as large both ways as a question and its answer")
    return Reason("shape", points, _sentence(said), sum(seen.values())) if said else None


def answer(evidence: CandidateEvidence, around: Surroundings, weights: CandidateWeights) -> Reason | None:
    """Return what answers of name servers say."""
    count = evidence.traits.get("answer:model_hosting", 0)
    text = f"{_times(count)} its name stood for a host of a model hosting service."
    return Reason("answer", weights.of("answer", "model_hosting"), text, count) if count else None


def scope(evidence: CandidateEvidence, around: Surroundings, weights: CandidateWeights) -> Reason | None:
    """Return what permissions say."""
    count = evidence.traits.get("scope:sensitive", 0)
    text = f"{_times(count)} given access to mail, files, calendars or recordings."
    return Reason("scope", weights.of("scope", "sensitive"), text, count) if count else None


def port(evidence: CandidateEvidence, around: Surroundings, weights: CandidateWeights) -> Reason | None:
    """Return what the port of a private server says."""
    count = evidence.traits.get("port:model_server", 0)
    text = f"{_times(count)} reached on a port that a server of models has to itself."
    return Reason("port", weights.of("port", "model_server"), text, count) if count else None


def co_use(evidence: CandidateEvidence, around: Surroundings, weights: CandidateWeights) -> Reason | None:
    """Return what its people say: whether more of them use known tools than chance would bring."""
    people = len(evidence.people)
    both = len(evidence.people & around.tool_people)
    if both < weights.of("co_use", "fewest"):
        return None
    share = min(max(around.share, 0.02), 0.95)
    deviations = (both - people * share) / (people * share * (1 - share)) ** 0.5
    if deviations < weights.of("co_use", "least"):
        return None
    points = min(deviations * weights.of("co_use", "per_deviation"), weights.of("co_use", "most"))
    text = f"{both} of its {people} people also use known AI tools; among all it is {share:.0%}."
    return Reason("co_use", points, text, both)


def together(evidence: CandidateEvidence, around: Surroundings, weights: CandidateWeights) -> Reason | None:
    """Return whether its people and its behaviour, which know nothing of one another, say the same."""
    people = co_use(evidence, around, weights)
    behaviour = [
        found.points
        for rule in (path, agent, content, shape)
        if (found := rule(evidence, around, weights)) is not None
    ]
    if people is None or not behaviour:
        return None
    points = weights.of("together", "share") * min(people.points, sum(behaviour))
    return Reason("together", points, "Who uses it and how it behaves both speak for it.", 1 + len(behaviour))


def time(evidence: CandidateEvidence, around: Surroundings, weights: CandidateWeights) -> Reason | None:
    """Return whether it is new here, or rising."""
    points, said = 0.0, []
    days = sorted(evidence.days)
    if around.first_day is not None and days:
        wait = (days[0] - around.first_day).days
        if wait >= weights.of("time", "novelty_days"):
            points += weights.of("time", "novelty")
            said.append(f"first seen {wait} days after the logs begin")
    half = len(days) // 2
    before, after = (
        sum(evidence.days[day] for day in part) for part in (days[:half], days[len(days) - half :])
    )
    if after >= weights.of("time", "rise_events") and after >= before * weights.of("time", "rise_factor"):
        points += weights.of("time", "rise")
        said.append(f"{after} events in the later half of its days, {before} in the earlier")
    return Reason("time", points, _sentence(said), len(days)) if said else None


def ordinary(evidence: CandidateEvidence, around: Surroundings, weights: CandidateWeights) -> Reason | None:
    """Return what speaks against it."""
    points, said = 0.0, []
    people = len(evidence.people)
    both = len(evidence.people & around.tool_people)
    if people >= weights.of("ordinary", "everybody_people") and both <= people * (around.share + 1) / 2:
        points += weights.of("ordinary", "everybody")
        said.append(f"{people} people reach it, most of them without known AI tools")
    if evidence.kind == "host" and sum(host_signs(host).plumbing for host in evidence.hosts) * 2 > len(
        evidence.hosts
    ):
        points += weights.of("ordinary", "plumbing")
        said.append("its hosts carry names of plumbing")
    if evidence.kind == "host" and signs_of(evidence).institution:
        points += weights.of("ordinary", "institution")
        said.append("its name is that of a school or an authority")
    if evidence.count <= 2 and evidence.kind == "host":
        points += weights.of("ordinary", "one_event")
        said.append("seen once or twice only")
    return Reason("ordinary", points, _sentence(said), people) if said else None


RULES: tuple[Rule, ...] = (
    name,
    path,
    agent,
    content,
    shape,
    answer,
    scope,
    port,
    co_use,
    together,
    time,
    ordinary,
)


def _classes(evidence: CandidateEvidence, group: str) -> dict[str, int]:
    return {
        trait.partition(":")[2]: count
        for trait, count in evidence.traits.items()
        if trait.partition(":")[0] == group
    }


def _sentence(said: list[str]) -> str:
    text = "; ".join(said)
    return f"{text[:1].upper()}{text[1:]}."


def _times(count: int) -> str:
    return "Once" if count == 1 else f"{count:,} times"
