-- Contacts in full: several e-mail addresses, phone numbers and addresses each, what they are found and compared by, merges.
--
-- contacts.email and contacts.phone are the first detail of their kind: what lists show and imports look for. They are written only
-- with the details, by store/contacts.rs.

alter table contacts add column name_key text /*postgres collate "C"*/ not null default ''; -- domain::contact::name_key
alter table contacts add column tax_number text;
alter table contacts add column tax_key text /*postgres collate "C"*/; -- domain::contact::tax_key
alter table contacts add column created_by bigint references users (id);

create table contact_details (
    id /*sqlite integer*/ /*postgres bigint*/ not null primary key,
    contact_id bigint not null references contacts (id) on delete cascade,
    kind text not null, -- email, phone, address
    label text not null, -- work, home, mobile, billing, delivery, other
    value text not null,
    key text /*postgres collate "C"*/, -- domain::contact::DetailKind::key; null: is not compared
    version bigint not null
);
create index contact_details_by_contact on contact_details (contact_id, kind, id);
create index contact_details_by_key on contact_details (kind, key, contact_id) where key is not null;

-- domain::contact::search_words: the folded words by which a contact is found.
create table contact_words (
    word text /*postgres collate "C"*/ not null,
    contact_id bigint not null,
    primary key (word, contact_id)
) /*sqlite without rowid*/;
create index contact_words_by_contact on contact_words (contact_id, word);

-- What was merged into what; `before` holds both as they were and what fell away, as JSON (store::merges).
create table contact_merges (
    id /*sqlite integer*/ /*postgres bigint*/ not null primary key,
    kept_id bigint not null,
    merged_id bigint not null,
    at bigint not null,
    user_id bigint not null references users (id),
    before text not null,
    undone_at bigint
);
create index contact_merges_by_merged on contact_merges (merged_id) where undone_at is null;

-- The rows that went from one contact to the other, to be brought back by an undo.
create table contact_moves (
    merge_id bigint not null references contact_merges (id),
    kind text not null, -- datasheet, person, detail, event, value
    row_id bigint not null,
    field_id bigint not null, -- of a value; 0 otherwise
    primary key (merge_id, kind, row_id, field_id)
) /*sqlite without rowid*/;

alter table events add column contact_id bigint;
create index events_by_contact on events (contact_id, id) where contact_id is not null;

drop index datasheets_by_contact;
create index datasheets_by_contact on datasheets (contact_id, id) where contact_id is not null;

-- What there is already. The id of a contact is no detail's, so its address takes it and its phone number the negative one.
insert into contact_details (id, contact_id, kind, label, value, key, version)
select id, id, 'email', 'work', email, lower(email), 1 from contacts where email is not null;

insert into contact_details (id, contact_id, kind, label, value, key, version)
select -id, id, 'phone', 'work', phone, replace(replace(replace(replace(replace(replace(phone, ' ', ''), '-', ''), '(', ''), ')', ''), '/', ''), '.', ''), 1
from contacts where phone is not null;
update contact_details set key = case
    when key like '+%' then substr(key, 2)
    when key like '00%' then substr(key, 3)
    when key like '06%' then '36' || substr(key, 3)
    when length(key) = 9 and substr(key, 1, 2) in ('20', '30', '31', '50', '70') or length(key) = 8 then '36' || key
    else key end
where kind = 'phone';

insert into contact_words (word, contact_id)
with recursive cut (id, word, rest) as (
    select id, cast('' as text) /*postgres collate "C"*/,
        replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(name_fold,
            '.', ' '), ',', ' '), '-', ' '), '&', ' '), '/', ' '), '(', ' '), ')', ' '), '''', ' '), '"', ' '), ':', ' ') || ' '
    from contacts
    union all
    select id, substr(rest, 1, /*sqlite instr(rest, ' ')*/ /*postgres strpos(rest, ' ')*/ - 1),
        substr(rest, /*sqlite instr(rest, ' ')*/ /*postgres strpos(rest, ' ')*/ + 1)
    from cut where rest <> ''
)
select distinct word, id from cut where word <> '';

update contacts set name_key = coalesce(
    (select string_agg(w.word, ' ' order by w.word) from contact_words w where w.contact_id = contacts.id), '');

insert into contact_words (word, contact_id)
with recursive cut (id, word, rest) as (
    select contact_id, cast('' as text) /*postgres collate "C"*/,
        replace(replace(replace(replace(replace(key, '.', ' '), '@', ' '), '-', ' '), '_', ' '), '+', ' ') || ' '
    from contact_details where key is not null
    union all
    select id, substr(rest, 1, /*sqlite instr(rest, ' ')*/ /*postgres strpos(rest, ' ')*/ - 1),
        substr(rest, /*sqlite instr(rest, ' ')*/ /*postgres strpos(rest, ' ')*/ + 1)
    from cut where rest <> ''
)
select distinct word, id from cut where word <> ''
union
select substr(key, 3), contact_id from contact_details where kind = 'phone' and key like '36%'
on conflict do nothing;

create index contacts_in_order on contacts (name_fold, id);
create index contacts_by_name_key on contacts (name_key);
create index contacts_by_tax_key on contacts (tax_key) where tax_key is not null;
create index contacts_by_maker on contacts (created_by) where created_by is not null;
