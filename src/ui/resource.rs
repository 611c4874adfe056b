//! Data that the server puts into the page for the browser half.
//!
//! Leptos reads it as text, server functions read their answers as bytes: two readers of JSON for each type.
//! What is made here is read as bytes too, so that the browser half holds one.

use std::{fmt::Debug, future::Future};

use leptos::{
    prelude::*,
    server::codee::{Decoder, Encoder},
};
use serde::{Serialize, de::DeserializeOwned};

/// JSON, read as bytes.
#[derive(Debug)]
pub struct Json;

impl<T: Serialize> Encoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(value: &T) -> std::result::Result<String, Self::Error> {
        serde_json::to_string(value)
    }
}

impl<T: DeserializeOwned> Decoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = str;

    fn decode(text: &str) -> std::result::Result<T, Self::Error> {
        serde_json::from_slice(text.as_bytes())
    }
}

/// [`Resource::new`], read as bytes.
pub fn resource<S, T, F>(
    source: impl Fn() -> S + Send + Sync + 'static,
    fetcher: impl Fn(S) -> F + Send + Sync + 'static,
) -> Resource<T, Json>
where
    S: PartialEq + Clone + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Future<Output = T> + Send + 'static,
{
    Resource::new_with_options(source, fetcher, false)
}

/// What the server knows, and the browser half is told with the page.
pub fn shared<T: Serialize + DeserializeOwned + Debug + 'static>(known: impl FnOnce() -> T) -> T {
    SharedValue::<T, Json>::new_with_encoding(known).into_inner()
}
