-- The trash of one person: what a Restricted user looks through.
create index datasheets_trash_by_owner on datasheets (module_id, owner_id, trashed_at, id) where trashed_at is not null;
