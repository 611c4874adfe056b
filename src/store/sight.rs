//! What of the datasheets of all modules a viewer sees, as a condition in a statement that begins with these three values.

use crate::domain::{
    id::UserId,
    user::{Role, Viewer},
};

/// Whether a viewer sees the datasheet `d`: `$1` is the viewer, `$2` 1 with every module, `$3` 1 for those who see only what is
/// theirs. That the module is not in the trash is asked beside it.
macro_rules! is_seen {
    () => {
        "($2 = 1 or exists (select 1 from module_access a where a.user_id = $1 and a.module_id = d.module_id))
            and ($3 = 0 or d.owner_id = $1 or exists (select 1 from todos t
                where t.datasheet_id = d.id and t.assignee_id = $1 and t.closed_at is null))"
    };
}
pub(super) use is_seen;

/// What the first three placeholders stand for.
pub(super) fn sight(user: UserId, role: Role) -> (UserId, i64, i64) {
    (user, i64::from(role.sees_all_modules()), i64::from(role == Role::Restricted))
}

/// The same of a viewer.
pub(super) fn of(viewer: &Viewer) -> (UserId, i64, i64) {
    sight(viewer.id, viewer.role)
}
