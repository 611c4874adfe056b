//! Lets writes outlive the page that sent them.
//!
//! A write goes out in a request that the browser finishes also when the page is left (`keepalive`), and is kept in the browser
//! until it is answered. What a page that was closed left behind is sent again by the next one, with the same key: it has one
//! effect, however often it arrives.

use crate::ui::effect;
use std::{
    cell::{Cell, RefCell},
    future::{Future, poll_fn},
    pin::pin,
};

use leptos::{
    prelude::*,
    task::spawn_local,
    web_sys::{
        self, Request, RequestInit, Storage,
        wasm_bindgen::{JsCast, JsValue, closure::Closure},
    },
};
use serde::{Deserialize, Serialize};
use wasm_bindgen_futures::JsFuture;

use super::{Here, browser, send::send_as};
use crate::{
    api::Key,
    domain::id::UserId,
    error::{Error, Result},
    i18n::errors,
};

/// What the names of kept writes begin with.
const NAME: &str = "modulok.write.";

/// How long an unanswered write is kept, in milliseconds: for half as long as the server knows its key.
const KEPT: i64 = 86_400_000;

/// A write that was sent and not answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Unanswered {
    key: String,
    /// Who sent it: nobody else sends it again.
    user: UserId,
    /// When, by the browser's clock.
    at: i64,
    path: String,
    body: String,
}

/// A write whose request is being made.
struct Going {
    key: String,
    is_first: bool,
}

thread_local! {
    static GOING: Cell<Option<Going>> = const { Cell::new(None) };
    /// Keys of this page's writes that are not answered yet.
    static OPEN: RefCell<Vec<String>> = const { RefCell::new(vec![]) };
    static USER: Cell<Option<UserId>> = const { Cell::new(None) };
}

/// Sends what an earlier page left unanswered, and begins to keep what this one sends.
pub fn open(here: Here) {
    effect(move || {
        let Some(user) = here.viewer_id() else { return };
        if USER.replace(Some(user)).is_some() {
            return;
        }
        surround_fetch();
        for write in left_behind(user) {
            let (key, name) = (Key(write.key.clone()), write.key.clone());
            send_as(
                key,
                move |_| post(write.path.clone(), write.body.clone()),
                move |answer: Result<()>| {
                    forget(&name);
                    match answer {
                        Ok(()) => here.resent.update(|times| *times += 1),
                        Err(error) => {
                            let why = errors::message(here.locale, &error);
                            here.toasts.failed(errors::earlier_not_done(here.locale, &why));
                        }
                    }
                },
            );
        }
    });
}

/// Runs a write: what it fetches is kept until [`forget`]. The first try goes on when the page is left; browsers allow that to
/// small requests only, so the further ones do not ask for it.
pub async fn keep<T>(key: &Key, is_first: bool, write: impl Future<Output = T>) -> T {
    let mut write = pin!(write);
    OPEN.with_borrow_mut(|open| {
        if !open.contains(&key.0) {
            open.push(key.0.clone());
        }
    });
    poll_fn(|context| {
        GOING.set(Some(Going { key: key.0.clone(), is_first }));
        let polled = write.as_mut().poll(context);
        GOING.set(None);
        polled
    })
    .await
}

/// The write was answered, or given up and the user told.
pub fn forget(key: &str) {
    OPEN.with_borrow_mut(|open| open.retain(|other| other != key));
    if let Some(storage) = storage() {
        // One that stays is sent once more, which changes nothing.
        let _ = storage.remove_item(&format!("{NAME}{key}"));
    }
}

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

/// What this user's closed pages left, the oldest first. What is too old to be sent safely goes.
fn left_behind(user: UserId) -> Vec<Unanswered> {
    let Some(storage) = storage() else { return vec![] };
    let names: Vec<String> = (0..storage.length().unwrap_or(0))
        .filter_map(|index| storage.key(index).ok().flatten())
        .filter(|name| name.starts_with(NAME))
        .collect();
    let now = browser::clock();
    let mut left = vec![];
    for name in names {
        let kept = storage.get_item(&name).ok().flatten();
        match kept.and_then(|text| serde_json::from_slice::<Unanswered>(text.as_bytes()).ok()) {
            Some(write) if now - write.at <= KEPT => left.push(write),
            _ => {
                let _ = storage.remove_item(&name);
            }
        }
    }
    left.retain(|write| write.user == user);
    left.sort_by_key(|write| write.at);
    left
}

/// Puts itself between the page and `fetch`, through which every server function goes; only writes are touched.
fn surround_fetch() {
    let Some(window) = web_sys::window().map(JsValue::from) else { return };
    let Ok(Ok(fetch)) =
        js_sys::Reflect::get(&window, &"fetch".into()).map(JsCast::dyn_into::<js_sys::Function>)
    else {
        return;
    };
    let this = window.clone();
    let around =
        Closure::<dyn Fn(JsValue, JsValue) -> JsValue>::new(move |request: JsValue, init: JsValue| {
            let request = match (GOING.take(), request.dyn_into::<Request>()) {
                (Some(going), Ok(request)) => kept(going, request).into(),
                (_, Ok(request)) => request.into(),
                (_, Err(address)) => address,
            };
            fetch.call2(&this, &request, &init).unwrap_or_else(|error| js_sys::Promise::reject(&error).into())
        });
    if js_sys::Reflect::set(&window, &"fetch".into(), around.as_ref()).is_ok() {
        around.forget();
    }
}

/// Keeps the request of a write; answers the one to be sent.
fn kept(going: Going, request: Request) -> Request {
    let (Ok(copy), Some(user)) = (request.clone(), USER.get()) else { return request };
    let (at, path) = (browser::clock(), path_of(&request.url()));
    let Going { key, is_first } = going;
    spawn_local(async move {
        let Ok(text) = copy.text() else { return };
        let Some(body) = JsFuture::from(text).await.ok().and_then(|text| text.as_string()) else { return };
        // Answered meanwhile; or a password, which is written down nowhere.
        if path.contains("password") || !OPEN.with_borrow(|open| open.contains(&key)) {
            return;
        }
        let name = format!("{NAME}{key}");
        let write = Unanswered { key, user, at, path, body };
        if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(&write)) {
            // Where the browser keeps nothing, what it sends when the page is left has to do.
            let _ = storage.set_item(&name, &text);
        }
    });
    if !is_first {
        return request;
    }
    let init = RequestInit::new();
    if js_sys::Reflect::set(&init, &"keepalive".into(), &true.into()).is_err() {
        return request;
    }
    Request::new_with_request_and_init(&request, &init).unwrap_or(request)
}

/// The path of an address of this site.
fn path_of(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.find('/').map_or_else(|| "/".to_owned(), |at| rest[at..].to_owned())
}

/// Sends a kept write as it was sent before.
async fn post(path: String, body: String) -> Result<()> {
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(&body.into());
    let asked = async {
        let request = Request::new_with_str_and_init(&path, &init)?;
        for name in ["Content-Type", "Accept"] {
            request.headers().set(name, "application/json")?;
        }
        let window = web_sys::window().ok_or(JsValue::NULL)?;
        let response: web_sys::Response =
            JsFuture::from(window.fetch_with_request(&request)).await?.dyn_into()?;
        let text = JsFuture::from(response.text()?).await?;
        Ok::<_, JsValue>((response.ok(), text.as_string().unwrap_or_default()))
    };
    match asked.await {
        Ok((true, _)) => Ok(()),
        Ok((false, text)) => Err(serde_json::from_slice(text.as_bytes()).unwrap_or(Error::Server)),
        Err(_) => Err(Error::Unreachable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_an_address_begins_with_a_slash() {
        assert_eq!(path_of("http://127.0.0.1:3000/api/todos/close"), "/api/todos/close");
        assert_eq!(path_of("https://crm.pelda.hu/api/a?b=c"), "/api/a?b=c");
        assert_eq!(path_of("/api/todos/close"), "/api/todos/close");
        assert_eq!(path_of("http://127.0.0.1"), "/");
    }
}
