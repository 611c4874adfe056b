-- Names that come with a fixed module are told in each reader's language, as its statuses are, until somebody gives others.

-- 1: the name is still the one that the process comes with; what is written is for whoever reads the database.
alter table modules add column name_is_first bigint not null default 0;
alter table modules add column item_name_is_first bigint not null default 0;
alter table todo_types add column name_is_first bigint not null default 0;

update modules set name_is_first = 1
where template = 'sales' and name in ('Értékesítés', 'Sales')
    or template = 'orders' and name in ('Megrendelés', 'Orders')
    or template = 'webshop' and name in ('Webshop', 'Webshop')
    or template = 'invoicing' and name in ('Számlázás', 'Invoicing');
update modules set item_name_is_first = 1
where template = 'sales' and item_name in ('Érdeklődő', 'Lead')
    or template = 'orders' and item_name in ('Megrendelés', 'Order')
    or template = 'webshop' and item_name in ('Vásárló', 'Buyer')
    or template = 'invoicing' and item_name in ('Bizonylat', 'Document');
update todo_types set name_is_first = 1
where (icon = 'call' and name in ('Hívás', 'Call')
        or icon = 'meeting' and name in ('Találkozó', 'Meeting')
        or icon = 'email' and name in ('E-mail', 'E-mail')
        or icon = 'other' and name in ('Egyéb', 'Other'))
    and module_id in (select id from modules where template in ('sales', 'orders', 'webshop', 'invoicing'));

-- Modules of before were added with the labels of their groups in one language: that was no other name. From now on a label that
-- is stored is one that somebody gave, whatever it says.
update modules set lead_label = null where template = 'sales' and lead_label in ('Feltérképezés', 'Discovery');
update modules set open_label = null where template = 'sales' and open_label in ('Értékesítés', 'Sales');
update modules set success_label = null where template = 'sales' and success_label in ('Vevők', 'Customers');
update modules set failed_label = null where template = 'sales' and failed_label in ('Adatbázis', 'Database');
