//! What every component may ask for: who is here, in which language, at what time.

use crate::ui::effect;
use leptos::prelude::*;

use super::{browser, fields::missing::Waiting, shared, widgets::toast::Toasts};
use crate::{
    api::session::Session,
    domain::{
        id::UserId,
        module::ModuleLink,
        time::Timestamp,
        user::{Person, Theme, Viewer},
        zone::Zone,
    },
    i18n::Locale,
};

/// The surroundings of every component. Cheap to copy.
#[derive(Clone, Copy, Debug)]
pub struct Here {
    /// The language of the page.
    pub locale: Locale,
    /// The colours of the page.
    pub theme: Theme,
    /// The clock: the server's, then moved by the browser at each full minute. Rows move with it.
    pub now: RwSignal<Timestamp>,
    /// The modules of the bar.
    pub modules: RwSignal<Vec<ModuleLink>>,
    /// Messages at the foot of the page.
    pub toasts: Toasts,
    /// A move that waits for fields to be filled in.
    pub waiting: RwSignal<Option<Waiting>>,
    /// Counts what an earlier page sent and was answered only now: what this one shows may be older.
    pub resent: RwSignal<u32>,
    /// How many mentions the viewer has not read.
    pub mentions: RwSignal<u32>,
    icons: StoredValue<String>,
    viewer: StoredValue<Option<Viewer>>,
    people: StoredValue<Vec<Person>>,
}

/// The surroundings of this component.
pub fn here() -> Here {
    expect_context()
}

impl Here {
    /// Takes the session that came with the page and gives it to all components.
    pub fn provide() -> Self {
        let session = shared(|| use_context::<Session>().unwrap_or_default());
        // Only the server knows the hash in the name.
        let icons = shared(icons);
        let here = Self {
            icons: StoredValue::new(icons),
            locale: session.locale,
            theme: session.theme,
            now: RwSignal::new(session.now),
            modules: RwSignal::new(session.modules),
            toasts: Toasts::new(),
            waiting: RwSignal::new(None),
            resent: RwSignal::new(0),
            mentions: RwSignal::new(session.mentions),
            viewer: StoredValue::new(session.viewer),
            people: StoredValue::new(session.people),
        };
        provide_context(here);
        // The browser's clock may be wrong: only how far it moves is used.
        effect(move || {
            let ahead = session.now.0 - browser::clock();
            let timer = gloo_timers::callback::Interval::new(1_000, move || {
                let now = Timestamp(browser::clock() + ahead);
                if now.0 / 60_000 != here.now.get_untracked().0 / 60_000 {
                    here.now.set(now);
                }
            });
            timer.forget();
        });
        here
    }

    /// The address of an icon by its name in the sprite.
    pub fn icon(self, name: &str) -> String {
        self.icons.with_value(|sprite| format!("{sprite}#{name}"))
    }

    /// Who is signed in.
    pub fn viewer(self) -> Option<Viewer> {
        self.viewer.get_value()
    }

    /// The signed-in user's id.
    pub fn viewer_id(self) -> Option<UserId> {
        self.viewer.with_value(|viewer| viewer.as_ref().map(|viewer| viewer.id))
    }

    /// Whether modules, statuses and users may be changed by who is here.
    pub fn is_admin(self) -> bool {
        self.viewer.with_value(|viewer| viewer.as_ref().is_some_and(|viewer| viewer.role.is_admin()))
    }

    /// Uses the viewer's time zone.
    pub fn with_zone<T>(self, f: impl FnOnce(&Zone) -> T) -> T {
        self.viewer.with_value(|viewer| match viewer {
            Some(viewer) => f(&viewer.zone),
            None => f(&Zone::utc()),
        })
    }

    /// All users.
    pub fn people(self) -> Vec<Person> {
        self.people.get_value()
    }

    /// The name of a user.
    pub fn person(self, id: UserId) -> String {
        self.people
            .with_value(|people| {
                people.iter().find(|person| person.id == id).map(|person| person.name.clone())
            })
            .unwrap_or_default()
    }
}

/// The address of the sprite of icons, as the server names it.
#[cfg(feature = "ssr")]
fn icons() -> String {
    use_context::<super::shell::Assets>().unwrap_or_default().icons
}

/// The browser takes what the server said.
#[cfg(not(feature = "ssr"))]
fn icons() -> String {
    String::new()
}
