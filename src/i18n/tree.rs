//! The status tree.

texts! {
    statuses: "Státuszok", "Statuses";
    customise: "Státuszok testreszabása", "Customise statuses";
}
