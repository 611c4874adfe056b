-- Comments on datasheets, and who is mentioned in them.
--
-- A comment's id is that of its entry in the history: one timeline, one key. A deleted one stays for the undo of its deletion.

create table comments (
    id /*sqlite integer*/ /*postgres bigint*/ not null primary key,
    datasheet_id bigint not null references datasheets (id) on delete cascade,
    author_id bigint not null references users (id),
    text text not null,
    version bigint not null,
    created_at bigint not null,
    edited_at bigint,
    deleted_at bigint
);
create index comments_by_datasheet on comments (datasheet_id, id);

create table mentions (
    user_id bigint not null references users (id),
    comment_id bigint not null references comments (id) on delete cascade,
    datasheet_id bigint not null,
    seen_at bigint,
    primary key (user_id, comment_id)
) /*sqlite without rowid*/;
create index mentions_unseen on mentions (user_id, comment_id) where seen_at is null;
create index mentions_by_comment on mentions (comment_id);
