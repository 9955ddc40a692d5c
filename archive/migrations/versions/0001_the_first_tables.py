"""The first tables."""

from alembic import op
import sqlalchemy as sa
import archive.database

revision = '0001'
down_revision = None


def upgrade() -> None:
    op.create_table('chain_head',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('last_id', sa.Integer(), nullable=False),
    sa.Column('link', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chain_head'))
    )
    op.create_table('event',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('action', sa.Text(), nullable=False),
    sa.Column('door', sa.Text(), nullable=False),
    sa.Column('organ_id', sa.Integer(), nullable=True),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('principal_id', sa.Integer(), nullable=True),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('subject_type', sa.Text(), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=True),
    sa.Column('subject_code', sa.Text(), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('words_digest', sa.Text(), nullable=True),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('link', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event'))
    )
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_event_action'), ['action'], unique=False)
        batch_op.create_index(batch_op.f('ix_event_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_event_organ_id'), ['organ_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_event_person_id'), ['person_id'], unique=False)
        batch_op.create_index('ix_event_subject', ['subject_type', 'subject_id', 'id'], unique=False)

    op.create_table('organ',
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('zone', sa.Text(), nullable=False),
    sa.Column('read_policy', sa.Text(), nullable=False),
    sa.Column('signature_layout', sa.Text(), nullable=False),
    sa.Column('refuse_bad_signatures', sa.Boolean(), nullable=False),
    sa.Column('successor_id', sa.Integer(), nullable=True),
    sa.Column('opened_on', sa.Date(), nullable=True),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("read_policy in ('open', 'unit', 'assigned')", name=op.f('ck_organ_read_policy')),
    sa.CheckConstraint('closed_on is null or opened_on <= closed_on', name=op.f('ck_organ_dates')),
    sa.CheckConstraint('length(code) between 1 and 35', name=op.f('ck_organ_code_length')),
    sa.ForeignKeyConstraint(['successor_id'], ['organ.id'], name=op.f('fk_organ_successor_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organ')),
    sa.UniqueConstraint('code', name=op.f('uq_organ_code'))
    )
    op.create_table('role',
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('actions', sa.JSON(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role')),
    sa.UniqueConstraint('code', name=op.f('uq_role_code'))
    )
    op.create_table('code_series',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_code_series_organ_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_code_series')),
    sa.UniqueConstraint('organ_id', 'year', name=op.f('uq_code_series_organ_id_year'))
    )
    op.create_table('event_row',
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('row_id', sa.Integer(), nullable=False),
    sa.Column('row_digest', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_event_row_event_id')),
    sa.PrimaryKeyConstraint('event_id', 'kind', 'row_id', name=op.f('pk_event_row'))
    )
    with op.batch_alter_table('event_row', schema=None) as batch_op:
        batch_op.create_index('ix_event_row_row', ['kind', 'row_id', 'event_id'], unique=False)

    op.create_table('event_words',
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('salt', sa.Text(), nullable=False),
    sa.Column('words', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_event_words_event_id')),
    sa.PrimaryKeyConstraint('event_id', name=op.f('pk_event_words'))
    )
    op.create_table('fonds',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('history', sa.Text(), nullable=False),
    sa.Column('archives_time', sa.Text(), nullable=False),
    sa.Column('key_groups', sa.Text(), nullable=False),
    sa.Column('other_types', sa.Text(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('lookup_tools', sa.Text(), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('opened_on', sa.Date(), nullable=True),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint('closed_on is null or opened_on <= closed_on', name=op.f('ck_fonds_dates')),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_fonds_organ_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fonds')),
    sa.UniqueConstraint('organ_id', 'code', name=op.f('uq_fonds_organ_id_code'))
    )
    with op.batch_alter_table('fonds', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_fonds_organ_id'), ['organ_id'], unique=False)

    op.create_table('organ_code',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint('length(code) between 1 and 35', name=op.f('ck_organ_code_code_length')),
    sa.CheckConstraint('valid_to is null or valid_from <= valid_to', name=op.f('ck_organ_code_dates')),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_organ_code_organ_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organ_code')),
    sa.UniqueConstraint('code', 'valid_from', name=op.f('uq_organ_code_code_valid_from'))
    )
    with op.batch_alter_table('organ_code', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_organ_code_organ_id'), ['organ_id'], unique=False)

    op.create_table('seal_certificate',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('fingerprint', sa.Text(), nullable=False),
    sa.Column('pem', sa.Text(), nullable=False),
    sa.Column('is_trial', sa.Boolean(), nullable=False),
    sa.Column('first_used_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_seal_certificate_organ_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_seal_certificate')),
    sa.UniqueConstraint('organ_id', 'fingerprint', name=op.f('uq_seal_certificate_organ_id_fingerprint'))
    )
    with op.batch_alter_table('seal_certificate', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_seal_certificate_organ_id'), ['organ_id'], unique=False)

    op.create_table('unit',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_unit_organ_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unit')),
    sa.UniqueConstraint('organ_id', 'code', name=op.f('uq_unit_organ_id_code'))
    )
    with op.batch_alter_table('unit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_unit_organ_id'), ['organ_id'], unique=False)

    op.create_table('file_plan_entry',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('heading_number', sa.Text(), nullable=False),
    sa.Column('notation', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('maintenance', sa.Text(), nullable=False),
    sa.Column('creator', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint('year between 1000 and 9999', name=op.f('ck_file_plan_entry_year')),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_file_plan_entry_organ_id')),
    sa.ForeignKeyConstraint(['parent_id'], ['file_plan_entry.id'], name=op.f('fk_file_plan_entry_parent_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_file_plan_entry_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_file_plan_entry'))
    )
    with op.batch_alter_table('file_plan_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_file_plan_entry_organ_id'), ['organ_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_file_plan_entry_parent_id'), ['parent_id'], unique=False)
        batch_op.create_index('ix_file_plan_entry_place', ['organ_id', 'year', 'position'], unique=False)

    op.create_table('person',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('user_name', sa.Text(), nullable=False),
    sa.Column('full_name', sa.Text(), nullable=False),
    sa.Column('position', sa.Text(), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('password_hash', sa.Text(), nullable=False),
    sa.Column('must_change_password', sa.Boolean(), nullable=False),
    sa.Column('locked_from', sa.Date(), nullable=True),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('failed_sign_ins', sa.Integer(), nullable=False),
    sa.Column('locked_until', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('last_seen_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('created_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_person_organ_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_person_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person')),
    sa.UniqueConstraint('user_name', name=op.f('uq_person_user_name'))
    )
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_person_organ_id'), ['organ_id'], unique=False)

    op.create_table('appointment',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('role_id', sa.Integer(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint('until_on is null or from_on <= until_on', name=op.f('ck_appointment_dates')),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_appointment_organ_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_appointment_person_id')),
    sa.ForeignKeyConstraint(['role_id'], ['role.id'], name=op.f('fk_appointment_role_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_appointment')),
    sa.UniqueConstraint('person_id', 'organ_id', 'role_id', 'from_on', name=op.f('uq_appointment_person_id_organ_id_role_id_from_on'))
    )
    with op.batch_alter_table('appointment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_appointment_organ_id'), ['organ_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_appointment_person_id'), ['person_id'], unique=False)

    op.create_table('case_file',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('fonds_id', sa.Integer(), nullable=True),
    sa.Column('plan_entry_id', sa.Integer(), nullable=True),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('holder_id', sa.Integer(), nullable=True),
    sa.Column('stage', sa.Text(), nullable=False),
    sa.Column('access_level', sa.Text(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('organ_code', sa.Text(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('notation', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('maintenance', sa.Text(), nullable=False),
    sa.Column('rights', sa.Text(), nullable=False),
    sa.Column('creator', sa.Text(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('start_date', sa.Date(), nullable=True),
    sa.Column('end_date', sa.Date(), nullable=True),
    sa.Column('document_total', sa.Integer(), nullable=True),
    sa.Column('page_total', sa.Integer(), nullable=True),
    sa.Column('sheet_total', sa.Integer(), nullable=True),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('keyword', sa.Text(), nullable=False),
    sa.Column('infor_sign', sa.Text(), nullable=False),
    sa.Column('physical_state', sa.Text(), nullable=False),
    sa.Column('confidence_level', sa.Text(), nullable=False),
    sa.Column('paper_file_code', sa.Text(), nullable=False),
    sa.Column('risk_recovery', sa.Boolean(), nullable=False),
    sa.Column('risk_recovery_status', sa.Text(), nullable=False),
    sa.Column('supplementary', sa.JSON(), nullable=False),
    sa.Column('opened_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("access_level in ('organ', 'unit', 'assigned')", name=op.f('ck_case_file_access_level')),
    sa.CheckConstraint("stage in ('planned', 'open', 'closed', 'submitted', 'returned', 'accepted')", name=op.f('ck_case_file_stage')),
    sa.CheckConstraint('end_date is null or start_date <= end_date', name=op.f('ck_case_file_dates')),
    sa.CheckConstraint('length(notation) > 0', name=op.f('ck_case_file_notation')),
    sa.CheckConstraint('year between 1000 and 9999', name=op.f('ck_case_file_year')),
    sa.ForeignKeyConstraint(['fonds_id'], ['fonds.id'], name=op.f('fk_case_file_fonds_id')),
    sa.ForeignKeyConstraint(['holder_id'], ['person.id'], name=op.f('fk_case_file_holder_id')),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_case_file_organ_id')),
    sa.ForeignKeyConstraint(['plan_entry_id'], ['file_plan_entry.id'], name=op.f('fk_case_file_plan_entry_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_case_file_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_file')),
    sa.UniqueConstraint('organ_id', 'organ_code', 'year', 'notation', name=op.f('uq_case_file_organ_id_organ_code_year_notation'))
    )
    with op.batch_alter_table('case_file', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_case_file_code'), ['code'], unique=False)
        batch_op.create_index(batch_op.f('ix_case_file_organ_id'), ['organ_id'], unique=False)

    op.create_table('document',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('direction', sa.Text(), nullable=False),
    sa.Column('file_ordinal', sa.Integer(), nullable=True),
    sa.Column('type_name', sa.Text(), nullable=False),
    sa.Column('code_number', sa.Text(), nullable=False),
    sa.Column('code_notation', sa.Text(), nullable=False),
    sa.Column('issued_date', sa.Date(), nullable=True),
    sa.Column('organ_name', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('page_amount', sa.Integer(), nullable=True),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('signer_position', sa.Text(), nullable=False),
    sa.Column('signer_name', sa.Text(), nullable=False),
    sa.Column('recipients', sa.JSON(), nullable=False),
    sa.Column('priority', sa.Integer(), nullable=True),
    sa.Column('issued_amount', sa.Integer(), nullable=True),
    sa.Column('due_date', sa.Date(), nullable=True),
    sa.Column('arrival_date', sa.Date(), nullable=True),
    sa.Column('arrival_number', sa.Integer(), nullable=True),
    sa.Column('to_places', sa.Text(), nullable=False),
    sa.Column('trace_header_list', sa.Text(), nullable=False),
    sa.Column('doc_code', sa.Text(), nullable=False),
    sa.Column('maintenance', sa.Text(), nullable=False),
    sa.Column('infor_sign', sa.Text(), nullable=False),
    sa.Column('keyword', sa.Text(), nullable=False),
    sa.Column('mode', sa.Text(), nullable=False),
    sa.Column('confidence_level', sa.Text(), nullable=False),
    sa.Column('autograph', sa.Text(), nullable=False),
    sa.Column('physical_state', sa.Text(), nullable=False),
    sa.Column('process', sa.Boolean(), nullable=True),
    sa.Column('risk_recovery', sa.Boolean(), nullable=False),
    sa.Column('risk_recovery_status', sa.Text(), nullable=False),
    sa.Column('completeness', sa.Text(), nullable=False),
    sa.Column('elsewhere', sa.Text(), nullable=False),
    sa.Column('is_scan_of_signed_paper', sa.Boolean(), nullable=False),
    sa.Column('supplementary', sa.JSON(), nullable=False),
    sa.Column('mending', sa.Text(), nullable=True),
    sa.Column('shelved_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('shelved_by_id', sa.Integer(), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('indexed_revision', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("completeness in ('full', 'main_text', 'first_page')", name=op.f('ck_document_completeness')),
    sa.CheckConstraint("direction in ('incoming', 'outgoing', 'internal', 'other')", name=op.f('ck_document_direction')),
    sa.CheckConstraint('length(code) > 0', name=op.f('ck_document_code')),
    sa.CheckConstraint('page_amount is null or page_amount >= 0', name=op.f('ck_document_page_amount')),
    sa.CheckConstraint('priority is null or priority between 0 and 4', name=op.f('ck_document_priority')),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_document_organ_id')),
    sa.ForeignKeyConstraint(['shelved_by_id'], ['person.id'], name=op.f('fk_document_shelved_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_document')),
    sa.UniqueConstraint('code', name=op.f('uq_document_code'))
    )
    with op.batch_alter_table('document', schema=None) as batch_op:
        batch_op.create_index('ix_document_behind', ['id'], unique=False, sqlite_where=sa.text('indexed_revision < revision'), postgresql_where=sa.text('indexed_revision < revision'))
        batch_op.create_index(batch_op.f('ix_document_issued_date'), ['issued_date'], unique=False)
        batch_op.create_index(batch_op.f('ix_document_organ_id'), ['organ_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_document_shelved_at'), ['shelved_at'], unique=False)

    op.create_table('sign_in',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('secret_digest', sa.Text(), nullable=False),
    sa.Column('created_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('expires_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('last_used_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('ended_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind in ('session', 'token')", name=op.f('ck_sign_in_kind')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_sign_in_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in')),
    sa.UniqueConstraint('secret_digest', name=op.f('uq_sign_in_secret_digest'))
    )
    with op.batch_alter_table('sign_in', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sign_in_person_id'), ['person_id'], unique=False)

    op.create_table('access_grant',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('case_file_id', sa.Integer(), nullable=True),
    sa.Column('document_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('granted_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('until', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint('(case_file_id is null) != (document_id is null)', name=op.f('ck_access_grant_one_thing')),
    sa.ForeignKeyConstraint(['case_file_id'], ['case_file.id'], name=op.f('fk_access_grant_case_file_id')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_access_grant_document_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_access_grant_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_access_grant'))
    )
    with op.batch_alter_table('access_grant', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_access_grant_case_file_id'), ['case_file_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_access_grant_document_id'), ['document_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_access_grant_person_id'), ['person_id'], unique=False)

    op.create_table('freeze',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('case_file_id', sa.Integer(), nullable=True),
    sa.Column('document_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('placed_by_id', sa.Integer(), nullable=False),
    sa.Column('placed_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('lifted_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint('(case_file_id is null) != (document_id is null)', name=op.f('ck_freeze_one_thing')),
    sa.ForeignKeyConstraint(['case_file_id'], ['case_file.id'], name=op.f('fk_freeze_case_file_id')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_freeze_document_id')),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_freeze_organ_id')),
    sa.ForeignKeyConstraint(['placed_by_id'], ['person.id'], name=op.f('fk_freeze_placed_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_freeze'))
    )
    with op.batch_alter_table('freeze', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_freeze_case_file_id'), ['case_file_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_freeze_document_id'), ['document_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_freeze_organ_id'), ['organ_id'], unique=False)

    op.create_table('part',
    sa.Column('document_id', sa.Integer(), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('file_name', sa.Text(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('pages', sa.Integer(), nullable=True),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('mending', sa.Text(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("role in ('main', 'annex', 'companion', 'attachment')", name=op.f('ck_part_role')),
    sa.CheckConstraint('length(digest) = 64', name=op.f('ck_part_digest')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_part_document_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_part')),
    sa.UniqueConstraint('document_id', 'ordinal', name=op.f('uq_part_document_id_ordinal'))
    )
    with op.batch_alter_table('part', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_part_digest'), ['digest'], unique=False)
        batch_op.create_index(batch_op.f('ix_part_document_id'), ['document_id'], unique=False)

    op.create_table('intake',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('received_by_id', sa.Integer(), nullable=True),
    sa.Column('received_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('door', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('case_file_id', sa.Integer(), nullable=True),
    sa.Column('fields', sa.JSON(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('next_step', sa.Text(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('document_id', sa.Integer(), nullable=True),
    sa.Column('is_quarantined', sa.Boolean(), nullable=False),
    sa.Column('mends_part_id', sa.Integer(), nullable=True),
    sa.Column('claim', sa.Text(), nullable=True),
    sa.Column('claimed_until', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('try_after', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('queued_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('progress', sa.JSON(), nullable=False),
    sa.Column('trouble', sa.Text(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("(state = 'shelved') = (document_id is not null)", name=op.f('ck_intake_shelved')),
    sa.CheckConstraint("state in ('received', 'waiting', 'refused', 'stuck', 'shelved', 'discarded')", name=op.f('ck_intake_state')),
    sa.CheckConstraint('length(digest) = 64', name=op.f('ck_intake_digest')),
    sa.ForeignKeyConstraint(['case_file_id'], ['case_file.id'], name=op.f('fk_intake_case_file_id')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_intake_document_id')),
    sa.ForeignKeyConstraint(['mends_part_id'], ['part.id'], name=op.f('fk_intake_mends_part_id')),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_intake_organ_id')),
    sa.ForeignKeyConstraint(['received_by_id'], ['person.id'], name=op.f('fk_intake_received_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_intake'))
    )
    with op.batch_alter_table('intake', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_intake_digest'), ['digest'], unique=False)
        batch_op.create_index(batch_op.f('ix_intake_mends_part_id'), ['mends_part_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_intake_organ_id'), ['organ_id'], unique=False)
        batch_op.create_index('ix_intake_road', ['state', 'next_step', 'queued_at'], unique=False)

    op.create_table('placement',
    sa.Column('case_file_id', sa.Integer(), nullable=False),
    sa.Column('document_id', sa.Integer(), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('placed_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['case_file_id'], ['case_file.id'], name=op.f('fk_placement_case_file_id')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_placement_document_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_placement')),
    sa.UniqueConstraint('case_file_id', 'document_id', name=op.f('uq_placement_case_file_id_document_id')),
    sa.UniqueConstraint('case_file_id', 'ordinal', name=op.f('uq_placement_case_file_id_ordinal'))
    )
    with op.batch_alter_table('placement', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_placement_case_file_id'), ['case_file_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_placement_document_id'), ['document_id'], unique=False)

    op.create_table('intake_file',
    sa.Column('intake_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('step', sa.Text(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['intake_id'], ['intake.id'], name=op.f('fk_intake_file_intake_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_intake_file'))
    )
    with op.batch_alter_table('intake_file', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_intake_file_digest'), ['digest'], unique=False)
        batch_op.create_index(batch_op.f('ix_intake_file_intake_id'), ['intake_id'], unique=False)

    op.create_table('rendition',
    sa.Column('part_id', sa.Integer(), nullable=False),
    sa.Column('document_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('mime', sa.Text(), nullable=False),
    sa.Column('puid', sa.Text(), nullable=False),
    sa.Column('made_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('replaced_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint('length(digest) = 64', name=op.f('ck_rendition_digest')),
    sa.CheckConstraint('size >= 0', name=op.f('ck_rendition_size')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_rendition_document_id')),
    sa.ForeignKeyConstraint(['part_id'], ['part.id'], name=op.f('fk_rendition_part_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rendition'))
    )
    with op.batch_alter_table('rendition', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_rendition_digest'), ['digest'], unique=False)
        batch_op.create_index(batch_op.f('ix_rendition_document_id'), ['document_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_rendition_part_id'), ['part_id'], unique=False)


    op.execute("insert into chain_head (id, last_id, link) values (1, 0, '" + "0" * 64 + "')")
    for statement in _final_events(op.get_bind().dialect.name):
        op.execute(statement)


def _final_events(dialect: str) -> list[str]:
    """Events are only ever added to; the database itself says so."""
    if dialect == "sqlite":
        return [
            f"create trigger event_is_final_{verb} before {verb} on event begin "
            "select raise(abort, 'events are final'); end"
            for verb in ("update", "delete")
        ]
    return [
        "create function event_is_final() returns trigger language plpgsql as $$ "
        "begin raise exception 'events are final'; end $$",
        *(
            f"create trigger event_is_final_{verb} before {verb} on event "
            "for each row execute function event_is_final()"
            for verb in ("update", "delete")
        ),
    ]


def downgrade() -> None:
    with op.batch_alter_table('rendition', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_rendition_part_id'))
        batch_op.drop_index(batch_op.f('ix_rendition_document_id'))
        batch_op.drop_index(batch_op.f('ix_rendition_digest'))

    op.drop_table('rendition')
    with op.batch_alter_table('intake_file', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_intake_file_intake_id'))
        batch_op.drop_index(batch_op.f('ix_intake_file_digest'))

    op.drop_table('intake_file')
    with op.batch_alter_table('placement', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_placement_document_id'))
        batch_op.drop_index(batch_op.f('ix_placement_case_file_id'))

    op.drop_table('placement')
    with op.batch_alter_table('intake', schema=None) as batch_op:
        batch_op.drop_index('ix_intake_road')
        batch_op.drop_index(batch_op.f('ix_intake_organ_id'))
        batch_op.drop_index(batch_op.f('ix_intake_mends_part_id'))
        batch_op.drop_index(batch_op.f('ix_intake_digest'))

    op.drop_table('intake')
    with op.batch_alter_table('part', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_part_document_id'))
        batch_op.drop_index(batch_op.f('ix_part_digest'))

    op.drop_table('part')
    with op.batch_alter_table('freeze', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_freeze_organ_id'))
        batch_op.drop_index(batch_op.f('ix_freeze_document_id'))
        batch_op.drop_index(batch_op.f('ix_freeze_case_file_id'))

    op.drop_table('freeze')
    with op.batch_alter_table('access_grant', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_access_grant_person_id'))
        batch_op.drop_index(batch_op.f('ix_access_grant_document_id'))
        batch_op.drop_index(batch_op.f('ix_access_grant_case_file_id'))

    op.drop_table('access_grant')
    with op.batch_alter_table('sign_in', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sign_in_person_id'))

    op.drop_table('sign_in')
    with op.batch_alter_table('document', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_document_shelved_at'))
        batch_op.drop_index(batch_op.f('ix_document_organ_id'))
        batch_op.drop_index(batch_op.f('ix_document_issued_date'))
        batch_op.drop_index('ix_document_behind', sqlite_where=sa.text('indexed_revision < revision'), postgresql_where=sa.text('indexed_revision < revision'))

    op.drop_table('document')
    with op.batch_alter_table('case_file', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_case_file_organ_id'))
        batch_op.drop_index(batch_op.f('ix_case_file_code'))

    op.drop_table('case_file')
    with op.batch_alter_table('appointment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_appointment_person_id'))
        batch_op.drop_index(batch_op.f('ix_appointment_organ_id'))

    op.drop_table('appointment')
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_person_organ_id'))

    op.drop_table('person')
    with op.batch_alter_table('file_plan_entry', schema=None) as batch_op:
        batch_op.drop_index('ix_file_plan_entry_place')
        batch_op.drop_index(batch_op.f('ix_file_plan_entry_parent_id'))
        batch_op.drop_index(batch_op.f('ix_file_plan_entry_organ_id'))

    op.drop_table('file_plan_entry')
    with op.batch_alter_table('unit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_unit_organ_id'))

    op.drop_table('unit')
    with op.batch_alter_table('seal_certificate', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_seal_certificate_organ_id'))

    op.drop_table('seal_certificate')
    with op.batch_alter_table('organ_code', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_organ_code_organ_id'))

    op.drop_table('organ_code')
    with op.batch_alter_table('fonds', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_fonds_organ_id'))

    op.drop_table('fonds')
    op.drop_table('event_words')
    with op.batch_alter_table('event_row', schema=None) as batch_op:
        batch_op.drop_index('ix_event_row_row')

    op.drop_table('event_row')
    op.drop_table('code_series')
    op.drop_table('role')
    op.drop_table('organ')
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.drop_index('ix_event_subject')
        batch_op.drop_index(batch_op.f('ix_event_person_id'))
        batch_op.drop_index(batch_op.f('ix_event_organ_id'))
        batch_op.drop_index(batch_op.f('ix_event_at'))
        batch_op.drop_index(batch_op.f('ix_event_action'))

    op.drop_table('event')
    op.drop_table('chain_head')
