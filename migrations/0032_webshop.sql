-- Webshop: whose an e-mail address is, the orders of each buyer, and the tokens by which a shop sends them.

-- The buyer of an address. A datasheet may get a second address; an address never has two datasheets.
create table webshop_buyers (
    module_id bigint not null references modules (id),
    email text /*postgres collate "C"*/ not null,
    datasheet_id bigint not null references datasheets (id) on delete cascade,
    primary key (module_id, email)
);
create index webshop_buyers_by_datasheet on webshop_buyers (datasheet_id);

-- An order comes in once: its number is the shop's.
create table webshop_orders (
    module_id bigint not null references modules (id),
    number text /*postgres collate "C"*/ not null,
    datasheet_id bigint not null references datasheets (id) on delete cascade,
    email text not null,
    at bigint not null,
    amount bigint not null, -- in the smallest unit of its currency
    currency text not null,
    received_at bigint not null,
    primary key (module_id, number)
);
-- A page of a buyer's orders, the latest first; and their figures.
create index webshop_orders_by_buyer on webshop_orders (datasheet_id, at, number);

-- Only the SHA-256 of a token is stored. A revoked one stays, so that it can be seen what it did until when.
create table api_tokens (
    id /*sqlite integer*/ /*postgres bigint*/ not null primary key,
    name text not null,
    token_hash text not null unique,
    created_by bigint not null references users (id),
    created_at bigint not null,
    used_at bigint,
    revoked_at bigint
);
