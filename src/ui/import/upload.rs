//! Sends a file and hears what the server says meanwhile. Only called in the browser.

use std::cell::RefCell;

use leptos::web_sys::{self, wasm_bindgen::prelude::Closure};
use serde::de::DeserializeOwned;
use wasm_bindgen::JsCast as _;

use crate::{
    domain::import::Message,
    error::{Error, Result},
};

thread_local! {
    // Bound to its thread, so no part of a page that the server renders may hold it; and it outlives the field it was chosen in.
    static KEPT: RefCell<Option<web_sys::File>> = const { RefCell::new(None) };
}

/// Keeps the file that is looked at, until it is imported.
pub fn keep(file: Option<web_sys::File>) {
    KEPT.set(file);
}

/// The file that is looked at.
pub fn kept() -> Option<web_sys::File> {
    KEPT.with_borrow(Option::clone)
}

/// Sends a file. `on_text` gets all that was answered so far, each time there is more; `on_end` the whole answer, or `None`
/// when there was none.
pub fn post(
    url: &str,
    file: &web_sys::File,
    on_text: impl Fn(&str) + 'static,
    on_end: impl FnOnce(Option<String>) + 'static,
) {
    let Ok(request) = web_sys::XmlHttpRequest::new() else {
        on_end(None);
        return;
    };
    let answered = {
        let request = request.clone();
        move || request.response_text().ok().flatten()
    };
    let on_progress = {
        let answered = answered.clone();
        Closure::<dyn FnMut()>::new(move || {
            if let Some(text) = answered() {
                on_text(&text);
            }
        })
    };
    // Both live as long as the request, which the browser keeps until its end.
    request.set_onprogress(Some(on_progress.into_js_value().unchecked_ref()));
    let mut on_end = Some(on_end);
    let on_loadend = {
        let request = request.clone();
        Closure::<dyn FnMut()>::new(move || {
            let answer = answered().filter(|_| request.status().is_ok_and(|status| status != 0));
            if let Some(on_end) = on_end.take() {
                on_end(answer);
            }
        })
    };
    let on_loadend = on_loadend.into_js_value();
    let sent = request
        .open("POST", url)
        .and_then(|()| request.set_request_header("content-type", "application/octet-stream"))
        .and_then(|()| {
            request.set_onloadend(Some(on_loadend.unchecked_ref()));
            request.send_with_opt_blob(Some(file))
        });
    if sent.is_err() {
        // A request that was not sent has no end of its own.
        let end: &js_sys::Function = on_loadend.unchecked_ref();
        let _ = end.call0(&wasm_bindgen::JsValue::NULL);
    }
}

/// Reads an answer. One that is none of ours comes from something between us and the server.
pub fn read<T: DeserializeOwned>(answer: Option<&str>) -> Result<T> {
    serde_json::from_str(answer.ok_or(Error::Unreachable)?).map_err(|_| Error::Unreachable)
}

/// The last whole line of an answer that is still coming.
pub fn last_line(text: &str) -> Option<Message> {
    let (whole, _) = text.rsplit_once('\n')?;
    serde_json::from_str(whole.rsplit('\n').next()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_lines_are_read_while_an_answer_comes() {
        let progress = |done| Some(Message::Progress { done, of: 9 });
        assert_eq!(last_line("{\"progress\":{\"done\":1,\"of\":9}}"), None);
        assert_eq!(last_line("{\"progress\":{\"done\":1,\"of\":9}}\n{\"progr"), progress(1));
        assert_eq!(
            last_line("{\"progress\":{\"done\":1,\"of\":9}}\n{\"progress\":{\"done\":2,\"of\":9}}\n"),
            progress(2)
        );
        assert_eq!(last_line(""), None);
    }

    #[test]
    fn an_answer_that_is_none_of_ours_is_no_answer() {
        assert_eq!(read::<Message>(Some("<html>Bad gateway</html>")), Err(Error::Unreachable));
        assert_eq!(read::<Message>(None), Err(Error::Unreachable));
    }
}
