//! What people wrote to each other on the sample datasheets, and the files they left there.

use super::{HOUR, Words};
use crate::{
    api::request::sha256,
    domain::{
        comment::mentioned,
        field::{FieldEntry, FieldKind, FieldValue},
        file::FileKind,
        history::What,
        id::{ModuleId, UserId},
        time::Timestamp,
        user::Person,
    },
    error::{Error, Result},
    i18n::Locale,
    server::files::Files,
    store::{
        Tx,
        bulk::NewDatasheet,
        comments, events, fields,
        files::{self, NewFile},
        undo::Undo,
        users,
    },
};

/// `@` is followed by the name of a colleague.
const COMMENTS: [Words; 8] = [
    (
        "Beszéltem velük: a jövő heti időpont jó nekik, de csak délelőtt.",
        "Talked to them: next week is fine, but only in the morning.",
    ),
    ("@, ránéznél az árra, mielőtt kimegy?", "@, could you check the price before it goes out?"),
    ("A kapukód 4512, a kutya barátságos.", "The gate code is 4512, the dog is friendly."),
    (
        "Átküldték az alaprajzot, csatoltam. A keleti fal nem derékszögű.",
        "They sent the floor plan, it is attached. The east wall is not square.",
    ),
    (
        "@, a helyettesük péntekig szabadságon van, utána érdemes hívni.",
        "@, their deputy is on leave until Friday; better call after that.",
    ),
    (
        "Két ajánlatot kértek: alap és bővített.\nAz alap holnapra kész, a bővítetthez kell még a statikus.",
        "They want two offers: basic and extended.\nThe basic one is done tomorrow, the extended one needs the engineer.",
    ),
    ("Megkaptuk az előleget.", "The advance has arrived."),
    ("@, köszönöm, így már rendben van.", "@, thank you, this is fine now."),
];

const FILES: [(Words, Words); 3] = [
    (
        ("felmeres-jegyzet.txt", "survey-notes.txt"),
        (
            "Felmérés\n\nFalak: 42 m2, keleti fal ferde.\nVillany: új kör kell a konyhába.\n",
            "Survey\n\nWalls: 42 m2, the east wall leans.\nElectricity: the kitchen needs a new circuit.\n",
        ),
    ),
    (
        ("anyaglista.csv", "materials.csv"),
        (
            "Tétel;Db\r\nGipszkarton;24\r\nCsavar (doboz);3\r\n",
            "Item;Pieces\r\nPlasterboard;24\r\nScrews (box);3\r\n",
        ),
    ),
    (
        ("megbeszeles.txt", "meeting.txt"),
        (
            "Jelen: az ügyfél, a statikus.\nDöntés: az alapváltozat készül el először.\n",
            "Present: the client, the engineer.\nDecision: the basic version comes first.\n",
        ),
    ),
];

/// Adds comments to every other datasheet of a module that is young, and files to some.
pub async fn fill(
    tx: &mut Tx,
    locale: Locale,
    now: Timestamp,
    place: &Files,
    module: ModuleId,
    people: &[UserId],
    sheets: &[NewDatasheet],
) -> Result<()> {
    let mut colleagues = vec![];
    for user in people.iter().take(4) {
        let name = users::name(tx, *user).await?;
        colleagues.push(Person { id: *user, name, active: true });
    }
    let mut turn = 0;
    let list = fields::list(tx, module).await?;
    let plan = list.all().iter().find(|field| field.kind == FieldKind::File);
    for (n, sheet) in sheets.iter().take(60).enumerate().filter(|(n, _)| n % 2 == 0) {
        let note = async |tx: &mut Tx, what: What, undo: Undo, hours: i64, by: UserId| {
            let event = events::NewEvent {
                at: Timestamp(now.0 - hours * HOUR),
                by: Some(by),
                module: Some(module),
                datasheet: Some(sheet.id),
                what,
                undo: Some(undo),
                batch: None,
            };
            events::add(tx, event).await
        };
        if n % 10 == 0 {
            let ((name, content), by) = (FILES[n / 10 % FILES.len()], &colleagues[n / 10 % colleagues.len()]);
            let (name, content) = (locale.pick(name), locale.pick(content));
            let hash = sha256(content);
            place.put(&hash, content.as_bytes()).map_err(|error| {
                tracing::error!(%error, "the folder of files cannot be written");
                Error::Server
            })?;
            let todo = sheet.todos.iter().find(|todo| n % 20 == 0 && todo.closed.is_none());
            let (todo_id, todo) = (todo.map(|todo| todo.id), todo.map(|todo| todo.text.clone()));
            let size = i64::try_from(content.len()).unwrap_or(i64::MAX);
            let what = What::FileAdded { name: name.to_owned(), size, todo };
            let entry = note(tx, what, Undo::FileAdded { version: 1 }, 5, by.id).await?;
            let file = NewFile {
                name: name.to_owned(),
                hash,
                size,
                kind: FileKind::sniff(content.as_bytes()),
                todo_id,
            };
            files::add(tx, entry, sheet.id, by.id, &file, Timestamp(now.0 - 5 * HOUR)).await?;
            if let Some(field) = plan.filter(|_| todo_id.is_none()) {
                let value = Some(FieldValue::File(entry));
                let value = FieldEntry { field: field.id, version: 1, value };
                fields::add_values(tx, &[(sheet.id, value)]).await?;
            }
        }
        for answer in 0..=i64::from(n % 4 == 0) {
            let by = &colleagues[turn % colleagues.len()];
            let other = &colleagues[(turn + 1) % colleagues.len()];
            let text = locale.pick(COMMENTS[turn % COMMENTS.len()]).replace('@', &format!("@{}", other.name));
            let hours = 4 - 2 * answer;
            let todo = sheet.todos.iter().find(|todo| n % 8 == 0 && answer == 1 && todo.closed.is_none());
            let what = What::Commented { todo: todo.map(|todo| todo.text.clone()) };
            let todo = todo.map(|todo| todo.id);
            let entry = note(tx, what, Undo::Commented { version: 1 }, hours, by.id).await?;
            comments::add(tx, entry, (sheet.id, todo), by.id, &text, Timestamp(now.0 - hours * HOUR)).await?;
            let named = mentioned(&text, &colleagues);
            comments::save_mentions(tx, entry, sheet.id, &named).await?;
            turn += 1;
        }
    }
    Ok(())
}
