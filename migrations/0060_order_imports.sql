-- Which import an order of a web shop came in by, so that the whole import can be taken back.
alter table webshop_orders add column import_id bigint references imports (id);
create index webshop_orders_by_import on webshop_orders (import_id, datasheet_id) where import_id is not null;
