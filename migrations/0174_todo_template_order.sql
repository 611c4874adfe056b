-- Templates of to-dos stand in an order of their own: so far the oldest came first (domain::rank).

alter table todo_templates add column rank text /*postgres collate "C"*/ not null default 'i';
update todo_templates set rank = 'h' || id || 'i';
drop index todo_templates_by_module;
create index todo_templates_by_module on todo_templates (module_id, rank, id) where deleted_at is null;
