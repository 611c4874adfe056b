//! The history of a datasheet: comments, mentions, filters, time in statuses.

use super::Locale;

texts! {
    comment: "Megjegyzés", "Comment";
    comment_help: "Kolléga említése: @ és a neve", "Mention a colleague with @ and their name";
    comment_on(todo: &str): "Megjegyzés a teendőhöz: {todo}", "Comment on {todo}";
    comments_on(todo: &str): "Megjegyzések: {todo}", "Comments on {todo}";
    add_comment: "Megjegyzés küldése", "Add comment";
    save_comment: "Megjegyzés mentése", "Save comment";
    edit_comment(when: &str): "Megjegyzés szerkesztése ({when})", "Edit comment ({when})";
    delete_comment(when: &str): "Megjegyzés törlése ({when})", "Delete comment ({when})";
    delete: "Törlés", "Delete";
    edited: "szerkesztve", "edited";
    comment_gone: "A megjegyzést törölték.", "This comment was deleted.";
    people: "Említhető kollégák", "People to mention";
    offered(n: usize): "{n} találat, a nyilakkal választhat", "{n} people, use the arrows to choose";
    filter: "Előzmények szűrése", "Filter the history";
    all: "Minden", "All";
    todos: "Teendők", "To-dos";
    changes: "Változások", "Changes";
    comments: "Megjegyzések", "Comments";
    files: "Fájlok", "Files";
    none_of_topic: "Ilyen bejegyzés nincs.", "There is nothing of this kind.";
    newest: "A legújabbakhoz", "To the newest";
    times: "Idő a státuszokban", "Time in each status";

    said_commented: "Megjegyzés elküldve.", "Comment added.";
    said_edited: "Megjegyzés módosítva.", "Comment changed.";
    said_deleted: "Megjegyzés törölve.", "Comment deleted.";
    was_commented: "megjegyzést írt", "commented";
    was_commented_on(todo: &str): "megjegyzést írt egy teendőhöz: {todo}", "commented on the to-do {todo}";
    was_comment_edited: "módosította a megjegyzését", "changed their comment";
    was_comment_deleted: "törölte a megjegyzését", "deleted their comment";
    of_commented: "megjegyzés", "a comment";
    of_comment_edited: "megjegyzés módosítása", "changing a comment";
    of_comment_deleted: "megjegyzés törlése", "deleting a comment";

    mentions: "Említések", "Mentions";
    mentions_unread(n: &str): "Említések, {n} olvasatlan", "Mentions, {n} unread";
    no_mentions: "Még senki sem említette Önt.", "Nobody has mentioned you yet.";
    mark_read: "Olvasott", "Mark as read";
    mark_unread: "Olvasatlan", "Mark as unread";
    mark_all_read: "Mind olvasott", "Mark all as read";
    mark_read_of(name: &str): "Olvasott: {name}", "Mark as read: {name}";
    mark_unread_of(name: &str): "Olvasatlan: {name}", "Mark as unread: {name}";
    unread: "Olvasatlan", "Unread";
    older: "Régebbiek", "Older";
}

/// How long something took, in its two greatest units: `3 nap 4 óra`, `3 days 4 hours`; under a minute in words.
pub fn duration(locale: Locale, millis: i64) -> String {
    const UNITS: [(i64, (&str, &str, &str)); 3] = [
        (86_400_000, ("nap", "day", "days")),
        (3_600_000, ("óra", "hour", "hours")),
        (60_000, ("perc", "minute", "minutes")),
    ];
    let mut rest = millis.max(0);
    let mut parts = vec![];
    for (length, (hu, one, many)) in UNITS {
        let n = rest / length;
        rest %= length;
        if n > 0 {
            let unit = locale.pick((hu, if n == 1 { one } else { many }));
            parts.push(format!("{}\u{a0}{unit}", super::format::number(n, locale)));
        }
    }
    parts.truncate(2);
    if parts.is_empty() {
        locale.pick(("egy percnél kevesebb", "less than a minute")).to_owned()
    } else {
        parts.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_has_its_two_greatest_units() {
        let days = 2 * 86_400_000 + 3_600_000 + 59 * 60_000;
        assert_eq!(duration(Locale::Hu, days), "2\u{a0}nap 1\u{a0}óra");
        assert_eq!(duration(Locale::En, days), "2\u{a0}days 1\u{a0}hour");
        assert_eq!(duration(Locale::En, 61_000), "1\u{a0}minute");
        assert_eq!(duration(Locale::Hu, 59_000), "egy percnél kevesebb");
    }
}
