//! Sends the bytes of a file and hears how far it is. Only called in the browser.

use leptos::web_sys::{self, wasm_bindgen::prelude::Closure};
use wasm_bindgen::JsCast as _;

use crate::{
    domain::datasheet::Done,
    error::{Error, Result},
};

/// Sends a file. `on_percent` hears how much has gone, `on_end` the answer.
pub fn post(
    url: &str,
    file: &web_sys::File,
    on_percent: impl Fn(u32) + 'static,
    on_end: impl FnOnce(Result<Done>) + 'static,
) {
    let Ok(request) = web_sys::XmlHttpRequest::new() else {
        on_end(Err(Error::Unreachable));
        return;
    };
    let on_progress =
        Closure::<dyn FnMut(web_sys::ProgressEvent)>::new(move |event: web_sys::ProgressEvent| {
            on_percent(percent(event.loaded(), event.total()));
        });
    let mut on_end = Some(on_end);
    let on_loadend = {
        let request = request.clone();
        Closure::<dyn FnMut()>::new(move || {
            let is_ok = request.status().is_ok_and(|status| status == 200);
            let text = request.response_text().ok().flatten();
            if let Some(on_end) = on_end.take() {
                on_end(read(is_ok, text.as_deref()));
            }
        })
    };
    // Both live as long as the request, which the browser keeps until its end.
    let (on_progress, on_loadend) = (on_progress.into_js_value(), on_loadend.into_js_value());
    let sent = request
        .open("POST", url)
        .and_then(|()| request.set_request_header("content-type", "application/octet-stream"))
        .and_then(|()| request.upload())
        .and_then(|upload| {
            upload.set_onprogress(Some(on_progress.unchecked_ref()));
            request.set_onloadend(Some(on_loadend.unchecked_ref()));
            request.send_with_opt_blob(Some(file))
        });
    if sent.is_err() {
        // A request that was not sent has no end of its own.
        let end: &js_sys::Function = on_loadend.unchecked_ref();
        let _ = end.call0(&wasm_bindgen::JsValue::NULL);
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100")]
fn percent(loaded: f64, total: f64) -> u32 {
    if total > 0.0 { (loaded / total * 100.0).clamp(0.0, 100.0) as u32 } else { 0 }
}

/// What was answered. What is none of ours comes from something between us and the server.
fn read(is_ok: bool, text: Option<&str>) -> Result<Done> {
    let text = text.unwrap_or_default();
    if is_ok {
        return serde_json::from_str(text).map_err(|_| Error::Unreachable);
    }
    Err(serde_json::from_str(text).unwrap_or(Error::Unreachable))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_an_error_of_ours_or_none() {
        assert_eq!(read(false, Some("\"forbidden\"")), Err(Error::Forbidden));
        assert_eq!(read(false, Some("<html>")), Err(Error::Unreachable));
        assert_eq!(read(true, Some("<html>")), Err(Error::Unreachable));
        assert_eq!(read(false, None), Err(Error::Unreachable));
    }

    #[test]
    fn how_far_it_is_counts_to_a_hundred() {
        assert_eq!((percent(0.0, 0.0), percent(5.0, 10.0), percent(11.0, 10.0)), (0, 50, 100));
    }
}
