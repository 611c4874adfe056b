-- What a to-do has besides text, type, due time and assignee: duration, reminder, steps, repetition (domain::todo::Details as
-- JSON; null: none of them). Whoever reads it has the to-do already; nothing is searched or sorted by it.
alter table todos add column details text;
-- What a type fills in: minutes that it takes, and minutes before at which one is reminded.
alter table todo_types add column duration bigint;
alter table todo_types add column reminder bigint;
-- Counts the changes of its settings.
alter table todo_types add column version bigint not null default 1;
