-- Files and comments of a to-do: those of its datasheet that say which to-do they belong to. They stay the datasheet's where the
-- to-do is taken back.
alter table files add column todo_id bigint references todos (id) on delete set null;
create index files_by_todo on files (todo_id) where todo_id is not null;
alter table comments add column todo_id bigint references todos (id) on delete set null;
create index comments_by_todo on comments (todo_id) where todo_id is not null;
create index comments_of_todos on comments (datasheet_id, id) where todo_id is not null and deleted_at is null;
