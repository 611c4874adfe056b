//! My day: the viewer's to-dos across modules.

texts! {
    my_day: "Napom", "My day";
    todos: "Teendőim", "My to-dos";
    of(text: &str, name: &str): "{text} · {name}", "{text} · {name}";
    nothing: "Nincs nyitott teendője", "You have no open to-dos";
    nothing_hint: "Ami Önre vár, bármelyik modulban, itt jelenik meg.", "Whatever waits for you, in any module, shows here.";
    key_next: "Következő teendő", "Next to-do";
    key_previous: "Előző teendő", "Previous to-do";
}
