-- Sales: the furthest status that a datasheet ever had, for the funnel.

-- Short of being lost; null where the process keeps none. Written with the facts.
alter table datasheets add column furthest_id bigint references statuses (id);

-- How many got how far, exactly and without counting: as status_counts, by the furthest status.
create table furthest_counts (
    module_id bigint not null,
    status_id bigint not null,
    user_id bigint not null,
    tie text not null,
    n bigint not null,
    primary key (module_id, status_id, user_id, tie)
) /*sqlite without rowid*/;
