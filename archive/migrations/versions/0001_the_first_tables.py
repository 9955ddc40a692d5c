"""The first tables."""

from alembic import op
import sqlalchemy as sa
import archive.database

revision = '0001_53844901'
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
        batch_op.create_index('ix_event_person', ['person_id', 'action', 'id'], unique=False)
        batch_op.create_index('ix_event_subject', ['subject_type', 'subject_id', 'id'], unique=False)

    op.create_table('organ',
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('zone', sa.Text(), nullable=False),
    sa.Column('read_policy', sa.Text(), nullable=False),
    sa.Column('signature_layout', sa.Text(), nullable=False),
    sa.Column('refuse_bad_signatures', sa.Boolean(), nullable=False),
    sa.Column('rules', sa.JSON(), nullable=False),
    sa.Column('index_from', sa.Integer(), nullable=True),
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
    sa.Column('custodian_id', sa.Integer(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint('closed_on is null or opened_on <= closed_on', name=op.f('ck_fonds_dates')),
    sa.ForeignKeyConstraint(['custodian_id'], ['organ.id'], name=op.f('fk_fonds_custodian_id')),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_fonds_organ_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fonds')),
    sa.UniqueConstraint('organ_id', 'code', name=op.f('uq_fonds_organ_id_code'))
    )
    with op.batch_alter_table('fonds', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_fonds_organ_id'), ['organ_id'], unique=False)

    op.create_table('holiday',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('is_working', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_holiday_organ_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_holiday')),
    sa.UniqueConstraint('organ_id', 'day', name=op.f('uq_holiday_organ_id_day'))
    )
    op.create_table('likeness_cursor',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('document_id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('looked_on', sa.Date(), nullable=True),
    sa.Column('looked', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_likeness_cursor_organ_id')),
    sa.PrimaryKeyConstraint('organ_id', name=op.f('pk_likeness_cursor'))
    )
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

    op.create_table('register',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('is_default', sa.Boolean(), nullable=False),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind in ('incoming', 'outgoing', 'copies')", name=op.f('ck_register_kind')),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_register_organ_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register')),
    sa.UniqueConstraint('organ_id', 'code', name=op.f('uq_register_organ_id_code'))
    )
    with op.batch_alter_table('register', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_register_organ_id'), ['organ_id'], unique=False)

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

    op.create_table('number_series',
    sa.Column('register_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.Column('whole_to', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['register_id'], ['register.id'], name=op.f('fk_number_series_register_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_number_series')),
    sa.UniqueConstraint('register_id', 'year', name=op.f('uq_number_series_register_id_year'))
    )
    op.create_table('person',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('user_name', sa.Text(), nullable=False),
    sa.Column('full_name', sa.Text(), nullable=False),
    sa.Column('name_key', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('position', sa.Text(), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('password_hash', sa.Text(), nullable=False),
    sa.Column('must_change_password', sa.Boolean(), nullable=False),
    sa.Column('birth_year', sa.Integer(), nullable=True),
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

    op.create_table('delegation',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('principal_id', sa.Integer(), nullable=False),
    sa.Column('delegate_id', sa.Integer(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=False),
    sa.Column('made_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('ended_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint('from_on <= until_on', name=op.f('ck_delegation_dates')),
    sa.CheckConstraint('principal_id != delegate_id', name=op.f('ck_delegation_two_people')),
    sa.ForeignKeyConstraint(['delegate_id'], ['person.id'], name=op.f('fk_delegation_delegate_id')),
    sa.ForeignKeyConstraint(['made_by_id'], ['person.id'], name=op.f('fk_delegation_made_by_id')),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_delegation_organ_id')),
    sa.ForeignKeyConstraint(['principal_id'], ['person.id'], name=op.f('fk_delegation_principal_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delegation'))
    )
    with op.batch_alter_table('delegation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_delegation_delegate_id'), ['delegate_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_delegation_organ_id'), ['organ_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_delegation_principal_id'), ['principal_id'], unique=False)

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
    sa.Column('alarm', sa.Text(), nullable=True),
    sa.Column('shelved_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('shelved_by_id', sa.Integer(), nullable=True),
    sa.Column('destroyed_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('indexed_revision', sa.Integer(), nullable=False),
    sa.Column('is_filed', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("alarm in ('suspected_secret', 'secret', 'infected')", name=op.f('ck_document_alarm')),
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
        batch_op.create_index('ix_document_alarm', ['organ_id', 'id', 'code'], unique=False, sqlite_where=sa.text('alarm is not null'), postgresql_where=sa.text('alarm is not null'))
        batch_op.create_index('ix_document_behind', ['id'], unique=False, sqlite_where=sa.text('indexed_revision < revision'), postgresql_where=sa.text('indexed_revision < revision'))
        batch_op.create_index('ix_document_doc_code', ['organ_id', 'doc_code', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_document_issued_date'), ['issued_date'], unique=False)
        batch_op.create_index('ix_document_maintenance', ['id', 'maintenance', 'code'], unique=False, sqlite_where=sa.text("maintenance != ''"), postgresql_where=sa.text("maintenance != ''"))
        batch_op.create_index('ix_document_mending', ['organ_id', 'id', 'code'], unique=False, sqlite_where=sa.text('mending is not null'), postgresql_where=sa.text('mending is not null'))
        batch_op.create_index('ix_document_number', ['organ_id', 'code_number', 'code_notation', 'issued_date', 'id'], unique=False)
        batch_op.create_index('ix_document_organ', ['organ_id', 'alarm', 'id', 'destroyed_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_document_shelved_at'), ['shelved_at'], unique=False)
        batch_op.create_index('ix_document_tray', ['organ_id', 'id'], unique=False, sqlite_where=sa.text('is_filed is 0'), postgresql_where=sa.text('is_filed is false'))

    op.create_table('file_plan',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('stage', sa.Text(), nullable=False),
    sa.Column('decision_number', sa.Text(), nullable=False),
    sa.Column('decision_date', sa.Date(), nullable=True),
    sa.Column('approved_by_id', sa.Integer(), nullable=True),
    sa.Column('approved_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("stage != 'approved' or (approved_by_id is not null and approved_at is not null)", name=op.f('ck_file_plan_approved')),
    sa.CheckConstraint("stage in ('draft', 'approved')", name=op.f('ck_file_plan_stage')),
    sa.CheckConstraint('year between 1000 and 9999', name=op.f('ck_file_plan_year')),
    sa.ForeignKeyConstraint(['approved_by_id'], ['person.id'], name=op.f('fk_file_plan_approved_by_id')),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_file_plan_organ_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_file_plan')),
    sa.UniqueConstraint('organ_id', 'year', name=op.f('uq_file_plan_organ_id_year'))
    )
    with op.batch_alter_table('file_plan', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_file_plan_organ_id'), ['organ_id'], unique=False)

    op.create_table('freeze_order',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('ordered_on', sa.Date(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('placed_by_id', sa.Integer(), nullable=False),
    sa.Column('placed_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('lift_number', sa.Text(), nullable=False),
    sa.Column('lift_reason', sa.Text(), nullable=False),
    sa.Column('lifted_by_id', sa.Integer(), nullable=True),
    sa.Column('lifted_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['lifted_by_id'], ['person.id'], name=op.f('fk_freeze_order_lifted_by_id')),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_freeze_order_organ_id')),
    sa.ForeignKeyConstraint(['placed_by_id'], ['person.id'], name=op.f('fk_freeze_order_placed_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_freeze_order'))
    )
    with op.batch_alter_table('freeze_order', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_freeze_order_organ_id'), ['organ_id'], unique=False)

    op.create_table('key_custody',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('token', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('holder_id', sa.Integer(), nullable=False),
    sa.Column('permission', sa.Text(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind in ('organ', 'person')", name=op.f('ck_key_custody_kind')),
    sa.CheckConstraint('until_on is null or from_on <= until_on', name=op.f('ck_key_custody_dates')),
    sa.ForeignKeyConstraint(['holder_id'], ['person.id'], name=op.f('fk_key_custody_holder_id')),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_key_custody_organ_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_key_custody'))
    )
    with op.batch_alter_table('key_custody', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_key_custody_organ_id'), ['organ_id'], unique=False)

    op.create_table('notice',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('made_on', sa.Date(), nullable=False),
    sa.Column('made_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('opened_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('acknowledged_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('message_id', sa.Text(), nullable=False),
    sa.Column('mailed_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('mail_tries', sa.Integer(), nullable=False),
    sa.Column('mail_trouble', sa.Text(), nullable=False),
    sa.Column('mail_after', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_notice_organ_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_notice_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice')),
    sa.UniqueConstraint('message_id', name=op.f('uq_notice_message_id'))
    )
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_notice_organ_id'), ['organ_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_notice_person_id'), ['person_id'], unique=False)
        batch_op.create_index('ix_notice_to_mail', ['id'], unique=False, sqlite_where=sa.text('mailed_at is null'), postgresql_where=sa.text('mailed_at is null'))

    op.create_table('refusal',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('refused_on', sa.Date(), nullable=False),
    sa.Column('refused_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('refused_by_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('reason_code', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('sender', sa.Text(), nullable=False),
    sa.Column('sender_email', sa.Text(), nullable=False),
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('answered_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('answer_tries', sa.Integer(), nullable=False),
    sa.Column('answer_after', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind in ('refused', 'returned')", name=op.f('ck_refusal_kind')),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_refusal_organ_id')),
    sa.ForeignKeyConstraint(['refused_by_id'], ['person.id'], name=op.f('fk_refusal_refused_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_refusal')),
    sa.UniqueConstraint('organ_id', 'year', 'number', name=op.f('uq_refusal_organ_id_year_number'))
    )
    with op.batch_alter_table('refusal', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_refusal_organ_id'), ['organ_id'], unique=False)
        batch_op.create_index('ix_refusal_to_tell', ['organ_id'], unique=False, sqlite_where=sa.text("answered_at is null and sender_email != ''"), postgresql_where=sa.text("answered_at is null and sender_email != ''"))

    op.create_table('retention_rule',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('group_name', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('term', sa.Text(), nullable=False),
    sa.Column('mandate', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('approved_by_id', sa.Integer(), nullable=True),
    sa.Column('approved_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('drafted_by_id', sa.Integer(), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("state != 'ended' or valid_to is not null", name=op.f('ck_retention_rule_ended')),
    sa.CheckConstraint("state = 'draft' or approved_at is not null", name=op.f('ck_retention_rule_approved')),
    sa.CheckConstraint("state in ('draft', 'in_force', 'ended')", name=op.f('ck_retention_rule_state')),
    sa.CheckConstraint('length(number) > 0 and length(title) > 0', name=op.f('ck_retention_rule_named')),
    sa.CheckConstraint('valid_to is null or valid_from <= valid_to', name=op.f('ck_retention_rule_dates')),
    sa.ForeignKeyConstraint(['approved_by_id'], ['person.id'], name=op.f('fk_retention_rule_approved_by_id')),
    sa.ForeignKeyConstraint(['drafted_by_id'], ['person.id'], name=op.f('fk_retention_rule_drafted_by_id')),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_retention_rule_organ_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_retention_rule')),
    sa.UniqueConstraint('organ_id', 'number', 'version', name=op.f('uq_retention_rule_organ_id_number_version'))
    )
    with op.batch_alter_table('retention_rule', schema=None) as batch_op:
        batch_op.create_index('ix_retention_rule_draft', ['organ_id', 'number'], unique=True, sqlite_where=sa.text("state = 'draft'"), postgresql_where=sa.text("state = 'draft'"))
        batch_op.create_index('ix_retention_rule_in_force', ['organ_id', 'number'], unique=True, sqlite_where=sa.text("state = 'in_force'"), postgresql_where=sa.text("state = 'in_force'"))

    op.create_table('saved_search',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('asked', sa.Text(), nullable=False),
    sa.Column('chosen', sa.JSON(), nullable=False),
    sa.Column('ordered', sa.Text(), nullable=False),
    sa.Column('saved_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint('length(name) > 0', name=op.f('ck_saved_search_name')),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_saved_search_organ_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_saved_search_person_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_saved_search_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_search')),
    sa.UniqueConstraint('organ_id', 'person_id', 'name', name=op.f('uq_saved_search_organ_id_person_id_name'))
    )
    with op.batch_alter_table('saved_search', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_saved_search_organ_id'), ['organ_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_saved_search_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_saved_search_unit_id'), ['unit_id'], unique=False)

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

    op.create_table('submission',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('condition', sa.Text(), nullable=False),
    sa.Column('boxes', sa.Integer(), nullable=True),
    sa.Column('metres', sa.Text(), nullable=False),
    sa.Column('submitted_by_id', sa.Integer(), nullable=False),
    sa.Column('submitted_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('delivered_by_id', sa.Integer(), nullable=True),
    sa.Column('delivered_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('received_by_id', sa.Integer(), nullable=True),
    sa.Column('received_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['delivered_by_id'], ['person.id'], name=op.f('fk_submission_delivered_by_id')),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_submission_organ_id')),
    sa.ForeignKeyConstraint(['received_by_id'], ['person.id'], name=op.f('fk_submission_received_by_id')),
    sa.ForeignKeyConstraint(['submitted_by_id'], ['person.id'], name=op.f('fk_submission_submitted_by_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_submission_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_submission')),
    sa.UniqueConstraint('code', name=op.f('uq_submission_code'))
    )
    with op.batch_alter_table('submission', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_submission_organ_id'), ['organ_id'], unique=False)

    op.create_table('submission_call',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('announced_on', sa.Date(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('announced_by_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['announced_by_id'], ['person.id'], name=op.f('fk_submission_call_announced_by_id')),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_submission_call_organ_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_submission_call')),
    sa.UniqueConstraint('organ_id', 'year', 'announced_on', name=op.f('uq_submission_call_organ_id_year_announced_on'))
    )
    with op.batch_alter_table('submission_call', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_submission_call_organ_id'), ['organ_id'], unique=False)

    op.create_table('transfer',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('receiver', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('condition', sa.Text(), nullable=False),
    sa.Column('stage', sa.Text(), nullable=False),
    sa.Column('planned_on', sa.Date(), nullable=False),
    sa.Column('registered_by_id', sa.Integer(), nullable=False),
    sa.Column('registered_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('exported_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('manifest', sa.Text(), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('confirmed_on', sa.Date(), nullable=True),
    sa.Column('confirmed_number', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('asked_by_id', sa.Integer(), nullable=True),
    sa.Column('export_state', sa.Text(), nullable=False),
    sa.Column('export_done', sa.Integer(), nullable=False),
    sa.Column('export_total', sa.Integer(), nullable=False),
    sa.Column('export_size', sa.BigInteger(), nullable=True),
    sa.Column('export_reason', sa.Text(), nullable=False),
    sa.Column('export_details', sa.JSON(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("export_state in ('', 'waiting', 'making', 'ready', 'failed', 'gone')", name=op.f('ck_transfer_export_state')),
    sa.CheckConstraint("stage != 'confirmed' or (confirmed_on is not null and length(confirmed_number) > 0)", name=op.f('ck_transfer_confirmed')),
    sa.CheckConstraint("stage in ('registered', 'exported', 'confirmed', 'given_up')", name=op.f('ck_transfer_stage')),
    sa.CheckConstraint("stage not in ('exported', 'confirmed') or (exported_at is not null and length(manifest) = 64)", name=op.f('ck_transfer_exported')),
    sa.CheckConstraint('length(receiver) > 0', name=op.f('ck_transfer_receiver')),
    sa.ForeignKeyConstraint(['asked_by_id'], ['person.id'], name=op.f('fk_transfer_asked_by_id')),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_transfer_organ_id')),
    sa.ForeignKeyConstraint(['registered_by_id'], ['person.id'], name=op.f('fk_transfer_registered_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_transfer')),
    sa.UniqueConstraint('code', name=op.f('uq_transfer_code'))
    )
    with op.batch_alter_table('transfer', schema=None) as batch_op:
        batch_op.create_index('ix_transfer_list', ['organ_id', 'stage', 'id'], unique=False)

    op.create_table('document_likeness',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('document_id', sa.Integer(), nullable=False),
    sa.Column('ground', sa.Text(), nullable=False),
    sa.Column('earlier_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("ground in ('digest', 'doc_code', 'number')", name=op.f('ck_document_likeness_ground')),
    sa.CheckConstraint('earlier_id < document_id', name=op.f('ck_document_likeness_earlier')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_document_likeness_document_id')),
    sa.ForeignKeyConstraint(['earlier_id'], ['document.id'], name=op.f('fk_document_likeness_earlier_id')),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_document_likeness_organ_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_document_likeness')),
    sa.UniqueConstraint('document_id', 'ground', name=op.f('uq_document_likeness_document_id_ground'))
    )
    with op.batch_alter_table('document_likeness', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_document_likeness_earlier_id'), ['earlier_id'], unique=False)
        batch_op.create_index('ix_document_likeness_list', ['organ_id', 'ground', 'document_id'], unique=False)

    op.create_table('document_link',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('from_id', sa.Integer(), nullable=False),
    sa.Column('to_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=True),
    sa.Column('made_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind in ('answers', 'relates', 'replaces', 'attachment', 'paper_twin')", name=op.f('ck_document_link_kind')),
    sa.CheckConstraint('from_id != to_id', name=op.f('ck_document_link_two_ends')),
    sa.ForeignKeyConstraint(['from_id'], ['document.id'], name=op.f('fk_document_link_from_id')),
    sa.ForeignKeyConstraint(['made_by_id'], ['person.id'], name=op.f('fk_document_link_made_by_id')),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_document_link_organ_id')),
    sa.ForeignKeyConstraint(['to_id'], ['document.id'], name=op.f('fk_document_link_to_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_document_link')),
    sa.UniqueConstraint('from_id', 'to_id', 'kind', name=op.f('uq_document_link_from_id_to_id_kind'))
    )
    with op.batch_alter_table('document_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_document_link_to_id'), ['to_id'], unique=False)

    op.create_table('file_plan_entry',
    sa.Column('plan_id', sa.Integer(), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('holder_id', sa.Integer(), nullable=True),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('heading_number', sa.Text(), nullable=False),
    sa.Column('notation', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('maintenance', sa.Text(), nullable=False),
    sa.Column('creator', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('taken_out_on', sa.Date(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['holder_id'], ['person.id'], name=op.f('fk_file_plan_entry_holder_id')),
    sa.ForeignKeyConstraint(['parent_id'], ['file_plan_entry.id'], name=op.f('fk_file_plan_entry_parent_id')),
    sa.ForeignKeyConstraint(['plan_id'], ['file_plan.id'], name=op.f('fk_file_plan_entry_plan_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_file_plan_entry_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_file_plan_entry'))
    )
    with op.batch_alter_table('file_plan_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_file_plan_entry_parent_id'), ['parent_id'], unique=False)
        batch_op.create_index('ix_file_plan_entry_place', ['plan_id', 'parent_id', 'position'], unique=False)
        batch_op.create_index(batch_op.f('ix_file_plan_entry_plan_id'), ['plan_id'], unique=False)
        batch_op.create_index('uq_file_plan_entry_notation', ['plan_id', 'notation'], unique=True, sqlite_where=sa.text("notation != '' and taken_out_on is null"), postgresql_where=sa.text("notation != '' and taken_out_on is null"))

    op.create_table('notice_item',
    sa.Column('notice_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('subject_type', sa.Text(), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=False),
    sa.Column('occasion', sa.Text(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_notice_item_notice_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_notice_item_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice_item')),
    sa.UniqueConstraint('person_id', 'kind', 'subject_type', 'subject_id', 'occasion', name=op.f('uq_notice_item_person_id_kind_subject_type_subject_id_occasion'))
    )
    with op.batch_alter_table('notice_item', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_notice_item_notice_id'), ['notice_id'], unique=False)
        batch_op.create_index('ix_notice_item_occasion', ['kind', 'occasion'], unique=False)
        batch_op.create_index('ix_notice_item_subject', ['subject_type', 'subject_id', 'kind'], unique=False)

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
        batch_op.create_index('ix_part_digest', ['digest', 'document_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_part_document_id'), ['document_id'], unique=False)

    op.create_table('personal_file_item',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('document_id', sa.Integer(), nullable=False),
    sa.Column('heading', sa.Text(), nullable=False),
    sa.Column('kept_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_personal_file_item_document_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_personal_file_item_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_personal_file_item')),
    sa.UniqueConstraint('person_id', 'document_id', name=op.f('uq_personal_file_item_person_id_document_id'))
    )
    with op.batch_alter_table('personal_file_item', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_personal_file_item_document_id'), ['document_id'], unique=False)

    op.create_table('recall',
    sa.Column('document_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('notice_number', sa.Text(), nullable=False),
    sa.Column('recalled_by_id', sa.Integer(), nullable=False),
    sa.Column('recalled_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('told_sender_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_recall_document_id')),
    sa.ForeignKeyConstraint(['recalled_by_id'], ['person.id'], name=op.f('fk_recall_recalled_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recall')),
    sa.UniqueConstraint('document_id', name=op.f('uq_recall_document_id'))
    )
    op.create_table('search_follower',
    sa.Column('saved_search_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('seen_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('is_daily', sa.Boolean(), nullable=False),
    sa.Column('told_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_search_follower_person_id')),
    sa.ForeignKeyConstraint(['saved_search_id'], ['saved_search.id'], name=op.f('fk_search_follower_saved_search_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_search_follower')),
    sa.UniqueConstraint('saved_search_id', 'person_id', name=op.f('uq_search_follower_saved_search_id_person_id'))
    )
    with op.batch_alter_table('search_follower', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_search_follower_person_id'), ['person_id'], unique=False)

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
    sa.Column('closed_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('accepted_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('is_construction', sa.Boolean(), nullable=False),
    sa.Column('settled_on', sa.Date(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('paper_state', sa.Text(), nullable=False),
    sa.Column('folded', sa.Text(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('indexed_revision', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("access_level in ('organ', 'unit', 'assigned')", name=op.f('ck_case_file_access_level')),
    sa.CheckConstraint("paper_state in ('', 'hybrid', 'converted_to_paper')", name=op.f('ck_case_file_paper_state')),
    sa.CheckConstraint("stage != 'accepted' or accepted_at is not null", name=op.f('ck_case_file_accepted')),
    sa.CheckConstraint("stage in ('planned', 'open', 'closed', 'submitted', 'returned', 'accepted', 'dropped', 'transferred', 'destroyed')", name=op.f('ck_case_file_stage')),
    sa.CheckConstraint("stage not in ('closed', 'submitted', 'accepted') or closed_at is not null", name=op.f('ck_case_file_closed')),
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
        batch_op.create_index('ix_case_file_accepted', ['organ_id', 'accepted_at', 'id'], unique=False, sqlite_where=sa.text("stage = 'accepted'"), postgresql_where=sa.text("stage = 'accepted'"))
        batch_op.create_index('ix_case_file_behind', ['id'], unique=False, sqlite_where=sa.text('indexed_revision < revision'), postgresql_where=sa.text('indexed_revision < revision'))
        batch_op.create_index('ix_case_file_by_stage', ['organ_id', 'stage', 'year', 'id', 'access_level', 'holder_id', 'unit_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_case_file_code'), ['code'], unique=False)
        batch_op.create_index('ix_case_file_due', ['organ_id', 'due_on', 'id'], unique=False, sqlite_where=sa.text("stage in ('closed', 'returned')"), postgresql_where=sa.text("stage in ('closed', 'returned')"))
        batch_op.create_index(batch_op.f('ix_case_file_fonds_id'), ['fonds_id'], unique=False)
        batch_op.create_index('ix_case_file_holder', ['holder_id', 'stage', 'due_on'], unique=False)
        batch_op.create_index('ix_case_file_list', ['organ_id', 'year', 'id', 'access_level', 'holder_id', 'unit_id', 'stage'], unique=False)
        batch_op.create_index(batch_op.f('ix_case_file_plan_entry_id'), ['plan_entry_id'], unique=False)
        batch_op.create_index('ix_case_file_stage', ['organ_id', 'stage', 'due_on', 'unit_id'], unique=False)
        batch_op.create_index('ix_case_file_unit', ['unit_id', 'organ_id'], unique=False)

    op.create_table('plan_rule',
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('rule_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['entry_id'], ['file_plan_entry.id'], name=op.f('fk_plan_rule_entry_id')),
    sa.ForeignKeyConstraint(['rule_id'], ['retention_rule.id'], name=op.f('fk_plan_rule_rule_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_rule')),
    sa.UniqueConstraint('entry_id', name=op.f('uq_plan_rule_entry_id'))
    )
    with op.batch_alter_table('plan_rule', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_plan_rule_rule_id'), ['rule_id'], unique=False)

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

    op.create_table('access_change',
    sa.Column('case_file_id', sa.Integer(), nullable=False),
    sa.Column('before', sa.Text(), nullable=False),
    sa.Column('after', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('asked_by_id', sa.Integer(), nullable=False),
    sa.Column('asked_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('is_confirmed', sa.Boolean(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['asked_by_id'], ['person.id'], name=op.f('fk_access_change_asked_by_id')),
    sa.ForeignKeyConstraint(['case_file_id'], ['case_file.id'], name=op.f('fk_access_change_case_file_id')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], name=op.f('fk_access_change_decided_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_access_change'))
    )
    with op.batch_alter_table('access_change', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_access_change_case_file_id'), ['case_file_id'], unique=False)

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

    op.create_table('appraisal',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('case_file_id', sa.Integer(), nullable=True),
    sa.Column('document_id', sa.Integer(), nullable=True),
    sa.Column('cause', sa.Text(), nullable=False),
    sa.Column('twin_id', sa.Integer(), nullable=True),
    sa.Column('twin_named_by_id', sa.Integer(), nullable=True),
    sa.Column('twin_confirmed_by_id', sa.Integer(), nullable=True),
    sa.Column('expires_on', sa.Date(), nullable=True),
    sa.Column('noticed_on', sa.Date(), nullable=False),
    sa.Column('notice_until', sa.Date(), nullable=False),
    sa.Column('stage', sa.Text(), nullable=False),
    sa.Column('verdict', sa.Text(), nullable=False),
    sa.Column('new_term', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('concluded_by_id', sa.Integer(), nullable=True),
    sa.Column('concluded_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('acknowledged_by_id', sa.Integer(), nullable=True),
    sa.Column('acknowledged_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('escalated_on', sa.Date(), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("(cause = 'duplicate') = (twin_id is not null) and (cause = 'expired') = (expires_on is not null)", name=op.f('ck_appraisal_caused')),
    sa.CheckConstraint("cause in ('expired', 'duplicate')", name=op.f('ck_appraisal_cause')),
    sa.CheckConstraint("stage in ('noticed', 'due', 'proposed', 'listed', 'kept', 'destroyed')", name=op.f('ck_appraisal_stage')),
    sa.CheckConstraint("stage not in ('proposed', 'listed', 'destroyed') or verdict = 'destroy'", name=op.f('ck_appraisal_proposed')),
    sa.CheckConstraint("verdict = '' or length(reason) > 0", name=op.f('ck_appraisal_reason')),
    sa.CheckConstraint("verdict in ('', 'extend', 'permanent', 'destroy')", name=op.f('ck_appraisal_verdict')),
    sa.CheckConstraint('(case_file_id is null) != (document_id is null)', name=op.f('ck_appraisal_one_thing')),
    sa.CheckConstraint('notice_until > noticed_on', name=op.f('ck_appraisal_notice')),
    sa.CheckConstraint('twin_id is null or twin_id != document_id', name=op.f('ck_appraisal_two_copies')),
    sa.CheckConstraint('twin_named_by_id != twin_confirmed_by_id', name=op.f('ck_appraisal_two_people')),
    sa.ForeignKeyConstraint(['acknowledged_by_id'], ['person.id'], name=op.f('fk_appraisal_acknowledged_by_id')),
    sa.ForeignKeyConstraint(['case_file_id'], ['case_file.id'], name=op.f('fk_appraisal_case_file_id')),
    sa.ForeignKeyConstraint(['concluded_by_id'], ['person.id'], name=op.f('fk_appraisal_concluded_by_id')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_appraisal_document_id')),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_appraisal_organ_id')),
    sa.ForeignKeyConstraint(['twin_confirmed_by_id'], ['person.id'], name=op.f('fk_appraisal_twin_confirmed_by_id')),
    sa.ForeignKeyConstraint(['twin_id'], ['document.id'], name=op.f('fk_appraisal_twin_id')),
    sa.ForeignKeyConstraint(['twin_named_by_id'], ['person.id'], name=op.f('fk_appraisal_twin_named_by_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_appraisal_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_appraisal'))
    )
    with op.batch_alter_table('appraisal', schema=None) as batch_op:
        batch_op.create_index('ix_appraisal_case_file', ['case_file_id', 'expires_on'], unique=False)
        batch_op.create_index('ix_appraisal_document', ['document_id'], unique=True, sqlite_where=sa.text("document_id is not null and stage not in ('kept', 'destroyed')"), postgresql_where=sa.text("document_id is not null and stage not in ('kept', 'destroyed')"))
        batch_op.create_index('ix_appraisal_live', ['case_file_id'], unique=True, sqlite_where=sa.text("case_file_id is not null and stage not in ('kept', 'destroyed')"), postgresql_where=sa.text("case_file_id is not null and stage not in ('kept', 'destroyed')"))
        batch_op.create_index('ix_appraisal_stage', ['organ_id', 'stage', 'expires_on', 'id'], unique=False)
        batch_op.create_index('ix_appraisal_twin', ['twin_id'], unique=False, sqlite_where=sa.text('twin_id is not null'), postgresql_where=sa.text('twin_id is not null'))

    op.create_table('carried_over',
    sa.Column('plan_id', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('case_file_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['case_file_id'], ['case_file.id'], name=op.f('fk_carried_over_case_file_id')),
    sa.ForeignKeyConstraint(['entry_id'], ['file_plan_entry.id'], name=op.f('fk_carried_over_entry_id')),
    sa.ForeignKeyConstraint(['plan_id'], ['file_plan.id'], name=op.f('fk_carried_over_plan_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_carried_over')),
    sa.UniqueConstraint('entry_id', name=op.f('uq_carried_over_entry_id')),
    sa.UniqueConstraint('plan_id', 'case_file_id', name=op.f('uq_carried_over_plan_id_case_file_id'))
    )
    with op.batch_alter_table('carried_over', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_carried_over_case_file_id'), ['case_file_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_carried_over_plan_id'), ['plan_id'], unique=False)

    op.create_table('case_file_word',
    sa.Column('word', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('case_file_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['case_file_id'], ['case_file.id'], name=op.f('fk_case_file_word_case_file_id')),
    sa.PrimaryKeyConstraint('word', 'case_file_id', name=op.f('pk_case_file_word'))
    )
    with op.batch_alter_table('case_file_word', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_case_file_word_case_file_id'), ['case_file_id'], unique=False)

    op.create_table('disposal',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('stage', sa.Text(), nullable=False),
    sa.Column('stopped_why', sa.Text(), nullable=False),
    sa.Column('formation', sa.Text(), nullable=False),
    sa.Column('condition', sa.Text(), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=False),
    sa.Column('made_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('root', sa.Text(), nullable=False),
    sa.Column('council_number', sa.Text(), nullable=False),
    sa.Column('council_date', sa.Date(), nullable=True),
    sa.Column('met_on', sa.Date(), nullable=True),
    sa.Column('is_appraisal_due', sa.Boolean(), nullable=True),
    sa.Column('appraisal_reason', sa.Text(), nullable=False),
    sa.Column('appraisal_number', sa.Text(), nullable=False),
    sa.Column('appraisal_date', sa.Date(), nullable=True),
    sa.Column('decision_number', sa.Text(), nullable=False),
    sa.Column('decision_date', sa.Date(), nullable=True),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('destroy_by', sa.Date(), nullable=True),
    sa.Column('executor_id', sa.Integer(), nullable=True),
    sa.Column('keeper_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('other_copies', sa.Text(), nullable=False),
    sa.Column('reconfirmed_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('reconfirmed_root', sa.Text(), nullable=False),
    sa.Column('handed_over_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('begun_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('destroyed_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('destroyed_on_paper', sa.Date(), nullable=True),
    sa.Column('certificate', sa.Text(), nullable=False),
    sa.Column('keeper_signed_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('executor_signed_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('dossier_id', sa.Integer(), nullable=True),
    sa.Column('closed_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('claim', sa.Text(), nullable=True),
    sa.Column('claimed_until', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('try_after', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('trouble', sa.Text(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("stage in ('listed', 'council', 'met', 'appraised', 'decided', 'prepared', 'reconfirmed', 'handed_over', 'executing', 'destroyed', 'closed', 'stopped')", name=op.f('ck_disposal_stage')),
    sa.CheckConstraint("stage not in ('decided', 'prepared', 'reconfirmed', 'handed_over', 'executing', 'destroyed', 'closed') or (decided_by_id is not null and decision_date is not null and length(root) = 64)", name=op.f('ck_disposal_decided')),
    sa.CheckConstraint("stage not in ('destroyed', 'closed') or (destroyed_at is not null and length(certificate) = 64)", name=op.f('ck_disposal_destroyed')),
    sa.CheckConstraint("stage not in ('reconfirmed', 'handed_over', 'executing', 'destroyed', 'closed') or (reconfirmed_at is not null and length(trim(reason)) > 0 and executor_id is not null)", name=op.f('ck_disposal_reconfirmed')),
    sa.CheckConstraint('decided_by_id != made_by_id', name=op.f('ck_disposal_list_and_decision')),
    sa.CheckConstraint('destroy_by is null or destroy_by > decision_date', name=op.f('ck_disposal_deadline')),
    sa.CheckConstraint('executor_id != decided_by_id', name=op.f('ck_disposal_decision_and_execution')),
    sa.CheckConstraint('executor_id != made_by_id', name=op.f('ck_disposal_list_and_execution')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], name=op.f('fk_disposal_decided_by_id')),
    sa.ForeignKeyConstraint(['dossier_id'], ['case_file.id'], name=op.f('fk_disposal_dossier_id')),
    sa.ForeignKeyConstraint(['executor_id'], ['person.id'], name=op.f('fk_disposal_executor_id')),
    sa.ForeignKeyConstraint(['keeper_id'], ['person.id'], name=op.f('fk_disposal_keeper_id')),
    sa.ForeignKeyConstraint(['made_by_id'], ['person.id'], name=op.f('fk_disposal_made_by_id')),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_disposal_organ_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_disposal')),
    sa.UniqueConstraint('code', name=op.f('uq_disposal_code'))
    )
    with op.batch_alter_table('disposal', schema=None) as batch_op:
        batch_op.create_index('ix_disposal_list', ['organ_id', 'stage', 'id'], unique=False)

    op.create_table('export_request',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('case_file_id', sa.Integer(), nullable=True),
    sa.Column('document_id', sa.Integer(), nullable=True),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('asked_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('is_allowed', sa.Boolean(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('until', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint('(case_file_id is null) != (document_id is null)', name=op.f('ck_export_request_one_thing')),
    sa.ForeignKeyConstraint(['case_file_id'], ['case_file.id'], name=op.f('fk_export_request_case_file_id')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], name=op.f('fk_export_request_decided_by_id')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_export_request_document_id')),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_export_request_organ_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_export_request_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_export_request'))
    )
    with op.batch_alter_table('export_request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_export_request_organ_id'), ['organ_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_export_request_person_id'), ['person_id'], unique=False)

    op.create_table('frozen',
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('case_file_id', sa.Integer(), nullable=True),
    sa.Column('document_id', sa.Integer(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint('(case_file_id is null) != (document_id is null)', name=op.f('ck_frozen_one_thing')),
    sa.ForeignKeyConstraint(['case_file_id'], ['case_file.id'], name=op.f('fk_frozen_case_file_id')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_frozen_document_id')),
    sa.ForeignKeyConstraint(['order_id'], ['freeze_order.id'], name=op.f('fk_frozen_order_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_frozen')),
    sa.UniqueConstraint('order_id', 'case_file_id', name=op.f('uq_frozen_order_id_case_file_id')),
    sa.UniqueConstraint('order_id', 'document_id', name=op.f('uq_frozen_order_id_document_id'))
    )
    with op.batch_alter_table('frozen', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_frozen_case_file_id'), ['case_file_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_frozen_document_id'), ['document_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_frozen_order_id'), ['order_id'], unique=False)

    op.create_table('kept_back',
    sa.Column('case_file_id', sa.Integer(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('consent_number', sa.Text(), nullable=False),
    sa.Column('consent_date', sa.Date(), nullable=False),
    sa.Column('consent_document_id', sa.Integer(), nullable=True),
    sa.Column('granted_by_id', sa.Integer(), nullable=False),
    sa.Column('granted_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['case_file_id'], ['case_file.id'], name=op.f('fk_kept_back_case_file_id')),
    sa.ForeignKeyConstraint(['consent_document_id'], ['document.id'], name=op.f('fk_kept_back_consent_document_id')),
    sa.ForeignKeyConstraint(['granted_by_id'], ['person.id'], name=op.f('fk_kept_back_granted_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_kept_back'))
    )
    with op.batch_alter_table('kept_back', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_kept_back_case_file_id'), ['case_file_id'], unique=False)

    op.create_table('loan',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('case_file_id', sa.Integer(), nullable=True),
    sa.Column('document_id', sa.Integer(), nullable=True),
    sa.Column('borrower_id', sa.Integer(), nullable=True),
    sa.Column('borrower', sa.Text(), nullable=False),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('approved_by', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=False),
    sa.Column('lent_by_id', sa.Integer(), nullable=False),
    sa.Column('lent_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('returned_on', sa.Date(), nullable=True),
    sa.Column('taken_back_by_id', sa.Integer(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint('(case_file_id is null) != (document_id is null)', name=op.f('ck_loan_one_thing')),
    sa.CheckConstraint('from_on <= until_on', name=op.f('ck_loan_dates')),
    sa.CheckConstraint('returned_on is null or from_on <= returned_on', name=op.f('ck_loan_returned')),
    sa.ForeignKeyConstraint(['borrower_id'], ['person.id'], name=op.f('fk_loan_borrower_id')),
    sa.ForeignKeyConstraint(['case_file_id'], ['case_file.id'], name=op.f('fk_loan_case_file_id')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_loan_document_id')),
    sa.ForeignKeyConstraint(['lent_by_id'], ['person.id'], name=op.f('fk_loan_lent_by_id')),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_loan_organ_id')),
    sa.ForeignKeyConstraint(['taken_back_by_id'], ['person.id'], name=op.f('fk_loan_taken_back_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_loan'))
    )
    with op.batch_alter_table('loan', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_loan_borrower_id'), ['borrower_id'], unique=False)
        batch_op.create_index('ix_loan_day', ['organ_id', 'from_on'], unique=False)
        batch_op.create_index('ix_loan_list', ['organ_id', 'returned_on', 'until_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_loan_organ_id'), ['organ_id'], unique=False)
        batch_op.create_index('uq_loan_case_file', ['case_file_id'], unique=True, sqlite_where=sa.text('returned_on is null and case_file_id is not null'), postgresql_where=sa.text('returned_on is null and case_file_id is not null'))
        batch_op.create_index('uq_loan_document', ['document_id'], unique=True, sqlite_where=sa.text('returned_on is null and document_id is not null'), postgresql_where=sa.text('returned_on is null and document_id is not null'))

    op.create_table('occurrence',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('case_file_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('happened_on', sa.Date(), nullable=False),
    sa.Column('evidence', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('recorded_by_id', sa.Integer(), nullable=False),
    sa.Column('recorded_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind in ('ended', 'superseded', 'asset_ended')", name=op.f('ck_occurrence_kind')),
    sa.ForeignKeyConstraint(['case_file_id'], ['case_file.id'], name=op.f('fk_occurrence_case_file_id')),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_occurrence_organ_id')),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['person.id'], name=op.f('fk_occurrence_recorded_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_occurrence'))
    )
    with op.batch_alter_table('occurrence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_occurrence_case_file_id'), ['case_file_id'], unique=False)

    op.create_table('paper_part',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('case_file_id', sa.Integer(), nullable=True),
    sa.Column('document_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('what', sa.Text(), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('holder', sa.Text(), nullable=False),
    sa.Column('pages', sa.Integer(), nullable=True),
    sa.Column('sheets', sa.Integer(), nullable=True),
    sa.Column('link', sa.Text(), nullable=False),
    sa.Column('arrived_on', sa.Date(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind in ('original', 'annex', 'rest_of_first_page', 'rest_of_main_text', 'copy', 'converted')", name=op.f('ck_paper_part_kind')),
    sa.CheckConstraint('(case_file_id is null) != (document_id is null)', name=op.f('ck_paper_part_one_thing')),
    sa.ForeignKeyConstraint(['case_file_id'], ['case_file.id'], name=op.f('fk_paper_part_case_file_id')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_paper_part_document_id')),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_paper_part_organ_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_paper_part'))
    )
    with op.batch_alter_table('paper_part', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_paper_part_case_file_id'), ['case_file_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_paper_part_document_id'), ['document_id'], unique=False)

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

    op.create_table('register_entry',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('register_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('document_id', sa.Integer(), nullable=True),
    sa.Column('registered_on', sa.Date(), nullable=False),
    sa.Column('entered_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('entered_by_id', sa.Integer(), nullable=True),
    sa.Column('late_reason', sa.Text(), nullable=False),
    sa.Column('code_number', sa.Text(), nullable=False),
    sa.Column('code_notation', sa.Text(), nullable=False),
    sa.Column('canonical', sa.Text(), nullable=False),
    sa.Column('issued_date', sa.Date(), nullable=True),
    sa.Column('type_name', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('organ_name', sa.Text(), nullable=False),
    sa.Column('doc_code', sa.Text(), nullable=False),
    sa.Column('signer_position', sa.Text(), nullable=False),
    sa.Column('signer_name', sa.Text(), nullable=False),
    sa.Column('priority', sa.Integer(), nullable=False),
    sa.Column('due_date', sa.Date(), nullable=True),
    sa.Column('is_deadline_fixed', sa.Boolean(), nullable=False),
    sa.Column('page_amount', sa.Integer(), nullable=True),
    sa.Column('issued_amount', sa.Integer(), nullable=True),
    sa.Column('recipients', sa.JSON(), nullable=False),
    sa.Column('to_places', sa.Text(), nullable=False),
    sa.Column('trace_header_list', sa.Text(), nullable=False),
    sa.Column('copy_holder', sa.Text(), nullable=False),
    sa.Column('handed_on', sa.Date(), nullable=True),
    sa.Column('signed_for', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('sender_email', sa.Text(), nullable=False),
    sa.Column('circulation', sa.Text(), nullable=False),
    sa.Column('handling', sa.Text(), nullable=False),
    sa.Column('copy_kind', sa.Text(), nullable=False),
    sa.Column('copy_of_id', sa.Integer(), nullable=True),
    sa.Column('paper_arrived_on', sa.Date(), nullable=True),
    sa.Column('finished_on', sa.Date(), nullable=True),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.Column('done_at', sa.Text(), nullable=False),
    sa.Column('not_kept', sa.Text(), nullable=False),
    sa.Column('answered_by_id', sa.Integer(), nullable=True),
    sa.Column('acknowledged_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('answer_sent_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('answer_tries', sa.Integer(), nullable=False),
    sa.Column('answer_after', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('case_file_id', sa.Integer(), nullable=True),
    sa.Column('supplementary', sa.JSON(), nullable=False),
    sa.Column('cancelled_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('cancel_reason', sa.Text(), nullable=False),
    sa.Column('is_suspected', sa.Boolean(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("(outcome = '') = (finished_on is null)", name=op.f('ck_register_entry_finished')),
    sa.CheckConstraint("(state = 'cancelled') = (cancelled_at is not null)", name=op.f('ck_register_entry_cancelled')),
    sa.CheckConstraint("circulation in ('electronic', 'paper', 'both')", name=op.f('ck_register_entry_circulation')),
    sa.CheckConstraint("copy_kind in ('', 'SY', 'SL', 'TrS')", name=op.f('ck_register_entry_copy_kind')),
    sa.CheckConstraint("handling in ('handle', 'notice')", name=op.f('ck_register_entry_handling')),
    sa.CheckConstraint("outcome in ('', 'answered', 'done_at', 'for_reference', 'no_answer')", name=op.f('ck_register_entry_outcome')),
    sa.CheckConstraint("state in ('registered', 'cancelled')", name=op.f('ck_register_entry_state')),
    sa.CheckConstraint('number > 0', name=op.f('ck_register_entry_number')),
    sa.CheckConstraint('priority between 0 and 4', name=op.f('ck_register_entry_priority')),
    sa.ForeignKeyConstraint(['answered_by_id'], ['register_entry.id'], name=op.f('fk_register_entry_answered_by_id')),
    sa.ForeignKeyConstraint(['case_file_id'], ['case_file.id'], name=op.f('fk_register_entry_case_file_id')),
    sa.ForeignKeyConstraint(['copy_of_id'], ['document.id'], name=op.f('fk_register_entry_copy_of_id')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_register_entry_document_id')),
    sa.ForeignKeyConstraint(['entered_by_id'], ['person.id'], name=op.f('fk_register_entry_entered_by_id')),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_register_entry_organ_id')),
    sa.ForeignKeyConstraint(['register_id'], ['register.id'], name=op.f('fk_register_entry_register_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_entry')),
    sa.UniqueConstraint('register_id', 'year', 'number', name=op.f('uq_register_entry_register_id_year_number'), postgresql_include=['id'])
    )
    with op.batch_alter_table('register_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_register_entry_answered_by_id'), ['answered_by_id'], unique=False)
        batch_op.create_index('ix_register_entry_cancelled', ['register_id', 'year', 'number'], unique=False, sqlite_where=sa.text("state = 'cancelled'"), postgresql_where=sa.text("state = 'cancelled'"))
        batch_op.create_index(batch_op.f('ix_register_entry_case_file_id'), ['case_file_id'], unique=False)
        batch_op.create_index('ix_register_entry_day', ['register_id', 'registered_on', 'year', 'number'], unique=False, postgresql_include=['id'])
        batch_op.create_index(batch_op.f('ix_register_entry_doc_code'), ['doc_code'], unique=False)
        batch_op.create_index(batch_op.f('ix_register_entry_document_id'), ['document_id'], unique=False)
        batch_op.create_index('ix_register_entry_late', ['register_id', 'year', 'number'], unique=False, sqlite_where=sa.text("late_reason != ''"), postgresql_where=sa.text("late_reason != ''"))
        batch_op.create_index('ix_register_entry_open', ['register_id', 'year', 'number', 'due_date'], unique=False, sqlite_where=sa.text("finished_on is null and state = 'registered' and handling = 'handle'"), postgresql_where=sa.text("finished_on is null and state = 'registered' and handling = 'handle'"))
        batch_op.create_index('ix_register_entry_same', ['organ_id', 'canonical', 'register_id', 'year'], unique=False)
        batch_op.create_index('ix_register_entry_to_tell', ['organ_id'], unique=False, sqlite_where=sa.text("acknowledged_at is not null and answer_sent_at is null and sender_email != ''"), postgresql_where=sa.text("acknowledged_at is not null and answer_sent_at is null and sender_email != ''"))
        batch_op.create_index('ix_register_entry_unacknowledged', ['register_id', 'year', 'number'], unique=False, sqlite_where=sa.text("acknowledged_at is null and state = 'registered'"), postgresql_where=sa.text("acknowledged_at is null and state = 'registered'"))

    op.create_table('retention_assignment',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('case_file_id', sa.Integer(), nullable=False),
    sa.Column('rule_id', sa.Integer(), nullable=True),
    sa.Column('term', sa.Text(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=False),
    sa.Column('decided_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("source != 'appraisal' or length(reason) > 0", name=op.f('ck_retention_assignment_reason')),
    sa.CheckConstraint("source in ('officer', 'archivist', 'appraisal')", name=op.f('ck_retention_assignment_source')),
    sa.ForeignKeyConstraint(['case_file_id'], ['case_file.id'], name=op.f('fk_retention_assignment_case_file_id')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], name=op.f('fk_retention_assignment_decided_by_id')),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_retention_assignment_organ_id')),
    sa.ForeignKeyConstraint(['rule_id'], ['retention_rule.id'], name=op.f('fk_retention_assignment_rule_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_retention_assignment'))
    )
    with op.batch_alter_table('retention_assignment', schema=None) as batch_op:
        batch_op.create_index('ix_retention_assignment_latest', ['case_file_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_retention_assignment_rule_id'), ['rule_id'], unique=False)

    op.create_table('retention_clock',
    sa.Column('case_file_id', sa.Integer(), nullable=False),
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('fate', sa.Text(), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=True),
    sa.Column('waits_for', sa.Text(), nullable=False),
    sa.Column('is_confirmed', sa.Boolean(), nullable=False),
    sa.Column('rule_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("(fate = 'runs') = (expires_on is not null)", name=op.f('ck_retention_clock_day')),
    sa.CheckConstraint("fate in ('runs', 'permanent', 'waits', 'unknown')", name=op.f('ck_retention_clock_fate')),
    sa.ForeignKeyConstraint(['case_file_id'], ['case_file.id'], name=op.f('fk_retention_clock_case_file_id')),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_retention_clock_organ_id')),
    sa.ForeignKeyConstraint(['rule_id'], ['retention_rule.id'], name=op.f('fk_retention_clock_rule_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_retention_clock_unit_id')),
    sa.PrimaryKeyConstraint('case_file_id', name=op.f('pk_retention_clock'))
    )
    with op.batch_alter_table('retention_clock', schema=None) as batch_op:
        batch_op.create_index('ix_retention_clock_expiry', ['organ_id', 'expires_on', 'case_file_id'], unique=False)
        batch_op.create_index('ix_retention_clock_fate', ['organ_id', 'fate', 'case_file_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_retention_clock_rule_id'), ['rule_id'], unique=False)

    op.create_table('submission_item',
    sa.Column('submission_id', sa.Integer(), nullable=False),
    sa.Column('case_file_id', sa.Integer(), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('checks', sa.JSON(), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("outcome in ('', 'accepted', 'returned', 'taken_back')", name=op.f('ck_submission_item_outcome')),
    sa.ForeignKeyConstraint(['case_file_id'], ['case_file.id'], name=op.f('fk_submission_item_case_file_id')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], name=op.f('fk_submission_item_decided_by_id')),
    sa.ForeignKeyConstraint(['submission_id'], ['submission.id'], name=op.f('fk_submission_item_submission_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_submission_item')),
    sa.UniqueConstraint('submission_id', 'case_file_id', name=op.f('uq_submission_item_submission_id_case_file_id'))
    )
    with op.batch_alter_table('submission_item', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_submission_item_case_file_id'), ['case_file_id'], unique=False)
        batch_op.create_index('ix_submission_item_open', ['submission_id'], unique=False, sqlite_where=sa.text("outcome = ''"), postgresql_where=sa.text("outcome = ''"))
        batch_op.create_index(batch_op.f('ix_submission_item_submission_id'), ['submission_id'], unique=False)

    op.create_table('taken_out',
    sa.Column('case_file_id', sa.Integer(), nullable=False),
    sa.Column('document_id', sa.Integer(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('taken_out_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("why in ('duplicate', 'draft', 'misplaced')", name=op.f('ck_taken_out_why')),
    sa.ForeignKeyConstraint(['case_file_id'], ['case_file.id'], name=op.f('fk_taken_out_case_file_id')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_taken_out_document_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_taken_out'))
    )
    with op.batch_alter_table('taken_out', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_taken_out_case_file_id'), ['case_file_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_taken_out_document_id'), ['document_id'], unique=False)

    op.create_table('transfer_item',
    sa.Column('transfer_id', sa.Integer(), nullable=False),
    sa.Column('case_file_id', sa.Integer(), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.Column('left_out_why', sa.Text(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("outcome != 'left_out' or length(left_out_why) > 0", name=op.f('ck_transfer_item_left_out')),
    sa.CheckConstraint("outcome in ('', 'handed_over', 'left_out', 'given_up')", name=op.f('ck_transfer_item_outcome')),
    sa.ForeignKeyConstraint(['case_file_id'], ['case_file.id'], name=op.f('fk_transfer_item_case_file_id')),
    sa.ForeignKeyConstraint(['transfer_id'], ['transfer.id'], name=op.f('fk_transfer_item_transfer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_transfer_item')),
    sa.UniqueConstraint('transfer_id', 'case_file_id', name=op.f('uq_transfer_item_transfer_id_case_file_id')),
    sa.UniqueConstraint('transfer_id', 'ordinal', name=op.f('uq_transfer_item_transfer_id_ordinal'))
    )
    with op.batch_alter_table('transfer_item', schema=None) as batch_op:
        batch_op.create_index('ix_transfer_item_case_file', ['case_file_id'], unique=False)
        batch_op.create_index('uq_transfer_item_live', ['case_file_id'], unique=True, sqlite_where=sa.text("outcome in ('', 'handed_over')"), postgresql_where=sa.text("outcome in ('', 'handed_over')"))

    op.create_table('whole_copy',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('case_file_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('pages_by', sa.Text(), nullable=False),
    sa.Column('mark', sa.Text(), nullable=False),
    sa.Column('asked_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.Column('made_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('size', sa.Integer(), nullable=True),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("pages_by in ('time', 'ordinal')", name=op.f('ck_whole_copy_pages_by')),
    sa.CheckConstraint("state in ('waiting', 'making', 'ready', 'failed', 'gone')", name=op.f('ck_whole_copy_state')),
    sa.ForeignKeyConstraint(['case_file_id'], ['case_file.id'], name=op.f('fk_whole_copy_case_file_id')),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_whole_copy_organ_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_whole_copy_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_whole_copy'))
    )
    with op.batch_alter_table('whole_copy', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_whole_copy_case_file_id'), ['case_file_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_whole_copy_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_whole_copy_state'), ['state'], unique=False)

    op.create_table('appraisal_opinion',
    sa.Column('appraisal_id', sa.Integer(), nullable=False),
    sa.Column('side', sa.Text(), nullable=False),
    sa.Column('verdict', sa.Text(), nullable=False),
    sa.Column('new_term', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('given_by_id', sa.Integer(), nullable=False),
    sa.Column('given_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("(verdict = 'extend') = (length(new_term) > 0)", name=op.f('ck_appraisal_opinion_term')),
    sa.CheckConstraint("side in ('unit', 'archive')", name=op.f('ck_appraisal_opinion_side')),
    sa.CheckConstraint("verdict in ('extend', 'permanent', 'destroy')", name=op.f('ck_appraisal_opinion_verdict')),
    sa.CheckConstraint('length(reason) > 0', name=op.f('ck_appraisal_opinion_reason')),
    sa.ForeignKeyConstraint(['appraisal_id'], ['appraisal.id'], name=op.f('fk_appraisal_opinion_appraisal_id')),
    sa.ForeignKeyConstraint(['given_by_id'], ['person.id'], name=op.f('fk_appraisal_opinion_given_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_appraisal_opinion'))
    )
    with op.batch_alter_table('appraisal_opinion', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_appraisal_opinion_appraisal_id'), ['appraisal_id'], unique=False)

    op.create_table('council_seat',
    sa.Column('disposal_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('speaks_for', sa.Text(), nullable=False),
    sa.Column('interest', sa.Text(), nullable=False),
    sa.Column('absent_why', sa.Text(), nullable=False),
    sa.Column('left_why', sa.Text(), nullable=False),
    sa.Column('signed_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("role in ('chair', 'secretary', 'member')", name=op.f('ck_council_seat_role')),
    sa.CheckConstraint("speaks_for in ('leadership', 'archive', 'unit', 'other')", name=op.f('ck_council_seat_for')),
    sa.ForeignKeyConstraint(['disposal_id'], ['disposal.id'], name=op.f('fk_council_seat_disposal_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_council_seat_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_council_seat')),
    sa.UniqueConstraint('disposal_id', 'person_id', name=op.f('uq_council_seat_disposal_id_person_id'))
    )
    op.create_table('delivery',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('recipient', sa.Text(), nullable=False),
    sa.Column('is_paper', sa.Boolean(), nullable=False),
    sa.Column('sent_on', sa.Date(), nullable=False),
    sa.Column('arrived_on', sa.Date(), nullable=True),
    sa.Column('how', sa.Text(), nullable=False),
    sa.Column('reminded_on', sa.Date(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['entry_id'], ['register_entry.id'], name=op.f('fk_delivery_entry_id')),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_delivery_organ_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delivery')),
    sa.UniqueConstraint('entry_id', 'recipient', name=op.f('uq_delivery_entry_id_recipient'))
    )
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.create_index('ix_delivery_waiting', ['organ_id', 'sent_on'], unique=False, sqlite_where=sa.text('arrived_on is null'), postgresql_where=sa.text('arrived_on is null'))

    op.create_table('destruction',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('disposal_id', sa.Integer(), nullable=True),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('link', sa.Text(), nullable=False),
    sa.Column('certificate', sa.Text(), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('written_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['disposal_id'], ['disposal.id'], name=op.f('fk_destruction_disposal_id')),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_destruction_organ_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_destruction')),
    sa.UniqueConstraint('code', name=op.f('uq_destruction_code')),
    sa.UniqueConstraint('disposal_id', name=op.f('uq_destruction_disposal_id')),
    sa.UniqueConstraint('number', name=op.f('uq_destruction_number'))
    )
    with op.batch_alter_table('destruction', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_destruction_organ_id'), ['organ_id'], unique=False)

    op.create_table('disposal_hand',
    sa.Column('disposal_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('part', sa.Text(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("part in ('list', 'decision', 'execution')", name=op.f('ck_disposal_hand_part')),
    sa.ForeignKeyConstraint(['disposal_id'], ['disposal.id'], name=op.f('fk_disposal_hand_disposal_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_disposal_hand_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_disposal_hand')),
    sa.UniqueConstraint('disposal_id', 'person_id', name=op.f('uq_disposal_hand_disposal_id_person_id'))
    )
    op.create_table('disposal_item',
    sa.Column('disposal_id', sa.Integer(), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('appraisal_id', sa.Integer(), nullable=False),
    sa.Column('case_file_id', sa.Integer(), nullable=True),
    sa.Column('document_id', sa.Integer(), nullable=True),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('cause', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('rule', sa.Text(), nullable=False),
    sa.Column('term', sa.Text(), nullable=False),
    sa.Column('mandate', sa.Text(), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=True),
    sa.Column('notice_until', sa.Date(), nullable=False),
    sa.Column('twin_code', sa.Text(), nullable=False),
    sa.Column('twin_until', sa.Date(), nullable=True),
    sa.Column('box', sa.Text(), nullable=False),
    sa.Column('volume', sa.Text(), nullable=False),
    sa.Column('on_paper', sa.Boolean(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('document_total', sa.Integer(), nullable=False),
    sa.Column('page_total', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.Column('outcome_why', sa.Text(), nullable=False),
    sa.Column('new_term', sa.Text(), nullable=False),
    sa.Column('is_decided', sa.Boolean(), nullable=False),
    sa.Column('destroyed_on', sa.Date(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("destroyed_on is null or (outcome = 'destroy' and destroyed_on > notice_until and (cause = 'duplicate' or (expires_on is not null and destroyed_on > expires_on)))", name=op.f('ck_disposal_item_not_too_early')),
    sa.CheckConstraint("outcome = 'destroy' or length(outcome_why) > 0", name=op.f('ck_disposal_item_outcome_why')),
    sa.CheckConstraint("outcome in ('destroy', 'keep', 'omitted')", name=op.f('ck_disposal_item_outcome')),
    sa.CheckConstraint('length(digest) = 64', name=op.f('ck_disposal_item_digest')),
    sa.CheckConstraint('length(trim(reason)) > 0', name=op.f('ck_disposal_item_reason')),
    sa.ForeignKeyConstraint(['appraisal_id'], ['appraisal.id'], name=op.f('fk_disposal_item_appraisal_id')),
    sa.ForeignKeyConstraint(['case_file_id'], ['case_file.id'], name=op.f('fk_disposal_item_case_file_id')),
    sa.ForeignKeyConstraint(['disposal_id'], ['disposal.id'], name=op.f('fk_disposal_item_disposal_id')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_disposal_item_document_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_disposal_item')),
    sa.UniqueConstraint('disposal_id', 'appraisal_id', name=op.f('uq_disposal_item_disposal_id_appraisal_id')),
    sa.UniqueConstraint('disposal_id', 'ordinal', name=op.f('uq_disposal_item_disposal_id_ordinal'))
    )
    with op.batch_alter_table('disposal_item', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_disposal_item_appraisal_id'), ['appraisal_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_disposal_item_case_file_id'), ['case_file_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_disposal_item_code'), ['code'], unique=False)
        batch_op.create_index(batch_op.f('ix_disposal_item_document_id'), ['document_id'], unique=False)

    op.create_table('disposal_paper',
    sa.Column('disposal_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('document_id', sa.Integer(), nullable=True),
    sa.Column('made_by_id', sa.Integer(), nullable=False),
    sa.Column('made_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['disposal_id'], ['disposal.id'], name=op.f('fk_disposal_paper_disposal_id')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_disposal_paper_document_id')),
    sa.ForeignKeyConstraint(['made_by_id'], ['person.id'], name=op.f('fk_disposal_paper_made_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_disposal_paper'))
    )
    with op.batch_alter_table('disposal_paper', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_disposal_paper_disposal_id'), ['disposal_id'], unique=False)
        batch_op.create_index('ix_disposal_paper_once', ['disposal_id', 'kind'], unique=True, sqlite_where=sa.text("kind != 'appraisal'"), postgresql_where=sa.text("kind != 'appraisal'"))

    op.create_table('entry_twin',
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('earlier_entry_id', sa.Integer(), nullable=True),
    sa.Column('earlier_document_id', sa.Integer(), nullable=True),
    sa.Column('grounds', sa.Text(), nullable=False),
    sa.Column('decision', sa.Text(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], name=op.f('fk_entry_twin_decided_by_id')),
    sa.ForeignKeyConstraint(['earlier_document_id'], ['document.id'], name=op.f('fk_entry_twin_earlier_document_id')),
    sa.ForeignKeyConstraint(['earlier_entry_id'], ['register_entry.id'], name=op.f('fk_entry_twin_earlier_entry_id')),
    sa.ForeignKeyConstraint(['entry_id'], ['register_entry.id'], name=op.f('fk_entry_twin_entry_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_entry_twin'))
    )
    with op.batch_alter_table('entry_twin', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_entry_twin_entry_id'), ['entry_id'], unique=False)

    op.create_table('intake',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('received_by_id', sa.Integer(), nullable=True),
    sa.Column('received_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('door', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('case_file_id', sa.Integer(), nullable=True),
    sa.Column('register_entry_id', sa.Integer(), nullable=True),
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
    sa.ForeignKeyConstraint(['register_entry_id'], ['register_entry.id'], name=op.f('fk_intake_register_entry_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_intake'))
    )
    with op.batch_alter_table('intake', schema=None) as batch_op:
        batch_op.create_index('ix_intake_by_state', ['organ_id', 'state', 'id', 'received_by_id', 'case_file_id', 'mends_part_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_intake_digest'), ['digest'], unique=False)
        batch_op.create_index(batch_op.f('ix_intake_document_id'), ['document_id'], unique=False)
        batch_op.create_index('ix_intake_list', ['organ_id', 'id', 'state', 'received_by_id', 'case_file_id', 'mends_part_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_intake_mends_part_id'), ['mends_part_id'], unique=False)
        batch_op.create_index('ix_intake_own', ['received_by_id', 'state', 'id', 'organ_id'], unique=False)
        batch_op.create_index('ix_intake_received', ['organ_id', 'received_at'], unique=False)
        batch_op.create_index('ix_intake_road', ['state', 'next_step', 'queued_at'], unique=False)
        batch_op.create_index('ix_intake_under_way', ['organ_id', 'id'], unique=False, sqlite_where=sa.text("state in ('received', 'waiting', 'stuck')"), postgresql_where=sa.text("state in ('received', 'waiting', 'stuck')"))

    op.create_table('letting_in',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('ground', sa.Text(), nullable=False),
    sa.Column('typed', sa.JSON(), nullable=False),
    sa.Column('asked_by_id', sa.Integer(), nullable=False),
    sa.Column('asked_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('is_allowed', sa.Boolean(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint('(decided_at is null) = (is_allowed is null)', name=op.f('ck_letting_in_decided')),
    sa.CheckConstraint('entry_id is null or is_allowed', name=op.f('ck_letting_in_used')),
    sa.ForeignKeyConstraint(['asked_by_id'], ['person.id'], name=op.f('fk_letting_in_asked_by_id')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], name=op.f('fk_letting_in_decided_by_id')),
    sa.ForeignKeyConstraint(['entry_id'], ['register_entry.id'], name=op.f('fk_letting_in_entry_id')),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_letting_in_organ_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letting_in')),
    sa.UniqueConstraint('entry_id', name=op.f('uq_letting_in_entry_id'))
    )
    with op.batch_alter_table('letting_in', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_letting_in_organ_id'), ['organ_id'], unique=False)

    op.create_table('sent_form',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['entry_id'], ['register_entry.id'], name=op.f('fk_sent_form_entry_id')),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_sent_form_organ_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sent_form')),
    sa.UniqueConstraint('key', name=op.f('uq_sent_form_key'))
    )
    with op.batch_alter_table('sent_form', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sent_form_entry_id'), ['entry_id'], unique=False)

    op.create_table('council_opinion',
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('seat_id', sa.Integer(), nullable=False),
    sa.Column('verdict', sa.Text(), nullable=False),
    sa.Column('new_term', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('given_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('is_tie_break', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("(verdict = 'new_term') = (length(new_term) > 0)", name=op.f('ck_council_opinion_term')),
    sa.CheckConstraint("verdict in ('destroy', 'keep', 'new_term')", name=op.f('ck_council_opinion_verdict')),
    sa.CheckConstraint('not is_tie_break or length(note) > 0', name=op.f('ck_council_opinion_tie_break')),
    sa.ForeignKeyConstraint(['item_id'], ['disposal_item.id'], name=op.f('fk_council_opinion_item_id')),
    sa.ForeignKeyConstraint(['seat_id'], ['council_seat.id'], name=op.f('fk_council_opinion_seat_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_council_opinion')),
    sa.UniqueConstraint('item_id', 'seat_id', 'is_tie_break', name=op.f('uq_council_opinion_item_id_seat_id_is_tie_break'))
    )
    with op.batch_alter_table('council_opinion', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_council_opinion_seat_id'), ['seat_id'], unique=False)

    op.create_table('disposal_document',
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('document_id', sa.Integer(), nullable=True),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('digests', sa.JSON(), nullable=False),
    sa.Column('pages', sa.Integer(), nullable=False),
    sa.Column('on_paper', sa.Boolean(), nullable=False),
    sa.Column('kept_why', sa.Text(), nullable=False),
    sa.Column('destroyed_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("destroyed_at is null or kept_why = ''", name=op.f('ck_disposal_document_kept_or_destroyed')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_disposal_document_document_id')),
    sa.ForeignKeyConstraint(['item_id'], ['disposal_item.id'], name=op.f('fk_disposal_document_item_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_disposal_document')),
    sa.UniqueConstraint('item_id', 'ordinal', name=op.f('uq_disposal_document_item_id_ordinal'))
    )
    with op.batch_alter_table('disposal_document', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_disposal_document_code'), ['code'], unique=False)
        batch_op.create_index(batch_op.f('ix_disposal_document_document_id'), ['document_id'], unique=False)

    op.create_table('erasure',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('disposal_id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.Column('after', sa.JSON(), nullable=False),
    sa.Column('trouble', sa.Text(), nullable=False),
    sa.Column('tried', sa.Integer(), nullable=False),
    sa.Column('done_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state in ('begun', 'done', 'failed')", name=op.f('ck_erasure_state')),
    sa.ForeignKeyConstraint(['disposal_id'], ['disposal.id'], name=op.f('fk_erasure_disposal_id')),
    sa.ForeignKeyConstraint(['item_id'], ['disposal_item.id'], name=op.f('fk_erasure_item_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_erasure')),
    sa.UniqueConstraint('disposal_id', 'code', 'place', name=op.f('uq_erasure_disposal_id_code_place'))
    )
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

    op.create_table('issuance',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('main_id', sa.Integer(), nullable=True),
    sa.Column('copy_kind', sa.Text(), nullable=False),
    sa.Column('copy_of_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('layout', sa.Text(), nullable=False),
    sa.Column('places', sa.JSON(), nullable=False),
    sa.Column('notes', sa.JSON(), nullable=False),
    sa.Column('verdict', sa.JSON(), nullable=False),
    sa.Column('fields', sa.JSON(), nullable=False),
    sa.Column('answers', sa.JSON(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('case_file_id', sa.Integer(), nullable=True),
    sa.Column('register_entry_id', sa.Integer(), nullable=True),
    sa.Column('prepared_digest', sa.Text(), nullable=False),
    sa.Column('signed_digest', sa.Text(), nullable=True),
    sa.Column('issued_digest', sa.Text(), nullable=True),
    sa.Column('prepared_by_id', sa.Integer(), nullable=False),
    sa.Column('prepared_at', archive.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('signed_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('signer_name', sa.Text(), nullable=False),
    sa.Column('issued_by_id', sa.Integer(), nullable=True),
    sa.Column('issued_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('intake_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("(kind = 'annex') = (main_id is not null)", name=op.f('ck_issuance_annex')),
    sa.CheckConstraint("copy_kind in ('', 'SY', 'SL', 'TrS')", name=op.f('ck_issuance_copy_kind')),
    sa.CheckConstraint("kind in ('document', 'scan', 'copy', 'annex')", name=op.f('ck_issuance_kind')),
    sa.CheckConstraint("state != 'issued' or (signed_digest is not null and register_entry_id is not null and issued_digest is not null)", name=op.f('ck_issuance_issued')),
    sa.CheckConstraint("state in ('prepared', 'signed', 'issued', 'given_up')", name=op.f('ck_issuance_state')),
    sa.ForeignKeyConstraint(['case_file_id'], ['case_file.id'], name=op.f('fk_issuance_case_file_id')),
    sa.ForeignKeyConstraint(['copy_of_id'], ['document.id'], name=op.f('fk_issuance_copy_of_id')),
    sa.ForeignKeyConstraint(['intake_id'], ['intake.id'], name=op.f('fk_issuance_intake_id')),
    sa.ForeignKeyConstraint(['issued_by_id'], ['person.id'], name=op.f('fk_issuance_issued_by_id')),
    sa.ForeignKeyConstraint(['main_id'], ['issuance.id'], name=op.f('fk_issuance_main_id')),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_issuance_organ_id')),
    sa.ForeignKeyConstraint(['prepared_by_id'], ['person.id'], name=op.f('fk_issuance_prepared_by_id')),
    sa.ForeignKeyConstraint(['register_entry_id'], ['register_entry.id'], name=op.f('fk_issuance_register_entry_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_issuance'))
    )
    with op.batch_alter_table('issuance', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_issuance_intake_id'), ['intake_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_issuance_issued_digest'), ['issued_digest'], unique=False)
        batch_op.create_index('ix_issuance_list', ['organ_id', 'state', 'id', 'main_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_issuance_main_id'), ['main_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_issuance_organ_id'), ['organ_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_issuance_prepared_by_id'), ['prepared_by_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_issuance_prepared_digest'), ['prepared_digest'], unique=False)
        batch_op.create_index(batch_op.f('ix_issuance_register_entry_id'), ['register_entry_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_issuance_signed_digest'), ['signed_digest'], unique=False)

    op.create_table('tombstone',
    sa.Column('organ_id', sa.Integer(), nullable=False),
    sa.Column('destruction_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('of_code', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('digests', sa.JSON(), nullable=False),
    sa.Column('rule', sa.Text(), nullable=False),
    sa.Column('decision_number', sa.Text(), nullable=False),
    sa.Column('decision_date', sa.Date(), nullable=True),
    sa.Column('destroyed_on', sa.Date(), nullable=False),
    sa.Column('twin_code', sa.Text(), nullable=False),
    sa.Column('twin_until', sa.Date(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind in ('case_file', 'document')", name=op.f('ck_tombstone_kind')),
    sa.ForeignKeyConstraint(['destruction_id'], ['destruction.id'], name=op.f('fk_tombstone_destruction_id')),
    sa.ForeignKeyConstraint(['organ_id'], ['organ.id'], name=op.f('fk_tombstone_organ_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tombstone')),
    sa.UniqueConstraint('destruction_id', 'ordinal', name=op.f('uq_tombstone_destruction_id_ordinal')),
    sa.UniqueConstraint('organ_id', 'code', 'kind', name=op.f('uq_tombstone_organ_id_code_kind'))
    )
    with op.batch_alter_table('tombstone', schema=None) as batch_op:
        batch_op.create_index('ix_tombstone_list', ['organ_id', 'destroyed_on', 'id'], unique=False)
        batch_op.create_index('ix_tombstone_twin', ['organ_id', 'twin_code'], unique=False, sqlite_where=sa.text("twin_code != ''"), postgresql_where=sa.text("twin_code != ''"))

    op.create_table('issuance_comment',
    sa.Column('issuance_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('asked_by_id', sa.Integer(), nullable=True),
    sa.Column('asked_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('said_at', archive.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.CheckConstraint("(said_at is null) = (words = '')", name=op.f('ck_issuance_comment_said')),
    sa.CheckConstraint('said_at is not null or asked_at is not null', name=op.f('ck_issuance_comment_asked')),
    sa.ForeignKeyConstraint(['asked_by_id'], ['person.id'], name=op.f('fk_issuance_comment_asked_by_id')),
    sa.ForeignKeyConstraint(['issuance_id'], ['issuance.id'], name=op.f('fk_issuance_comment_issuance_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_issuance_comment_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_issuance_comment'))
    )
    with op.batch_alter_table('issuance_comment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_issuance_comment_issuance_id'), ['issuance_id'], unique=False)
        batch_op.create_index('ix_issuance_comment_open', ['person_id'], unique=False, sqlite_where=sa.text('said_at is null'), postgresql_where=sa.text('said_at is null'))

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
    with op.batch_alter_table('issuance_comment', schema=None) as batch_op:
        batch_op.drop_index('ix_issuance_comment_open', sqlite_where=sa.text('said_at is null'), postgresql_where=sa.text('said_at is null'))
        batch_op.drop_index(batch_op.f('ix_issuance_comment_issuance_id'))

    op.drop_table('issuance_comment')
    with op.batch_alter_table('tombstone', schema=None) as batch_op:
        batch_op.drop_index('ix_tombstone_twin', sqlite_where=sa.text("twin_code != ''"), postgresql_where=sa.text("twin_code != ''"))
        batch_op.drop_index('ix_tombstone_list')

    op.drop_table('tombstone')
    with op.batch_alter_table('issuance', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_issuance_signed_digest'))
        batch_op.drop_index(batch_op.f('ix_issuance_register_entry_id'))
        batch_op.drop_index(batch_op.f('ix_issuance_prepared_digest'))
        batch_op.drop_index(batch_op.f('ix_issuance_prepared_by_id'))
        batch_op.drop_index(batch_op.f('ix_issuance_organ_id'))
        batch_op.drop_index(batch_op.f('ix_issuance_main_id'))
        batch_op.drop_index('ix_issuance_list')
        batch_op.drop_index(batch_op.f('ix_issuance_issued_digest'))
        batch_op.drop_index(batch_op.f('ix_issuance_intake_id'))

    op.drop_table('issuance')
    with op.batch_alter_table('intake_file', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_intake_file_intake_id'))
        batch_op.drop_index(batch_op.f('ix_intake_file_digest'))

    op.drop_table('intake_file')
    op.drop_table('erasure')
    with op.batch_alter_table('disposal_document', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_disposal_document_document_id'))
        batch_op.drop_index(batch_op.f('ix_disposal_document_code'))

    op.drop_table('disposal_document')
    with op.batch_alter_table('council_opinion', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_council_opinion_seat_id'))

    op.drop_table('council_opinion')
    with op.batch_alter_table('sent_form', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sent_form_entry_id'))

    op.drop_table('sent_form')
    with op.batch_alter_table('letting_in', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_letting_in_organ_id'))

    op.drop_table('letting_in')
    with op.batch_alter_table('intake', schema=None) as batch_op:
        batch_op.drop_index('ix_intake_under_way', sqlite_where=sa.text("state in ('received', 'waiting', 'stuck')"), postgresql_where=sa.text("state in ('received', 'waiting', 'stuck')"))
        batch_op.drop_index('ix_intake_road')
        batch_op.drop_index('ix_intake_received')
        batch_op.drop_index('ix_intake_own')
        batch_op.drop_index(batch_op.f('ix_intake_mends_part_id'))
        batch_op.drop_index('ix_intake_list')
        batch_op.drop_index(batch_op.f('ix_intake_document_id'))
        batch_op.drop_index(batch_op.f('ix_intake_digest'))
        batch_op.drop_index('ix_intake_by_state')

    op.drop_table('intake')
    with op.batch_alter_table('entry_twin', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_entry_twin_entry_id'))

    op.drop_table('entry_twin')
    with op.batch_alter_table('disposal_paper', schema=None) as batch_op:
        batch_op.drop_index('ix_disposal_paper_once', sqlite_where=sa.text("kind != 'appraisal'"), postgresql_where=sa.text("kind != 'appraisal'"))
        batch_op.drop_index(batch_op.f('ix_disposal_paper_disposal_id'))

    op.drop_table('disposal_paper')
    with op.batch_alter_table('disposal_item', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_disposal_item_document_id'))
        batch_op.drop_index(batch_op.f('ix_disposal_item_code'))
        batch_op.drop_index(batch_op.f('ix_disposal_item_case_file_id'))
        batch_op.drop_index(batch_op.f('ix_disposal_item_appraisal_id'))

    op.drop_table('disposal_item')
    op.drop_table('disposal_hand')
    with op.batch_alter_table('destruction', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_destruction_organ_id'))

    op.drop_table('destruction')
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.drop_index('ix_delivery_waiting', sqlite_where=sa.text('arrived_on is null'), postgresql_where=sa.text('arrived_on is null'))

    op.drop_table('delivery')
    op.drop_table('council_seat')
    with op.batch_alter_table('appraisal_opinion', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_appraisal_opinion_appraisal_id'))

    op.drop_table('appraisal_opinion')
    with op.batch_alter_table('whole_copy', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_whole_copy_state'))
        batch_op.drop_index(batch_op.f('ix_whole_copy_person_id'))
        batch_op.drop_index(batch_op.f('ix_whole_copy_case_file_id'))

    op.drop_table('whole_copy')
    with op.batch_alter_table('transfer_item', schema=None) as batch_op:
        batch_op.drop_index('uq_transfer_item_live', sqlite_where=sa.text("outcome in ('', 'handed_over')"), postgresql_where=sa.text("outcome in ('', 'handed_over')"))
        batch_op.drop_index('ix_transfer_item_case_file')

    op.drop_table('transfer_item')
    with op.batch_alter_table('taken_out', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_taken_out_document_id'))
        batch_op.drop_index(batch_op.f('ix_taken_out_case_file_id'))

    op.drop_table('taken_out')
    with op.batch_alter_table('submission_item', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_submission_item_submission_id'))
        batch_op.drop_index('ix_submission_item_open', sqlite_where=sa.text("outcome = ''"), postgresql_where=sa.text("outcome = ''"))
        batch_op.drop_index(batch_op.f('ix_submission_item_case_file_id'))

    op.drop_table('submission_item')
    with op.batch_alter_table('retention_clock', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_retention_clock_rule_id'))
        batch_op.drop_index('ix_retention_clock_fate')
        batch_op.drop_index('ix_retention_clock_expiry')

    op.drop_table('retention_clock')
    with op.batch_alter_table('retention_assignment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_retention_assignment_rule_id'))
        batch_op.drop_index('ix_retention_assignment_latest')

    op.drop_table('retention_assignment')
    with op.batch_alter_table('register_entry', schema=None) as batch_op:
        batch_op.drop_index('ix_register_entry_unacknowledged', sqlite_where=sa.text("acknowledged_at is null and state = 'registered'"), postgresql_where=sa.text("acknowledged_at is null and state = 'registered'"))
        batch_op.drop_index('ix_register_entry_to_tell', sqlite_where=sa.text("acknowledged_at is not null and answer_sent_at is null and sender_email != ''"), postgresql_where=sa.text("acknowledged_at is not null and answer_sent_at is null and sender_email != ''"))
        batch_op.drop_index('ix_register_entry_same')
        batch_op.drop_index('ix_register_entry_open', sqlite_where=sa.text("finished_on is null and state = 'registered' and handling = 'handle'"), postgresql_where=sa.text("finished_on is null and state = 'registered' and handling = 'handle'"))
        batch_op.drop_index('ix_register_entry_late', sqlite_where=sa.text("late_reason != ''"), postgresql_where=sa.text("late_reason != ''"))
        batch_op.drop_index(batch_op.f('ix_register_entry_document_id'))
        batch_op.drop_index(batch_op.f('ix_register_entry_doc_code'))
        batch_op.drop_index('ix_register_entry_day', postgresql_include=['id'])
        batch_op.drop_index(batch_op.f('ix_register_entry_case_file_id'))
        batch_op.drop_index('ix_register_entry_cancelled', sqlite_where=sa.text("state = 'cancelled'"), postgresql_where=sa.text("state = 'cancelled'"))
        batch_op.drop_index(batch_op.f('ix_register_entry_answered_by_id'))

    op.drop_table('register_entry')
    with op.batch_alter_table('placement', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_placement_document_id'))
        batch_op.drop_index(batch_op.f('ix_placement_case_file_id'))

    op.drop_table('placement')
    with op.batch_alter_table('paper_part', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_paper_part_document_id'))
        batch_op.drop_index(batch_op.f('ix_paper_part_case_file_id'))

    op.drop_table('paper_part')
    with op.batch_alter_table('occurrence', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_occurrence_case_file_id'))

    op.drop_table('occurrence')
    with op.batch_alter_table('loan', schema=None) as batch_op:
        batch_op.drop_index('uq_loan_document', sqlite_where=sa.text('returned_on is null and document_id is not null'), postgresql_where=sa.text('returned_on is null and document_id is not null'))
        batch_op.drop_index('uq_loan_case_file', sqlite_where=sa.text('returned_on is null and case_file_id is not null'), postgresql_where=sa.text('returned_on is null and case_file_id is not null'))
        batch_op.drop_index(batch_op.f('ix_loan_organ_id'))
        batch_op.drop_index('ix_loan_list')
        batch_op.drop_index('ix_loan_day')
        batch_op.drop_index(batch_op.f('ix_loan_borrower_id'))

    op.drop_table('loan')
    with op.batch_alter_table('kept_back', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_kept_back_case_file_id'))

    op.drop_table('kept_back')
    with op.batch_alter_table('frozen', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_frozen_order_id'))
        batch_op.drop_index(batch_op.f('ix_frozen_document_id'))
        batch_op.drop_index(batch_op.f('ix_frozen_case_file_id'))

    op.drop_table('frozen')
    with op.batch_alter_table('export_request', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_export_request_person_id'))
        batch_op.drop_index(batch_op.f('ix_export_request_organ_id'))

    op.drop_table('export_request')
    with op.batch_alter_table('disposal', schema=None) as batch_op:
        batch_op.drop_index('ix_disposal_list')

    op.drop_table('disposal')
    with op.batch_alter_table('case_file_word', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_case_file_word_case_file_id'))

    op.drop_table('case_file_word')
    with op.batch_alter_table('carried_over', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_carried_over_plan_id'))
        batch_op.drop_index(batch_op.f('ix_carried_over_case_file_id'))

    op.drop_table('carried_over')
    with op.batch_alter_table('appraisal', schema=None) as batch_op:
        batch_op.drop_index('ix_appraisal_twin', sqlite_where=sa.text('twin_id is not null'), postgresql_where=sa.text('twin_id is not null'))
        batch_op.drop_index('ix_appraisal_stage')
        batch_op.drop_index('ix_appraisal_live', sqlite_where=sa.text("case_file_id is not null and stage not in ('kept', 'destroyed')"), postgresql_where=sa.text("case_file_id is not null and stage not in ('kept', 'destroyed')"))
        batch_op.drop_index('ix_appraisal_document', sqlite_where=sa.text("document_id is not null and stage not in ('kept', 'destroyed')"), postgresql_where=sa.text("document_id is not null and stage not in ('kept', 'destroyed')"))
        batch_op.drop_index('ix_appraisal_case_file')

    op.drop_table('appraisal')
    with op.batch_alter_table('access_grant', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_access_grant_person_id'))
        batch_op.drop_index(batch_op.f('ix_access_grant_document_id'))
        batch_op.drop_index(batch_op.f('ix_access_grant_case_file_id'))

    op.drop_table('access_grant')
    with op.batch_alter_table('access_change', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_access_change_case_file_id'))

    op.drop_table('access_change')
    with op.batch_alter_table('rendition', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_rendition_part_id'))
        batch_op.drop_index(batch_op.f('ix_rendition_document_id'))
        batch_op.drop_index(batch_op.f('ix_rendition_digest'))

    op.drop_table('rendition')
    with op.batch_alter_table('plan_rule', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_plan_rule_rule_id'))

    op.drop_table('plan_rule')
    with op.batch_alter_table('case_file', schema=None) as batch_op:
        batch_op.drop_index('ix_case_file_unit')
        batch_op.drop_index('ix_case_file_stage')
        batch_op.drop_index(batch_op.f('ix_case_file_plan_entry_id'))
        batch_op.drop_index('ix_case_file_list')
        batch_op.drop_index('ix_case_file_holder')
        batch_op.drop_index(batch_op.f('ix_case_file_fonds_id'))
        batch_op.drop_index('ix_case_file_due', sqlite_where=sa.text("stage in ('closed', 'returned')"), postgresql_where=sa.text("stage in ('closed', 'returned')"))
        batch_op.drop_index(batch_op.f('ix_case_file_code'))
        batch_op.drop_index('ix_case_file_by_stage')
        batch_op.drop_index('ix_case_file_behind', sqlite_where=sa.text('indexed_revision < revision'), postgresql_where=sa.text('indexed_revision < revision'))
        batch_op.drop_index('ix_case_file_accepted', sqlite_where=sa.text("stage = 'accepted'"), postgresql_where=sa.text("stage = 'accepted'"))

    op.drop_table('case_file')
    with op.batch_alter_table('search_follower', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_search_follower_person_id'))

    op.drop_table('search_follower')
    op.drop_table('recall')
    with op.batch_alter_table('personal_file_item', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_personal_file_item_document_id'))

    op.drop_table('personal_file_item')
    with op.batch_alter_table('part', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_part_document_id'))
        batch_op.drop_index('ix_part_digest')

    op.drop_table('part')
    with op.batch_alter_table('notice_item', schema=None) as batch_op:
        batch_op.drop_index('ix_notice_item_subject')
        batch_op.drop_index('ix_notice_item_occasion')
        batch_op.drop_index(batch_op.f('ix_notice_item_notice_id'))

    op.drop_table('notice_item')
    with op.batch_alter_table('file_plan_entry', schema=None) as batch_op:
        batch_op.drop_index('uq_file_plan_entry_notation', sqlite_where=sa.text("notation != '' and taken_out_on is null"), postgresql_where=sa.text("notation != '' and taken_out_on is null"))
        batch_op.drop_index(batch_op.f('ix_file_plan_entry_plan_id'))
        batch_op.drop_index('ix_file_plan_entry_place')
        batch_op.drop_index(batch_op.f('ix_file_plan_entry_parent_id'))

    op.drop_table('file_plan_entry')
    with op.batch_alter_table('document_link', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_document_link_to_id'))

    op.drop_table('document_link')
    with op.batch_alter_table('document_likeness', schema=None) as batch_op:
        batch_op.drop_index('ix_document_likeness_list')
        batch_op.drop_index(batch_op.f('ix_document_likeness_earlier_id'))

    op.drop_table('document_likeness')
    with op.batch_alter_table('transfer', schema=None) as batch_op:
        batch_op.drop_index('ix_transfer_list')

    op.drop_table('transfer')
    with op.batch_alter_table('submission_call', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_submission_call_organ_id'))

    op.drop_table('submission_call')
    with op.batch_alter_table('submission', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_submission_organ_id'))

    op.drop_table('submission')
    with op.batch_alter_table('sign_in', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sign_in_person_id'))

    op.drop_table('sign_in')
    with op.batch_alter_table('saved_search', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_saved_search_unit_id'))
        batch_op.drop_index(batch_op.f('ix_saved_search_person_id'))
        batch_op.drop_index(batch_op.f('ix_saved_search_organ_id'))

    op.drop_table('saved_search')
    with op.batch_alter_table('retention_rule', schema=None) as batch_op:
        batch_op.drop_index('ix_retention_rule_in_force', sqlite_where=sa.text("state = 'in_force'"), postgresql_where=sa.text("state = 'in_force'"))
        batch_op.drop_index('ix_retention_rule_draft', sqlite_where=sa.text("state = 'draft'"), postgresql_where=sa.text("state = 'draft'"))

    op.drop_table('retention_rule')
    with op.batch_alter_table('refusal', schema=None) as batch_op:
        batch_op.drop_index('ix_refusal_to_tell', sqlite_where=sa.text("answered_at is null and sender_email != ''"), postgresql_where=sa.text("answered_at is null and sender_email != ''"))
        batch_op.drop_index(batch_op.f('ix_refusal_organ_id'))

    op.drop_table('refusal')
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.drop_index('ix_notice_to_mail', sqlite_where=sa.text('mailed_at is null'), postgresql_where=sa.text('mailed_at is null'))
        batch_op.drop_index(batch_op.f('ix_notice_person_id'))
        batch_op.drop_index(batch_op.f('ix_notice_organ_id'))

    op.drop_table('notice')
    with op.batch_alter_table('key_custody', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_key_custody_organ_id'))

    op.drop_table('key_custody')
    with op.batch_alter_table('freeze_order', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_freeze_order_organ_id'))

    op.drop_table('freeze_order')
    with op.batch_alter_table('file_plan', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_file_plan_organ_id'))

    op.drop_table('file_plan')
    with op.batch_alter_table('document', schema=None) as batch_op:
        batch_op.drop_index('ix_document_tray', sqlite_where=sa.text('is_filed is 0'), postgresql_where=sa.text('is_filed is false'))
        batch_op.drop_index(batch_op.f('ix_document_shelved_at'))
        batch_op.drop_index('ix_document_organ')
        batch_op.drop_index('ix_document_number')
        batch_op.drop_index('ix_document_mending', sqlite_where=sa.text('mending is not null'), postgresql_where=sa.text('mending is not null'))
        batch_op.drop_index('ix_document_maintenance', sqlite_where=sa.text("maintenance != ''"), postgresql_where=sa.text("maintenance != ''"))
        batch_op.drop_index(batch_op.f('ix_document_issued_date'))
        batch_op.drop_index('ix_document_doc_code')
        batch_op.drop_index('ix_document_behind', sqlite_where=sa.text('indexed_revision < revision'), postgresql_where=sa.text('indexed_revision < revision'))
        batch_op.drop_index('ix_document_alarm', sqlite_where=sa.text('alarm is not null'), postgresql_where=sa.text('alarm is not null'))

    op.drop_table('document')
    with op.batch_alter_table('delegation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_delegation_principal_id'))
        batch_op.drop_index(batch_op.f('ix_delegation_organ_id'))
        batch_op.drop_index(batch_op.f('ix_delegation_delegate_id'))

    op.drop_table('delegation')
    with op.batch_alter_table('appointment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_appointment_person_id'))
        batch_op.drop_index(batch_op.f('ix_appointment_organ_id'))

    op.drop_table('appointment')
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_person_organ_id'))

    op.drop_table('person')
    op.drop_table('number_series')
    with op.batch_alter_table('unit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_unit_organ_id'))

    op.drop_table('unit')
    with op.batch_alter_table('seal_certificate', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_seal_certificate_organ_id'))

    op.drop_table('seal_certificate')
    with op.batch_alter_table('register', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_register_organ_id'))

    op.drop_table('register')
    with op.batch_alter_table('organ_code', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_organ_code_organ_id'))

    op.drop_table('organ_code')
    op.drop_table('likeness_cursor')
    op.drop_table('holiday')
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
        batch_op.drop_index('ix_event_person')
        batch_op.drop_index(batch_op.f('ix_event_organ_id'))
        batch_op.drop_index(batch_op.f('ix_event_at'))
        batch_op.drop_index(batch_op.f('ix_event_action'))

    op.drop_table('event')
    op.drop_table('chain_head')
