"""The pages as one Flask application: everything is wired here."""

from flask import Flask
from flask_bootstrap import Bootstrap5

from web import auth, closed, errors, i18n, lists, numbers, security
from web.api.application import register as register_api
from web.carets import pointed_at
from web.icons import icon
from web.names import about, counted, headline, number_of
from web.pages import (
    account,
    administration,
    alarms,
    appraisals,
    book_closing,
    calendar,
    case_file_life,
    case_files,
    custody,
    delegations,
    disposal_acts,
    disposal_council,
    disposals,
    document_finding,
    documents,
    drafts,
    duplicates,
    expiries,
    finding,
    forms,
    freezes,
    health,
    home,
    issuing,
    keeping,
    links,
    loans,
    mending,
    notices,
    papers,
    people,
    personal_file,
    plan_lines,
    plan_tables,
    plans,
    receipt,
    receiving,
    refusals,
    registering,
    registers,
    retention_of,
    rights,
    saved_searches,
    schedule,
    schedule_approving,
    schedule_tables,
    seal_picture,
    search_help,
    search_lists,
    staff_lists,
    submissions,
    tombstones,
    transfers,
    whole_copies,
)
from web.services import Services
from web.story_words import rendition_name

PAGES = (
    home,
    receiving,
    refusals,
    registering,
    registers,
    book_closing,
    issuing,
    case_files,
    case_file_life,
    papers,
    freezes,
    expiries,
    appraisals,
    duplicates,
    calendar,
    custody,
    loans,
    whole_copies,
    submissions,
    tombstones,
    receipt,
    keeping,
    transfers,
    disposals,
    disposal_council,
    disposal_acts,
    notices,
    plans,
    plan_lines,
    plan_tables,
    document_finding,
    documents,
    drafts,
    forms,
    links,
    mending,
    alarms,
    finding,
    search_help,
    search_lists,
    saved_searches,
    account,
    personal_file,
    health,
    people,
    staff_lists,
    delegations,
    administration,
    seal_picture,
    rights,
    schedule,
    schedule_approving,
    schedule_tables,
    retention_of,
)


def create_app(services: Services) -> Flask:
    """The application on an open archive. It holds no state of its own."""
    app = Flask(__name__)
    numbers.init_app(app)
    app.config.update(BOOTSTRAP_SERVE_LOCAL=True, JSON_AS_ASCII=False)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    auth.init_app(app, services)  # before forgery is looked for: nobody's uploads are not read
    closed.init_app(app, services)
    app.before_request(receiving.take_files)  # and before the form is read for its token
    security.init_app(app, services.settings)
    i18n.init_app(app)
    errors.init_app(app)
    Bootstrap5(app)
    app.jinja_env.globals.update(
        icon=icon,
        about=about,
        counted=counted,
        headline=headline,
        number_of=number_of,
        pointed_at=pointed_at,
        rendition_name=rendition_name,
        reason_of=lambda code: errors.words_for(code).what,
        to_page=lists.to_page,
    )
    app.context_processor(home.menu)
    for one in PAGES:
        app.register_blueprint(one.blueprint)
    security.limit_sign_in(app)
    register_api(app, services)
    return app
