"""Five public regulations, article by article: texts that `relevance.py` looks for.

Kon Tum 04/2017/QĐ-UBND, Tiền Giang 03/2014/QĐ-UBND, Điện Biên 530/QĐ-SXD, Hồ Chí Minh City
212/QĐ-VP and Tây Ninh 114/QĐ-STC, as they were published, without page numbers and signers.
"""

import re
from pathlib import Path

HERE = Path(__file__).parent
NAMES = ("03-2014-qd-ubnd", "04-2017-qd-ubnd", "114-qd-stc", "212-qd-vp", "530-qd-sxd")
_ARTICLE = re.compile(r"^(?=Điều \d+[.:])", re.MULTILINE)


def articles(name: str) -> list[str]:
    """What stands before the first article, then each article; lines as they were."""
    text = (HERE / f"{name}.txt").read_text(encoding="utf-8")
    return [one.strip() for one in _ARTICLE.split(text) if one.strip()]
