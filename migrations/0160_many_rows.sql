-- Where rows are many: what changed settings wake and what a Restricted user sees of a trash are found by an index; and Postgres
-- looks after its tables sooner.

create index processes_by_module on processes (module_id, datasheet_id);

-- Who holds an open to-do on a datasheet of somebody else that is in the trash: as involvements, for those that are not.
-- Written together with them.
create table trash_involvements (
    user_id bigint not null,
    datasheet_id bigint not null references datasheets (id) on delete cascade,
    module_id bigint not null,
    trashed_at bigint not null,
    primary key (datasheet_id, user_id)
) /*sqlite without rowid*/;
create index trash_involvements_list on trash_involvements (module_id, user_id, trashed_at, datasheet_id);
insert into trash_involvements (user_id, datasheet_id, module_id, trashed_at)
    select distinct t.assignee_id, d.id, d.module_id, d.trashed_at from datasheets d join todos t on t.datasheet_id = d.id
    where d.trashed_at is not null and t.closed_at is null and t.assignee_id <> d.owner_id;

-- A count of a range reads the index alone where everybody is known to see the rows of a page. A write takes that knowledge from
-- its page, and by itself Postgres waits until a fifth of the table was written.
/*postgres alter table datasheets set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_insert_scale_factor = 0.01);
alter table involvements set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_insert_scale_factor = 0.01);
alter table search_words set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02);*/
