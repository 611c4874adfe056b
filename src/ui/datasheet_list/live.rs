//! The list follows what others do: rows that changed are asked for again.

use super::{
    super::live::{self, News, Subject},
    state::ListState,
};

/// From so many changed datasheets on the rows are loaded anew instead of one by one.
const MANY: usize = 8;

/// Listens while the list is in the page and the page is seen.
pub fn listen(list: ListState) {
    live::listen(list.here, Subject::Module(list.module), move |news| match news {
        News::Of(datasheets) if datasheets.len() < MANY => {
            for datasheet in datasheets {
                list.look_again(datasheet);
            }
        }
        News::Of(_) | News::Anything => list.reload(),
    });
    live::keep_up(list.here, move || list.reload(), move || list.has_waiting());
}
