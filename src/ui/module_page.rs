//! The main screen: head with filters, list left, tree right. Reads the URL into a [`Filter`].

mod field_filter;
mod invoicing;
mod new_datasheet;
mod sales;
mod search;
mod sorted;

use crate::ui::{any::IntoAny, dynamic, effect};
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{
    address::of_address,
    browser,
    datasheet_list::{DatasheetList, ListState},
    here,
    import::Import,
    not_found::Failed,
    shared,
    status_tree::StatusTree,
    widgets::{icon::Icon, page_title::page_title},
};
use crate::{
    api::modules::{FirstSight, module_show},
    domain::{
        datasheet,
        filter::{Filter, Owner},
        id::ModuleId,
        process::Process,
    },
    error::Error,
    i18n::list as texts,
};

/// The page of one module.
#[component]
pub fn ModulePage() -> impl IntoView {
    let here = here();
    let locale = here.locale;
    let asked = of_address(|path, query| {
        let id = path.strip_prefix("/m/").filter(|id| !id.contains('/'))?;
        Some((id.parse::<ModuleId>().ok(), Filter::from_query(|name| query.get_str(name))))
    });
    let id = Memo::new(move |_| asked.with(|(id, _)| *id));
    let filter = Memo::new(move |_| asked.with(|(_, filter)| filter.clone()));
    let page = PageState::new(id, filter);
    let adding = RwSignal::new(false);
    let name = move || {
        here.modules.with(|modules| {
            modules
                .iter()
                .find(|module| Some(module.id) == id.get())
                .map(|module| module.name.clone())
                .unwrap_or_default()
        })
    };
    let path = move |filter: &Filter| format!("/m/{}{}", id.get().map_or(0, |id| id.0), filter.to_query());

    let with_owner = move |owner: Owner| path(&Filter { owner, ..filter.get() });
    let is_owner = move |owner: Owner| (filter.with(|filter| filter.owner) == owner).then_some("true");
    let navigate = StoredValue::new(use_navigate());
    let go = move |path: String, replace: bool| {
        navigate.with_value(|navigate| {
            navigate(&path, NavigateOptions { replace, scroll: false, ..NavigateOptions::default() });
        });
    };

    // Without JavaScript the form is sent: the other filters go with it.
    let kept_in_form = move || {
        let kept = filter.get();
        let plain =
            Filter { search: String::new(), field: String::new(), sort: String::new(), ..kept.clone() };
        let query = plain.to_query();
        let plain = query.trim_start_matches('?').split('&').filter_map(|pair| pair.split_once('='));
        // The browser writes them so that they stand in a URL.
        let texts = kept.texts().into_iter().filter(|(name, text)| *name != "q" && !text.is_empty());
        let field = |(name, value): (&str, &str)| {
            view! { <input type="hidden" name=name.to_owned() value=value.to_owned() /> }
        };
        plain.chain(texts).map(field).collect_view()
    };
    let search = Callback::new(move |(filter, replace): (Filter, bool)| {
        go(untrack(|| path(&filter)), replace);
    });
    let people = here.people();
    let takes_orders = Signal::derive(move || {
        page.shown.with(|shown| match shown {
            Some(FirstSight { page: Ok(page), .. }) => {
                page.module.template.process() == Some(Process::Webshop)
            }
            _ => false,
        })
    });
    view! {
        <Title text=page_title(name) />
        <div class="page">
            <div class="page__head">
                <h1 tabindex="-1">{name}</h1>
                <div class="segmented" role="group" aria-label=texts::owner_filter(locale)>
                    <a href=dynamic(move || with_owner(Owner::Mine)) aria-current=dynamic(move || is_owner(Owner::Mine))>
                        {texts::mine(locale)}
                    </a>
                    <a href=dynamic(move || with_owner(Owner::All)) aria-current=dynamic(move || is_owner(Owner::All))>
                        {texts::everybody(locale)}
                    </a>
                </div>
                <select
                    class="page__owner"
                    aria-label=texts::owner_filter(locale)
                    on:change=move |event| {
                        let owner = event_target_value(&event).parse().map_or(Owner::All, Owner::Person);
                        go(with_owner(owner), false);
                    }
                >
                    <option value="" selected=dynamic(move || !matches!(filter.get().owner, Owner::Person(_)))>
                        {texts::everybody(locale)}
                    </option>
                    {people
                        .into_iter()
                        .map(|person| {
                            view! {
                                <option
                                    value=person.id.to_string()
                                    selected=dynamic(move || filter.get().owner == Owner::Person(person.id))
                                >
                                    {person.name}
                                </option>
                            }
                        })
                        .collect_view()}
                </select>
                <form class="field" role="search" method="get" on:submit=|event| event.prevent_default()>
                    <Icon name="search" />
                    {kept_in_form}
                    // A field of its own for each module: what is typed in one does not stand in the next.
                    <For each=move || [id.get()] key=|id| *id let:_>
                        <search::Search filter go=search />
                    </For>
                    <kbd aria-hidden="true">"/"</kbd>
                </form>
                <field_filter::FieldFilter
                    module=id
                    filter
                    path=Callback::new(move |filter: Filter| path(&filter))
                    go=Callback::new(move |path: String| go(path, false))
                />
                <button type="button" class="button" on:click=move |_| adding.set(true)>
                    <Icon name="plus" />
                    {texts::new_datasheet(locale)}
                </button>
                <Import module=id takes_orders on_change=Callback::new(move |()| page.load()) />
            </div>
            {dynamic(move || {
                page.shown
                    .with(|shown| match shown {
                        None => view! { <p class="list__more">{texts::loading(locale)}</p> }.into_any(),
                        Some(FirstSight { page: Ok(page), filter: of, .. }) => {
                            view! { <Loaded page=page.clone() of=of.clone() filter adding /> }.into_any()
                        }
                        Some(FirstSight { page: Err(error), .. }) => view! { <Failed error=error.clone() /> }.into_any(),
                    })
            })}
        </div>
    }
}

/// What is shown, and what is on its way. The page that the server made comes with it; all further ones are asked for, and
/// until they come the one before stays.
#[derive(Clone, Copy)]
struct PageState {
    id: Memo<Option<ModuleId>>,
    filter: Memo<Filter>,
    shown: RwSignal<Option<FirstSight>>,
    /// Counts what was asked for: only the last answer is shown.
    asked: StoredValue<u32>,
}

impl PageState {
    fn new(id: Memo<Option<ModuleId>>, filter: Memo<Filter>) -> Self {
        let first = shared(use_context::<FirstSight>);
        let page = Self { id, filter, shown: RwSignal::new(first), asked: StoredValue::new(0) };
        effect(move || {
            let wanted = (id.get(), filter.get());
            let is_there = page.shown.with_untracked(|shown| {
                shown.as_ref().is_some_and(|shown| shown.module == wanted.0 && shown.filter == wanted.1)
            });
            if is_there {
                // What may be on its way for another filter comes too late.
                page.asked.update_value(|asked| *asked += 1);
            } else {
                page.load();
            }
        });
        page
    }

    /// Asks for the page of the URL.
    fn load(self) {
        let (module, filter) = (self.id.get_untracked(), self.filter.get_untracked());
        self.asked.update_value(|asked| *asked += 1);
        let turn = self.asked.get_value();
        spawn_local(async move {
            let page = match module {
                Some(module) => module_show(module, filter.clone()).await,
                None => Err(Error::NotFound),
            };
            // Another one was asked for meanwhile, or the page was left.
            if self.asked.try_get_value() == Some(turn) {
                // The tree is made anew: who walks it by keyboard stays where they are.
                let item =
                    browser::focused().and_then(|focused| focused.closest("[role=treeitem]").ok().flatten());
                self.shown.set(Some(FirstSight { module, filter, page }));
                if let Some(item) = item {
                    browser::focus_soon(format!("#{}", item.id()));
                }
            }
        });
    }
}

/// The list and the tree, once they are there.
#[component]
fn Loaded(
    page: datasheet::ModulePage,
    /// The filter that the page was asked for with.
    of: Filter,
    filter: Memo<Filter>,
    adding: RwSignal<bool>,
) -> impl IntoView {
    let module = page.module.clone();
    let is_sorted = !of.sort.is_empty();
    let list = ListState::new(page, of);
    let dropped = Callback::new(move |(datasheet, status)| list.set_status(datasheet, status));
    view! {
        <sales::Tools module=module.clone() filter />
        <invoicing::Tools module=module.clone() />
        {if is_sorted { sorted::list(list) } else { view! { <DatasheetList list /> }.into_any() }}
        <StatusTree module tree=list.tree counts=list.statuses sums=list.sums filter=filter dropped />
        <new_datasheet::NewDatasheet list open=adding />
    }
}
