-- The first schema: people, modules, statuses, datasheets, to-dos, history, imports.
--
-- One text for both databases. Comments marked for one database are opened for that one only (src/store/migrate.rs):
-- integer keys are SQLite's row ids, and text that is compared byte by byte says so to Postgres.
-- Moments are milliseconds since the epoch (UTC); days are ISO text and stay days. Ids are made by the server (src/store/ids.rs).
-- No clock, triggers or sequences in here: time and ids are passed in.

create table settings (
    name text not null primary key,
    value text not null
);

create table users (
    id /*sqlite integer*/ /*postgres bigint*/ not null primary key,
    name text not null,
    email text not null unique,
    password_hash text,
    role text not null,
    state text not null,
    zone text not null,
    locale text,
    theme text not null,
    version bigint not null,
    created_at bigint not null
);

-- Only the SHA-256 of a token is stored: a stolen database opens no session.
create table sessions (
    token_hash text not null primary key,
    user_id bigint not null references users (id),
    created_at bigint not null,
    seen_at bigint not null,
    expires_at bigint not null,
    agent text not null
);
create index sessions_by_user on sessions (user_id);

create table sign_in_links (
    token_hash text not null primary key,
    user_id bigint not null references users (id),
    expires_at bigint not null,
    used_at bigint
);

create table modules (
    id /*sqlite integer*/ /*postgres bigint*/ not null primary key,
    template text not null,
    name text not null,
    item_name text not null,
    lead_label text,
    open_label text,
    success_label text,
    failed_label text,
    rank text /*postgres collate "C"*/ not null,
    version bigint not null,
    created_at bigint not null,
    trashed_at bigint
);

create table module_access (
    user_id bigint not null references users (id),
    module_id bigint not null references modules (id),
    primary key (user_id, module_id)
);

create table todo_types (
    id /*sqlite integer*/ /*postgres bigint*/ not null primary key,
    module_id bigint not null references modules (id),
    name text not null,
    icon text not null,
    rank text /*postgres collate "C"*/ not null
);
create index todo_types_by_module on todo_types (module_id);

-- A deleted status stays for the undo of its deletion; nothing refers to it otherwise.
create table statuses (
    id /*sqlite integer*/ /*postgres bigint*/ not null primary key,
    module_id bigint not null references modules (id),
    status_group text not null,
    name text not null,
    color text not null,
    rank text /*postgres collate "C"*/ not null,
    version bigint not null,
    deleted_at bigint
);
create index statuses_by_module on statuses (module_id);

create table contacts (
    id /*sqlite integer*/ /*postgres bigint*/ not null primary key,
    kind text not null, -- person, business
    name text not null,
    name_fold text /*postgres collate "C"*/ not null,
    business_id bigint references contacts (id),
    email text,
    phone text,
    version bigint not null,
    created_at bigint not null
);
-- With the address: an import looks each contact up by both.
create index contacts_by_name on contacts (name_fold, email);
create index contacts_by_email on contacts (email) where email is not null;
create index contacts_by_business on contacts (business_id) where business_id is not null;

-- next_todo_id, next_due_at and list_key are written only by store/todos.rs, in the transaction that changes a to-do.
-- list_key is domain::datasheet::ListKey: it alone orders the list, so every page and count is one range of one index.
create table datasheets (
    id /*sqlite integer*/ /*postgres bigint*/ not null primary key,
    module_id bigint not null references modules (id),
    status_id bigint not null references statuses (id),
    owner_id bigint not null references users (id),
    contact_id bigint references contacts (id),
    name text not null,
    name_fold text /*postgres collate "C"*/ not null,
    version bigint not null,
    created_at bigint not null,
    modified_at bigint not null,
    status_since bigint not null,
    trashed_at bigint,
    import_id bigint,
    next_todo_id bigint,
    next_due_at bigint,
    list_key bigint not null
);
create index datasheets_list on datasheets (module_id, list_key, id) where trashed_at is null;
create index datasheets_list_by_status on datasheets (module_id, status_id, list_key, id) where trashed_at is null;
create index datasheets_list_by_owner on datasheets (module_id, owner_id, list_key, id) where trashed_at is null;
create index datasheets_list_by_owner_and_status on datasheets (module_id, owner_id, status_id, list_key, id) where trashed_at is null;
create index datasheets_trash on datasheets (module_id, trashed_at, id) where trashed_at is not null;
create index datasheets_by_import on datasheets (import_id) where import_id is not null;
create index datasheets_by_contact on datasheets (contact_id) where contact_id is not null;

create table todos (
    id /*sqlite integer*/ /*postgres bigint*/ not null primary key,
    datasheet_id bigint not null references datasheets (id),
    type_id bigint not null references todo_types (id),
    assignee_id bigint not null references users (id),
    text text not null,
    due_day text, -- ISO day when the to-do has no hour
    due_at bigint not null, -- the moment it is due; for a day, its end in the assignee's zone
    postponed bigint not null,
    version bigint not null,
    created_at bigint not null,
    created_by bigint not null references users (id),
    closed_at bigint,
    closed_by bigint references users (id),
    outcome text,
    note text
);
-- Open ones by due time (closed_at is null), closed ones by closed_at, and all of a datasheet when it is removed.
create index todos_by_datasheet on todos (datasheet_id, closed_at, due_at, id);
create index todos_by_assignee on todos (assignee_id, due_at, id) where closed_at is null;

-- Who holds an open to-do on a datasheet of somebody else: with the owner's index, all that a Restricted user may see,
-- each as a range. Written together with datasheets.list_key; only for datasheets that are not in the trash.
create table involvements (
    user_id bigint not null references users (id),
    datasheet_id bigint not null references datasheets (id),
    module_id bigint not null,
    status_id bigint not null,
    list_key bigint not null,
    primary key (user_id, datasheet_id)
) /*sqlite without rowid*/;
create index involvements_by_datasheet on involvements (datasheet_id);
create index involvements_list on involvements (module_id, user_id, list_key, datasheet_id);
create index involvements_list_by_status on involvements (module_id, user_id, status_id, list_key, datasheet_id);

-- Exact counts without counting: one row per status, user and how the user is tied to the datasheets counted.
-- tie: 'owner' (untrashed datasheets owned) or 'involved' (rows of involvements).
create table status_counts (
    module_id bigint not null,
    status_id bigint not null,
    user_id bigint not null,
    tie text not null,
    n bigint not null,
    primary key (module_id, status_id, user_id, tie)
) /*sqlite without rowid*/;

-- The folded words of a datasheet's name and contact, for search by the beginning of words.
create table search_words (
    module_id bigint not null,
    word text /*postgres collate "C"*/ not null,
    datasheet_id bigint not null,
    primary key (module_id, word, datasheet_id)
) /*sqlite without rowid*/;
create index search_words_by_datasheet on search_words (datasheet_id);

-- The history: one entry for each write, never changed but for undone_by.
create table events (
    id /*sqlite integer*/ /*postgres bigint*/ not null primary key,
    at bigint not null,
    user_id bigint references users (id), -- null: the system
    module_id bigint,
    datasheet_id bigint,
    kind text not null,
    what text not null, -- domain::history::What as JSON
    undo text, -- how to take it back, as JSON (store::undo); null: it cannot be
    batch_id bigint, -- the event that this one is a part of
    undone_by bigint
);
create index events_by_datasheet on events (datasheet_id, id) where datasheet_id is not null;
create index events_by_batch on events (batch_id, id) where batch_id is not null;

-- Idempotency keys of the browser's writes, with the answer that was given.
create table requests (
    user_id bigint not null,
    key text not null,
    hash text not null, -- of the server function's name and arguments
    answer text, -- JSON
    at bigint not null,
    primary key (user_id, key)
);
create index requests_by_age on requests (at);

create table imports (
    id /*sqlite integer*/ /*postgres bigint*/ not null primary key,
    module_id bigint not null references modules (id),
    user_id bigint not null references users (id),
    file_name text not null,
    made bigint not null,
    at bigint not null,
    undone_at bigint
);

-- What was imported once is recognised and not made again.
create table import_lines (
    module_id bigint not null,
    fingerprint text not null,
    import_id bigint not null references imports (id),
    datasheet_id bigint not null,
    primary key (module_id, fingerprint)
) /*sqlite without rowid*/;
create index import_lines_by_import on import_lines (import_id);
