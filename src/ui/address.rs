//! What the address of a page says.

use leptos::prelude::*;
use leptos_router::{hooks::use_location, params::ParamsMap};

/// What a page reads out of its address, path and query as one; of any other address, to which the user is just going, it reads
/// nothing and keeps the last one.
///
/// Not the router's `use_query_map`: where two addresses are of one route and differ in a parameter and in the query, it keeps the
/// query of the first (`FlatRoutes` of `leptos_router` 0.8.17 tells the parameters alone).
pub fn of_address<T>(read: impl Fn(&str, &ParamsMap) -> Option<T> + Send + Sync + 'static) -> Memo<T>
where
    T: Clone + Default + PartialEq + Send + Sync + 'static,
{
    let at = use_location();
    Memo::new(move |before: Option<&T>| {
        at.pathname
            .with(|path| at.query.with(|query| read(path, query)))
            .or_else(|| before.cloned())
            .unwrap_or_default()
    })
}
