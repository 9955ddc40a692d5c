"""From the notice that a term ends to the certificate that its records are gone (issue 5).

Five people in browsers of their own: an archivist who draws up the list and keeps the records, the
head who decides, a second archivist who executes, the officer whose records they are, a member of
the council. The clock is turned from November to January. At each guard the same is tried by who
may not, or too early, and the page says why. Pages and forms are drawn where `JOURNEY_PICTURES`
names a folder.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from archive import audit_check
from archive.models import CaseFile, Document
from retention.models import Disposal, Tombstone
from tests.factories import PASSWORD
from tests.journeys.keeping_office import (
    WORD,
    Office,
    grey,
    look_at_form,
    open_office,
    refused,
    sent,
)
from tests.journeys.walking import ON_THE_ROAD
from tests.journeys.walking import browser as browser  # a fixture
from tests.web.conftest import words_compiled as words_compiled  # a fixture
from tests.web.destroying import says

pytestmark = [
    pytest.mark.tools,
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.usefixtures("words_compiled"),
]
DISPOSAL = "/retention/disposals/{}"
LINES = 4  # of the list: what goes, what is shared, what the council keeps, what is frozen


@pytest.fixture
def office(tmp_path: Path, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with open_office(tmp_path, browser, monkeypatch) as office:
        yield office


@pytest.mark.rule("HC-69", "HC-70", "HC-71", "HC-72", "HC-73", "HC-74", "HC-75", "DB-31", "KT-47")
def test_five_people_from_the_notice_to_the_certificate(office: Office) -> None:
    before_the_notice(office)
    the_notice(office)
    both_sides_speak(office)
    the_list(office)
    the_council(office)
    no_appraisal_outside(office)
    the_decision(office)
    the_preparation(office)
    the_reconfirmation(office)
    handed_over_and_destroyed(office)
    nothing_is_left(office)
    the_dossier_is_closed(office)
    the_story_is_whole(office)


# Notice and re-appraisal --------------------------------------------------------------------------


def before_the_notice(office: Office) -> None:
    """In November nothing is told, and nothing can be proposed."""
    office.look_at_the_calendar()
    page = office.to("lan", "/retention")
    office.walk("lan").look_wide_and_narrow("k01-bao-quan-va-huy")
    office.to("lan", "/retention/calendar?year=2026")
    office.walk("lan").look_wide_and_narrow("k02-lich-het-han")
    office.to("lan", f"/retention/case-files/{office.files['goes']}")
    expect(page.locator("main")).to_contain_text("31/12/2026")
    office.walk("lan").look_wide_and_narrow("k03-giai-thich")
    office.to("lan", "/retention/appraisals?tab=noticed")
    expect(page.locator("main .empty")).to_be_visible()


def the_notice(office: Office) -> None:
    """On 1 December the unit and the archive are told, once; the officer says so."""
    office.at(date(2026, 12, 1))
    for _ in range(2):
        office.look_at_the_calendar()
    page = office.to("binh", "/retention/notices")
    expect(page.locator("main tbody tr")).to_have_count(LINES)
    office.walk("binh").look_wide_and_narrow("k04-thong-bao-het-han")
    page.locator("main tbody a").first.click()
    office.walk("binh").look_wide_and_narrow("k05-mot-thong-bao")
    page.locator("main form[action$='/known'] button").first.click()
    sent(page)
    page = office.to("lan", "/retention/appraisals?tab=noticed")
    page.locator("main tbody a.subject").first.click()
    grey(page, "Ở giai đoạn hiện nay không làm được")  # the notice still runs
    office.walk("lan").look_wide_and_narrow("k06-chua-de-nghi-huy-duoc")


def both_sides_speak(office: Office) -> None:
    """The day after the term both sides say it; the archive alone cannot propose it."""
    office.at(date(2027, 1, 4))
    office.look_at_the_calendar()
    page = office.to("lan", "/retention/appraisals")
    expect(page.locator("main tbody tr")).to_have_count(LINES)
    page.locator("main tbody a.subject").first.click()
    grey(page, "đơn vị")  # has not spoken, and has its days to
    office.walk("lan").look_wide_and_narrow("k07-don-vi-chua-y-kien")
    page = office.to("binh", "/retention/appraisals?whose=mine")
    speak(page, "Đã hết hạn, đơn vị không cần nữa")
    office.walk("binh").look_wide_and_narrow("k08-y-kien-don-vi")
    page = office.to("lan", "/retention/appraisals")
    speak(page, "Hết giá trị")
    page = office.to("lan", "/retention/appraisals")
    choose_all(page)
    page.check("main input[name=verdict][value=destroy]")
    page.fill("#many-reason", "Hết thời hạn, hai bên cùng đề nghị hủy")
    page.click("main button[formaction$='/conclude']:not([name])")
    sent(page)
    office.walk("lan").look_wide_and_narrow("k09-da-ket-luan")


def speak(page: Page, why: str) -> None:
    choose_all(page)
    page.check("main input[name=verdict][value=destroy]")
    page.fill("#many-reason", why)
    page.click("main .choices .btn-primary")
    sent(page)


def choose_all(page: Page) -> None:
    for box in page.locator("main tbody input[type=checkbox]").all():
        box.check()


# List, council, appraisal -------------------------------------------------------------------------


def the_list(office: Office) -> None:
    page = office.to("binh", "/retention")
    assert office.to("binh", "/retention/disposals/new").locator("#title").count() == 0
    office.walk("binh").trouble.clear()  # the browser notes the refusal too
    page = office.to("lan", "/retention/disposals/new")
    office.walk("lan").look_wide_and_narrow("k10-lap-danh-muc")
    page.click("main .sheet .btn-primary")
    sent(page)
    office.disposal = page.url.rsplit("/", 1)[1]
    expect(page.locator("main article")).to_have_count(LINES)
    office.walk("lan").look_wide_and_narrow("k11-danh-muc")
    forms(office, page, "k11", list="Danh mục", explanation="Bản thuyết minh")


def forms(office: Office, page: Page, name: str, **wanted: str) -> None:
    """Each form says what it is."""
    for kind, said in wanted.items():
        path = f"{office.address}{DISPOSAL.format(office.disposal)}/print/{kind}"
        words = look_at_form(page, path, f"{name}-{kind}")
        assert said.casefold() in words.casefold(), words[:200]


def the_council(office: Office) -> None:
    """The head sets it up; one line is kept by all, one member dissents on another."""
    page = office.to("an", DISPOSAL + "/council")
    page.fill("#number", "12/QĐ-STC")
    for place, name in enumerate(("an", "lan", "binh", "thu"), 1):
        page.fill(f"#person-{place}", name)
    page.fill("#interest-3", "Người lập hồ sơ")
    office.walk("an").look_wide_and_narrow("k12-lap-hoi-dong")
    page.click("main form > .btn-primary")
    sent(page)
    page = office.to("lan", DISPOSAL + "/meeting")
    grey(page, "chưa")  # the minutes: not everybody has spoken
    kept = line_of(office, "kept")
    for name in ("an", "lan", "binh", "thu"):
        page = office.to(name, DISPOSAL + "/meeting")
        opine(page, "keep", "Còn tranh chấp thanh toán", line=kept)
        if name == "thu":
            opine(page, "keep", "Nên giữ thêm", line=line_of(office, "goes"))
        opine(page, "destroy", "")
    office.walk("thu").look_wide_and_narrow("k13-hop-hoi-dong")
    page = office.to("lan", DISPOSAL + "/meeting")
    page.click("main form[action$='/minutes'] button")
    sent(page)
    for name in ("an", "lan", "binh", "thu"):
        page = office.to(name, DISPOSAL + "/meeting")
        page.fill("#password", PASSWORD)
        page.click("main form[action$='/minutes/sign'] button")
        sent(page)
    office.walk("lan").look_wide_and_narrow("k14-bien-ban-hop")
    forms(office, page, "k14", meeting="Biên bản")


def line_of(office: Office, key: str) -> int:
    with office.services.db.reading() as rows:
        found = rows.scalars(select(Disposal).where(Disposal.code == office.disposal)).one()
        return next(one.ordinal for one in found.items if one.code == office.files[key])


def opine(page: Page, verdict: str, note: str, line: int | None = None) -> None:
    """Of one line, or of all on which nothing was said yet."""
    page.select_option("#verdict-mine", verdict)
    page.fill("#note-mine", note)
    if line is not None:
        page.check(f"#line-{line}")
        page.click("main .btn-primary[form=opine]")
    else:
        page.click("main button[form=opine][name=all]")
    sent(page)


def no_appraisal_outside(office: Office) -> None:
    page = office.to("lan", DISPOSAL + "/appraisal")
    office.walk("lan").look_wide_and_narrow("k15-tham-dinh")
    page.fill("#reason", "   ")
    page.evaluate("document.querySelectorAll('[required]').forEach(one => one.required = false)")
    page.click("main form:has(#reason) button.btn-primary")
    refused(page)
    page.fill("#reason", "Cơ quan không thuộc nguồn nộp lưu")
    page.click("main form:has(#reason) button.btn-primary")
    sent(page)


# Decision, preparation, reconfirmation ------------------------------------------------------------


def the_decision(office: Office) -> None:
    """The head, in person, on this day; who drew up the list is not even let onto the page."""
    page = office.to("lan", DISPOSAL)
    office.walk("lan").look_wide_and_narrow("k16-cho-quyet-dinh")
    page = office.to("an", DISPOSAL + "/decision")
    page.fill("#number", "45/QĐ-STC")
    page.fill("#on", "01/01/2027")
    office.walk("an").look_wide_and_narrow("k17-quyet-dinh")
    page.click("main .btn-danger")
    refused(page)  # backdated
    page.fill("#on", "04/01/2027")
    page.click("main .btn-danger")
    sent(page)
    office.walk("an").look_wide_and_narrow("k18-da-quyet-dinh")
    forms(office, page, "k18", decision="Quyết định")


def the_preparation(office: Office) -> None:
    """A freeze comes in between; a shared document stays; the list maker is no executor."""
    page = office.to("an", "/freezes/new")
    page.fill("main [name=number]", "7/QĐ-TTr")
    page.fill("main [name=reason]", "Thanh tra đang làm việc")
    page.fill("main [name=codes]", office.files["frozen"])
    page.click("main form .btn-primary")  # first one sees what it would hold
    page.click("main button.btn-primary[name=seen]:not([value=''])")
    page.wait_for_url("**/freezes")
    page = office.to("lan", DISPOSAL + "/preparation")
    grey(page, "")
    page = office.to("mai", DISPOSAL + "/preparation")
    expect(page.locator("main")).to_contain_text(office.files["frozen"])
    expect(page.locator("main")).to_contain_text(office.shared)
    page.fill("#reason", "Thực hiện Quyết định 45/QĐ-STC")
    page.fill("#other_copies", "Bản sao lưu tháng 12/2026, giữ đến 31/03/2027")
    office.walk("mai").look_wide_and_narrow("k19-chuan-bi")
    page.click("main form.sheet .btn-primary")
    sent(page)


def the_reconfirmation(office: Office) -> None:
    """The exact number and the password, both; nothing is destroyed before."""
    page = office.to("mai", DISPOSAL + "/reconfirmation")
    for count, password in (("3", PASSWORD), ("2", "sai mật khẩu")):
        page.fill("#count", count)
        page.fill("#password", password)
        page.click("main form.sheet .btn-danger")
        refused(page)
    office.walk("mai").look_wide_and_narrow("k20-xac-nhan-lai")
    page.fill("#count", "2")
    page.fill("#password", PASSWORD)
    page.click("main form.sheet .btn-danger")
    sent(page)
    assert bytes_that_say(office)


def bytes_that_say(office: Office) -> list[str]:
    home = office.services.settings.path()
    places = ("files", "previews", "index", "work", "copies")
    return [
        str(path.relative_to(home))
        for place in places
        for path in (home / place).rglob("*")
        if path.is_file() and says(path, f"{WORD} goes".encode())
    ]


def handed_over_and_destroyed(office: Office) -> None:
    page = office.to("mai", DISPOSAL)
    grey(page, "")  # the executor does not hand over to herself
    page = office.to("lan", DISPOSAL + "/sign/hand-over")
    office.walk("lan").look_wide_and_narrow("k21-ban-giao")
    page.fill("#password", PASSWORD)
    page.click("main form.sheet .btn")
    sent(page)
    page = office.to("mai", DISPOSAL + "/sign/begin")
    office.walk("mai").look_wide_and_narrow("k22-bat-dau-huy")
    page.fill("#password", PASSWORD)
    page.click("main form.sheet .btn")
    sent(page)
    for _ in range(ON_THE_ROAD // 1000):
        page = office.to("mai", DISPOSAL)
        if stage_of(office) == "destroyed":
            break
        page.wait_for_timeout(1000)
    assert stage_of(office) == "destroyed", trouble_of(office)
    page = office.to("mai", DISPOSAL)
    office.walk("mai").look_wide_and_narrow("k23-da-huy")


def stage_of(office: Office) -> str:
    with office.services.db.reading() as rows:
        return rows.scalars(select(Disposal.stage)).one()


def trouble_of(office: Office) -> str:
    with office.services.db.reading() as rows:
        return rows.scalars(select(Disposal)).one().trouble


# Afterwards ---------------------------------------------------------------------------------------


def nothing_is_left(office: Office) -> None:
    """Not in the store, not in the index, not on any page; a trace for archivists alone."""
    assert bytes_that_say(office) == []
    page = office.to("lan", f"/search?q={WORD}")
    expect(page.locator("main article")).to_have_count(3)  # kept, frozen, and the shared one
    for name, is_told in (("lan", True), ("binh", False)):
        answer = office.to(name, "/").request.get(f"{office.address}/documents/{office.gone}")
        assert answer.status == 404
        answer = office.to(name, "/").request.get(f"{office.address}/tombstones/{office.gone}")
        assert answer.ok == is_told
    page = office.to("lan", f"/tombstones/{office.gone}")
    office.walk("lan").look_wide_and_narrow("k24-dau-vet-luu-lai")
    page = office.to("lan", f"/documents/{office.shared}")
    expect(page.locator("main")).to_contain_text(office.files["longer"])
    with office.services.db.reading() as rows:
        stages = dict(rows.execute(select(CaseFile.code, CaseFile.stage)).all())
        assert stages[office.files["goes"]] == stages[office.files["shared"]] == "destroyed"
        assert stages[office.files["frozen"]] == stages[office.files["kept"]] == "closed"
        assert rows.scalars(select(Document).where(Document.code == office.gone)).one().destroyed_at
        assert rows.scalar(select(Tombstone.id).where(Tombstone.code == office.gone))


def the_dossier_is_closed(office: Office) -> None:
    """Both sides sign the minutes of destruction; the dossier has every form."""
    for name in ("lan", "mai"):
        page = office.to(name, DISPOSAL + "/sign/record")
        page.fill("#password", PASSWORD)
        page.click("main form.sheet .btn")
        sent(page)
    forms(office, page, "k25", hand_over="Biên bản", record="Biên bản")
    for _ in range(ON_THE_ROAD // 1000):
        page = office.to("lan", DISPOSAL)
        button = page.locator("main form[action$='/close'] button")
        if button.count():
            break
        page.wait_for_timeout(1000)
    office.walk("lan").look_wide_and_narrow("k25-truoc-khi-ket-thuc")
    button.click()
    sent(page)
    office.walk("lan").look_wide_and_narrow("k26-da-ket-thuc")
    assert stage_of(office) == "closed"


def the_story_is_whole(office: Office) -> None:
    with office.services.db.reading() as rows:
        assert audit_check.verify(rows, office.services.db.journal).is_good
    page = office.to("lan", "/retention")
    expect(page.locator("main")).to_contain_text("Dấu vết lưu lại")
    office.walk("lan").look_wide_and_narrow("k27-ve-sau")
