"""The certificate of a destruction as people read it; what machines read lies inside the file."""

from datetime import date, datetime
from typing import Any

from web.forms import Form
from web.place_words import PLACE_NAMES

MOST_LINES = 1000
CAUSES = {"expired": "Hết thời hạn lưu trữ", "duplicate": "Trùng lặp"}
OUTCOMES = {"destroyed": "Đã hủy", "keep": "Giữ lại", "omitted": "Để lại, không hủy"}
PERSONS = {
    "list": "Người lập danh mục",
    "decision": "Người quyết định hủy",
    "execution": "Người thực hiện hủy",
    "keeper": "Người bàn giao",
}


def form_of(told: dict[str, Any]) -> Form:
    """The printed form of what a certificate says."""
    lines = told["lines"]
    documents = [one for line in lines for one in line["documents"]]
    gone = [one for one in documents if one["outcome"] == "destroyed"]
    return Form(
        name=f"giay-chung-nhan-huy-{told['disposal']}",
        title=f"Giấy chứng nhận hủy {told['disposal']}",
        template="certificate.html",
        told={
            "told": told,
            "organ": told["organ"]["name"],
            "made_on": datetime.fromisoformat(told["made_at"]).date(),
            "decided_on": _day(told["decision"]["date"]),
            "persons": [(PERSONS[part], one) for part, one in told["persons"].items()],
            "lines": lines[:MOST_LINES],
            "causes": CAUSES,
            "outcomes": OUTCOMES,
            "line_total": len(lines),
            "gone_lines": sum(1 for one in lines if one["outcome"] == "destroyed"),
            "gone_total": len(gone),
            "untitled": any(not one["title"] and one["outcome"] == "destroyed" for one in lines),
            "paper_gone": sum(one["on_paper"] and one["outcome"] == "destroyed" for one in lines),
            "paper_on": _day(told["times"].get("paper_destroyed_on")),
            "kept": [one for one in documents if one["outcome"] != "destroyed" and one["kept_for"]],
            "pages": sum(one["pages"] for one in gone),
            "places": [
                {**one, "name": PLACE_NAMES.get(one["name"], one["name"])} for one in told["places"]
            ],
            "log_of_writes": next(
                (
                    one["proof"]["log_of_writes"]
                    for one in told["places"]
                    if "log_of_writes" in one.get("proof", {})
                ),
                "",
            ),
            "shared": sum(len(one.get("kept_for_others", {})) for one in told["places"]),
        },
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
