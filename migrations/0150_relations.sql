-- Related datasheets: a pair with what the one is to the other, seen from both.

create table relations (
    id /*sqlite integer*/ /*postgres bigint*/ not null primary key,
    one_id bigint not null references datasheets (id) on delete cascade, -- the one with the lower id
    other_id bigint not null references datasheets (id) on delete cascade,
    about text not null,
    version bigint not null,
    created_at bigint not null,
    created_by bigint not null references users (id)
);
create unique index relations_by_one on relations (one_id, other_id);
create index relations_by_other on relations (other_id, one_id);

-- The other datasheet that an entry names: who may not see that one does not see the entry.
alter table events add column related_id bigint;
create index events_by_related on events (related_id) where related_id is not null;
