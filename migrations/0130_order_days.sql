-- Orders whose file names a day and no hour: the day as it was written; `at` is its first moment where it was imported.

alter table webshop_orders add column day text;
