//! The adviser: three questions, and which kind of module they speak for.
//!
//! | many leads to qualify | steps on the main page | documents | advice |
//! |---|---|---|---|
//! | yes | no | any | Sales: qualification and volume matter |
//! | yes | yes | any | Projects: the steps are the statuses |
//! | no | yes | no | Projects |
//! | no | yes | yes | Projects, and Invoicing beside it |
//! | no | no | yes | Invoicing, or Orders |
//! | no | no | no | Custom |

use super::{module::Template, process::Process};

/// What somebody answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// Do you qualify many leads a month?
    pub many_leads: bool,
    /// Should the steps show on the main page?
    pub steps_on_page: bool,
    /// Do you issue documents?
    pub documents: bool,
}

/// Why a template is recommended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Many leads, sorted by how promising they are.
    Volume,
    /// The steps are the statuses, to be seen and dragged.
    Steps,
    /// Documents move the status.
    Documents,
    /// Nothing speaks for a process: a blank page.
    Simple,
}

/// A recommendation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advice {
    /// The template.
    pub template: Template,
    /// Why.
    pub why: Why,
    /// A second module that does the rest.
    pub beside: Option<Template>,
}

/// What the answers speak for. `offers`: whether this installation can add a module of that template.
pub fn advise(answers: Answers, offers: impl Fn(Template) -> bool) -> Advice {
    let of_word = |word| Process::parse(word).map(Template::Fixed).filter(|template| offers(*template));
    // Of the modules with documents, the first that can be added.
    let documents = || of_word("invoicing").or_else(|| of_word("orders"));
    let sales = Template::Fixed(Process::Sales);
    let (template, why) = match answers {
        Answers { steps_on_page: true, .. } => (Template::Projects, Why::Steps),
        Answers { many_leads: true, .. } if offers(sales) => (sales, Why::Volume),
        Answers { documents: true, .. } => match documents() {
            Some(template) => return Advice { template, why: Why::Documents, beside: None },
            None => (Template::Custom, Why::Simple),
        },
        _ => (Template::Custom, Why::Simple),
    };
    let beside = if answers.documents { documents() } else { None };
    Advice { template, why, beside }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_answered() {
        let sales = Template::Fixed(Process::Sales);
        // Many leads, steps, documents: what is advised and why.
        for ((many_leads, steps_on_page), (template, why)) in [
            ((true, false), (sales, Why::Volume)),
            ((true, true), (Template::Projects, Why::Steps)),
            ((false, true), (Template::Projects, Why::Steps)),
            ((false, false), (Template::Custom, Why::Simple)),
        ] {
            let advice = advise(Answers { many_leads, steps_on_page, documents: false }, |_| true);
            assert_eq!(advice, Advice { template, why, beside: None });
        }
        let documents = Process::parse("invoicing").or(Process::parse("orders")).map(Template::Fixed);
        for (many_leads, steps_on_page, template) in
            [(true, false, sales), (true, true, Template::Projects), (false, true, Template::Projects)]
        {
            let advice = advise(Answers { many_leads, steps_on_page, documents: true }, |_| true);
            assert_eq!((advice.template, advice.beside), (template, documents));
        }
        let alone = Answers { documents: true, ..Answers::default() };
        let advice = advise(alone, |_| true);
        assert_eq!((Some(advice.template), advice.why, advice.beside), (documents, Why::Documents, None));
    }

    #[test]
    fn what_cannot_be_added_is_not_recommended() {
        for many_leads in [false, true] {
            for steps_on_page in [false, true] {
                for documents in [false, true] {
                    let answers = Answers { many_leads, steps_on_page, documents };
                    let advice = advise(answers, Template::is_customisable);
                    assert!(advice.template.is_customisable() && advice.beside.is_none(), "{answers:?}");
                }
            }
        }
    }
}
