//! Many people shuffle the statuses of one module at once (R8).

use super::*;
use crate::{
    api::statuses::TreeDone,
    domain::{
        id::{EventId, StatusId},
        status::{Place, Status, StatusGroup, StatusTree},
    },
};

const CLIENTS: usize = 20;
const MOVES: usize = 15;

/// A module of twelve statuses.
async fn twelve(office: &Office) -> StatusTree {
    let mut tree = StatusTree::default();
    for n in office.statuses.len()..12 {
        let place = Place { group: StatusGroup::ALL[n % 4], before: None };
        let key = format!("abcd-status-{n}");
        let arguments =
            json!({ "key": key, "module": office.module, "place": place, "name": format!("Vár {n}") });
        let done: TreeDone = serde_json::from_value(office.done("statuses/add", &arguments).await).unwrap();
        tree = done.tree;
    }
    assert_eq!(tree.all().len(), 12);
    tree
}

/// Numbers that look random and are the same each time.
fn number(a: usize, b: usize) -> usize {
    (a * 7_919 + b * 104_729 + 13) * 2_654_435_761 % 1_000_003
}

fn shuffle(tree: &StatusTree, client: usize, turn: usize) -> (StatusId, Place) {
    let n = number(client, turn);
    let before = (!n.is_multiple_of(5)).then(|| tree.all()[n / 7 % 12].id);
    (tree.all()[n % 12].id, Place { group: StatusGroup::ALL[n / 3 % 4], before })
}

async fn stored(office: &Office) -> StatusTree {
    let mut tx = office.host.db.read().await.unwrap();
    crate::store::statuses::tree(&mut tx, office.module).await.unwrap()
}

fn order(tree: &StatusTree) -> Vec<(StatusGroup, StatusId)> {
    tree.all().iter().map(|status| (status.status_group, status.id)).collect()
}

on_both! {
    async fn many_who_reorder_at_once_all_succeed_and_there_is_one_order(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        let start = twelve(&office).await;
        let (office, start) = (&office, &start);
        let clients = (0..CLIENTS).map(|client| async move {
            let mut moves: Vec<(EventId, StatusId, Place)> = vec![];
            for turn in 0..MOVES {
                let (status, place) = shuffle(start, client, turn);
                let arguments = json!({ "key": format!("abcd-move-{client}-{turn}"), "status": status, "place": place });
                let done: TreeDone =
                    serde_json::from_value(office.done("statuses/move", &arguments).await).unwrap();
                moves.push((done.undo.unwrap(), status, place));
            }
            moves
        });
        // Somebody works meanwhile.
        let work = async {
            for turn in 0..MOVES {
                let status = start.all()[number(99, turn) % 12].id;
                let page = office.done("datasheets/page", &json!({ "datasheet": case.datasheet })).await;
                let arguments = json!({
                    "key": format!("abcd-work-{turn}"), "datasheet": case.datasheet, "version": page["row"]["version"], "status": status
                });
                office.done("datasheets/status", &arguments).await;
            }
        };
        let (moves, ()) = futures::future::join(futures::future::join_all(clients), work).await;

        // The history's order is the order in which they came; the rule of the domain, applied in that order, gives the same tree.
        let mut moves: Vec<_> = moves.into_iter().flatten().collect();
        assert_eq!(moves.len(), CLIENTS * MOVES);
        moves.sort_unstable_by_key(|(event, ..)| *event);
        let mut wanted = start.clone();
        for (_, status, place) in &moves {
            assert!(wanted.move_to(*status, *place));
        }
        let tree = stored(office).await;
        assert_eq!(order(&tree), order(&wanted));
        for group in StatusGroup::ALL {
            let ranks: BTreeSet<_> = tree.of(group).map(|status| status.rank.clone()).collect();
            assert_eq!(ranks.len(), tree.of(group).count(), "{tree:?}");
        }
        let written: i64 = tree.all().iter().map(|status| status.version - 1).sum();
        assert_eq!(written, i64::try_from(moves.len()).unwrap(), "one write for each move");
        for user in ["misi", "anna"] {
            let asked = json!({ "module": office.module, "filter": { "narrow": null, "owner": "all", "search": "" } });
            let (_, page) = office.call(user, "modules/page", &asked).await;
            assert_eq!(page["tree"], json!(tree), "the order that {user} sees");
        }
    }

    async fn nothing_is_left_in_a_status_that_is_deleted_while_others_put_things_into_it(test: TestDb) {
        let office = office(test).await;
        let start = twelve(&office).await;
        let mut cases = vec![];
        for n in 0..6 {
            cases.push(office.case(&format!("abcd-0000-case-{n}")).await.datasheet);
        }
        let office = &office;
        for round in 0..8 {
            let (doomed, into) = (start.all()[round + 1].id, start.all()[0].id);
            let movers = cases.iter().enumerate().map(|(n, datasheet)| async move {
                let page = office.done("datasheets/page", &json!({ "datasheet": datasheet })).await;
                let arguments = json!({
                    "key": format!("abcd-into-{round}-{n}"), "datasheet": datasheet, "version": page["row"]["version"], "status": doomed
                });
                // Into it before it goes, or told that it is gone.
                let (status, answer) = office.call("admin", "datasheets/status", &arguments).await;
                assert!([200, 409, 422].contains(&status.as_u16()), "{status} {answer}");
            });
            let delete = json!({ "key": format!("abcd-delete-{round}"), "status": doomed, "into": into });
            futures::future::join(futures::future::join_all(movers), office.done("statuses/delete", &delete)).await;
            let mut tx = office.host.db.read().await.unwrap();
            let wrong = crate::store::testing::contradictions(&mut tx, office.module).await;
            assert_eq!(wrong, Vec::<String>::new(), "round {round}");
        }
    }

    async fn a_move_writes_one_row(test: TestDb) {
        let office = office(test).await;
        let mut before = twelve(&office).await;
        for turn in 0..30 {
            let (status, place) = shuffle(&before, 1, turn);
            let arguments = json!({ "key": format!("abcd-move-{turn}"), "status": status, "place": place });
            office.done("statuses/move", &arguments).await;
            let after = stored(&office).await;
            let changed: Vec<&Status> =
                after.all().iter().filter(|now| before.get(now.id) != Some(*now)).collect();
            assert_eq!(changed.iter().map(|status| status.id).collect::<Vec<_>>(), [status], "turn {turn}");
            before = after;
        }
    }
}
