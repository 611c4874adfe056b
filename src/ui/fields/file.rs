//! A file in a field: one of the datasheet's, chosen or uploaded in place (dropped, pasted or picked).

use crate::ui::any::IntoAny;
use leptos::{ev, prelude::*, web_sys};

use crate::{
    api::Key,
    domain::{
        filter::percent_encode,
        id::{DatasheetId, EventId},
    },
    error::Error,
    i18n::files as texts,
    ui::{browser, here, upload, widgets::form::choice, widgets::icon::Icon},
};

/// Chooses a file of the datasheet, or uploads one.
#[component]
pub fn FileInput(
    /// Id of the choice.
    id: String,
    /// What the field is called.
    name: String,
    /// The datasheet it is on; without one there is nothing to upload to.
    datasheet: Option<DatasheetId>,
    /// The file that stands there, by its id; empty for none.
    typed: Signal<String>,
    /// The names of the datasheet's files.
    files: Signal<Vec<(EventId, String)>>,
    /// Whether it only shows.
    disabled: Signal<bool>,
    /// What describes it.
    described: Signal<Option<String>>,
    /// Whether what stands there will not do.
    invalid: Signal<Option<&'static str>>,
    /// What was answered, if it was no.
    problem: RwSignal<Option<Error>>,
    /// Told of a file that was uploaded, before `commit`.
    #[prop(optional_no_strip)]
    on_file: Option<Callback<(EventId, String)>>,
    /// Stores what was chosen.
    commit: Callback<String>,
) -> impl IntoView {
    let t = here().locale;
    // Uploaded just now: the page does not know it yet.
    let added = RwSignal::new(Vec::<(EventId, String)>::new());
    let percent = RwSignal::new(None::<u32>);
    let over = RwSignal::new(false);
    let all = Memo::new(move |_| {
        let mut all = files.get();
        added.with(|added| {
            for file in added {
                if all.iter().all(|(id, _)| *id != file.0) {
                    all.insert(0, file.clone());
                }
            }
        });
        all
    });
    let options = move || {
        let known = all.get().into_iter().map(|(id, name)| (id.to_string(), name));
        std::iter::once((String::new(), "–".to_owned()))
            .chain(known)
            .map(|(option, name)| choice(option, name, typed))
            .collect_view()
    };
    let send = move |file: Option<web_sys::File>| {
        let (Some(datasheet), Some(file)) = (datasheet, file) else { return };
        let name = file.name();
        let key = Key(browser::random_key());
        let url = format!("/files?datasheet={datasheet}&key={}&name={}", key.0, percent_encode(&name));
        percent.set(Some(0));
        upload::post(
            &url,
            &file,
            move |now| {
                percent.try_set(Some(now));
            },
            move |answer| {
                percent.try_set(None);
                match answer {
                    Ok(done) => {
                        if let Some(file) = done.undo {
                            added.try_update(|added| added.push((file, name.clone())));
                            if let Some(on_file) = on_file {
                                on_file.try_run((file, name));
                            }
                            commit.try_run(file.to_string());
                        }
                    }
                    Err(error) => {
                        problem.try_set(Some(error));
                    }
                }
            },
        );
    };
    let is_off = move || disabled.get() || datasheet.is_none() || percent.with(Option::is_some);
    let has_files = |event: &ev::DragEvent| {
        event.data_transfer().is_some_and(|data| data.types().includes(&"Files".into(), 0))
    };
    let href = move || {
        let id = typed.get();
        (!id.is_empty()).then(|| format!("/files/{id}"))
    };
    let upload_name = texts::upload_to(t, &name);
    view! {
        <div
            class="own-field__file"
            data-over=move || over.get().then_some("")
            on:dragover=move |event| {
                if has_files(&event) && !untrack(is_off) {
                    event.prevent_default();
                    over.set(true);
                }
            }
            on:dragleave=move |_| over.set(false)
            on:drop=move |event| {
                over.set(false);
                if has_files(&event) && !untrack(is_off) {
                    event.prevent_default();
                    send(event.data_transfer().and_then(|data| data.files()).and_then(|files| files.item(0)));
                }
            }
            on:paste=move |event| {
                let file = event.clipboard_data().and_then(|data| data.files()).and_then(|files| files.item(0));
                if file.is_some() && !untrack(is_off) {
                    event.prevent_default();
                    send(file);
                }
            }
        >
            <select
                id=id
                disabled=move || disabled.get()
                aria-invalid=move || invalid.get()
                aria-describedby=move || described.get()
                on:change=move |event| commit.run(event_target_value(&event))
            >
                {options}
            </select>
            <label class="button button--quiet own-field__upload" hidden=is_off>
                <Icon name="upload" />
                <span aria-hidden="true">{texts::upload(t)}</span>
                <span class="visually-hidden">{upload_name.clone()}</span>
                <input
                    type="file"
                    class="visually-hidden"
                    on:change=move |event| {
                        let input: web_sys::HtmlInputElement = event_target(&event);
                        send(input.files().and_then(|files| files.item(0)));
                        // The same file can be chosen again.
                        input.set_value("");
                    }
                />
            </label>
            <progress max="100" aria-label=upload_name value=move || percent.get() hidden=move || percent.with(Option::is_none)></progress>
            // `rel=external`: the browser's own way to a file, past the router.
            <a class="own-field__open" href=href hidden=move || href().is_none() rel="external" download="">
                {texts::open(t)}
            </a>
        </div>
    }
    .into_any()
}
