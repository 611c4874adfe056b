//! What narrows the list; lives in the URL, so that it can be bookmarked.

use serde::{Deserialize, Serialize};

use super::{
    id::{StatusId, UserId},
    status::StatusGroup,
};

/// One status or one group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Narrow {
    /// Only this status.
    Status(StatusId),
    /// Only the statuses of this group.
    Group(StatusGroup),
}

/// Whose datasheets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// Everybody's that the viewer may see.
    #[default]
    All,
    /// The viewer's own.
    Mine,
    /// One person's.
    Person(UserId),
}

/// What narrows the list of a module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Filter {
    /// A status or group.
    pub narrow: Option<Narrow>,
    /// Whose.
    pub owner: Owner,
    /// Words of the name; empty for none.
    pub search: String,
}

impl Filter {
    /// The longest search, in characters; more is cut.
    pub const SEARCH_MAX: usize = 100;

    /// Reads the parameters of a URL's query; what it does not know it passes over.
    pub fn from_query<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Self {
        let narrow = get("status")
            .and_then(|id| id.parse().ok())
            .map(Narrow::Status)
            .or_else(|| get("group").and_then(StatusGroup::parse).map(Narrow::Group));
        let owner = match get("owner") {
            Some("me") => Owner::Mine,
            Some(id) => id.parse().map_or(Owner::All, Owner::Person),
            None => Owner::All,
        };
        let search =
            get("q").map(|text| text.trim().chars().take(Self::SEARCH_MAX).collect()).unwrap_or_default();
        Self { narrow, owner, search }
    }

    /// The query of a URL that says the same: empty, or beginning with `?`.
    pub fn to_query(&self) -> String {
        let mut parts = vec![];
        match self.narrow {
            Some(Narrow::Status(id)) => parts.push(format!("status={id}")),
            Some(Narrow::Group(group)) => parts.push(format!("group={}", group.as_str())),
            None => {}
        }
        match self.owner {
            Owner::All => {}
            Owner::Mine => parts.push("owner=me".to_owned()),
            Owner::Person(id) => parts.push(format!("owner={id}")),
        }
        if !self.search.is_empty() {
            parts.push(format!("q={}", percent_encode(&self.search)));
        }
        if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
    }

    /// The same filter with the narrowing of a click: a click on the narrowed one widens again.
    #[must_use]
    pub fn toggled(&self, narrow: Narrow) -> Self {
        Self { narrow: (self.narrow != Some(narrow)).then_some(narrow), ..self.clone() }
    }
}

/// Percent-encoding of a query's value (RFC 3986 unreserved characters stay).
pub fn percent_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(byte as char);
        } else {
            use std::fmt::Write as _;
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &[(&str, &str)]) -> Filter {
        Filter::from_query(|name| query.iter().find(|(key, _)| *key == name).map(|(_, value)| *value))
    }

    #[test]
    fn a_filter_in_the_url_reads_back_as_it_was() {
        let filter = read(&[("status", "12"), ("owner", "me"), ("q", "kovács & társa")]);
        assert_eq!(filter.narrow, Some(Narrow::Status(StatusId(12))));
        assert_eq!(filter.to_query(), "?status=12&owner=me&q=kov%C3%A1cs%20%26%20t%C3%A1rsa");
    }

    #[test]
    fn nonsense_in_the_url_is_no_filter() {
        assert_eq!(read(&[("status", "x"), ("group", "none"), ("owner", "anna")]), Filter::default());
        assert_eq!(Filter::default().to_query(), "");
    }

    #[test]
    fn a_second_click_widens_again() {
        let group = Narrow::Group(StatusGroup::Open);
        let narrowed = Filter::default().toggled(group);
        assert_eq!(narrowed.narrow, Some(group));
        assert_eq!(narrowed.toggled(group), Filter::default());
    }
}
