//! The calendar of a secret link, as a calendar program reads it.

use axum::http::{HeaderMap, Request};
use icalendar::Component as _;

use super::*;

const SECRET: &str = "00112233445566778899aabbccddeeff00112233";

impl Office {
    async fn calendar(&self, token: &str, known: Option<&str>) -> (StatusCode, HeaderMap, String) {
        let mut request = Request::get(format!("/calendar.ics?token={token}"));
        if let Some(known) = known {
            request = request.header(header::IF_NONE_MATCH, known);
        }
        let response = self.app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        (parts.status, parts.headers, String::from_utf8(bytes.to_vec()).unwrap())
    }

    async fn make_link(&self, user: &str, key: &str, secret: &str) {
        let (status, answer) =
            self.call(user, "calendar/make", &json!({ "key": key, "secret": secret })).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
    }
}

fn summaries(text: &str) -> Vec<String> {
    let calendar: icalendar::Calendar = text.parse().unwrap();
    let events = calendar.components.iter().filter_map(icalendar::CalendarComponent::as_event);
    events.map(|event| event.get_summary().unwrap().to_owned()).collect()
}

fn saved_user(office: &Office, name: &str, version: i64, state: &str, modules: &Value) -> Value {
    let user = office.people.iter().find(|(known, _)| *known == name).unwrap().1;
    let form = json!({
        "name": name, "email": format!("{name}@pelda.hu"), "role": "restricted", "state": state, "zone": "Europe/Budapest",
        "modules": modules
    });
    json!({ "key": format!("abcd-save-{name}-{version}"), "user": user, "version": version, "form": form })
}

on_both! {
    async fn a_calendar_program_reads_my_todos_and_no_others(test: TestDb) {
        let office = office(test).await;
        let case = office.case("abcd-0000-case").await;
        let rita = office.people.iter().find(|(name, _)| *name == "rita").unwrap().1;
        let form = json!({
            "text": "Felhívni; ma, \"sürgős\"", "kind": office.kind, "due": { "day": "2026-12-02" }, "assignee": rita,
            "details": { "reminder": 30, "duration": 45 }
        });
        office.done("todos/add", &json!({ "key": "abcd-rita-1", "datasheet": case.datasheet, "form": form })).await;
        office.make_link("rita", "abcd-link-1", SECRET).await;

        let (status, headers, text) = office.calendar(SECRET, None).await;
        assert_eq!((status, &headers[header::CONTENT_TYPE]), (StatusCode::OK, &"text/calendar; charset=utf-8".parse().unwrap()));
        assert_eq!(summaries(&text), ["Felhívni; ma, \"sürgős\" · Tető"]);
        assert!(text.contains("DTSTART;VALUE=DATE:20261202\r\n") && text.contains("TRIGGER;RELATED=END:-PT30M\r\n"), "{text}");
        let calendar: icalendar::Calendar = text.parse().unwrap();
        let uid = calendar.components[0].as_event().unwrap().get_uid().unwrap().to_owned();

        // The same again is not sent again; a change is, under the same name.
        let tag = headers[header::ETAG].to_str().unwrap();
        let (status, _, body) = office.calendar(SECRET, Some(tag)).await;
        assert_eq!((status, &*body), (StatusCode::NOT_MODIFIED, ""));
        let (_, items) = office.call("rita", "my_day/page", &json!({})).await;
        let todo = &items["page"]["items"][0]["todo"]["id"];
        let later = json!({ "key": "abcd-later", "todo": todo, "version": 1, "to": "in_a_month" });
        assert_eq!(office.call("rita", "todos/postpone", &later).await.0, StatusCode::OK);
        let (status, changed, text) = office.calendar(SECRET, Some(tag)).await;
        assert_eq!(status, StatusCode::OK);
        assert_ne!(changed[header::ETAG], headers[header::ETAG]);
        let calendar: icalendar::Calendar = text.parse().unwrap();
        assert_eq!(calendar.components[0].as_event().unwrap().get_uid(), Some(&*uid));

        let untick = saved_user(&office, "rita", 1, "active", &json!([office.orders]));
        office.done("users/save", &untick).await;
        assert_eq!(summaries(&office.calendar(SECRET, None).await.2), Vec::<String>::new(), "not of a module that is closed to her");
    }

    async fn a_link_ends_when_it_is_replaced_or_revoked_and_while_its_user_is_locked(test: TestDb) {
        let office = office(test).await;
        office.make_link("rita", "abcd-link-1", SECRET).await;
        for (n, state) in ["locked", "off"].into_iter().enumerate() {
            let n = i64::try_from(n).unwrap() * 2;
            office.done("users/save", &saved_user(&office, "rita", n + 1, state, &json!([office.module]))).await;
            assert_eq!(office.calendar(SECRET, None).await.0, StatusCode::NOT_FOUND, "{state}");
            office.done("users/save", &saved_user(&office, "rita", n + 2, "active", &json!([office.module]))).await;
            assert_eq!(office.calendar(SECRET, None).await.0, StatusCode::OK);
        }
        let mut tx = office.host.db.begin().await.unwrap();
        let rita = office.people.iter().find(|(name, _)| *name == "rita").unwrap().1;
        sessions::add(&mut tx, &sha256("rita again"), rita, "", NOW).await.unwrap();
        tx.commit().await.unwrap();

        let other = SECRET.replace('0', "f");
        office.make_link("admin", "abcd-link-2", &other.replace('1', "e")).await;
        office.make_link("rita again", "abcd-link-3", &other).await;
        assert_eq!(office.calendar(SECRET, None).await.0, StatusCode::NOT_FOUND, "replaced");
        assert_eq!(office.calendar(&other, None).await.0, StatusCode::OK);
        let (_, made) = office.call("rita again", "calendar/link", &json!({})).await;
        assert_eq!(made, json!(NOW));
        assert_eq!(office.call("rita again", "calendar/revoke", &json!({ "key": "abcd-revoke" })).await.0, StatusCode::OK);
        assert_eq!(office.calendar(&other, None).await.0, StatusCode::NOT_FOUND, "revoked");
        assert_eq!(office.call("rita again", "calendar/link", &json!({})).await.1, Value::Null);
        assert_eq!(office.calendar(&other.replace('1', "e"), None).await.0, StatusCode::OK, "another's stays");
        assert_eq!(office.calendar("", None).await.0, StatusCode::NOT_FOUND);
        let (status, _) = office.call("rita again", "calendar/make", &json!({ "key": "abcd-link-4", "secret": "short" })).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}
