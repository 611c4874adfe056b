-- Files of datasheets. Their bytes lie outside the database, under their SHA-256 (src/server/files.rs).
--
-- A file's id is that of its entry in the history. A deleted one stays for the undo of its deletion, for a month.

create table files (
    id /*sqlite integer*/ /*postgres bigint*/ not null primary key,
    datasheet_id bigint not null references datasheets (id) on delete cascade,
    author_id bigint not null references users (id),
    name text not null,
    hash text not null,
    size bigint not null,
    kind text not null, -- the media type that its bytes show
    version bigint not null,
    created_at bigint not null,
    deleted_at bigint
);
create index files_by_datasheet on files (datasheet_id, id) where deleted_at is null;
create index files_of_datasheet on files (datasheet_id);
create index files_by_hash on files (hash);
create index files_deleted on files (deleted_at) where deleted_at is not null;
