//! The list follows what others do: rows that changed are asked for again.

use super::{
    super::{
        live::{self, News, Subject},
        reload::Reload as _,
    },
    state::ListState,
};

/// From so many changed datasheets on the rows are loaded anew instead of one by one.
const MANY: usize = 8;

/// Listens while the list is in the page and the page is seen.
pub fn listen(list: ListState) {
    live::listen(list.here, Subject::Module(list.module), move |news| match news {
        // What stands in a field is not in the row: whether and where it is to be seen is asked of the server.
        News::Of(datasheets) if datasheets.len() < MANY && !list.looks_into_fields() => {
            for datasheet in datasheets {
                list.look_again(datasheet);
            }
        }
        News::Of(_) | News::Anything => list.reload(),
    });
    live::keep_up(list.here, move || list.reload(), move || list.has_waiting());
}
