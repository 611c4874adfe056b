-- Issued documents: written once. The database itself refuses to change or remove them, whatever the program tries.

-- The last number of each series of a module in a year. Taken in the transaction that issues: what is rolled back leaves no gap.
create table document_counters (
    module_id bigint not null references modules (id),
    series text not null,
    year bigint not null,
    last bigint not null,
    last_on text not null, -- the day of that issue: no later number has an earlier day
    primary key (module_id, series, year)
) /*sqlite without rowid*/;

create table documents (
    datasheet_id /*sqlite integer*/ /*postgres bigint*/ not null primary key references datasheets (id),
    module_id bigint not null references modules (id),
    series text not null,
    year bigint not null,
    count bigint not null,
    number text not null,
    content text not null, -- domain::document::Document
    hash text not null, -- SHA-256 of the content
    issued_at bigint not null,
    issued_by bigint references users (id)
);
create unique index documents_by_number on documents (module_id, number);
create unique index documents_by_count on documents (module_id, series, year, count);

/*sqlite -- Triggers.
create trigger documents_stay before update on documents
begin select raise(abort, 'an issued document never changes'); end;
create trigger documents_remain before delete on documents
begin select raise(abort, 'an issued document is never deleted'); end;
create trigger documents_not_trashed before update of trashed_at on datasheets
when new.trashed_at is not null and exists (select 1 from documents where datasheet_id = new.id)
begin select raise(abort, 'an issued document is never trashed'); end;
*/

/*postgres -- Triggers.
create or replace function documents_stay() returns trigger language plpgsql as $$
begin raise exception 'an issued document stays as it is'; end $$;
create trigger documents_stay before update or delete on documents
for each row execute function documents_stay();
create trigger documents_no_truncate before truncate on documents
for each statement execute function documents_stay();
create or replace function documents_not_trashed() returns trigger language plpgsql as $$
begin
    if exists (select 1 from documents where datasheet_id = new.id) then
        raise exception 'an issued document is never trashed';
    end if;
    return new;
end $$;
create trigger documents_not_trashed before update of trashed_at on datasheets
for each row when (new.trashed_at is not null and old.trashed_at is null) execute function documents_not_trashed();
*/
