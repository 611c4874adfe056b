//! Sample templates of to-dos.

use crate::{
    domain::{
        module::Template,
        time::Timestamp,
        todo_template::{Count, Planned, TemplateForm},
    },
    error::Result,
    i18n::Locale,
    store::{Tx, modules::Made, todo_templates},
};

type Words = (&'static str, &'static str);

/// Text, place of the type among the module's, days, minute of the day.
type Todos = &'static [(Words, usize, u32, Option<u16>)];

const PROJECT: Todos = &[
    (("Kezdő megbeszélés összehívása", "Call the first meeting"), 1, 0, None),
    (("Ütemterv elküldése", "Send the schedule"), 2, 3, None),
    (("Első ellenőrzés", "First review"), 0, 10, Some(9 * 60 + 30)),
];
const TICKET: Todos = &[
    (("Visszahívás", "Call back"), 0, 0, None),
    (("Elégedettség megkérdezése", "Ask whether all is well"), 2, 5, None),
];

/// Gives a module of this kind its template, if there is one for it.
pub async fn fill(
    tx: &mut Tx,
    locale: Locale,
    now: Timestamp,
    template: Template,
    module: &Made,
) -> Result<()> {
    let (name, todos): (Words, Todos) = match template {
        Template::Projects => (("Projektindítás", "Start of a project"), PROJECT),
        Template::HelpDesk => (("Új hibajegy", "New ticket"), TICKET),
        _ => return Ok(()),
    };
    let planned = |(text, kind, days, minute): &(Words, usize, u32, Option<u16>)| {
        let kind = *module.types.get(*kind)?;
        let text = locale.pick(*text).to_owned();
        Some(Planned { text, kind, days: *days, count: Count::WorkingDays, minute: *minute, assignee: None })
    };
    let todos = todos.iter().filter_map(planned).collect();
    let form = TemplateForm { name: locale.pick(name).to_owned(), todos };
    todo_templates::add(tx, module.id, form, now).await?;
    Ok(())
}
