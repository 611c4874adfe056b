-- A module with issued documents is not trashed: nothing issued is ever out of sight.

/*sqlite -- Triggers.
create trigger modules_with_documents_stay before update of trashed_at on modules
when new.trashed_at is not null and old.trashed_at is null
    and exists (select 1 from documents where module_id = new.id)
begin select raise(abort, 'a module with issued documents is never trashed'); end;
*/

/*postgres -- Triggers.
create or replace function modules_with_documents_stay() returns trigger language plpgsql as $$
begin
    if exists (select 1 from documents where module_id = new.id) then
        raise exception 'a module with issued documents is never trashed';
    end if;
    return new;
end $$;
create trigger modules_with_documents_stay before update of trashed_at on modules
for each row when (new.trashed_at is not null and old.trashed_at is null) execute function modules_with_documents_stay();
*/
