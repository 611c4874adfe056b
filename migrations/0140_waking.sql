-- Changed settings let the clock look at a module's datasheets again, a few at a time: how far it came; null when it is done.

alter table modules add column waking_after bigint;
