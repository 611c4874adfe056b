//! My day: the viewer's own open to-dos in all modules that they may open. What is done on them is in [`super::todos`].

use leptos::{prelude::*, server_fn::codec::Json};

#[cfg(feature = "ssr")]
use super::request::{Request, answer};
#[cfg(feature = "ssr")]
use crate::{
    domain::{
        bucket::Borders,
        calendar::{DAY_MAX, moments},
        document::Day,
        id::ModuleId,
    },
    error::{Error, Field, Problem},
    store::my_day,
};
use crate::{
    domain::{
        calendar::{Asked, CalendarDay},
        id::DatasheetId,
        my_day::{Counts, Item, Items, MyDay, Place},
    },
    error::Result,
};

#[cfg(feature = "ssr")]
impl Request {
    /// The modules that the viewer may open. Whoever holds an open to-do sees its datasheet, restricted or not.
    pub async fn own_modules(&mut self) -> Result<Vec<ModuleId>> {
        Ok(self.links().await?.into_iter().map(|link| link.id).collect())
    }
}

/// The first to-dos and the counts.
#[server(endpoint = "my_day/page", input = Json)]
pub async fn my_day_show() -> Result<MyDay> {
    answer(async move {
        let mut request = Request::read().await?;
        let (viewer, modules) = (request.viewer.id, request.own_modules().await?);
        let borders = Borders::at(request.now, &request.viewer.zone);
        let page = my_day::page(&mut request.tx, viewer, &modules, None, 50).await?;
        let counts = my_day::counts(&mut request.tx, viewer, &modules, &borders).await?;
        Ok(MyDay { page, counts })
    })
    .await
}

/// The to-dos after a place, at most `limit` (1 to 200).
#[server(endpoint = "my_day/items", input = Json)]
pub async fn my_day_items(after: Option<Place>, limit: u32) -> Result<Items> {
    answer(async move {
        let mut request = Request::read().await?;
        let (viewer, modules) = (request.viewer.id, request.own_modules().await?);
        my_day::page(&mut request.tx, viewer, &modules, after, limit.clamp(1, 200)).await
    })
    .await
}

/// The counts of the headings, for a page that stayed open.
#[server(endpoint = "my_day/counts", input = Json)]
pub async fn my_day_counts() -> Result<Counts> {
    answer(async move {
        let mut request = Request::read().await?;
        let (viewer, modules) = (request.viewer.id, request.own_modules().await?);
        let borders = Borders::at(request.now, &request.viewer.zone);
        my_day::counts(&mut request.tx, viewer, &modules, &borders).await
    })
    .await
}

/// The viewer's open to-dos on one datasheet, as they are now.
#[server(endpoint = "my_day/datasheet", input = Json)]
pub async fn my_day_datasheet(datasheet: DatasheetId) -> Result<Vec<Item>> {
    answer(async move {
        let mut request = Request::read().await?;
        let (viewer, modules) = (request.viewer.id, request.own_modules().await?);
        my_day::of_datasheet(&mut request.tx, viewer, &modules, datasheet).await
    })
    .await
}

/// The days of a month or a week with the first of their to-dos; of the chosen day up to [`DAY_MAX`].
#[server(endpoint = "my_day/calendar", input = Json)]
pub async fn my_day_calendar(asked: Asked) -> Result<Vec<CalendarDay>> {
    answer(async move {
        let mut request = Request::read().await?;
        if !asked.is_plausible() {
            return Err(Error::invalid(Field::Due, Problem::Unreadable));
        }
        let (viewer, modules) = (request.viewer.id, request.own_modules().await?);
        let zone = &request.viewer.zone;
        let listed = asked.listed(zone.today(request.now));
        let days = asked.days();
        let wanted = |day| if Some(day) == listed { DAY_MAX } else { asked.view.shown() };
        let ranges: Vec<_> = days.iter().map(|day| (moments(*day, zone), wanted(*day))).collect();
        let found = my_day::on_days(&mut request.tx, viewer, &modules, &ranges).await?;
        let day = |(day, (items, count))| CalendarDay { day: Day(day), items, count };
        Ok(days.into_iter().zip(found).map(day).collect())
    })
    .await
}
