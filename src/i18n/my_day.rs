//! My day: the viewer's to-dos across modules.

texts! {
    my_day: "Napom", "My day";
    todos: "Teendőim", "My to-dos";
    of(text: &str, name: &str): "{text} · {name}", "{text} · {name}";
    nothing: "Nincs nyitott teendője", "You have no open to-dos";
    nothing_hint: "Ami Önre vár, bármelyik modulban, itt jelenik meg.", "Whatever waits for you, in any module, shows here.";
    key_next: "Következő teendő", "Next to-do";
    link_made: "naptárlinket készített", "made a calendar link";
    link_revoked: "visszavonta a naptárlinket", "revoked the calendar link";
    calendar: "Naptár", "Calendar";
    calendar_lead: "Egy titkos link, amellyel a naptárprogramja (Google, Outlook, Apple) olvassa a teendőit. Aki ismeri, az is látja őket.", "A secret link by which your calendar program (Google, Outlook, Apple) reads your to-dos. Whoever knows it sees them too.";
    calendar_since(when: &str): "A link készült: {when}. Újra nem mutatható meg.", "The link was made: {when}. It cannot be shown again.";
    calendar_none: "Még nincs linkje.", "You have no link yet.";
    calendar_make: "Link készítése", "Make a link";
    calendar_renew: "Új link készítése", "Make a new link";
    calendar_renew_hint: "A régi link ezzel megszűnik.", "The old link ends with it.";
    calendar_revoke: "Link visszavonása", "Revoke the link";
    calendar_revoked: "A naptárlink visszavonva.", "The calendar link is revoked.";
    calendar_link: "Naptárlink", "Calendar link";
    calendar_copy: "Másolja ki most: később már nem látható.", "Copy it now: it will not be shown again.";
    views: "Nézet", "View";
    list: "Lista", "List";
    week: "Hét", "Week";
    month: "Hónap", "Month";
    today: "Ma", "Today";
    previous_week: "Előző hét", "Previous week";
    next_week: "Következő hét", "Next week";
    previous_month: "Előző hónap", "Previous month";
    next_month: "Következő hónap", "Next month";
    how: "Elnapolás: húzza a teendőt egy másik napra, vagy Alt és nyilak.", "To postpone, drag a to-do to another day, or Alt and arrows.";
    of_day(day: &str, n: &str): "{day}, {n} teendő", "{day}, to-dos: {n}";
    more(n: &str): "még {n}", "{n} more";
    more_on(n: &str, day: &str): "még {n}, {day}", "{n} more, {day}";
    nothing_on_day: "Ezen a napon nincs teendője.", "You have no to-dos on this day.";
    rest_in_list: "A többi a listában", "The rest is in the list";
    moved(todo: &str, day: &str): "{todo}: {day}", "{todo}: {day}";
    not_back: "Teendő nem tehető a múltba", "A to-do cannot be moved into the past";
    no_further: "A naptár itt véget ér", "The calendar ends here";
    key_previous: "Előző teendő", "Previous to-do";
}
