//! Statuses, their four groups and the tree they make.

use serde::{Deserialize, Serialize};

use super::{
    id::{ModuleId, StatusId},
    rank::Rank,
    status_name::StatusName,
};

/// The four groups of every module, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[cfg_attr(feature = "ssr", sqlx(type_name = "text", rename_all = "snake_case"))]
pub enum StatusGroup {
    /// Not yet actively started.
    Lead,
    /// Being worked.
    Open,
    /// Closed with success.
    Success,
    /// Closed without.
    Failed,
}

impl StatusGroup {
    /// All four, top to bottom.
    pub const ALL: [Self; 4] = [Self::Lead, Self::Open, Self::Success, Self::Failed];

    /// The word used in URLs, class names and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lead => "lead",
            Self::Open => "open",
            Self::Success => "success",
            Self::Failed => "failed",
        }
    }

    /// The group of that word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.as_str() == text)
    }

    /// Place from the top, 0 to 3.
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// The colour of a status: its group's, or one that was chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[cfg_attr(feature = "ssr", sqlx(type_name = "text", rename_all = "snake_case"))]
#[expect(missing_docs, reason = "a colour's name says it")]
pub enum Color {
    /// The group's.
    #[default]
    Group,
    Red,
    Orange,
    Amber,
    Green,
    Teal,
    Blue,
    Violet,
    Pink,
    Gray,
}

impl Color {
    /// All that can be chosen.
    pub const ALL: [Self; 10] = [
        Self::Group,
        Self::Red,
        Self::Orange,
        Self::Amber,
        Self::Green,
        Self::Teal,
        Self::Blue,
        Self::Violet,
        Self::Pink,
        Self::Gray,
    ];

    /// The word used in the markup (`data-color`) and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::Red => "red",
            Self::Orange => "orange",
            Self::Amber => "amber",
            Self::Green => "green",
            Self::Teal => "teal",
            Self::Blue => "blue",
            Self::Violet => "violet",
            Self::Pink => "pink",
            Self::Gray => "gray",
        }
    }
}

/// A status of a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// Which it is.
    pub id: StatusId,
    /// The module it belongs to.
    pub module_id: ModuleId,
    /// The group it stands in.
    pub status_group: StatusGroup,
    /// What people call it.
    pub name: StatusName,
    /// Its colour.
    pub color: Color,
    /// Its place within the group; ties by id.
    pub rank: Rank,
    /// Counts the changes of name, colour and place.
    pub version: i64,
}

/// Where a status is dropped: into a group, before the status named there, or at the group's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The group.
    pub group: StatusGroup,
    /// The status that will follow; `None` is the end.
    pub before: Option<StatusId>,
}

/// The statuses of one module, top to bottom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StatusTree(Vec<Status>);

impl StatusTree {
    /// Puts statuses in their order: group, rank, id.
    pub fn new(mut statuses: Vec<Status>) -> Self {
        statuses.sort_by(|a, b| (a.status_group, &a.rank, a.id).cmp(&(b.status_group, &b.rank, b.id)));
        Self(statuses)
    }

    /// All statuses, top to bottom.
    pub fn all(&self) -> &[Status] {
        &self.0
    }

    /// The statuses of one group, top to bottom.
    pub fn of(&self, group: StatusGroup) -> impl Iterator<Item = &Status> {
        self.0.iter().filter(move |status| status.status_group == group)
    }

    /// One status.
    pub fn get(&self, id: StatusId) -> Option<&Status> {
        self.0.iter().find(|status| status.id == id)
    }

    /// The status of a new datasheet: the topmost.
    pub fn first(&self) -> Option<&Status> {
        self.0.first()
    }

    /// The rank that puts `moved` (or a new status, `None`) at that place. A `before` that is not in the group counts as the end.
    pub fn rank_at(&self, moved: Option<StatusId>, place: Place) -> Rank {
        let group: Vec<&Status> = self.of(place.group).filter(|status| Some(status.id) != moved).collect();
        let at = place
            .before
            .and_then(|before| group.iter().position(|status| status.id == before))
            .unwrap_or(group.len());
        let before = at.checked_sub(1).and_then(|i| group.get(i)).map(|status| &status.rank);
        Rank::between(before, group.get(at).map(|status| &status.rank))
    }

    /// The rank that puts a status back where it was: its old one, or one just after it where another status took that since.
    pub fn rank_again(&self, status: StatusId, group: StatusGroup, old: &Rank) -> Rank {
        let ranks = || self.of(group).filter(|other| other.id != status).map(|other| &other.rank);
        if ranks().all(|rank| rank != old) {
            return old.clone();
        }
        Rank::between(Some(old), ranks().find(|rank| *rank > old))
    }

    /// Moves a status as a drop does. `false` when there is no such status.
    /// Browser and server call the same rule, so what is shown at once is what will be stored.
    pub fn move_to(&mut self, id: StatusId, place: Place) -> bool {
        let rank = self.rank_at(Some(id), place);
        let Some(status) = self.0.iter_mut().find(|status| status.id == id) else { return false };
        status.status_group = place.group;
        status.rank = rank;
        *self = Self::new(std::mem::take(&mut self.0));
        true
    }

    /// The place one step up or down from where a status stands, over the borders of groups; `None` at the ends.
    pub fn step(&self, id: StatusId, down: bool) -> Option<Place> {
        let status = self.get(id)?;
        let group: Vec<StatusId> = self.of(status.status_group).map(|status| status.id).collect();
        let at = group.iter().position(|other| *other == id)?;
        let index = status.status_group.index();
        if down {
            if at + 1 < group.len() {
                return Some(Place { group: status.status_group, before: group.get(at + 2).copied() });
            }
            let next = *StatusGroup::ALL.get(index + 1)?;
            Some(Place { group: next, before: self.of(next).next().map(|status| status.id) })
        } else if at > 0 {
            Some(Place { group: status.status_group, before: Some(group[at - 1]) })
        } else {
            Some(Place { group: *StatusGroup::ALL.get(index.checked_sub(1)?)?, before: None })
        }
    }

    /// Replaces or adds a status, keeping the order.
    pub fn put(&mut self, status: Status) {
        self.0.retain(|other| other.id != status.id);
        self.0.push(status);
        *self = Self::new(std::mem::take(&mut self.0));
    }

    /// Takes a status out.
    pub fn remove(&mut self, id: StatusId) {
        self.0.retain(|status| status.id != id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(spec: &[(i64, StatusGroup)]) -> StatusTree {
        let ranks = Rank::spread(spec.len());
        StatusTree::new(
            spec.iter()
                .zip(ranks)
                .map(|((id, group), rank)| Status {
                    id: StatusId(*id),
                    module_id: ModuleId(1),
                    status_group: *group,
                    name: StatusName::Own(id.to_string()),
                    color: Color::Group,
                    rank,
                    version: 1,
                })
                .collect(),
        )
    }

    fn order(tree: &StatusTree) -> Vec<(i64, StatusGroup)> {
        tree.all().iter().map(|status| (status.id.0, status.status_group)).collect()
    }

    use StatusGroup::{Failed, Lead, Open, Success};

    #[test]
    fn a_status_dropped_before_another_stands_before_it() {
        let mut tree = tree(&[(1, Lead), (2, Open), (3, Open), (4, Success)]);
        assert!(tree.move_to(StatusId(1), Place { group: Open, before: Some(StatusId(3)) }));
        assert_eq!(order(&tree), [(2, Open), (1, Open), (3, Open), (4, Success)]);
        assert!(!tree.move_to(StatusId(9), Place { group: Open, before: None }));
    }

    #[test]
    fn a_status_comes_back_to_its_old_rank_or_just_after_who_took_it() {
        let tree = tree(&[(1, Open), (2, Open), (3, Open)]);
        let ranks: Vec<Rank> = tree.all().iter().map(|status| status.rank.clone()).collect();
        assert_eq!(tree.rank_again(StatusId(2), Open, &ranks[1]), ranks[1]);
        assert_eq!(tree.rank_again(StatusId(9), Lead, &ranks[1]), ranks[1]);
        let beside = tree.rank_again(StatusId(9), Open, &ranks[1]);
        assert!(ranks[1] < beside && beside < ranks[2], "{beside:?}");
        assert!(tree.rank_again(StatusId(9), Open, &ranks[2]) > ranks[2]);
    }

    #[test]
    fn steps_walk_through_all_groups_and_stop_at_the_ends() {
        let mut tree = tree(&[(1, Lead), (2, Lead), (3, Success)]);
        let mut walked = vec![];
        while let Some(place) = tree.step(StatusId(1), true) {
            tree.move_to(StatusId(1), place);
            walked.push(order(&tree));
        }
        assert_eq!(
            walked,
            [
                vec![(2, Lead), (1, Lead), (3, Success)],
                vec![(2, Lead), (1, Open), (3, Success)],
                vec![(2, Lead), (1, Success), (3, Success)],
                vec![(2, Lead), (3, Success), (1, Success)],
                vec![(2, Lead), (3, Success), (1, Failed)],
            ]
        );
        while let Some(place) = tree.step(StatusId(1), false) {
            tree.move_to(StatusId(1), place);
        }
        assert_eq!(order(&tree), [(1, Lead), (2, Lead), (3, Success)]);
    }
}
