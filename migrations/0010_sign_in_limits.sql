-- How often a sign-in may be tried, for all servers of one database (src/server/limits.rs).
--
-- The keys are hashes: what somebody types as their e-mail may be their password. A row means something until its moment and is
-- deleted some time after it.

create table sign_in_limits (
    key text not null primary key,
    until bigint not null
);
create index sign_in_limits_by_age on sign_in_limits (until);
