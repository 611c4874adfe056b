//! The trash of a module, and deleting for good.

use super::{Locale, files, format, history, process, related, sheet};
use crate::domain::trash::Goes;

texts! {
    trash: "Kuka", "Trash";
    trash_of(module: &str): "{module}: kuka", "{module}: trash";
    lead: "Ami itt van, bármikor visszaállítható. Véglegesen törölni adminisztrátor tud.", "What is here can be restored at any time. An admin can delete it permanently.";
    empty: "A kuka üres.", "The trash is empty.";
    empty_hint: "Ami a kukába kerül, itt található meg.", "What is moved to the trash is found here.";
    more: "Korábban kukába tettek", "Trashed earlier";
    newest: "A legutóbbiakhoz", "To the latest";
    trashed_by(who: &str): "kukába tette: {who}", "trashed by {who}";
    delete: "Végleges törlés", "Delete permanently";
    delete_ask: "Végleges törlés…", "Delete permanently…";
    delete_ask_of(name: &str): "Végleges törlés… {name}", "Delete permanently… {name}";
    goes_with: "Vele együtt ez is végleg törlődik:", "This is deleted with it:";
    no_way_back: "A végleges törlés nem vonható vissza.", "A permanent deletion cannot be undone.";
    said_deleted(name: &str): "Véglegesen törölve: {name}", "Permanently deleted: {name}";
    gone_already: "Ezt már véglegesen törölték.", "This was permanently deleted already.";
}

/// What goes with a datasheet, and how many of each; what there is none of is not told.
pub fn goes(t: Locale, goes: &Goes) -> Vec<(&'static str, String)> {
    [
        (sheet::todos(t), goes.todos),
        (history::comments(t), goes.comments),
        (files::files(t), goes.files),
        (process::orders(t), goes.orders),
        (related::related(t), goes.relations),
        (sheet::history(t), goes.entries),
    ]
    .into_iter()
    .filter(|(_, n)| *n > 0)
    .map(|(what, n)| (what, format::bucket_count(u64::from(n), t)))
    .collect()
}
