//! Sign-in, start, not found, profile, users.

use super::Locale;
use crate::domain::user::{Role, UserState};

texts! {
    sign_in: "Bejelentkezés", "Sign in";
    sign_in_lead: "Minden folyamat egy helyen.", "Every process in one place.";
    language: "Nyelv", "Language";
    not_found_title: "Ez az oldal nem található", "This page cannot be found";
    not_found_text: "Lehet, hogy törölték, vagy nincs hozzá jogosultsága.", "It may have been deleted, or you may not have access to it.";
    to_the_start: "Vissza a kezdőlapra", "Back to the start";
    failed_title: "Ez most nem sikerült", "That did not work";
    try_again: "Újra", "Try again";
    not_loaded: "Az oldal egy részét nem sikerült betölteni.", "A part of the page could not be loaded.";
    start_title: "Üdvözli a Modulok!", "Welcome to Modulok";
    start_admin: "A munka modulokban folyik: mindegyik egy folyamat, saját státuszokkal és teendőkkel. Kezdje az elsővel: projektek, jelentkezők, ügyfélszolgálat.", "Work happens in modules: each is one process with its own statuses and to-dos. Begin with the first: projects, applicants, a help desk.";
    start_first: "Az első modul hozzáadása", "Add your first module";
    start_plus: "Fent, a kék sávon a + gomb nyitja meg a sablonokat.", "The + in the blue bar at the top opens the templates.";
    start_user: "Még nincs megnyitható modulja. Kérje meg az adminisztrátort, hogy adjon hozzáférést.", "There is no module you may open yet. Ask your admin for access.";
    profile: "Profil", "Profile";
    welcome: "Üdvözöljük! Adja meg az e-mail-címét és egy jelszót, hogy vissza tudjon jönni.", "Welcome! Set your e-mail and a password so that you can come back.";
    you: "Saját adatok", "You";
    language_of_browser: "A böngésző nyelve", "The browser's language";
    colours: "Színek", "Colours";
    colours_auto: "Ahogy az eszközön", "As on the device";
    colours_light: "Világos", "Light";
    colours_dark: "Sötét", "Dark";
    new_password: "Új jelszó", "New password";
    change_password: "Jelszó módosítása", "Change password";
    password_hint: "Legalább 8 karakter; egy hosszabb mondat is jó.", "At least 8 characters; a short sentence is good.";
    password_ends: "A többi eszközön kijelentkezteti.", "Signs you out on your other devices.";
    saved: "Elmentve.", "Saved.";
    password_changed: "A jelszó megváltozott.", "The password was changed.";
    save_and_begin: "Mentés és kezdés", "Save and begin";
    users: "Felhasználók", "Users";
    add_user: "Új felhasználó", "Add user";
    edit_user(name: &str): "{name} szerkesztése", "Edit {name}";
    set_password: "Jelszó beállítása", "Set password";
    set_password_of(name: &str): "Jelszó beállítása: {name}", "Set password: {name}";
    password_of(name: &str): "{name} új jelszava", "New password of {name}";
    edit: "Szerkesztés", "Edit";
    state: "Állapot", "State";
    active: "Aktív", "Active";
    locked: "Zárolt", "Locked";
    off: "Kikapcsolt", "Off";
    admin: "Adminisztrátor", "Admin";
    manager: "Vezető", "Manager";
    user: "Felhasználó", "User";
    restricted: "Korlátozott", "Restricted";
    role_admin: "Minden adat és beállítás.", "All data and settings.";
    role_manager: "Minden modul minden adata.", "All data of all modules.";
    role_user: "A bejelölt modulok minden adata.", "All data in the ticked modules.";
    role_restricted: "A bejelölt modulokban csak a saját adatlapok, és amin nyitott teendője van.", "In the ticked modules only their own datasheets and those they hold an open to-do on.";
    all_modules: "Mind", "All";
    no_modules: "Egy sem", "None";
    user_saved(name: &str): "Elmentve: {name}", "Saved: {name}";
    password_set(name: &str): "Jelszó beállítva: {name}", "Password set: {name}";
    tokens: "API-kulcsok", "API tokens";
    tokens_lead: "Kulccsal küldi be egy program az adatait, például egy webáruház a rendeléseit:", "With a token a program sends its data, such as a web shop its orders:";
    no_tokens: "Még nincs kulcs.", "There is no token yet.";
    make_token: "Új API-kulcs", "Make API token";
    make: "Létrehozás", "Make";
    made: "Készítette", "Made by";
    last_used: "Utoljára használva", "Last used";
    never: "Még soha", "Never";
    in_force: "Érvényes", "In force";
    revoked: "Visszavonva", "Revoked";
    revoke: "Visszavonás", "Revoke";
    revoke_of(name: &str): "Visszavonás: {name}", "Revoke: {name}";
    revoke_means: "Ami ezzel a kulccsal küld adatot, ettől kezdve nem tud. A visszavonás végleges.", "What sends data with this token cannot any more. Revoking is for good.";
    token_revoked(name: &str): "Visszavonva: {name}", "Revoked: {name}";
    token_name_hint: "Például a webáruház neve: erről ismerhető fel.", "Such as the shop's name: you will know it by that.";
    secret: "A kulcs", "The token";
    secret_once: "Most másolja ki: később nem nézhető meg, csak a lenyomatát őrizzük.", "Copy it now: it cannot be shown again, only its digest is kept.";
    copy: "Másolás", "Copy";
    copied: "Kimásolva.", "Copied.";
    user_changed: "Közben más is módosította ezt a felhasználót. Mentéssel az itt látható értékek maradnak.", "Someone else changed this user meanwhile. Saving keeps the values shown here.";
}

/// The name of a role.
pub const fn role(locale: Locale, role: Role) -> &'static str {
    match role {
        Role::Admin => admin(locale),
        Role::Manager => manager(locale),
        Role::User => user(locale),
        Role::Restricted => restricted(locale),
    }
}

/// What a role may do.
pub const fn role_help(locale: Locale, role: Role) -> &'static str {
    match role {
        Role::Admin => role_admin(locale),
        Role::Manager => role_manager(locale),
        Role::User => role_user(locale),
        Role::Restricted => role_restricted(locale),
    }
}

/// The name of a user's state.
pub const fn user_state(locale: Locale, state: UserState) -> &'static str {
    match state {
        UserState::Active => active(locale),
        UserState::Locked => locked(locale),
        UserState::Off => off(locale),
    }
}
