"""The journey's first half, in the office: plan, registers, answer, the officer's case files."""

from playwright.sync_api import Page, expect

from tests.journeys.agency import Agency, follow, patiently, press, said
from tests.journeys.walking import ON_THE_ROAD, SAMPLES, Walk

INCOMING = SAMPLES / "01-scan-sach-quyet-dinh-212-QD-VP.pdf"
OF_THE_PHONE = {  # what the officer sends from the telephone, into which case file
    "02-VT": (
        SAMPLES / "05-ban-goc-dien-tu-quyet-dinh-03-2014-QD-UBND.pdf",
        ("03", "2014/QĐ-UBND", "17/03/2014", "Quyết định", "UBND tỉnh Tiền Giang"),
        "Ban hành Quy chế quản lý, sử dụng phần mềm quản lý văn bản và điều hành",
    ),
    "03-VT": (
        SAMPLES / "06-ky-so-hop-le-thong-bao-45-TB-VP.pdf",
        ("45", "TB-VP", "14/03/2025", "Thông báo", "Văn phòng UBND Thành phố Hồ Chí Minh"),
        "Về quản lý và sử dụng thiết bị lưu khóa bí mật và chứng thư số",
    ),
}


# The plan -----------------------------------------------------------------------------------------


def plan_the_year(agency: Agency) -> None:
    """The archivist types in a heading and a file, takes in the rest; the head approves."""
    lan, an, year = agency.walks["lan"], agency.walks["an"], agency.today.year
    page = lan.page
    lan.to("/plans")
    lan.look_wide_and_narrow("03-danh-muc-trong")
    press(page, "Lập")
    follow(page, "Thêm đề mục")
    page.fill("#title-field", "Tổng hợp, tài chính")
    press(page, "Lưu")
    follow(page, "Thêm hồ sơ")
    page.fill("#notation", "01-TC")
    page.select_option("#under", index=1)
    page.fill("#title-field", "Trao đổi, lưu trữ, xử lý tài liệu điện tử của Sở")
    page.fill("#maintenance", "20 năm")
    page.select_option("#holder", label="Phạm Thanh Bình")
    lan.look_wide_and_narrow("04-them-ho-so")
    press(page, "Lưu")
    follow(page, "Nhập từ bảng")
    page.set_input_files("#file", agency.plan_as_table())
    press(page, "Xem trước")
    lan.look_wide_and_narrow("05-xem-truoc-bang")
    press(page, "Nhập: 4 mới, 0 thay đổi")
    said(page, "Đã nhập: 4 mới")
    lan.look_wide_and_narrow("06-du-thao-danh-muc")
    an.to(f"/plans/{year}")
    follow(an.page, "Rà soát và phê duyệt")
    an.page.fill("#number", "05/QĐ-STC")
    an.page.fill("#on", f"{agency.today:%d/%m/%Y}")
    an.look_wide_and_narrow("07-phe-duyet")
    press(an.page, "Phê duyệt")
    said(an.page, "Số hồ sơ dự kiến: 4.")
    an.look_wide_and_narrow("08-da-phe-duyet")


def open_a_case_file(agency: Agency) -> None:
    binh = agency.walks["binh"]
    binh.to(f"/plans/{agency.today.year}")
    binh.look_wide_and_narrow("09-danh-muc-cua-can-bo")
    row = binh.page.locator("tbody tr", has_text="01-TC")
    row.get_by_role("button", name="Mở").click()
    said(binh.page, f"Đã mở hồ sơ {agency.code('01-TC')}.")
    binh.look_wide_and_narrow("10-ho-so-moi-mo")


# What comes in ------------------------------------------------------------------------------------


def register_what_came_in(agency: Agency) -> None:
    """The clerk receives a scan and registers it: what its first page says is suggested."""
    minh = agency.walks["minh"]
    page = minh.page
    minh.to("/registers")
    minh.look_wide_and_narrow("11-chua-co-so")
    press(page, "Lập sổ văn bản đến, văn bản đi và bản sao")
    minh.look_wide_and_narrow("12-cac-so")
    minh.to("/receiving")
    page.set_input_files("#send input[type=file]", INCOMING)
    page.click("#send button.btn-primary")
    expect(page.locator("#road article")).to_have_count(1)
    expect(page.locator("#road [data-moving]")).to_have_count(0, timeout=ON_THE_ROAD)
    minh.look_wide_and_narrow("13-da-tiep-nhan")
    minh.to("/registers/received")
    minh.look_wide_and_narrow("14-chua-dang-ky")
    follow(page, "den")
    expect(page.locator("aside.paper img")).to_be_visible()
    assert page.locator("aside.paper rect").count() >= 4
    expect(page.locator("#f-code_number")).to_have_value("212")
    expect(page.locator("#f-code_notation")).to_have_value("QĐ-VP")
    expect(page.locator("#f-issued_date")).to_have_value("11/07/2019")
    expect(page.locator("#f-type_name")).to_have_value("Quyết định")
    page.fill("#f-subject", "Ban hành Quy định trao đổi, lưu trữ, xử lý tài liệu điện tử")
    page.fill("#f-organ_name", "Văn phòng UBND Thành phố Hồ Chí Minh")
    page.select_option("#f-priority", "1")
    minh.look_wide_and_narrow("15-dang-ky-van-ban-den")
    press(page, "Đăng ký")
    said(page, "Đã đăng ký")
    hand_it_on(minh)


def hand_it_on(minh: Walk) -> None:
    page = minh.page
    deed(page, "Báo đã nhận")
    deed(page, "Chuyển", to="Phạm Thanh Bình", opinion="Phòng Tổng hợp tham mưu trả lời.")
    deed(page, "Ký nhận", name="Phạm Thanh Bình")
    minh.look_wide_and_narrow("16-dong-dang-ky")


def deed(page: Page, called: str, **typed: str) -> None:
    """Unfold one of the deeds of a line, type, press."""
    unfolded = page.locator("li details", has=page.locator("summary", has_text=called)).first
    unfolded.locator("summary").click()
    for field, value in typed.items():
        unfolded.locator(f"[name={field}]").fill(value)
    unfolded.get_by_role("button", name=called).click()
    said(page, "Đã xong")


def file_it(agency: Agency) -> None:
    """The officer is told, opens the document from the notice, and places it."""
    binh = agency.walks["binh"]
    page = binh.page
    agency.tell_everybody()
    binh.to("/")
    binh.look_wide_and_narrow("17-trang-chu-co-viec")
    page.click("a.bell")
    binh.look_wide_and_narrow("18-thong-bao")
    follow(page, "Văn bản mới cho ông/bà hoặc đơn vị của ông/bà")
    binh.look_wide_and_narrow("19-mot-thong-bao")
    page.locator("main li.finding a").first.click()
    page.locator("dl.facts a[href^='/documents/']").click()
    page.wait_for_url("**/documents/*")
    agency.incoming = page.url.rsplit("/", 1)[1]
    page.fill("#into", agency.code("01-TC"))
    press(page, "Đưa vào")
    said(page, agency.code("01-TC"))
    expect(page.locator("#viewer img").last).to_be_visible()
    binh.look_wide_and_narrow("20-van-ban-den")


# What goes out ------------------------------------------------------------------------------------


def answer_it(agency: Agency) -> None:
    """Drafted by the officer, signed by the head elsewhere, numbered and sealed by the clerk."""
    where = draft_the_answer(agency)
    an, minh = agency.walks["an"], agency.walks["minh"]
    an.to("/issuing")
    an.look_wide_and_narrow("22-cho-ky")
    an.to(where)
    with an.page.expect_download() as given:
        an.page.click("a[href$='prepared.pdf']")
    an.page.set_input_files("#signed", agency.signed(given.value.path()))
    press(an.page, "Nộp lại")
    said(an.page, "Đã nhận bản đã ký")
    an.look_wide_and_narrow("23-da-ky")
    minh.to(where)
    press(minh.page, "Cấp số, ký số và phát hành")
    said(minh.page, "Đã phát hành với số 01/STC-VP.")
    patiently(minh, where, "dl.facts a[href^='/documents/']")
    minh.look_wide_and_narrow("24-da-phat-hanh")
    year = agency.today.year
    minh.to(f"/registers/den/{year}/1")
    expect(minh.page.locator("main dl.facts")).to_contain_text("Đã trả lời bằng văn bản đi")
    expect(minh.page.locator("main dl.facts")).to_contain_text(f"di/{year}/1")
    minh.look_wide_and_narrow("25-da-tra-loi")
    minh.to("/registers/di")
    minh.look_wide_and_narrow("26-so-di")
    minh.to("/registers/den")
    minh.look_wide_and_narrow("26-so-den")
    look_at_the_answer(agency)


def draft_the_answer(agency: Agency) -> str:
    binh = agency.walks["binh"]
    page = binh.page
    binh.to("/issuing")
    binh.look_wide_and_narrow("21-chua-phat-hanh")
    follow(page, "Chuẩn bị văn bản")
    page.set_input_files("#file", agency.draft())
    page.fill("#subject", "Về việc phối hợp thực hiện Quy định trao đổi tài liệu điện tử")
    page.fill("#type_name", "Công văn")
    page.fill("#code_notation", "STC-VP")
    page.fill("#signer_name", "Nguyễn Văn An")
    page.fill("#signer_position", "Giám đốc")
    page.fill("#recipients", "Văn phòng UBND Thành phố Hồ Chí Minh; Sở Nội vụ (giấy)")
    page.fill("#into", agency.code("01-TC"))
    page.fill("#answers", agency.incoming)
    binh.look_wide_and_narrow("21-chuan-bi")
    press(page, "Chuẩn bị")
    said(page, "Tệp đã sẵn sàng.")
    binh.look_wide_and_narrow("21-da-chuan-bi")
    return page.url.removeprefix(agency.address)


def look_at_the_answer(agency: Agency) -> None:
    """It stands in the case file, and each end knows the other."""
    binh = agency.walks["binh"]
    binh.to(f"/documents/{agency.incoming}/links")
    expect(binh.page.locator("main")).to_contain_text("Được trả lời bằng 01/STC-VP")
    binh.look_wide_and_narrow("27-lien-ket")
    binh.to(f"/case-files/{agency.code('01-TC')}")
    expect(binh.page.locator("main article")).to_have_count(2)
    binh.look_wide_and_narrow("28-ho-so-day-du")


# Without script, on a telephone -------------------------------------------------------------------


def fill_the_others_by_telephone(agency: Agency) -> None:
    phone = agency.walks["phone"]
    page = phone.page
    for notation, (sample, _fields, _subject) in OF_THE_PHONE.items():
        phone.to(f"/plans/{agency.today.year}")
        row = page.locator("tbody tr", has_text=notation)
        row.get_by_role("button", name="Mở").click()
        said(page, f"Đã mở hồ sơ {agency.code(notation)}.")
        phone.look(f"29-khong-script-mo-{notation}")
        phone.to("/receiving")
        send_by_telephone(phone, agency, notation)
        phone.look(f"29-khong-script-tiep-nhan-{notation}")
        assert sample.name in page.locator("#road").inner_text()
    for notation in OF_THE_PHONE:
        patiently(phone, f"/case-files/{agency.code(notation)}", "main article")
        phone.look(f"29-khong-script-ho-so-{notation}")
        follow(page, "Rà soát và kết thúc hồ sơ")
        phone.look(f"29-khong-script-ra-soat-{notation}")
        close(phone, agency, notation)
        phone.look(f"29-khong-script-da-ket-thuc-{notation}")


def send_by_telephone(phone: Walk, agency: Agency, notation: str) -> None:
    page = phone.page
    sample, fields, subject = OF_THE_PHONE[notation]
    page.set_input_files("#send input[type=file]", sample)
    page.fill("#into", agency.code(notation))
    page.click("#send details summary")
    for name, value in zip(("number", "symbol", "date", "type", "organ"), fields, strict=True):
        page.fill(f"#f-{name}", value)
    page.fill("#f-subject", subject)
    page.click("#send button.btn-primary")


def close(walk: Walk, agency: Agency, notation: str) -> None:
    begun, ended = agency.worked()
    walk.page.fill("#f-start_date", begun)
    walk.page.fill("#f-end_date", ended)
    press(walk.page, "Kết thúc hồ sơ")
    said(walk.page, f"Hồ sơ {agency.code(notation)} đã kết thúc.")


def close_it(agency: Agency) -> None:
    binh = agency.walks["binh"]
    binh.to(f"/case-files/{agency.code('01-TC')}")
    follow(binh.page, "Rà soát và kết thúc hồ sơ")
    binh.look_wide_and_narrow("30-ra-soat")
    close(binh, agency, "01-TC")
    binh.look_wide_and_narrow("31-da-ket-thuc")
