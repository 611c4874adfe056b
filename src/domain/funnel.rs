//! The funnel of Sales: how many ever got how far.

use serde::{Deserialize, Serialize};

use super::{
    process::{
        Words,
        sales::{Place, Qualification},
    },
    status::StatusGroup,
};

/// How far a sale can get. One that got to a step was in all before it; qualifications are no steps, they stand side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Step {
    Discovery,
    InProgress,
    Hot,
    Customers,
}

impl Step {
    /// All, in order.
    pub const ALL: [Self; 4] = [Self::Discovery, Self::InProgress, Self::Hot, Self::Customers];

    /// What people call it.
    pub const fn words(self) -> Words {
        match self {
            Self::Discovery => ("Feltérképezés", "Discovery"),
            Self::InProgress => ("Folyamatban", "In progress"),
            Self::Hot => ("Forró", "Hot"),
            Self::Customers => ("Vevők", "Customers"),
        }
    }

    /// The group of its statuses.
    pub const fn group(self) -> StatusGroup {
        match self {
            Self::Discovery => StatusGroup::Lead,
            Self::InProgress | Self::Hot => StatusGroup::Open,
            Self::Customers => StatusGroup::Success,
        }
    }

    /// The step of a place; `None` of the lost ones: they count for how far they got before.
    const fn of(place: Place) -> Option<Self> {
        match place {
            Place::ToQualify | Place::DiscoveryNonTarget | Place::DiscoveryTarget | Place::DiscoveryVip => {
                Some(Self::Discovery)
            }
            // What is forgotten was in progress.
            Place::Forgotten | Place::ProgressNonTarget | Place::ProgressTarget | Place::ProgressVip => {
                Some(Self::InProgress)
            }
            Place::HotNonTarget | Place::HotTarget | Place::HotVip => Some(Self::Hot),
            Place::WonNonTarget | Place::WonTarget | Place::WonVip => Some(Self::Customers),
            Place::LostNonTarget | Place::LostTarget | Place::LostVip => None,
        }
    }
}

/// A step, and how many ever got there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// The step.
    pub step: Step,
    /// How many got at least there.
    pub reached: i64,
    /// How many got there and, so far, no further.
    pub stopped: i64,
    /// Those who got no further, by qualification.
    pub parts: Vec<(Qualification, i64)>,
}

/// The stages of the funnel, in order. `furthest`: how many have each place as their furthest.
pub fn stages(furthest: &[(Place, i64)]) -> Vec<Stage> {
    let sum = |fits: &dyn Fn(Place) -> bool| -> i64 {
        furthest.iter().filter(|(place, _)| fits(*place)).map(|(_, n)| n).sum()
    };
    let mut left = sum(&|place| Step::of(place).is_some());
    let mut stages = Vec::with_capacity(Step::ALL.len());
    for step in Step::ALL {
        let stopped = sum(&|place| Step::of(place) == Some(step));
        let part = |qualification: Qualification| {
            let fits =
                |place: Place| Step::of(place) == Some(step) && place.qualification() == Some(qualification);
            (qualification, sum(&fits))
        };
        stages.push(Stage { step, reached: left, stopped, parts: Qualification::ALL.map(part).to_vec() });
        left -= stopped;
    }
    stages
}

#[cfg(test)]
mod tests {
    use super::*;
    use Qualification::{NonTarget, Target, Vip};

    #[test]
    fn whoever_got_further_was_there_and_one_qualification_is_no_step_to_another() {
        let furthest = [
            (Place::ToQualify, 4),
            (Place::DiscoveryTarget, 3),
            (Place::Forgotten, 1),
            (Place::ProgressNonTarget, 2),
            (Place::ProgressVip, 5),
            (Place::HotTarget, 1),
            (Place::WonVip, 2),
        ];
        let seen: Vec<_> = stages(&furthest)
            .into_iter()
            .map(|stage| (stage.step, stage.reached, stage.stopped, stage.parts))
            .collect();
        let parts = |non_target, target, vip| vec![(NonTarget, non_target), (Target, target), (Vip, vip)];
        assert_eq!(
            seen,
            [
                (Step::Discovery, 18, 7, parts(0, 3, 0)),
                (Step::InProgress, 11, 8, parts(2, 0, 5)),
                (Step::Hot, 3, 1, parts(0, 1, 0)),
                (Step::Customers, 2, 2, parts(0, 0, 2)),
            ]
        );
    }
}
