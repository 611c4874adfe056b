//! What is used on more than one screen.

pub mod answer;
pub mod dialog;
pub mod edit_problem;
pub mod finder;
pub mod form;
pub mod icon;
pub mod menu;
pub mod moment;
pub mod page_title;
pub mod sort;
pub mod toast;
