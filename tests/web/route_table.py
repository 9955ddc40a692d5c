"""Every address of the pages and of the API: what is done there, and how it is filled in.

`test_rights_table.py` asks each of them as every role and compares the answers with docs/rights.md.
A new address without a line here fails that test. `{document}` and `{case_file}` stand for an open
thing and, in a second round, for a restricted one; the other names for rows of `the_rows` there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from archive.roles import Action
from tests.factories import PASSWORD

Values = Mapping[str, Any]
NOBODY = 999_999  # a number that no row has


@dataclass(frozen=True)
class Route:
    """One deed: in the words of the table, with what is filled in.

    Attributes:
        what: the deed, as docs/rights.md names it.
        fill: the variable parts of the address.
        form: what is typed, or asked after `?`.
        frozen: what is typed so that only a freeze can stand in the way.
        stays: the deed is not undone after it was asked.
    """

    what: str
    fill: Values = field(default_factory=dict)
    form: Values = field(default_factory=dict)
    frozen: Values | None = None
    stays: bool = False  # done for good, where what comes after needs it to be there


DOCUMENT = {"code": "{document}"}
CASE_FILE = {"code": "{case_file}"}
LINE = {"year": "{year}", "line": "{line}"}
ENTRY = {"book": "den", "year": "{year}", "number": 1}
PERSON = {"number": "{person}"}
ISSUANCE = {"number": "{issuance}"}
SUBMISSION = {"code": "{submission}"}
KEPT_LONGER = {"term": "20 năm", "reason": "Xác định lại"}
KEPT_SINCE = {"kind": "ended", "happened_on": "01/06/2021", "evidence": "12/BB-TL"}
DISPOSAL = {"code": "{disposal}"}
TRANSFER = {"code": "{transfer}"}
APPRAISAL = {"number": "{appraisal}"}
OPINION = {"appraisal": "{appraisal}", "verdict": "permanent", "reason": "Còn giá trị"}

# Open to who is not signed in, and files of the pages themselves: they show nothing of the record.
PUBLIC = {
    "GET account.sign_in",
    "POST account.sign_in",
    "POST account.language",
    "GET static",
    "GET bootstrap.static",
    "GET health.alive",
    "GET health.ready",
    "API GET openapi.spec",
}

ROUTES: dict[str, Route] = {
    # one's own account
    "GET home.page": Route("Trang chủ"),
    "POST account.sign_out": Route("Đăng xuất"),
    "GET account.password": Route("Xem trang đổi mật khẩu của mình"),
    "POST account.password": Route("Đổi mật khẩu của mình"),
    "GET account.sessions": Route("Xem các phiên của mình"),
    "POST account.end_session": Route("Kết thúc phiên của người khác", {"number": NOBODY}),
    "POST account.end_sessions": Route("Đăng xuất ở mọi nơi"),
    "GET account.tokens": Route("Xem mã truy cập của mình"),
    "POST account.tokens": Route("Tạo mã truy cập cho mình"),
    "POST account.revoke": Route("Thu hồi mã truy cập của người khác", {"number": NOBODY}),
    "POST account.place": Route("Chọn cơ quan làm việc"),
    "GET delegations.page": Route("Xem ủy quyền"),
    "POST delegations.page": Route("Ủy quyền cho người khác làm thay mình"),
    "POST delegations.end": Route(
        "Kết thúc ủy quyền giữa hai người khác", {"number": "{delegation}"}
    ),
    "GET notices.page": Route("Xem thông báo của mình"),
    "GET notices.one": Route("Xem thông báo của người khác", {"number": NOBODY}),
    "POST notices.acknowledge": Route("Xác nhận thông báo của người khác", {"number": NOBODY}),
    "GET personal_file.page": Route("Xem hồ sơ cá nhân của mình"),
    "POST personal_file.keep": Route(
        "Đưa văn bản vào hồ sơ cá nhân của mình", form={"document": "{document}"}
    ),
    "POST personal_file.drop": Route(
        "Bỏ văn bản khỏi hồ sơ cá nhân của mình", form={"document": "{document}"}
    ),
    # documents
    "GET finding.page": Route("Tìm kiếm", form={"q": "quy"}),
    "GET finding.suggestions": Route("Xem gợi ý khi gõ vào ô tìm kiếm", form={"q": "quy"}),
    "GET search_lists.download": Route("Tải danh sách kết quả tìm kiếm", form={"q": "quy"}),
    "GET saved_searches.page": Route("Xem các tìm kiếm đã lưu"),
    "POST saved_searches.save": Route(
        "Lưu một tìm kiếm cho mình", form={"name": "Quy chế", "q": "quy"}
    ),
    "GET saved_searches.look": Route("Mở tìm kiếm đã lưu của người khác", {"number": NOBODY}),
    "POST saved_searches.follow": Route(
        "Theo dõi tìm kiếm đã lưu của người khác", {"number": NOBODY}
    ),
    "POST saved_searches.share": Route("Chia sẻ tìm kiếm của người khác", {"number": NOBODY}),
    "POST saved_searches.drop": Route("Bỏ tìm kiếm đã lưu của người khác", {"number": NOBODY}),
    "GET search_help.page": Route("Xem cách hỏi khi tìm kiếm"),
    "GET documents.page": Route("Xem mô tả văn bản", DOCUMENT),
    "GET document_finding.inside": Route("Tìm trong văn bản", DOCUMENT, {"q": "quy"}),
    "GET document_finding.alike": Route("Xem văn bản tương tự", DOCUMENT),
    "GET documents.picture": Route(
        "Đọc trang văn bản", {**DOCUMENT, "part": 1, "number": 1, "width": 160}
    ),
    "GET documents.printed": Route("In văn bản", DOCUMENT),
    "GET documents.download": Route("Tải văn bản", {**DOCUMENT, "part": 1, "role": "original"}),
    "POST documents.give_reason": Route(
        "Đọc nội dung có nêu lý do", DOCUMENT, {"why": "Kiểm tra theo kế hoạch 12"}
    ),
    "GET documents.correct": Route("Xem trang đính chính dữ liệu văn bản", DOCUMENT),
    "POST documents.correct": Route(
        "Đính chính dữ liệu văn bản",
        DOCUMENT,
        frozen={"subject": "Trích yếu khác", "why": "Nhầm"},
    ),
    "POST documents.place": Route(
        "Đưa văn bản vào hồ sơ",
        DOCUMENT,
        {"case_file": "{other_file}"},
        frozen={"case_file": "{other_file}"},
    ),
    "POST documents.verify": Route("Kiểm tra lại chữ ký, mã băm", DOCUMENT),
    "POST mending.send_again": Route("Làm lại bản lưu trữ", {**DOCUMENT, "part": 1}, frozen={}),
    "POST alarms.decide": Route("Quyết định về văn bản bị nghi là bí mật", DOCUMENT),
    # case files
    "GET case_files.page": Route("Xem danh sách hồ sơ"),
    "GET case_files.one": Route("Xem hồ sơ", CASE_FILE),
    "GET case_files.open_one": Route("Xem trang mở hồ sơ"),
    "POST case_files.open_one": Route("Mở hồ sơ"),
    "GET case_files.tray": Route("Xem khay văn bản chưa vào hồ sơ"),
    "POST case_files.place": Route(
        "Đưa nhiều văn bản vào hồ sơ",
        form={"document": "{tray}", "case_file": "{case_file}"},
        frozen={"document": "{tray}", "case_file": "{case_file}"},
    ),
    "GET rights.page": Route("Xem ai được đọc hồ sơ", {"kind": "case_file", **CASE_FILE}),
    "POST rights.give": Route(
        "Cho đọc riêng một hồ sơ", form={"kind": "case_file", "code": "{case_file}"}
    ),
    "POST rights.end": Route("Thu hồi quyền đọc riêng", {"number": "{grant}"}),
    "POST rights.reassign": Route(
        "Chuyển người giữ hồ sơ",
        form={"code": "{case_file}"},
        frozen={"code": "{case_file}", "person": "{person}", "why": "Theo ý kiến lãnh đạo"},
    ),
    "GET rights.requests": Route("Xem đề nghị đưa nội dung ra ngoài của mình"),
    "POST rights.ask": Route(
        "Đề nghị đưa nội dung ra ngoài", form={"kind": "document", "code": "{document}"}
    ),
    "POST rights.decide": Route(
        "Quyết định đề nghị đưa nội dung ra ngoài", {"number": "{export}"}, {"verb": "allow"}
    ),
    # the life of a case file
    "POST case_file_life.open_planned": Route("Mở hồ sơ đã có trong danh mục", CASE_FILE),
    "GET case_file_life.close": Route("Xem trang kết thúc hồ sơ", CASE_FILE),
    "POST case_file_life.close": Route("Kết thúc hồ sơ", CASE_FILE, frozen={}),
    "POST case_file_life.reopen": Route(
        "Mở lại hồ sơ đã kết thúc", {"code": "{shut_file}"}, {"reason": "Bổ sung"}
    ),
    "POST case_file_life.take_out": Route(
        "Loại văn bản trùng, bản nháp ra khỏi hồ sơ",
        CASE_FILE,
        {"document": "{document}", "why": "draft"},
        frozen={"document": "{document}", "why": "draft"},
    ),
    "GET case_file_life.correct": Route("Xem trang đính chính hồ sơ", CASE_FILE),
    "POST case_file_life.correct": Route(
        "Đính chính dữ liệu hồ sơ", CASE_FILE, frozen={"title": "Tên khác", "why": "Nhầm"}
    ),
    "POST case_file_life.ask_access": Route(
        "Đề nghị đổi quyền truy cập hồ sơ",
        CASE_FILE,
        frozen={"access_level": "unit", "reason": "Theo đề nghị"},
    ),
    "POST case_file_life.decide_access": Route(
        "Xác nhận thay đổi quyền truy cập", {"number": "{change}"}, {"decision": "confirm"}
    ),
    "GET papers.page": Route("Xem phần giấy của hồ sơ", {"kind": "case_file", **CASE_FILE}),
    "POST papers.page": Route(
        "Ghi phần giấy của hồ sơ",
        {"kind": "case_file", **CASE_FILE},
        frozen={"what": "Hộp 1", "kind": "original"},
    ),
    "GET links.page": Route("Xem liên kết của văn bản", DOCUMENT),
    "POST links.page": Route(
        "Liên kết văn bản",
        DOCUMENT,
        {"document": "{tray}", "kind": "relates"},
        frozen={"document": "{tray}", "kind": "relates"},
    ),
    "POST links.remove": Route("Bỏ liên kết", {**DOCUMENT, "number": "{link}"}, {"why": "Nhầm"}),
    "POST links.recall": Route("Thu hồi văn bản", DOCUMENT, frozen={"reason": "Sai thể thức"}),
    "POST links.told": Route("Ghi đã báo thu hồi cho nơi gửi", DOCUMENT),
    "GET freezes.page": Route("Xem các lệnh khóa"),
    "GET freezes.new": Route("Xem trang khóa hồ sơ, văn bản"),
    "POST freezes.new": Route("Khóa hồ sơ, văn bản theo lệnh"),
    "POST freezes.lift": Route("Mở khóa theo lệnh", {"number": "{order}"}),
    "GET custody.page": Route("Xem các phông"),
    "POST custody.pass_on": Route("Chuyển giao phông cho cơ quan kế thừa", {"number": "{fonds}"}),
    # keeping and leaving
    "GET calendar.page": Route("Xem lịch hết hạn bảo quản"),
    "GET calendar.files": Route("Xem hồ sơ hết hạn theo năm, tháng"),
    "GET expiries.page": Route("Xem thông báo hết hạn bảo quản"),
    "GET expiries.printed": Route("In bằng chứng đã gửi thông báo hết hạn"),
    "GET expiries.one": Route("Xem một thông báo hết hạn bảo quản", APPRAISAL),
    "POST expiries.acknowledge": Route("Xác nhận đã biết thông báo hết hạn", APPRAISAL),
    "GET appraisals.page": Route("Xem bảng đánh giá lại"),
    "GET appraisals.one": Route("Xem một hồ sơ đang đánh giá lại", APPRAISAL),
    "POST appraisals.opine": Route(
        "Cho ý kiến đánh giá lại", form=OPINION, frozen={**OPINION, "side": "unit"}
    ),
    "POST appraisals.conclude": Route("Kết luận đánh giá lại", form=OPINION, frozen=OPINION),
    "GET disposals.page": Route("Xem các đợt hủy"),
    "GET disposals.new": Route("Xem trang lập danh mục hủy"),
    "POST disposals.new": Route("Lập danh mục hồ sơ hết giá trị"),
    "GET disposals.one": Route("Xem một đợt hủy", DISPOSAL),
    "GET disposals.explain": Route("Xem trang viết bản thuyết minh", DISPOSAL),
    "POST disposals.explain": Route("Viết bản thuyết minh", DISPOSAL),
    "POST disposals.stop": Route("Dừng đợt hủy", DISPOSAL),
    "GET disposal_council.set_up": Route("Xem trang thành lập Hội đồng", DISPOSAL),
    "POST disposal_council.set_up": Route("Thành lập Hội đồng xét hủy", DISPOSAL),
    "GET disposal_council.meeting_page": Route("Xem cuộc họp của Hội đồng", DISPOSAL),
    "POST disposal_council.opine": Route("Cho ý kiến trong Hội đồng", DISPOSAL),
    "POST disposal_council.break_tie": Route("Quyết khi ý kiến ngang nhau", DISPOSAL),
    "POST disposal_council.declare": Route("Kê khai lợi ích liên quan", DISPOSAL),
    "POST disposal_council.excuse": Route("Ghi thành viên vắng mặt", {**DISPOSAL, "number": 1}),
    "POST disposal_council.replace": Route("Thay thành viên Hội đồng", {**DISPOSAL, "number": 1}),
    "POST disposal_council.minutes": Route("Lập biên bản họp Hội đồng", DISPOSAL),
    "POST disposal_council.sign": Route("Ký biên bản họp Hội đồng", DISPOSAL),
    "GET disposal_acts.appraisal": Route("Xem trang ghi thẩm định", DISPOSAL),
    "POST disposal_acts.appraisal": Route("Ghi kết quả thẩm định", DISPOSAL),
    "GET disposal_acts.decision": Route("Xem trang quyết định hủy", DISPOSAL),
    "POST disposal_acts.decision": Route("Quyết định hủy", DISPOSAL),
    "GET disposal_acts.preparation": Route("Xem trang chuẩn bị hủy", DISPOSAL),
    "POST disposal_acts.preparation": Route("Chuẩn bị thực hiện hủy", DISPOSAL),
    "GET disposal_acts.reconfirmation": Route("Xem trang xác nhận lại", DISPOSAL),
    "POST disposal_acts.reconfirmation": Route(
        "Xác nhận lại lệnh hủy", DISPOSAL, {"password": PASSWORD}
    ),
    "GET disposal_acts.signing": Route(
        "Xem trang bàn giao tài liệu hủy", {**DISPOSAL, "what": "hand-over"}
    ),
    "POST disposal_acts.signing": Route(
        "Bàn giao tài liệu hủy", {**DISPOSAL, "what": "hand-over"}, {"password": PASSWORD}
    ),
    "POST disposal_acts.close": Route("Khép hồ sơ hủy", DISPOSAL),
    "GET disposal_acts.print_form": Route("In biểu mẫu của đợt hủy", {**DISPOSAL, "kind": "list"}),
    "GET duplicates.page": Route("Xem văn bản trùng lặp"),
    "GET duplicates.now": Route("Tìm văn bản trùng lặp ngay"),
    "POST duplicates.name_twin": Route(
        "Đưa bản trùng vào xem xét",
        form={"leaves": "{document}", "stays": "{tray}"},
        frozen={"leaves": "{document}", "stays": "{tray}"},
    ),
    "POST duplicates.confirm": Route("Xác nhận hai bản như nhau", APPRAISAL),
    "GET schedule.page": Route("Xem bảng thời hạn bảo quản"),
    "GET schedule.table": Route("Xuất bảng thời hạn bảo quản"),
    "POST schedule.load": Route("Nạp danh mục năm 2011 làm dự thảo"),
    "GET schedule.one": Route("Xem một mục của bảng thời hạn", {"number": "{rule}"}),
    "GET schedule.new": Route("Xem trang soạn mục mới"),
    "POST schedule.new": Route("Soạn mục mới của bảng thời hạn"),
    "GET schedule.change": Route("Xem trang sửa dự thảo mục", {"number": "{rule}"}),
    "POST schedule.change": Route("Sửa dự thảo mục", {"number": "{rule}"}),
    "POST schedule.act": Route(
        "Duyệt một mục của bảng thời hạn", {"number": "{rule}", "verb": "approve"}
    ),
    "GET schedule.moves": Route("Xem mục mới làm thay đổi hồ sơ nào", {"number": "{rule}"}),
    "GET schedule_approving.page": Route("Xem trang duyệt từng dự thảo mục"),
    "GET schedule_tables.page": Route("Xem trang nhập bảng thời hạn bảo quản"),
    "POST schedule_tables.page": Route("Nhập bảng thời hạn bảo quản"),
    "GET retention_of.case_file": Route("Xem vì sao hồ sơ được bảo quản", CASE_FILE),
    "GET retention_of.document": Route("Xem vì sao văn bản được bảo quản", DOCUMENT),
    "POST retention_of.assign": Route(
        "Xác định thời hạn bảo quản của hồ sơ", CASE_FILE, frozen=KEPT_LONGER
    ),
    "POST retention_of.occur": Route(
        "Ghi việc mà thời hạn chờ đợi", CASE_FILE, KEPT_SINCE, frozen=KEPT_SINCE
    ),
    "GET retention.page": Route("Xem trang bảo quản và hủy"),
    "GET transfers.page": Route("Xem hồ sơ phải nộp lưu trữ lịch sử"),
    "POST transfers.register": Route("Đăng ký nộp lưu trữ lịch sử"),
    "GET transfers.one": Route("Xem một đợt nộp lưu trữ lịch sử", TRANSFER),
    "POST transfers.export": Route("Lập thư mục giao nhận", TRANSFER),
    "GET transfers.folder": Route("Tải thư mục giao nhận", TRANSFER),
    "POST transfers.confirm": Route("Ghi xác nhận của lưu trữ lịch sử", TRANSFER),
    "POST transfers.leave_out": Route(
        "Để lại một hồ sơ của đợt nộp", TRANSFER, {"case_file": "{transferred}"}
    ),
    "POST transfers.give_up": Route("Bỏ đợt nộp lưu trữ lịch sử", TRANSFER),
    "GET tombstones.page": Route("Xem các dấu vết lưu lại"),
    "GET tombstones.one": Route("Xem một dấu vết lưu lại", {"code": "{tombstone}"}),
    # submission
    "GET submissions.page": Route("Xem hồ sơ đến hạn nộp lưu"),
    "POST submissions.send": Route("Nộp hồ sơ vào lưu trữ"),
    "POST submissions.call": Route("Thông báo danh mục nộp lưu"),
    "GET submissions.keep_back": Route(
        "Xem trang giữ lại hồ sơ", form={"case_file": "{case_file}"}
    ),
    "POST submissions.keep_back": Route(
        "Cho giữ lại hồ sơ đến hạn", form={"case_file": "{case_file}"}
    ),
    "GET receipt.page": Route("Xem đợt nộp lưu", SUBMISSION),
    "POST receipt.accept_green": Route("Nhận các hồ sơ đạt yêu cầu", SUBMISSION),
    "POST receipt.decide": Route(
        "Nhận hoặc trả hồ sơ", {**SUBMISSION, "number": 1, "verb": "accept"}
    ),
    "POST receipt.sign": Route("Ký biên bản giao nhận", SUBMISSION, {"side": "receiving"}),
    # plan
    "GET plans.page": Route("Xem các danh mục hồ sơ"),
    "POST plans.draw_up": Route("Lập danh mục hồ sơ", form={"year": "{next_year}"}),
    "GET plans.one": Route("Xem danh mục hồ sơ", {"year": "{year}"}),
    "GET plans.approve": Route("Xem trang duyệt danh mục hồ sơ", {"year": "{year}"}),
    "POST plans.approve": Route("Duyệt danh mục hồ sơ", {"year": "{year}"}),
    "POST plans.carry_over": Route("Chuyển hồ sơ chưa xong sang năm sau", {"year": "{year}"}),
    "POST plans.copy": Route(
        "Chép danh mục sang năm sau", {"year": "{year}"}, {"to": "{next_year}"}
    ),
    "GET plan_tables.page": Route("Xem trang nhập danh mục từ bảng", {"year": "{year}"}),
    "POST plan_tables.page": Route("Nhập danh mục từ bảng", {"year": "{year}"}),
    "GET plan_lines.change": Route("Xem trang sửa dòng danh mục", LINE),
    "POST plan_lines.change": Route("Sửa dòng danh mục", LINE),
    "POST plan_lines.act": Route("Chuyển, xóa dòng danh mục", {**LINE, "verb": "up"}),
    "GET plan_lines.add": Route("Xem trang thêm dòng danh mục", {"year": "{year}"}),
    "POST plan_lines.add": Route("Thêm dòng danh mục", {"year": "{year}"}),
    "GET plans.told": Route("Xem lịch sử danh mục", {"year": "{year}"}),
    "GET plans.table": Route("Xuất danh mục thành bảng", {"year": "{year}"}),
    # receiving
    "GET receiving.page": Route("Xem trang tiếp nhận"),
    "GET receiving.road": Route("Xem tiến trình tiếp nhận"),
    "POST receiving.send": Route("Tiếp nhận tệp"),
    "POST receiving.decide": Route(
        "Quyết định về tệp đang chờ", {"number": "{intake}", "verb": "again"}
    ),
    "GET receiving.look": Route("Xem trang bị nghi là bí mật", {"number": "{intake}"}),
    # registers
    "GET registers.page": Route("Xem các sổ đăng ký"),
    "POST registers.make_books": Route("Lập sổ đăng ký"),
    "GET registers.book": Route("Xem một sổ", {"book": "den"}),
    "GET book_closing.close": Route("Xem trang khóa sổ", {"book": "den"}),
    "POST book_closing.close": Route(
        "Khóa sổ", {"book": "den"}, {"on": "31/12/2030", "why": "Gộp sổ", "sure": "1"}
    ),
    "POST book_closing.reopen": Route("Mở lại sổ", {"book": "den"}, {"why": "Còn dùng"}),
    "GET registers.one": Route("Xem một dòng trong sổ", ENTRY),
    "POST registers.act": Route("Xử lý một dòng trong sổ", {**ENTRY, "verb": "acknowledge"}),
    "GET registers.receipt": Route("Xuất phiếu báo đã nhận", {**ENTRY, "form": "json"}),
    "GET registering.new": Route("Xem trang đăng ký văn bản", {"book": "den"}),
    "POST registering.new": Route("Đăng ký văn bản", {"book": "den"}),
    "GET registering.correct": Route("Xem trang sửa dòng trong sổ", ENTRY),
    "POST registering.correct": Route("Sửa dòng trong sổ", ENTRY),
    "POST registering.attach": Route(
        "Thêm tệp cho dòng trong sổ", ENTRY, {"file": "{file}"}, stays=True
    ),
    "GET registering.received": Route("Xem tệp đã nhận chờ đăng ký"),
    "GET registering.picture": Route("Xem trang đầu của tệp chờ đăng ký", {"number": "{intake}"}),
    "GET refusals.letting_in": Route("Xem đơn thư chờ quyết định cho nhận"),
    "POST refusals.ask": Route("Đề nghị cho nhận đơn thư", form={"book": "den"}),
    "POST refusals.decide": Route("Quyết định cho nhận đơn thư", {"number": NOBODY}),
    "GET refusals.page": Route("Xem văn bản từ chối, trả lại"),
    "POST refusals.refuse": Route("Từ chối, trả lại văn bản"),
    "POST refusals.answered": Route("Ghi đã trả lời nơi gửi", {"year": "{year}", "number": NOBODY}),
    "GET refusals.receipt": Route(
        "Xuất phiếu báo từ chối", {"year": "{year}", "number": NOBODY, "form": "json"}
    ),
    # printing
    "GET forms.book": Route("In sổ đăng ký", {"book": "den"}),
    "GET forms.entry": Route("In dấu đến, phiếu xử lý", {**ENTRY, "what": "stamp"}),
    "GET forms.report": Route("In báo cáo giải quyết văn bản", {"what": "incoming"}),
    "GET forms.plan": Route("In danh mục hồ sơ theo mẫu", {"year": "{year}"}),
    "GET forms.case_file_list": Route("In danh sách hồ sơ của năm", {"year": "{year}"}),
    "GET forms.case_file": Route("In mục lục văn bản trong hồ sơ", CASE_FILE),
    "GET forms.transfer": Route(
        "In mục lục, biên bản nộp lưu trữ lịch sử", {**TRANSFER, "what": "list"}
    ),
    "GET forms.submission": Route(
        "In mục lục hồ sơ nộp lưu, biên bản giao nhận", {**SUBMISSION, "what": "list"}
    ),
    "GET forms.reading_copy": Route("Tải bản đọc có đánh dấu", {**DOCUMENT, "part": 1}),
    "GET forms.receipt": Route(
        "Xuất biên nhận tệp tải về", {**DOCUMENT, "part": 1, "role": "original"}
    ),
    # issuing
    "GET issuing.page": Route("Xem văn bản đang phát hành"),
    "GET issuing.prepare": Route("Xem trang chuẩn bị văn bản đi"),
    "POST issuing.prepare": Route("Chuẩn bị văn bản đi"),
    "GET issuing.one": Route("Xem một văn bản đang phát hành", ISSUANCE),
    "GET issuing.download": Route(
        "Tải bản chờ ký, đã ký, đã phát hành", {**ISSUANCE, "state": "prepared"}
    ),
    "GET issuing.picture": Route("Xem trang của văn bản đang phát hành", {**ISSUANCE, "of": 1}),
    "POST issuing.move_fields": Route("Đặt lại vị trí ô ký", ISSUANCE),
    "POST issuing.take_signed": Route("Nộp bản đã được lãnh đạo ký", ISSUANCE),
    "POST drafts.ask": Route("Xin ý kiến góp ý dự thảo", ISSUANCE, {"whom": "binh"}),
    "POST drafts.comment": Route("Góp ý dự thảo", ISSUANCE),
    "POST drafts.redraft": Route("Nộp bản dự thảo mới", ISSUANCE),
    "POST issuing.issue": Route("Cấp số và ký số của cơ quan", ISSUANCE),
    "POST issuing.give_up": Route(
        "Hủy việc phát hành", ISSUANCE, {"reason": "Thôi", "why": "Thôi"}
    ),
    # administration
    "GET people.page": Route("Xem danh sách tài khoản"),
    "GET people.add": Route("Xem trang tạo tài khoản"),
    "POST people.add": Route("Tạo tài khoản"),
    "GET staff_lists.bring": Route("Xem trang tạo tài khoản từ bảng"),
    "POST staff_lists.bring": Route("Tạo tài khoản từ bảng"),
    "GET people.one": Route("Xem một tài khoản", PERSON),
    "POST people.change": Route("Đổi họ tên, chức vụ, đơn vị", PERSON),
    "POST people.give_role": Route("Giao vai trò", PERSON),
    "POST people.end_role": Route("Kết thúc vai trò", {**PERSON, "held": "{held}"}),
    "POST people.close": Route("Khóa tài khoản từ ngày nghỉ", PERSON),
    "POST people.reopen": Route("Mở lại tài khoản", PERSON),
    "POST people.reset": Route("Cấp lại mật khẩu dùng một lần", PERSON),
    "GET staff_lists.give_all": Route("Xem hồ sơ một người đang giữ để bàn giao", PERSON),
    "POST staff_lists.give_all": Route("Bàn giao toàn bộ hồ sơ", PERSON),
    "GET administration.unit_list": Route("Xem các đơn vị"),
    "POST administration.unit_list": Route("Thêm đơn vị"),
    "POST administration.change_unit": Route("Sửa, bỏ đơn vị", {"number": "{unit}"}),
    "GET administration.rules": Route("Xem quy định của cơ quan"),
    "POST administration.rules": Route("Đặt quy định của cơ quan"),
    "GET administration.calendar": Route("Xem lịch nghỉ"),
    "POST administration.calendar": Route("Thêm ngày nghỉ"),
    "POST administration.remove_holiday": Route("Xóa ngày nghỉ", {"number": "{holiday}"}),
    "GET administration.keys": Route("Xem ai giữ thiết bị ký số"),
    "POST administration.keys": Route("Giao thiết bị ký số"),
    "POST administration.key_back": Route("Thu hồi thiết bị ký số", {"number": "{key}"}),
    "GET seal_picture.page": Route("Xem hình con dấu của cơ quan"),
    "POST seal_picture.page": Route("Đặt hình con dấu của cơ quan"),
    "POST seal_picture.remove": Route("Bỏ hình con dấu của cơ quan"),
    "GET seal_picture.picture": Route("Xem tệp hình con dấu"),
    # lending
    "GET loans.page": Route("Xem bản lưu, hồ sơ đang cho mượn"),
    "POST loans.page": Route("Cho mượn bản lưu, hồ sơ", form={"thing": "{case_file}"}),
    "POST loans.back": Route("Nhận lại bản lưu, hồ sơ đã cho mượn", {"number": NOBODY}),
    "GET forms.loan_book": Route("In sổ sử dụng bản lưu"),
    # whole case files
    "GET whole_copies.page": Route("Xem các bản in toàn bộ hồ sơ của mình"),
    "POST whole_copies.ask": Route("In toàn bộ một hồ sơ", form={"case_file": "{case_file}"}),
    "GET whole_copies.download": Route(
        "Tải bản in toàn bộ hồ sơ của người khác", {"number": NOBODY}
    ),
    "GET health.page": Route("Xem tình trạng hệ thống"),
    # API
    "API GET documents.listed": Route("API: danh sách văn bản"),
    "API GET documents.one": Route("API: mô tả văn bản", DOCUMENT),
    "API GET documents.download": Route(
        "API: tải văn bản", {**DOCUMENT, "part": 1, "role": "original"}
    ),
    "API POST alarms.decide": Route(
        "API: quyết định về văn bản bị nghi là bí mật",
        DOCUMENT,
        {"verb": "clear", "why": "Tên riêng"},
    ),
    "API GET tombstones.one": Route("API: dấu vết lưu lại", {"code": "{tombstone}"}),
    "API GET case_files.listed": Route("API: danh sách hồ sơ"),
    "API GET case_files.one": Route("API: xem hồ sơ", CASE_FILE),
    "API POST case_files.open_one": Route("API: mở hồ sơ", form={"notation": " ", "title": "Thử"}),
    "API GET retention.case_file": Route("API: vì sao hồ sơ được bảo quản", CASE_FILE),
    "API GET retention.document": Route("API: vì sao văn bản được bảo quản", DOCUMENT),
    "API POST intakes.send": Route("API: tiếp nhận tệp"),
    "API GET intakes.listed": Route("API: danh sách tệp đã nhận"),
    "API GET intakes.one": Route("API: xem tệp đã nhận", {"intake": "{intake}"}),
    "API GET finding.search": Route("API: tìm kiếm", form={"q": "quy"}),
    "API GET finding.groups": Route("API: tìm kiếm, xếp theo hồ sơ", form={"q": "quy"}),
    "API GET finding.suggestions": Route("API: gợi ý khi đang gõ", form={"q": "quy"}),
    "API GET finding.like_this": Route("API: văn bản tương tự", DOCUMENT),
    "API GET tokens.mine": Route("API: xem mã truy cập đang dùng"),
    "API DELETE tokens.end": Route("API: kết thúc mã truy cập đang dùng"),
}

# What each right is, and where it stands in the law and the regulations.
RIGHTS: dict[Action, tuple[str, str]] = {
    Action.FIND: ("Tìm văn bản", "QĐ 212, 16.2; QĐ 530, 9"),
    Action.DESCRIBE: ("Xem mô tả văn bản", "QĐ 212, 16.2"),
    Action.READ: ("Đọc nội dung văn bản", "QĐ 212, 16.2a"),
    Action.INSPECT: ("Kiểm tra nội dung hạn chế, có nêu lý do", "QĐ 530, 8"),
    Action.RECEIVE: ("Tiếp nhận tệp", "QĐ 212, 9; QĐ 114, 12"),
    Action.SEE_INTAKES: ("Xem tệp đang tiếp nhận", "QĐ 212, 9"),
    Action.DECIDE_INTAKE: ("Quyết định về tệp đang chờ", "QĐ 212, 5"),
    Action.DECIDE_SECRET: ("Quyết định về nghi vấn bí mật nhà nước", "QĐ 04/2017, 4.1"),
    Action.LET_IN: ("Cho nhận đơn thư, thư đích danh", "QĐ 04/2017, 4.2, 4.4"),
    Action.CORRECT: ("Đính chính dữ liệu văn bản", "NĐ 30, PL VI, II"),
    Action.PLACE: ("Đưa văn bản vào hồ sơ", "NĐ 30, Đ29; QĐ 212, 13.1"),
    Action.LINK: ("Liên kết văn bản", "NĐ 30, PL VI, I"),
    Action.VERIFY: ("Kiểm tra chữ ký, mã băm", "NĐ 30, Đ13; QĐ 212, 5"),
    Action.RECALL: ("Thu hồi văn bản", "NĐ 30, PL VI, III.8"),
    Action.LEND: ("Cho mượn, nhận lại bản lưu, hồ sơ giấy", "NĐ 30, PL IV"),
    Action.SEE_CASE_FILES: ("Xem hồ sơ", "QĐ 212, 16.2a"),
    Action.OPEN_CASE_FILE: ("Mở hồ sơ", "NĐ 30, Đ29.2"),
    Action.WORK: ("Kết thúc, mở lại, nộp lưu hồ sơ đang giữ", "NĐ 30, Đ29.4, Đ30"),
    Action.REASSIGN: ("Chuyển người giữ hồ sơ", "QĐ 212, 16.2"),
    Action.ACCEPT: ("Nhận, trả hồ sơ nộp lưu", "NĐ 30, Đ30.3; QĐ 212, 14.3"),
    Action.KEEP_BACK: ("Cho giữ lại hồ sơ đến hạn", "NĐ 30, Đ31.3d"),
    Action.DESCRIBE_CASE_FILE: ("Đính chính dữ liệu hồ sơ đã nhận", "NĐ 30, PL VI, III"),
    Action.CONFIRM_ACCESS: ("Xác nhận thay đổi quyền truy cập", "NĐ 30, PL VI, III.3c"),
    Action.GRANT: ("Cho đọc riêng một hồ sơ, văn bản", "QĐ 212, 16.2a; QĐ 04/2017, 10.2"),
    Action.SEE_PLAN: ("Xem danh mục hồ sơ", "NĐ 30, Đ28"),
    Action.PLAN: ("Lập, sửa danh mục hồ sơ", "NĐ 30, Đ28"),
    Action.APPROVE_PLAN: ("Duyệt danh mục hồ sơ", "NĐ 30, Đ28"),
    Action.SEE_REGISTERS: ("Xem sổ đăng ký", "NĐ 30, Đ15, Đ22"),
    Action.REGISTER: ("Đăng ký văn bản", "NĐ 30, Đ15, Đ22"),
    Action.MANAGE_REGISTERS: ("Lập, khóa sổ đăng ký", "NĐ 30, Đ15, Đ22"),
    Action.PREPARE_ISSUE: ("Chuẩn bị văn bản đi", "QĐ 212, 12; QĐ 114, 14"),
    Action.ISSUE: ("Cấp số, ngày và ký số của cơ quan", "NĐ 30, Đ18, Đ26; QĐ 212, 12"),
    Action.FREEZE: ("Khóa, mở khóa theo lệnh", "NĐ 30, PL VI, IV.1g"),
    Action.ALLOW_EXPORT: ("Đồng ý đưa nội dung ra ngoài", "QĐ 530, 8; QĐ 114, 17.3a"),
    Action.TRANSFER: ("Chuyển giao phông cho cơ quan kế thừa", "Luật 33/2024"),
    Action.SEE_RETENTION: ("Xem thời hạn bảo quản, hồ sơ sắp hết hạn", "QĐ 212, 16.5"),
    Action.MANAGE_SCHEDULE: ("Soạn bảng thời hạn bảo quản", "Luật 33/2024, Đ15"),
    Action.APPROVE_SCHEDULE: ("Duyệt bảng thời hạn bảo quản", "Luật 33/2024, Đ15"),
    Action.ASSIGN_TERM: ("Xác nhận thời hạn bảo quản của hồ sơ", "NĐ 30, Đ29.4; QĐ 212, 16.5"),
    Action.OPINE: ("Cho ý kiến về hồ sơ hết hạn của đơn vị", "QĐ 212, 16.5b"),
    Action.APPRAISE: ("Kết luận đánh giá lại", "QĐ 212, 16.5b"),
    Action.SEE_DISPOSALS: ("Xem việc hủy và dấu vết lưu lại", "TT 06/2025"),
    Action.LIST_DISPOSAL: ("Lập danh mục hồ sơ hết giá trị", "TT 06/2025"),
    Action.DECIDE_DISPOSAL: ("Quyết định hủy", "Luật 33/2024, Đ16"),
    Action.EXECUTE_DISPOSAL: ("Thực hiện hủy", "QĐ 212, 16.5c"),
    Action.HAND_TO_HISTORY: ("Nộp hồ sơ vào lưu trữ lịch sử", "Luật 33/2024"),
    Action.MANAGE_PEOPLE: ("Quản trị tài khoản, vai trò", "QĐ 04/2017, 7.1; QĐ 03/2014, 8.4"),
    Action.MANAGE_ORGAN: (
        "Đặt đơn vị, quy định, lịch, thiết bị ký số",
        "QĐ 04/2017, 9; QĐ 114, 8.2",
    ),
    Action.SEE_HEALTH: ("Xem tình trạng hệ thống", "QĐ 03/2014, 8.4"),
    Action.READ_STORY: ("Đọc nhật ký", "NĐ 30, PL VI, IV"),
    Action.VERIFY_STORY: ("Kiểm tra tính toàn vẹn của nhật ký", "NĐ 30, PL VI, IV"),
}
