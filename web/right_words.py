"""Roles in words."""

from web.i18n import lazy_gettext as _l

ROLE_NAMES = {
    "administrator": _l("Administrator"),
    "archivist": _l("Archivist"),
    "clerk": _l("Clerk"),
    "officer": _l("Officer"),
    "head": _l("Head of the organ"),
    "auditor": _l("Auditor"),
}
