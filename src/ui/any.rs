//! Views without their type, for the first load's sake.
//!
//! [`IntoAny`] takes the place of Leptos' trait of the same name wherever it is imported by name. Leptos makes each such
//! view able to wait for its code while the page is taken over, which nothing here needs (`lazy` loads the code before)
//! and which was a fifth of the browser half.

#[cfg(not(feature = "ssr"))]
use leptos::tachys::{
    html::attribute::{Attribute, any_attribute::AnyAttribute},
    hydration::Cursor,
    view::{Position, PositionState, add_attr::AddAnyAttr},
};
use leptos::{prelude::*, tachys::view::any_view};

/// Makes views of different types one type.
pub trait IntoAny {
    /// The view without its type.
    fn into_any(self) -> AnyView;
}

impl<T: RenderHtml + Send> IntoAny for T {
    #[cfg(feature = "ssr")]
    fn into_any(self) -> AnyView {
        any_view::IntoAny::into_any(self)
    }

    #[cfg(not(feature = "ssr"))]
    fn into_any(self) -> AnyView {
        any_view::IntoAny::into_any(AtOnce(self))
    }
}

/// A view that is taken over at once: what `hydrate_async` is when nobody writes it.
#[cfg(not(feature = "ssr"))]
struct AtOnce<T>(T);

#[cfg(not(feature = "ssr"))]
impl<T: Render> Render for AtOnce<T> {
    type State = T::State;

    fn build(self) -> Self::State {
        self.0.build()
    }

    fn rebuild(self, state: &mut Self::State) {
        self.0.rebuild(state);
    }
}

#[cfg(not(feature = "ssr"))]
impl<T: RenderHtml> AddAnyAttr for AtOnce<T> {
    type Output<A: Attribute> = AtOnce<T::Output<A>>;

    fn add_any_attr<A: Attribute>(self, attribute: A) -> Self::Output<A>
    where
        Self::Output<A>: RenderHtml,
    {
        AtOnce(self.0.add_any_attr(attribute))
    }
}

#[cfg(not(feature = "ssr"))]
impl<T: RenderHtml> RenderHtml for AtOnce<T> {
    type AsyncOutput = T::AsyncOutput;
    type Owned = AtOnce<T::Owned>;

    const MIN_LENGTH: usize = T::MIN_LENGTH;
    const EXISTS: bool = T::EXISTS;

    fn dry_resolve(&mut self) {
        self.0.dry_resolve();
    }

    async fn resolve(self) -> Self::AsyncOutput {
        self.0.resolve().await
    }

    fn to_html_with_buf(
        self,
        buffer: &mut String,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        extra_attrs: Vec<AnyAttribute>,
    ) {
        self.0.to_html_with_buf(buffer, position, escape, mark_branches, extra_attrs);
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> Self::State {
        self.0.hydrate::<FROM_SERVER>(cursor, position)
    }

    fn into_owned(self) -> Self::Owned {
        AtOnce(self.0.into_owned())
    }
}
