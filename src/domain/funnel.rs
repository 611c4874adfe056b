//! The funnel: how many ever got how far.

use serde::{Deserialize, Serialize};

use super::{
    datasheet::StatusCount,
    id::StatusId,
    status::{StatusGroup, StatusTree},
};

/// A status or a group, and how many ever got there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// The group.
    pub group: StatusGroup,
    /// The status; `None` for the group as a whole.
    pub status: Option<StatusId>,
    /// How many got at least there.
    pub reached: i64,
    /// How many got there and, so far, no further.
    pub stopped: i64,
}

/// The stages top to bottom, each group before its statuses. The last group is no stage: whoever ends there counts for how far
/// they got before. `furthest`: how many have each status as their furthest.
pub fn stages(tree: &StatusTree, furthest: &[StatusCount]) -> Vec<Stage> {
    let of = |id: StatusId| furthest.iter().find(|count| count.status_id == id).map_or(0, |count| count.n);
    let all = || tree.all().iter().filter(|status| status.status_group != StatusGroup::Failed);
    let mut left: i64 = all().map(|status| of(status.id)).sum();
    let mut stages = vec![];
    for group in [StatusGroup::Lead, StatusGroup::Open, StatusGroup::Success] {
        let stopped = tree.of(group).map(|status| of(status.id)).sum();
        stages.push(Stage { group, status: None, reached: left, stopped });
        for status in tree.of(group) {
            let stopped = of(status.id);
            stages.push(Stage { group, status: Some(status.id), reached: left, stopped });
            left -= stopped;
        }
    }
    stages
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{id::ModuleId, rank::Rank, status::Status};

    #[test]
    fn whoever_got_further_was_there_and_the_lost_count_for_as_far_as_they_got() {
        let groups = [
            StatusGroup::Lead,
            StatusGroup::Lead,
            StatusGroup::Open,
            StatusGroup::Success,
            StatusGroup::Failed,
        ];
        let statuses = groups.iter().zip(Rank::spread(5)).zip(1..).map(|((group, rank), id)| Status {
            id: StatusId(id),
            module_id: ModuleId(1),
            status_group: *group,
            name: String::new(),
            color: crate::domain::status::Color::default(),
            rank,
            version: 1,
        });
        let tree = StatusTree::new(statuses.collect());
        let n = |id, n| StatusCount { status_id: StatusId(id), n };
        let stages = stages(&tree, &[n(1, 5), n(3, 3), n(4, 2)]);
        let seen: Vec<_> =
            stages.iter().map(|stage| (stage.status.map(|id| id.0), stage.reached, stage.stopped)).collect();
        assert_eq!(
            seen,
            [
                (None, 10, 5),
                (Some(1), 10, 5),
                (Some(2), 5, 0),
                (None, 5, 3),
                (Some(3), 5, 3),
                (None, 2, 2),
                (Some(4), 2, 2)
            ]
        );
    }
}
