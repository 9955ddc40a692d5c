"""Is it valid PDF/A? Only veraPDF's own words count, read from its JSON report.

Starting Java costs seconds, so one run takes many files. A file about which veraPDF says
nothing (it crashed, ran out of time, could not parse it) is not valid: no verdict, no pass.
"""

import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from formats.errors import ProgramFailed, ProgramMissing
from formats.programs import MEGABYTE, Finished, is_installed, run

DEFAULT_JAR = Path("~/.cache/luutru/verapdf-cli-1.30.2.jar")
FLAVOURS = ("1a", "1b", "2a", "2b", "2u", "3a", "3b", "3u", "4", "4e", "4f")
_START_SECONDS = 60.0
_SECONDS_A_FILE = 30.0
_SECONDS_A_MEGABYTE = 2.0
_HEAP_MEGABYTES = 1024
_FAILURES_SHOWN = 5  # of one rule; all are counted


@dataclass(frozen=True)
class FailedRule:
    """A rule of the standard that a file breaks, and how often."""

    clause: str
    test: int
    description: str
    count: int


@dataclass(frozen=True)
class Verdict:
    """What veraPDF said about one file.

    Attributes:
        is_valid: it said so; anything short of that is False.
        flavour: what was judged ("2b"), None when it never came to that.
        version: veraPDF's own.
        failed_rules: what is wrong, empty for a valid file.
        problem: why there is no verdict: "unreadable", "encrypted", "no_answer", "exception",
            "program_timeout"; None when there is one.
        report: veraPDF's report for keeping, without paths of this machine.
    """

    is_valid: bool
    flavour: str | None
    version: str | None
    failed_rules: tuple[FailedRule, ...]
    problem: str | None
    report: Mapping[str, Any]


def validate(
    paths: Sequence[Path], flavour: str | None = None, *, jar: Path = DEFAULT_JAR
) -> dict[Path, Verdict]:
    """Judge every file, in one run of veraPDF as long as that run answers.

    When a run as a whole gives no answer (one file may bring it down), its files are asked
    about in halves, until the one at fault stands alone.

    Args:
        paths: the files; their names do not matter.
        flavour: one of `FLAVOURS`, or None for what each file claims to be.
        jar: the program.

    Raises:
        ProgramMissing: Java (`program="java"`) or the jar (`program="verapdf"`).
    """
    if flavour is not None and flavour not in FLAVOURS:
        raise ValueError(f"not a flavour: {flavour!r}")
    if not paths:
        return {}
    jar = jar.expanduser()
    if not is_installed("java"):
        raise ProgramMissing("program_missing", program="java")
    if not jar.is_file():
        raise ProgramMissing("program_missing", program="verapdf")
    return _judge(list(dict.fromkeys(paths)), flavour, jar)


def _judge(paths: list[Path], flavour: str | None, jar: Path) -> dict[Path, Verdict]:
    try:
        return _one_run(paths, flavour, jar)
    except ProgramFailed as failure:
        if len(paths) == 1:
            return {paths[0]: _no_verdict(failure.code, {"problem": failure.code})}
    middle = len(paths) // 2
    return _judge(paths[:middle], flavour, jar) | _judge(paths[middle:], flavour, jar)


def _one_run(paths: list[Path], flavour: str | None, jar: Path) -> dict[Path, Verdict]:
    """Ask once; files are shown to it under plain names of our own."""
    with tempfile.TemporaryDirectory(prefix="luutru-verapdf-") as room:
        folder = Path(room)
        shown = {f"{number:06}.pdf": path for number, path in enumerate(paths)}
        for name, path in shown.items():
            (folder / name).symlink_to(path.absolute())
        seconds = _START_SECONDS + sum(map(_seconds_for, paths))
        finished = run(_command(jar, flavour, list(shown)), seconds=seconds, megabytes=None,
                       cwd=folder, extra_environment={"HOME": room})  # fmt: skip
    report = _read(finished)
    version = _version(report)
    jobs = {_name_of(job): job for job in report["jobs"]}
    unasked = _no_verdict("no_answer", {"problem": "no_answer"})
    return {
        path: _verdict(jobs[name], version) if name in jobs else replace(unasked, version=version)
        for name, path in shown.items()
    }


def _seconds_for(path: Path) -> float:
    size = path.stat().st_size if path.is_file() else 0
    return _SECONDS_A_FILE + _SECONDS_A_MEGABYTE * (size / MEGABYTE)


def _command(jar: Path, flavour: str | None, names: list[str]) -> list[str | Path]:
    # The quick compiler alone: half the processor time, measured from 1 file to 266.
    frugal = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true"]
    remembered = jar.absolute().with_suffix(".jsa")  # script/bootstrap makes it
    if remembered.is_file():
        frugal += [f"-XX:SharedArchiveFile={remembered}", "-Xshare:auto", "-Xlog:disable"]
    homes = ["-Duser.home=.", "-Djava.io.tmpdir=."]
    asked = ["--format", "json", "--loglevel", "0", "--maxfailuresdisplayed", str(_FAILURES_SHOWN)]
    java = ["java", f"-Xmx{_HEAP_MEGABYTES}m", *frugal, *homes]
    return [*java, "-jar", jar.absolute(), *asked, "--flavour", flavour or "0", *names]


def _read(finished: Finished) -> dict[str, Any]:
    try:
        report = json.loads(finished.stdout)["report"]
        if not isinstance(report["jobs"], list):
            raise TypeError
    except (ValueError, KeyError, TypeError) as unclear:
        raise ProgramFailed("no_answer", program="verapdf", exit_code=finished.code) from unclear
    return dict(report)


def _name_of(job: Any) -> str | None:  # whatever the report holds there
    try:
        return Path(job["itemDetails"]["name"]).name
    except (KeyError, TypeError):
        return None


def _version(report: Mapping[str, Any]) -> str | None:
    parts = report.get("buildInformation", {}).get("releaseDetails", [])
    versions = {part.get("id"): part.get("version") for part in parts}
    return versions.get("core")


def _verdict(job: Mapping[str, Any], version: str | None) -> Verdict:
    """What it said of one file; words of an unknown form are no verdict."""
    try:
        return _understood(job, version)
    except (KeyError, TypeError, AttributeError, IndexError):
        return replace(_no_verdict("no_answer", {"problem": "no_answer"}), version=version)


def _understood(job: Mapping[str, Any], version: str | None) -> Verdict:
    kept = {
        "tool": "veraPDF",
        "version": version,
        **{name: value for name, value in job.items() if name != "itemDetails"},
        "size": job["itemDetails"].get("size"),
    }
    results = job.get("validationResult") or []
    if len(results) != 1 or results[0].get("jobEndStatus") != "normal":
        return replace(_no_verdict(_problem(job), kept), version=version)
    result = results[0]
    rules = result["details"].get("ruleSummaries", [])
    failed = tuple(
        FailedRule(rule["clause"], rule["testNumber"], rule["description"], rule["failedChecks"])
        for rule in rules
        if rule["ruleStatus"] == "FAILED"
    )
    said = re.search(r"PDF/A-(\w+)", result.get("profileName", ""))
    return Verdict(
        is_valid=result["compliant"] is True and not failed,
        flavour=said[1].lower() if said else None,
        version=version,
        failed_rules=failed,
        problem=None,
        report=kept,
    )


def _problem(job: Mapping[str, Any]) -> str:
    exception = job.get("taskException") or {}
    if "encrypted" in str(exception.get("exceptionMessage", "")).lower():
        return "encrypted"
    return "unreadable" if exception.get("type") == "PARSE" else "exception"


def _no_verdict(problem: str, report: Mapping[str, Any]) -> Verdict:
    return Verdict(False, None, None, (), problem, report)
