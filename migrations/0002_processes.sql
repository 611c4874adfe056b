-- Fixed modules: the facts that a process moves a status by, when the clock may move it next, and sums of money.
--
-- Facts and settings are JSON of domain::process: a new process needs no table of its own for them. What is looked up or must
-- be unique (document numbers, orders of a buyer) gets its own tables with the process that needs it.

-- Which status of its process this is; null in customisable modules.
alter table statuses add column process_key text;
create unique index statuses_by_process_key on statuses (module_id, process_key) where process_key is not null;

-- What admins set about the process (domain::process::Settings); null: as it comes.
alter table modules add column settings text;

-- What the datasheet is worth, in the smallest unit of its currency; written with the facts.
alter table datasheets add column amount bigint;
alter table datasheets add column currency text;

create table processes (
    datasheet_id /*sqlite integer*/ /*postgres bigint*/ not null primary key references datasheets (id),
    module_id bigint not null references modules (id),
    facts text not null, -- domain::process::Facts
    summary text not null, -- domain::process::Summary: what a row of the list shows
    version bigint not null, -- counts the changes of the facts
    wakes_at bigint -- when the clock alone may move the status next
);
create index processes_by_clock on processes (wakes_at, datasheet_id) where wakes_at is not null;

-- Exact sums without adding up: as status_counts, and per currency.
create table status_sums (
    module_id bigint not null,
    status_id bigint not null,
    user_id bigint not null,
    tie text not null,
    currency text not null,
    amount bigint not null,
    primary key (module_id, status_id, user_id, tie, currency)
) /*sqlite without rowid*/;
