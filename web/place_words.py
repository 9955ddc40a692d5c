"""The places of content by their Vietnamese names: forms speak Vietnamese."""

PLACE_NAMES = {
    "store": "Kho tệp",
    "work area": "Vùng xử lý",
    "quarantine": "Vùng cách ly",
    "page pictures": "Hình ảnh trang",
    "index": "Chỉ mục tìm kiếm",
    "rows": "Dữ liệu mô tả trong cơ sở dữ liệu",
    "tombstones": "Dấu vết lưu lại",
    "words of the story": "Nội dung trong nhật ký",
    "pages of the database": "Tệp của cơ sở dữ liệu",
    "temporary folders": "Thư mục tạm",
    "whole copies": "Bản sao toàn bộ hồ sơ",
    "folders for the historical archive": "Thư mục giao lưu trữ lịch sử",
    "exports and backups": "Bản đã xuất ra và bản sao lưu",
}
