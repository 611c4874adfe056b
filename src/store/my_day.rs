//! The open to-dos of one user across modules: pages by key, bounded counts. One range of one index (`todos_by_assignee`) each;
//! what is in the trash, or in a module that is not theirs to open, is passed over while walking it.
//!
//! `cross join` keeps SQLite from starting with another table than the to-dos; to Postgres it is an ordinary join.

use std::{collections::HashMap, ops::Range};

use sqlx::QueryBuilder;

use super::{Tx, limited, list::COUNT_MAX, on, push_list, todos};
use crate::{
    domain::{
        bucket::{Borders, Bucket},
        calendar::DAY_MAX,
        id::{DatasheetId, ModuleId, TodoId, TodoTypeId, UserId},
        module::TodoIcon,
        my_day::{Counts, Item, Items, Place},
        status::{Color, StatusGroup},
        status_name::StatusName,
        time::Timestamp,
        todo::NextTodo,
    },
    error::Result,
};

#[derive(sqlx::FromRow)]
struct ItemRow {
    id: TodoId,
    text: String,
    type_id: TodoTypeId,
    due_day: Option<String>,
    due_at: Timestamp,
    assignee_id: UserId,
    postponed: i64,
    version: i64,
    icon: TodoIcon,
    datasheet_id: DatasheetId,
    name: String,
    contact: Option<String>,
    business: Option<String>,
    module_id: ModuleId,
    owner_id: UserId,
    status: String,
    process_key: Option<String>,
    status_group: StatusGroup,
    color: Color,
}

impl From<ItemRow> for Item {
    fn from(row: ItemRow) -> Self {
        let contact = match (row.contact, row.business) {
            (Some(person), Some(business)) => Some(format!("{person} · {business}")),
            (contact, _) => contact,
        };
        Self {
            todo: NextTodo {
                id: row.id,
                text: row.text,
                kind: row.type_id,
                due: todos::due(row.due_day.as_deref(), row.due_at),
                moment: row.due_at,
                assignee: row.assignee_id,
                postponed: row.postponed,
                version: row.version,
            },
            icon: row.icon,
            datasheet: row.datasheet_id,
            name: row.name,
            contact,
            module: row.module_id,
            owner: row.owner_id,
            status: StatusName::stored(row.status, row.process_key.as_deref()),
            group: row.status_group,
            color: row.color,
        }
    }
}

const COLUMNS: &str = "
    select t.id, t.text, t.type_id, t.due_day, t.due_at, t.assignee_id, t.postponed, t.version, k.icon,
        d.id as datasheet_id, d.name, c.name as contact, b.name as business, d.module_id, d.owner_id,
        s.name as status, s.process_key, s.status_group, s.color";

const FROM: &str = "
    from todos t cross join datasheets d cross join statuses s cross join todo_types k
    left join contacts c on c.id = d.contact_id
    left join contacts b on b.id = c.business_id
    where d.id = t.datasheet_id and s.id = d.status_id and k.id = t.type_id
        and d.trashed_at is null and t.closed_at is null and ";

/// Pushes `and d.module_id in (…)`. There is at least one.
macro_rules! push_modules {
    ($query:ident, $modules:expr) => {{
        $query.push(" and d.module_id in (");
        push_list(&mut $query, $modules);
    }};
}

/// The to-dos after a place, in order: those of a user in these modules.
pub async fn page(
    tx: &mut Tx,
    user: UserId,
    modules: &[ModuleId],
    after: Option<Place>,
    limit: u32,
) -> Result<Items> {
    if modules.is_empty() {
        return Ok(Items::default());
    }
    let after = after.unwrap_or(Place { moment: Timestamp(i64::MIN), id: TodoId(0) });
    let rows: Vec<ItemRow> = on!(tx, |conn| {
        let mut query = QueryBuilder::new(COLUMNS);
        query.push(FROM).push("t.assignee_id = ").push_bind(user);
        query
            .push(" and (t.due_at, t.id) > (")
            .push_bind(after.moment)
            .push(", ")
            .push_bind(after.id)
            .push(")");
        push_modules!(query, modules);
        query.push(" order by t.due_at, t.id limit ").push(i64::from(limit) + 1);
        query.build_query_as().fetch_all(conn).await
    })?;
    let mut items: Vec<Item> = rows.into_iter().map(Item::from).collect();
    let more = items.len() > limit as usize;
    items.truncate(limit as usize);
    Ok(Items { items, more })
}

/// The open to-dos of a user on one datasheet, if it is in these modules.
pub async fn of_datasheet(
    tx: &mut Tx,
    user: UserId,
    modules: &[ModuleId],
    datasheet: DatasheetId,
) -> Result<Vec<Item>> {
    if modules.is_empty() {
        return Ok(vec![]);
    }
    let rows: Vec<ItemRow> = on!(tx, |conn| {
        let mut query = QueryBuilder::new(COLUMNS);
        query.push(FROM).push("t.assignee_id = ").push_bind(user);
        query.push(" and t.datasheet_id = ").push_bind(datasheet);
        push_modules!(query, modules);
        query.build_query_as().fetch_all(conn).await
    })?;
    let mut items: Vec<Item> = rows.into_iter().map(Item::from).collect();
    items.sort_by_key(Item::place);
    Ok(items)
}

/// The datasheets of a user's open to-dos, those due first: as many as anybody has in view.
pub async fn first_datasheets(tx: &mut Tx, user: UserId) -> Result<Vec<DatasheetId>> {
    const SQL: &str = "
        select datasheet_id from todos where assignee_id = $1 and closed_at is null order by due_at, id";
    Ok(on!(tx, |conn| sqlx::query_scalar(limited(SQL, 10_000)).bind(user).fetch_all(conn).await)?)
}

type EightCounts = (i64, i64, i64, i64, i64, i64, i64, i64);

/// How many to-dos each bucket has, to [`COUNT_MAX`]; one statement.
pub async fn counts(tx: &mut Tx, user: UserId, modules: &[ModuleId], borders: &Borders) -> Result<Counts> {
    let mut counts = Counts::default();
    if modules.is_empty() {
        return Ok(counts);
    }
    let eight: EightCounts = on!(tx, |conn| {
        let mut query = QueryBuilder::new("select ");
        for (place, range) in Bucket::ALL.into_iter().filter_map(|bucket| borders.range(bucket)).enumerate() {
            if place > 0 {
                query.push(", ");
            }
            query.push(
                "(select count(*) from (select 1 from todos t cross join datasheets d
                where d.id = t.datasheet_id and d.trashed_at is null and t.closed_at is null and t.assignee_id = ",
            );
            query.push_bind(user);
            query.push(" and t.due_at >= ").push_bind(range.start);
            query.push(" and t.due_at < ").push_bind(range.end);
            push_modules!(query, modules);
            query.push(" limit ").push(COUNT_MAX).push(") as bounded)");
        }
        query.build_query_as().fetch_one(conn).await
    })?;
    for (count, n) in counts.iter_mut().zip(<[i64; 8]>::from(eight)) {
        *count = u32::try_from(n).unwrap_or_default();
    }
    Ok(counts)
}

/// The open to-dos of a user on days, given by their moments: of each day the first ones, as many as it wants, those without an
/// hour before the others; and how many there are, to [`DAY_MAX`]. Two statements, however many days: the first walks as far
/// into each day as it is counted, the second reads what is shown.
pub async fn on_days(
    tx: &mut Tx,
    user: UserId,
    modules: &[ModuleId],
    days: &[(Range<Timestamp>, usize)],
) -> Result<Vec<(Vec<Item>, u32)>> {
    let mut found: Vec<(Vec<Item>, u32)> = days.iter().map(|_| (vec![], 0)).collect();
    // What has no hour is due in the last millisecond of its day.
    let parts = days.iter().enumerate().filter(|(_, (day, _))| !day.is_empty()).flat_map(|(at, (day, _))| {
        let last = day.end.plus_millis(-1);
        [(at, last..day.end), (at, day.start..last)]
    });
    let parts: Vec<(usize, Range<Timestamp>)> = parts.collect();
    if modules.is_empty() || parts.is_empty() {
        return Ok(found);
    }
    let ids: Vec<(i64, Timestamp, TodoId)> = on!(tx, |conn| {
        let mut query = QueryBuilder::new("");
        for (nth, (_, part)) in parts.iter().enumerate() {
            query.push(if nth > 0 { " union all " } else { "" });
            query.push("select * from (select cast(").push(nth).push(
                " as bigint) as part, t.due_at, t.id from todos t cross join datasheets d
                where d.id = t.datasheet_id and d.trashed_at is null and t.closed_at is null and t.assignee_id = ",
            );
            query.push_bind(user);
            query.push(" and t.due_at >= ").push_bind(part.start);
            query.push(" and t.due_at < ").push_bind(part.end);
            push_modules!(query, modules);
            query.push(" order by t.due_at, t.id limit ").push(DAY_MAX).push(") as bounded");
        }
        query.build_query_as().fetch_all(conn).await
    })?;
    let mut of_days: Vec<Vec<(i64, Timestamp, TodoId)>> = days.iter().map(|_| vec![]).collect();
    for found in ids {
        let part = usize::try_from(found.0).ok().and_then(|part| parts.get(part));
        if let Some(of_day) = part.and_then(|(at, _)| of_days.get_mut(*at)) {
            of_day.push(found);
        }
    }
    let mut shown = vec![];
    for ((of_day, (_, wanted)), (_, count)) in of_days.iter_mut().zip(days).zip(&mut found) {
        of_day.sort_unstable();
        *count = u32::try_from(of_day.len().min(DAY_MAX)).unwrap_or_default();
        of_day.truncate(*wanted);
        shown.extend(of_day.iter().map(|(.., id)| *id));
    }
    let mut items = by_ids(tx, &shown).await?;
    for (of_day, (wanted, _)) in of_days.into_iter().zip(&mut found) {
        wanted.extend(of_day.into_iter().filter_map(|(.., id)| items.remove(&id)));
    }
    Ok(found)
}

/// Open to-dos by their ids.
async fn by_ids(tx: &mut Tx, ids: &[TodoId]) -> Result<HashMap<TodoId, Item>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<ItemRow> = on!(tx, |conn| {
        let mut query = QueryBuilder::new(COLUMNS);
        query.push(FROM).push("t.id in (");
        push_list(&mut query, ids);
        query.build_query_as().fetch_all(conn).await
    })?;
    Ok(rows.into_iter().map(Item::from).map(|item| (item.todo.id, item)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            due::Due,
            module::Template,
            todo::{Closed, Details, Outcome, Todo},
            user::{Role, UserForm, UserState},
            zone::Zone,
        },
        i18n::Locale,
        store::{
            datasheets, modules, statuses,
            testing::{NOW, on_both},
            users,
        },
    };

    on_both! {
        async fn my_day_holds_what_is_open_mine_and_in_my_modules_in_the_order_of_due(test: TestDb) {
            let mut tx = test.db.begin().await.unwrap();
            let mut people = vec![];
            for name in ["anna", "bela"] {
                let form = UserForm {
                    name: name.to_owned(), email: format!("{name}@example.com"), role: Role::User,
                    state: UserState::Active, zone: "UTC".to_owned(), modules: vec![],
                };
                people.push(users::add(&mut tx, &form, None, NOW).await.unwrap());
            }
            let (anna, bela) = (people[0], people[1]);
            let mut ids = vec![];
            for name in ["P", "Q", "Closed to Anna"] {
                ids.push(modules::seed_from_template(&mut tx, Template::Projects, name, Locale::En, NOW).await.unwrap().id);
            }
            // Every fourth is another's, every fifth closed, every seventh in the trash, every third in a module of others.
            let mut wanted = vec![];
            for n in 0..60_i64 {
                let at = usize::try_from(n % 3).unwrap();
                let module = ids[at];
                let status = statuses::tree(&mut tx, module).await.unwrap().first().unwrap().id;
                let sheet = datasheets::add(&mut tx, module, status, bela, &format!("Case {n}"), NOW).await.unwrap();
                let kind = modules::types(&mut tx, module).await.unwrap()[0].id;
                let moment = NOW.plus_hours((n * 37 % 60) * 30 - 100);
                let assignee = if n % 4 == 0 { bela } else { anna };
                let todo = NextTodo {
                    id: TodoId(tx.new_id(NOW)), text: format!("Call {n}"), kind, due: Due::At(moment), moment, assignee,
                    postponed: 0, version: 1,
                };
                todos::add(&mut tx, sheet.id, &todo, &Details::default(), bela, NOW).await.unwrap();
                if n % 5 == 0 {
                    let closed = Some(Closed { outcome: Outcome::Done, at: NOW, by: bela, note: None });
                    todos::save(&mut tx, &Todo { next: todo.clone(), closed, details: Details::default() }).await.unwrap();
                }
                todos::refresh_next(&mut tx, &sheet, None).await.unwrap();
                if n % 7 == 0 {
                    let before = datasheets::lock(&mut tx, sheet.id).await.unwrap().unwrap();
                    let after = datasheets::Standing { trashed_at: Some(NOW), ..before.clone() };
                    datasheets::save(&mut tx, &before, &after, NOW).await.unwrap();
                }
                if assignee == anna && n % 5 != 0 && n % 7 != 0 && at != 2 {
                    wanted.push((moment, todo.id, sheet.id));
                }
            }
            wanted.sort_unstable();

            let mine = [ids[0], ids[1]];
            let mut got = vec![];
            let mut after = None;
            loop {
                let page = page(&mut tx, anna, &mine, after, 7).await.unwrap();
                assert!(page.items.len() == 7 || !page.more);
                got.extend(page.items.iter().map(|item| (item.todo.moment, item.todo.id, item.datasheet)));
                after = page.items.last().map(Item::place);
                if !page.more {
                    break;
                }
            }
            assert_eq!(got, wanted);

            let borders = Borders::at(NOW, &Zone::utc());
            let mut counted = Counts::default();
            for (moment, ..) in &wanted {
                counted[borders.bucket(Some(*moment)) as usize] += 1;
            }
            assert_eq!(counts(&mut tx, anna, &mine, &borders).await.unwrap(), counted);
            assert!(counted.iter().filter(|count| **count > 0).count() >= 5, "{counted:?}");

            // Longer than days, so that there is more than they show; the last wants more than there is.
            let start = wanted[0].0;
            let days: Vec<_> = (0..8_i64).map(|n| {
                let from = start.plus_minutes(n * 14_430);
                (from..from.plus_minutes(14_430), if n == 7 { 50 } else { 2 })
            }).collect();
            let found = on_days(&mut tx, anna, &mine, &days).await.unwrap();
            for ((range, limit), (items, count)) in days.iter().zip(&found) {
                let of_day: Vec<_> = wanted.iter().filter(|(moment, ..)| range.contains(moment)).collect();
                assert_eq!(*count as usize, of_day.len());
                let ids: Vec<_> = of_day.iter().map(|(_, todo, _)| *todo).take(*limit).collect();
                assert_eq!(items.iter().map(|item| item.todo.id).collect::<Vec<_>>(), ids);
            }
            assert!(found.iter().any(|(items, count)| *count as usize > items.len()), "a day has more than it shows");
            let whole = start..start.plus_hours(24 * 100);
            let found = on_days(&mut tx, anna, &mine, &[(whole, 1_000), (start..start, 5)]).await.unwrap();
            assert_eq!((found[0].0.len(), found[0].1, found[1].1), (wanted.len(), u32::try_from(wanted.len()).unwrap(), 0));
            assert_eq!(on_days(&mut tx, anna, &[], &days).await.unwrap()[0], (vec![], 0));

            // A day's end comes before its hours.
            let (end, _, sheet) = wanted[2];
            let day = wanted[1].0..end.plus_millis(1);
            let found = on_days(&mut tx, anna, &mine, &[(day, 2)]).await.unwrap();
            assert_eq!(found[0].0[0].datasheet, sheet);

            let (_, todo, sheet) = wanted[3];
            let of_sheet = of_datasheet(&mut tx, anna, &mine, sheet).await.unwrap();
            assert_eq!(of_sheet.iter().map(|item| item.todo.id).collect::<Vec<_>>(), [todo]);
            assert_eq!(of_datasheet(&mut tx, bela, &mine, sheet).await.unwrap(), []);
            assert_eq!(page(&mut tx, anna, &[], None, 7).await.unwrap(), Items::default());
            assert_eq!(counts(&mut tx, anna, &[], &borders).await.unwrap(), Counts::default());
        }
    }
}
