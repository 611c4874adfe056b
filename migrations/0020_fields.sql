-- Fields: each module's own, defined by admins, and their values on datasheets.
--
-- A value is typed: numbers, days (their number from 0001-01-01), moments, yes and no (1, 0) and the ids of choices, users and
-- contacts stand in n; the folded beginning of text and links, and the currency of money, in t; text as it was typed in text.
-- So any field is filtered and sorted as a range of an index.

create table field_groups (
    id /*sqlite integer*/ /*postgres bigint*/ not null primary key,
    module_id bigint not null references modules (id),
    name text not null,
    rank text /*postgres collate "C"*/ not null,
    version bigint not null
);
create index field_groups_by_module on field_groups (module_id);

create table fields (
    id /*sqlite integer*/ /*postgres bigint*/ not null primary key,
    module_id bigint not null references modules (id),
    group_id bigint references field_groups (id), -- null: above all groups
    kind text not null,
    name text not null,
    help text not null,
    currency text not null, -- of money that is typed without one; empty otherwise
    default_value text, -- domain::field::FieldValue as JSON
    required_from bigint references statuses (id),
    rank text /*postgres collate "C"*/ not null,
    version bigint not null,
    created_at bigint not null,
    archived_at bigint
);
create index fields_by_module on fields (module_id);
create index fields_by_group on fields (group_id) where group_id is not null;

-- A choice that was taken out is archived: what was chosen stays chosen.
create table field_choices (
    id /*sqlite integer*/ /*postgres bigint*/ not null primary key,
    field_id bigint not null references fields (id),
    name text not null,
    rank text /*postgres collate "C"*/ not null,
    archived_at bigint
);
create index field_choices_by_field on field_choices (field_id);

-- Part 0 holds the version, also of a value that was cleared; of several choices it has no n, and each has a part of its own.
create table field_values (
    datasheet_id bigint not null references datasheets (id) on delete cascade,
    field_id bigint not null references fields (id),
    part bigint not null,
    n bigint,
    t text /*postgres collate "C"*/,
    text text,
    version bigint not null,
    primary key (datasheet_id, field_id, part)
) /*sqlite without rowid*/;
create index field_values_by_number on field_values (field_id, n, datasheet_id) where n is not null;
create index field_values_by_text on field_values (field_id, t, n, datasheet_id) where t is not null;
