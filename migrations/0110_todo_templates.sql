-- Named lists of to-dos that are added to a datasheet at once. Their to-dos are few and always read together: as JSON
-- (domain::todo_template::Planned). A deleted one stays for nothing: what was added from it does not refer to it.
create table todo_templates (
    id /*sqlite integer*/ /*postgres bigint*/ not null primary key,
    module_id bigint not null references modules (id),
    name text not null,
    todos text not null,
    version bigint not null,
    created_at bigint not null
);
create index todo_templates_by_module on todo_templates (module_id, id);
