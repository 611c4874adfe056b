-- The secret link under which a user's calendar program reads their to-dos: one at most. Only the SHA-256 of the secret is stored.
create table calendar_links (
    user_id /*sqlite integer*/ /*postgres bigint*/ not null primary key references users (id),
    token_hash text not null unique,
    created_at bigint not null
);
