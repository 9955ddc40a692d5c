"""Office files to PDF by LibreOffice, without a screen, without macros, without a network.

Each run has a settings folder of its own that is thrown away with it: runs do not disturb each
other, and nothing that one document does stays for the next. What a document would fetch from
elsewhere (templates, pictures, linked tables) is not fetched: that is forbidden in the settings,
and where the system allows it LibreOffice is given no network at all.
"""

import json
import shutil
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from formats.errors import ProgramFailed, ProgramMissing, Unreadable
from formats.programs import is_installed, run

FILTERS = {
    "writing": "writer_pdf_Export",
    "table": "calc_pdf_Export",
    "slides": "impress_pdf_Export",
}
_SECONDS = 120.0
_MEGABYTES = 4096
_NOWHERE = "127.0.0.1"
_COMMON = "/org.openoffice.Office.Common"
_SETTINGS: Sequence[tuple[str, str, str]] = (
    (f"{_COMMON}/Security/Scripting", "MacroSecurityLevel", "3"),
    (f"{_COMMON}/Security/Scripting", "DisableMacrosExecution", "true"),
    (f"{_COMMON}/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    (f"{_COMMON}/Misc", "FirstRun", "false"),
    (f"{_COMMON}/Misc", "CrashReport", "false"),
    ("/org.openoffice.Office.Writer/Content/Update", "Link", "0"),  # never
    ("/org.openoffice.Office.Calc/Content/Update", "Link", "2"),  # never
    ("/org.openoffice.Inet/Settings", "ooInetProxyType", "2"),  # a proxy that is not there
    ("/org.openoffice.Inet/Settings", "ooInetHTTPProxyName", _NOWHERE),
    ("/org.openoffice.Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("/org.openoffice.Inet/Settings", "ooInetHTTPSProxyName", _NOWHERE),
    ("/org.openoffice.Inet/Settings", "ooInetHTTPSProxyPort", "9"),
)


def to_pdf(
    original: Path,
    family: str,
    extension: str,
    folder: Path,
    *,
    seconds: float = _SECONDS,
    is_cut_off: bool = True,
) -> Path:
    """The pages of an office file as PDF (PDF/A-2b with its fonts), in a folder of ours.

    Args:
        original: the file; only a copy of it is opened.
        family: "writing", "table" or "slides".
        extension: what kind it really is, "docx" or ".docx".
        folder: where the PDF is written; made if missing.
        seconds: time limit.
        is_cut_off: give it no network, where the system allows that.

    Raises:
        Unreadable: code `damaged` (LibreOffice makes nothing of it).
        ProgramMissing: LibreOffice is not installed.
        ProgramFailed: it ran out of time or crashed.
    """
    if not is_installed("soffice"):
        raise ProgramMissing("program_missing", program="soffice")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="luutru-office-", dir=folder) as room:
        source = Path(room, f"document.{extension.lstrip('.')}")
        shutil.copyfile(original, source)
        profile = _write_profile(Path(room, "profile"))
        finished = run(
            _command(source, profile, FILTERS[family], Path(room), is_cut_off),
            seconds=seconds, megabytes=_MEGABYTES, cwd=Path(room),
            extra_environment={"HOME": room, "SAL_USE_VCLPLUGIN": "svp"},
        )  # fmt: skip
        made = source.with_suffix(".pdf")
        if made.is_file() and made.stat().st_size:
            return Path(shutil.move(made, folder / "pages.pdf"))
    if finished.code not in (0, 1):
        raise ProgramFailed("crashed", program="soffice", exit_code=finished.code)
    said = finished.stderr.decode(errors="replace").strip()[-300:]
    raise Unreadable("damaged", program="soffice", said=said)


@cache
def version() -> str:
    """Which LibreOffice this is, empty when there is none."""
    if not is_installed("soffice"):
        return ""
    said = run(["soffice", "--version"], seconds=60).stdout.decode(errors="replace").split()
    return said[1] if len(said) > 1 else ""


def _command(
    source: Path, profile: Path, export: str, out: Path, is_cut_off: bool
) -> list[str | Path]:
    choices = {
        "SelectPdfVersion": {"type": "long", "value": "2"},
        "UseLosslessCompression": {"type": "boolean", "value": "true"},
        "ReduceImageResolution": {"type": "boolean", "value": "false"},
        "ExportBookmarks": {"type": "boolean", "value": "true"},
        "ExportFormFields": {"type": "boolean", "value": "false"},
    }
    apart = _without_network() if is_cut_off else ()
    quiet = ("--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck")
    asked = ("--convert-to", f"pdf:{export}:{json.dumps(choices)}", "--outdir", out, source)
    return [*apart, "soffice", f"-env:UserInstallation={profile.as_uri()}", *quiet, *asked]


@cache
def _without_network() -> tuple[str, ...]:
    """How to start a program that has no network; nothing where the system does not allow it."""
    for way in (("unshare", "--map-current-user", "--net"), ("unshare", "--net")):
        if is_installed("unshare") and run([*way, "true"], seconds=10).code == 0:
            return (*way, "--")
    return ()


def _write_profile(profile: Path) -> Path:
    items = "".join(
        f'<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value>'
        "</prop></item>"
        for path, name, value in _SETTINGS
    )
    user = profile / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<oor:items xmlns:oor="http://openoffice.org/2001/registry">'
        f"{items}</oor:items>"
    )
    return profile
