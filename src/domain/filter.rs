//! What narrows the list; lives in the URL, so that it can be bookmarked.

use serde::{Deserialize, Serialize};

use super::{
    field::{FieldKind, currency_code},
    id::{ContactId, FieldId, StatusId, UserId},
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

/// What must stand in a field of the module's own.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FieldTest {
    /// The field.
    pub field: FieldId,
    /// What.
    pub is: Test,
}

/// What must stand in a field, as it is stored: numbers in their smallest unit, days by their number, moments in milliseconds,
/// choices, users and contacts by their id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// Nothing.
    Empty,
    /// Anything.
    Filled,
    /// A number, both ends included; of an amount of money in that currency.
    Between {
        /// The least; `None` is any.
        from: Option<i64>,
        /// The greatest; `None` is any.
        to: Option<i64>,
        /// ISO 4217.
        currency: Option<String>,
    },
    /// That text, whatever the case and accents; of a longer one its first [`Test::TEXT_MAX`] characters.
    Text(String),
    /// A text that has this among its first [`Test::TEXT_MAX`] characters, whatever the case and accents.
    Contains(String),
}

impl Test {
    /// How many characters of a text are compared.
    pub const TEXT_MAX: usize = 100;

    /// Exactly this number or id.
    pub const fn exactly(n: i64) -> Self {
        Self::Between { from: Some(n), to: Some(n), currency: None }
    }

    /// Whether it can be asked of a field of that kind: a long text is not compared, for it is longer than what is.
    pub fn suits(&self, kind: FieldKind) -> bool {
        match self {
            Self::Empty | Self::Filled => true,
            Self::Text(_) | Self::Contains(_) => matches!(kind, FieldKind::Text | FieldKind::Link),
            Self::Between { .. } => {
                !matches!(kind, FieldKind::Text | FieldKind::LongText | FieldKind::Link | FieldKind::File)
            }
        }
    }
}

impl FieldTest {
    /// The contact that it names, if its field holds contacts.
    pub fn contact(&self) -> Option<ContactId> {
        match self.is {
            Test::Between { from: Some(from), to, currency: None } if to == Some(from) => {
                Some(ContactId(from))
            }
            _ => None,
        }
    }

    /// Reads a URL's `field`; `None` for nonsense.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, ':');
        let field = parts.next()?.parse().ok()?;
        let (word, rest) = (parts.next()?, parts.next().unwrap_or_default());
        let typed = || -> Option<String> {
            let text: String = rest.trim().chars().take(Test::TEXT_MAX).collect();
            (!text.is_empty()).then_some(text)
        };
        let is = match word {
            "empty" => Test::Empty,
            "filled" => Test::Filled,
            "between" => {
                let mut ends = rest.split(':');
                let mut end = || match ends.next() {
                    None | Some("") => Some(None),
                    Some(n) => n.parse::<i64>().ok().map(Some),
                };
                let (from, to) = (end()?, end()?);
                let currency = match ends.next() {
                    Some(code) => Some(currency_code(code)?),
                    None => None,
                };
                if from.is_none() && to.is_none() {
                    return None;
                }
                Test::Between { from, to, currency }
            }
            "text" => Test::Text(typed()?),
            "contains" => Test::Contains(typed()?),
            _ => return None,
        };
        Some(Self { field, is })
    }

    /// What a URL's `field` says of it.
    pub fn to_text(&self) -> String {
        let end = |n: Option<i64>| n.map(|n| n.to_string()).unwrap_or_default();
        let rest = match &self.is {
            Test::Empty => "empty".to_owned(),
            Test::Filled => "filled".to_owned(),
            Test::Between { from, to, currency } => {
                let currency = currency.as_ref().map(|code| format!(":{code}")).unwrap_or_default();
                format!("between:{}:{}{currency}", end(*from), end(*to))
            }
            Test::Text(text) => format!("text:{text}"),
            Test::Contains(text) => format!("contains:{text}"),
        };
        format!("{}:{rest}", self.field)
    }
}

/// The order of the list by what stands in a field, in the place of its buckets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sort {
    /// The field.
    pub field: FieldId,
    /// Whether the greatest comes first.
    pub descending: bool,
}

impl Sort {
    /// Reads a URL's `sort`; `None` for nonsense.
    pub fn parse(text: &str) -> Option<Self> {
        let (descending, id) = text.strip_prefix('-').map_or((false, text), |id| (true, id));
        Some(Self { field: id.parse().ok()?, descending })
    }

    /// What a URL's `sort` says of it.
    pub fn to_text(self) -> String {
        format!("{}{}", if self.descending { "-" } else { "" }, self.field)
    }
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
    /// What must stand in a field, as the URL says it; empty for nothing. It is read where it is needed ([`Filter::test`]): the
    /// first load does without the reading.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub field: String,
    /// The field that orders it, as the URL says it, if not the next to-do. Read by [`Filter::order`].
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sort: String,
}

impl Filter {
    /// The longest search, in characters; more is cut.
    pub const SEARCH_MAX: usize = 100;
    /// The same of what else is kept as the URL says it: a text of [`Test::TEXT_MAX`] and what stands before it.
    const WRITTEN_MAX: usize = 200;

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
        let text = |name, longest| -> String {
            get(name).map(|text| text.trim().chars().take(longest).collect()).unwrap_or_default()
        };
        let [search, field, sort] =
            [("q", Self::SEARCH_MAX), ("field", Self::WRITTEN_MAX), ("sort", Self::WRITTEN_MAX)]
                .map(|(name, longest)| text(name, longest));
        Self { narrow, owner, search, field, sort }
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
        for (name, text) in self.texts() {
            if !text.is_empty() {
                parts.push(format!("{name}={}", percent_encode(text)));
            }
        }
        if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
    }

    /// What it has that is kept as the URL says it, by its name there.
    pub fn texts(&self) -> [(&'static str, &str); 3] {
        [("q", &self.search), ("field", &self.field), ("sort", &self.sort)]
    }

    /// Whether what stands in a field says what is shown, or in which order.
    pub fn looks_into_fields(&self) -> bool {
        !self.field.is_empty() || !self.sort.is_empty()
    }

    /// What must stand in a field; `None` for nothing, and for what cannot be read.
    pub fn test(&self) -> Option<FieldTest> {
        FieldTest::parse(&self.field)
    }

    /// The field that orders it; `None` for the next to-do, and for what cannot be read.
    pub fn order(&self) -> Option<Sort> {
        Sort::parse(&self.sort)
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
    fn an_order_in_the_url_reads_back_as_it_was() {
        for (text, descending) in [("7", false), ("-7", true)] {
            let filter = read(&[("sort", text)]);
            let sort = Sort { field: FieldId(7), descending };
            assert_eq!((filter.order(), sort.to_text().as_str()), (Some(sort), text));
            assert_eq!(filter.to_query(), format!("?sort={text}"));
        }
        assert_eq!(read(&[("sort", "name")]).order(), None);
    }

    #[test]
    fn a_test_of_a_field_reads_back_as_it_was() {
        for (text, is) in [
            ("7:empty", Test::Empty),
            ("7:filled", Test::Filled),
            ("7:between:-5:10", Test::Between { from: Some(-5), to: Some(10), currency: None }),
            (
                "7:between::10:EUR",
                Test::Between { from: None, to: Some(10), currency: Some("EUR".to_owned()) },
            ),
            ("7:between:3:3", Test::exactly(3)),
            ("7:text:fo ut: 5", Test::Text("fo ut: 5".to_owned())),
            ("7:contains:Kék", Test::Contains("Kék".to_owned())),
        ] {
            let filter = read(&[("field", text)]);
            let test = FieldTest { field: FieldId(7), is };
            assert_eq!((test.to_text().as_str(), filter.test()), (text, Some(test)));
            assert_eq!(filter.to_query(), format!("?field={}", percent_encode(text)));
        }
        for text in
            ["", "7", "x:empty", "7:between::", "7:between:a:", "7:between:1:2:x", "7:text: ", "7:like:a"]
        {
            assert_eq!(read(&[("field", text)]).test(), None, "{text}");
        }
    }

    #[test]
    fn only_short_texts_are_compared() {
        let of =
            |test: &Test| FieldKind::OFFERED.into_iter().filter(|kind| test.suits(*kind)).collect::<Vec<_>>();
        for test in [Test::Text("a".to_owned()), Test::Contains("a".to_owned())] {
            assert_eq!(of(&test), [FieldKind::Text, FieldKind::Link]);
        }
        assert_eq!(of(&Test::Filled), FieldKind::OFFERED);
        assert!(!of(&Test::exactly(1)).contains(&FieldKind::LongText));
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
