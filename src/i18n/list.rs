//! The datasheet list.

texts! {
    datasheets: "Adatlapok", "Datasheets";
    overdue: "Lejárt", "Overdue";
    today: "Ma", "Today";
    tomorrow: "Holnap", "Tomorrow";
    this_week: "Ezen a héten", "This week";
    next_week: "Jövő héten", "Next week";
    this_month: "Ebben a hónapban", "Later this month";
    next_month: "Jövő hónapban", "Next month";
    later: "Később", "Later";
    no_todo: "Nincs teendő", "No to-do";
    close_todo: "Teendő lezárása", "Close to-do";
    postpone: "Elnapolás", "Postpone";
    new_todo: "Új teendő", "New to-do";
    undo: "Visszavonás", "Undo";
}

/// The heading of a bucket.
pub const fn bucket(locale: super::Locale, bucket: crate::domain::bucket::Bucket) -> &'static str {
    use crate::domain::bucket::Bucket as B;
    match bucket {
        B::Overdue => overdue(locale),
        B::Today => today(locale),
        B::Tomorrow => tomorrow(locale),
        B::ThisWeek => this_week(locale),
        B::NextWeek => next_week(locale),
        B::ThisMonth => this_month(locale),
        B::NextMonth => next_month(locale),
        B::Later => later(locale),
        B::NoTodo => no_todo(locale),
    }
}
