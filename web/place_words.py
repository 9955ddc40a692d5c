"""The places of content by their Vietnamese names: forms speak Vietnamese."""

from web.i18n import current_language

PLACE_NAMES = {
    "store": "Kho tệp",
    "work area": "Vùng xử lý",
    "quarantine": "Vùng cách ly",
    "page pictures": "Hình ảnh trang",
    "index": "Chỉ mục tìm kiếm",
    "rows": "Dữ liệu mô tả trong cơ sở dữ liệu",
    "tombstones": "Dấu vết lưu lại",
    "words of the story": "Nội dung trong nhật ký",
    "kept searches": "Tìm kiếm đã lưu",
    "pages of the database": "Tệp của cơ sở dữ liệu",
    "temporary folders": "Thư mục tạm",
    "whole copies": "Bản sao toàn bộ hồ sơ",
    "folders for the historical archive": "Thư mục giao lưu trữ lịch sử",
    "exports and backups": "Bản đã xuất ra và bản sao lưu",
}


def place_name(name: str) -> str:
    """A place of content in the language of the page; its stable name is English."""
    return name if current_language() == "en" else PLACE_NAMES.get(name, name)
