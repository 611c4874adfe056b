-- A deleted template of to-dos can be brought back: it is kept aside.

alter table todo_templates add column deleted_at bigint;
drop index todo_templates_by_module;
create index todo_templates_by_module on todo_templates (module_id, id) where deleted_at is null;
