//! What only Invoicing has on the module page: the settings of the seller and of the numbers.

use crate::ui::any::IntoAny;
use leptos::prelude::*;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use crate::{
    domain::{
        id::ModuleId,
        module::{Module, Template},
        process::Process,
    },
    i18n::document as texts,
    ui::{
        here,
        invoicing_settings::SettingsForm,
        lazy::late,
        widgets::{dialog::Dialog, icon::Icon},
    },
};

/// The way to the settings, for admins; nothing in other modules.
#[component]
pub fn Tools(module: Module) -> impl IntoView {
    let here = here();
    let t = here.locale;
    (module.template == Template::Fixed(Process::Invoicing) && here.is_admin()).then(|| {
        let id = module.id;
        let open = RwSignal::new(false);
        view! {
            <div class="process-tools">
                <button type="button" class="button button--quiet" on:click=move |_| open.set(true)>
                    <Icon name="wrench" />
                    {texts::settings(t)}
                </button>
                <Dialog open title=Signal::stored(texts::settings(t).to_owned())>
                    {move || open.get().then(|| late(form(id, open)))}
                </Dialog>
            </div>
        }
        .into_any()
    })
}

/// The form; its code is loaded when it is first opened.
#[wasm_split(dialogs, fallible)]
fn form(module: ModuleId, open: RwSignal<bool>) -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <SettingsForm module open saved=Callback::new(|()| ()) /> }.into_any())
}
