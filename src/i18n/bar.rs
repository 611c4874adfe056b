//! The module bar and what stands on every page.

use super::Locale;
use crate::domain::{adviser::Why, module::Template};

texts! {
    modules: "Modulok", "Modules";
    add_module: "Új modul", "Add module";
    skip_to_content: "Ugrás a tartalomra", "Skip to content";
    sign_out: "Kijelentkezés", "Sign out";
    dismiss: "Bezárás", "Dismiss";
    cancel: "Mégse", "Cancel";
    save: "Mentés", "Save";
    close: "Bezárás", "Close";
    menu_account: "Fiók", "Account";
    account_of(name: &str): "Fiók: {name}", "Account: {name}";
    profile: "Profil", "Profile";
    users: "Felhasználók", "Users";
    language: "Nyelv", "Language";
    theme: "Színek", "Colours";
    theme_auto: "Automatikus", "Auto";
    theme_light: "Világos", "Light";
    theme_dark: "Sötét", "Dark";
    kind: "Milyen folyamathoz?", "For which process?";
    adviser: "Segítség a választáshoz", "Help me choose";
    ask_many_leads: "Sok érdeklődőt minősítenek havonta?", "Do you qualify many leads a month?";
    ask_steps: "Látszódjanak a lépések a főoldalon?", "Should the steps show on the main page?";
    ask_documents: "Állítanak ki bizonylatot?", "Do you issue documents?";
    yes: "Igen", "Yes";
    no: "Nem", "No";
    advised(name: &str, why: &str): "Javaslat: {name}. {why}", "Recommended: {name}. {why}";
    why_volume: "Sok érdeklődőnél a minősítés rendezi a fát, és a lépések az adatlapon maradnak, így senki sem vész el.", "With many leads the qualification sorts the tree and the steps stay on the datasheet, so nobody gets lost.";
    why_steps: "A lépések a státuszok: a főoldalon látszanak, és húzással mozgathatók.", "The steps are the statuses: they show on the main page and can be dragged.";
    why_documents: "A státuszt maga a bizonylat mozgatja.", "The document itself moves the status.";
    why_simple: "Elég néhány saját státusz, amelyet Ön alakít tovább.", "A few statuses of your own are enough; you shape them further.";
    advised_beside(name: &str): "A bizonylatokhoz mellé: {name}.", "For the documents, beside it: {name}.";
    choose_advised: "Ezt választom", "Choose it";
    taken: "Ilyen modulból csak egy lehet, és már van (a kukában lévő is számít).", "There can be only one such module, and there is one already (one in the trash counts too).";
    name: "Név", "Name";
    add: "Hozzáadás", "Add";
    module_added(name: &str): "Új modul: {name}", "Module added: {name}";
    for_projects: "Munkák az ötlettől az átadásig, lépésről lépésre.", "Work from the idea to the handover, step by step.";
    for_hr: "Jelentkezők az első levéltől a felvételig.", "Applicants from the first letter to the first day.";
    for_events: "Kit hívtunk meg, ki jön el, ki vett részt.", "Who is invited, who will come, who came.";
    for_partners: "Partnerek és szállítók az első egyeztetéstől.", "Partners and suppliers from the first talk on.";
    for_help_desk: "Az ügyfelek kérdései és hibajegyei, amíg meg nem oldódnak.", "Customers' questions and tickets until they are solved.";
    for_custom: "Üres lap: négy státusz, amelyet Ön alakít tovább.", "A blank page: four statuses for you to shape.";
    modules_lead: "A modulok sorrendje a felső sáv sorrendje.", "The order here is the order of the bar.";
    item_name: "Egy adatlap neve", "Name of one item";
    name_of(module: &str): "Név: {module}", "Name: {module}";
    item_name_of(module: &str): "Egy adatlap neve: {module}", "Name of one item: {module}";
    save_of(module: &str): "Mentés: {module}", "Save: {module}";
    move_up_of(module: &str): "Feljebb: {module}", "Move up: {module}";
    move_down_of(module: &str): "Lejjebb: {module}", "Move down: {module}";
    trash_of(module: &str): "Kukába: {module}", "Move to trash: {module}";
    restore: "Visszaállítás", "Restore";
    restore_of(module: &str): "Visszaállítás: {module}", "Restore: {module}";
    trash: "Kuka", "Trash";
    module_trashed(module: &str): "Kukába került: {module}", "Moved to trash: {module}";
    module_restored(module: &str): "Visszaállítva: {module}", "Restored: {module}";
    module_saved(module: &str): "Elmentve: {module}", "Saved: {module}";
    no_modules: "Még nincs modul. Adjon hozzá egyet a felső sáv + gombjával.", "No modules yet. Add one with the + of the bar.";
    theirs(value: &str): "Közben más ezt írta be: {value}", "Someone else entered meanwhile: {value}";
    keep_mine: "Az enyém maradjon", "Keep mine";
    take_theirs: "Az övé maradjon", "Take theirs";
}

/// Why the adviser recommends a template.
pub const fn why(locale: Locale, why: Why) -> &'static str {
    match why {
        Why::Volume => why_volume(locale),
        Why::Steps => why_steps(locale),
        Why::Documents => why_documents(locale),
        Why::Simple => why_simple(locale),
    }
}

/// What a template is for, in one sentence.
pub const fn purpose(locale: Locale, template: Template) -> &'static str {
    match template {
        Template::Projects => for_projects(locale),
        Template::Hr => for_hr(locale),
        Template::Events => for_events(locale),
        Template::Partners => for_partners(locale),
        Template::HelpDesk => for_help_desk(locale),
        Template::Custom => for_custom(locale),
        Template::Fixed(process) => locale.pick(process.definition().purpose),
    }
}
