//! The module bar and what stands on every page.

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
}
