"""Find what is wrong with vendor files beyond their schema, and say how to put it right."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from signatures.catalogue import catalogue_of, default_directory, is_stale, origin_of, vendor_contents
from signatures.errors import CatalogueMissing, Problem
from signatures.evidence import Evidence, Match
from signatures.layers import Unfit, lay_documents
from signatures.lint_rules import Remark, collisions, remarks_on_signature
from signatures.matcher import Matcher
from signatures.schema import ExampleEntry, ToolEntry, ToolExtension
from signatures.vendor_files import Document, VendorDocument, parse_vendor_files


@dataclass(frozen=True, slots=True)
class LintFinding:
    """Locate one finding; `level` is "error" or "warning", `code` names the rule, lines count from 1."""

    path: Path
    line: int
    level: Literal["error", "warning"]
    code: str
    message: str
    advice: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.level}: {self.message}; {self.advice} [{self.code}]"


def lint_directories(
    directories: Sequence[Path], today: date | None = None, bundle: Path | None = None
) -> list[LintFinding]:
    """Return all findings on the vendor files of directories, in order of file and line.

    Later directories lie over earlier ones, as in `load_catalogue`. Dates are judged against `today`, or not at
    all if it is None. Raise `CatalogueMissing` if a directory cannot be read.
    """
    laid = lay_documents(
        parse_vendor_files(directory, origin_of(directory, bundle), dict(vendor_contents(directory)))
        for directory in directories
    )
    findings = [_from_problem(problem) for problem in laid.problems]
    findings += [_from_unfit(one) for one in laid.unfit]
    chosen = laid.vendors
    catalogue = catalogue_of(chosen.values())
    matcher = Matcher(catalogue)
    for document in laid.documents:
        whole = chosen.get(document.entry.id)
        homepage = whole.entry.homepage if whole is not None else ""
        findings += _on_signatures(document, homepage)
        findings += _on_dates(document, today)
    for document in chosen.values():
        findings += _on_examples(document, matcher, set(catalogue.tools))
    for document, location, remark in collisions(list(chosen.values())):
        findings.append(_from_remark(document, location, remark))
    return sorted(findings, key=lambda finding: (str(finding.path), finding.line, finding.code))


def main(arguments: Sequence[str]) -> int:
    """Print findings on the given files and directories, or the built-in ones; return 1 if any is an error.

    Files are judged together with all files beside them. `--today=YYYY-MM-DD` adds the checks of dates.
    """
    today: date | None = None
    wanted: list[Path] = []
    for argument in arguments:
        if argument.startswith("--today="):
            today = date.fromisoformat(argument.removeprefix("--today="))
        else:
            wanted.append(Path(argument))
    wanted = [path.resolve() for path in wanted or [default_directory()]]
    try:
        directories = dict.fromkeys(path if path.is_dir() else path.parent for path in wanted)
        findings = lint_directories(list(directories), today)
    except CatalogueMissing as error:
        sys.stderr.write(f"{error}\n")
        return 2
    shown = [finding for finding in findings if finding.path in wanted or finding.path.parent in wanted]
    for finding in shown:
        sys.stdout.write(f"{finding}\n")
    errors = sum(finding.level == "error" for finding in shown)
    sys.stdout.write(f"{errors} errors, {len(shown) - errors} warnings\n")
    return 1 if errors else 0


def _on_signatures(document: Document, homepage: str) -> Iterator[LintFinding]:
    if document.path.stem != document.entry.id:
        remark = Remark(
            "error",
            "file-name",
            f"vendor {document.entry.id!r} stands in a file named {document.path.name}",
            f"rename the file to {document.entry.id}.toml",
        )
        yield _from_remark(document, ("id",), remark)
    tools: Sequence[ToolEntry | ToolExtension] = document.entry.tools
    for place, tool in enumerate(tools):
        for number, signature in enumerate(tool.signatures):
            for remark in remarks_on_signature(signature, homepage):
                yield _from_remark(document, ("tools", place, "signatures", number, "value"), remark)
        if isinstance(tool, ToolEntry) and not tool.phi_terms:
            remark = Remark(
                "warning",
                "missing-terms",
                f"tool {tool.id} states no terms for patient data",
                'add [[tools.phi_terms]], with baa = "unknown" if no statement was found',
            )
            yield _from_remark(document, ("tools", place, "id"), remark)


def _on_examples(document: VendorDocument, matcher: Matcher, tool_ids: set[str]) -> Iterator[LintFinding]:
    examples = document.entry.examples
    for wanted, advice in (
        (True, "that matches"),
        (False, 'with tool = "", a near miss, that must not match'),
    ):
        if not any(bool(example.tool) is wanted for example in examples):
            message = f"vendor {document.entry.id} has no example {advice}"
            missing = Remark("error", "missing-example", message, "add one under [[examples]]")
            yield _from_remark(document, (), missing)
    for place, example in enumerate(examples):
        remark = _on_example(example, document.entry.id, matcher, tool_ids)
        if remark is not None:
            yield _from_remark(document, ("examples", place), remark)


def _on_example(example: ExampleEntry, vendor: str, matcher: Matcher, tool_ids: set[str]) -> Remark | None:
    given = example.model_dump(exclude={"tool", "surface", "tier", "note"})
    shown = ", ".join(f"{key}={value!r}" for key, value in given.items() if value)
    if not shown:
        return Remark("error", "example-fails", "example gives no evidence", "add a host or another key")
    if example.tool and example.tool not in tool_ids:
        message = f"example names tool {example.tool!r}, which is in no vendor file"
        return Remark("error", "example-fails", message, "correct the tool id")
    match = matcher.match(Evidence(**given))
    if match is not None and not example.tool and match.vendor_id != vendor:
        # Another vendor's file may come later and rightly claim what was nobody's.
        message = f"near miss {shown} matches {_named(match)} of another vendor"
        return Remark(
            "warning", "near-miss-taken", message, f'write tool = "{match.tool_id}" if that is right'
        )
    fault = _fault(example, match)
    if fault is None:
        return None
    return Remark(
        "error", "example-fails", f"example {shown} {fault}", "correct the signature or the example"
    )


def _fault(example: ExampleEntry, match: Match | None) -> str | None:
    if example.tool != (match.tool_id if match is not None else ""):
        wanted = f"should match {example.tool!r}" if example.tool else "should match nothing"
        return f"{wanted} but matches {_named(match)}"
    if match is not None and example.surface not in {None, match.surface}:
        return f"should have surface {example.surface} but has {match.surface}"
    if match is not None and example.tier not in {None, match.tier}:
        return f"should have tier {example.tier!r} but has {match.tier!r}"
    return None


def _named(match: Match | None) -> str:
    return f"{match.tool_id!r} by {match.signature}" if match is not None else "nothing"


def _on_dates(document: Document, today: date | None) -> Iterator[LintFinding]:
    if today is None:
        return
    dates: list[tuple[tuple[str | int, ...], date]] = [(("checked_on",), document.entry.checked_on)]
    tools: Sequence[ToolEntry | ToolExtension] = document.entry.tools
    for place, tool in enumerate(tools):
        for number, terms in enumerate(tool.phi_terms):
            dates.append((("tools", place, "phi_terms", number, "as_of"), terms.as_of))
    for location, day in dates:
        if day > today:
            remark = Remark("error", "future-date", f"{location[-1]} = {day} is in the future", "correct it")
            yield _from_remark(document, location, remark)
        elif is_stale(day, today):
            age = (today - day).days
            message = f"{location[-1]} = {day} is {age} days old"
            remark = Remark("warning", "stale", message, "read the source again and renew the date")
            yield _from_remark(document, location, remark)


def _from_remark(document: Document, location: tuple[str | int, ...], remark: Remark) -> LintFinding:
    path, line = document.place(*location)
    return LintFinding(path, line, remark.level, remark.code, remark.message, remark.advice)


def _from_problem(problem: Problem) -> LintFinding:
    return LintFinding(problem.path, problem.line, "error", problem.code, problem.message, problem.advice)


def _from_unfit(unfit: Unfit) -> LintFinding:
    remark = Remark(
        "warning",
        "suppresses-nothing",
        f"suppression of {unfit.signature!r} fits no signature of this vendor any more",
        "remove it, or write the signature as `skiagram catalog show` prints it",
    )
    return _from_remark(unfit.document, unfit.location, remark)


def errors_of(findings: Iterable[LintFinding]) -> list[LintFinding]:
    """Return the findings that must be put right before a catalogue ships."""
    return [finding for finding in findings if finding.level == "error"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
