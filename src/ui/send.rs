//! Sends writes: one key per thing the user does, sent again with the same key while no answer comes.

use std::{future::Future, pin::Pin};

use leptos::task::spawn_local;

use super::{browser, outbox};
use crate::{
    api::Key,
    error::{Error, Result},
};

/// How long to wait before each further try, in milliseconds.
const WAITS: [u32; 4] = [300, 1_000, 3_000, 8_000];

/// Sends a write and hands the answer on. Where none comes it is sent again with the same key: it has one effect. It goes on
/// when the page is left meanwhile.
pub fn send<T: 'static, F: Future<Output = Result<T>> + 'static>(
    write: impl Fn(Key) -> F + 'static,
    then: impl FnOnce(Result<T>) + 'static,
) {
    send_as(Key(browser::random_key()), write, then);
}

/// The same with a key that was made before.
pub fn send_as<T: 'static, F: Future<Output = Result<T>> + 'static>(
    key: Key,
    write: impl Fn(Key) -> F + 'static,
    then: impl FnOnce(Result<T>) + 'static,
) {
    send_boxed(key, Box::new(move |key| Box::pin(write(key))), Box::new(then));
}

type Write<T> = Box<dyn Fn(Key) -> Pin<Box<dyn Future<Output = Result<T>>>>>;

/// The same for all writes with one kind of answer, and so compiled once for them.
fn send_boxed<T: 'static>(key: Key, write: Write<T>, then: Box<dyn FnOnce(Result<T>)>) {
    spawn_local(async move {
        let (mut waits, mut is_first) = (WAITS.into_iter(), true);
        let answer = loop {
            match outbox::keep(&key, is_first, write(key.clone())).await {
                Err(error @ (Error::Unreachable | Error::Busy)) => match waits.next() {
                    Some(wait) => gloo_timers::future::TimeoutFuture::new(wait).await,
                    None => break Err(error),
                },
                answer => break answer,
            }
            is_first = false;
        };
        outbox::forget(&key.0);
        then(answer);
    });
}
