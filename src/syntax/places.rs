//! Where fields stand in a file, also those that the specs do not carry a span for.

use super::Source;
use std::{cell::OnceCell, ops::Range};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A step from a rule to a value inside it.
#[derive(Clone, Copy, Debug)]
pub enum Step<'a> {
    /// A field of a table.
    Field(&'a str),
    /// An element of an array, from 0.
    Item(usize),
}

/// Finds places in one file. The file is parsed again when the first place is asked for, which is only when there is something to report.
#[derive(Debug)]
pub struct Places<'s> {
    source: &'s Source,
    document: OnceCell<DeTable<'s>>,
}

impl<'s> Places<'s> {
    /// The places of a file.
    pub fn new(source: &'s Source) -> Self {
        Self { source, document: OnceCell::new() }
    }

    /// The place of a value in the table (`[[rule]]`, `[[label]]`) whose `id` stands at `id`.
    pub fn find(&self, id: &Range<usize>, path: &[Step<'_>]) -> Option<Range<usize>> {
        let document = self.document();
        let list = document.get("rule").or_else(|| document.get("label"))?.get_ref().as_array()?;
        let table = list
            .iter()
            .find(|item| item.get_ref().get("id").is_some_and(|value| value.span() == *id))?;
        descend(table, path)
    }

    /// The place of a field of the file itself.
    pub fn top(&self, field: &str) -> Option<Range<usize>> {
        self.document().get(field).map(Spanned::span)
    }

    fn document(&self) -> &DeTable<'s> {
        let text: &'s str = &self.source.text;
        self.document.get_or_init(|| DeTable::parse_recoverable(text).0.into_inner())
    }
}

fn descend(value: &Spanned<DeValue<'_>>, path: &[Step<'_>]) -> Option<Range<usize>> {
    match path {
        [] => Some(value.span()),
        [Step::Field(name), rest @ ..] => descend(value.get_ref().as_table()?.get(*name)?, rest),
        [Step::Item(index), rest @ ..] => descend(value.get_ref().as_array()?.get(*index)?, rest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_by_the_place_of_the_id() {
        let text = "family = 'a.b'\n[[rule]]\nid='x'\n[[rule]]\nid='y'\n[[rule.match]]\ntext='T'\n";
        let source = Source::new("f", text);
        let places = Places::new(&source);
        let id = text.find("'y'").map(|start| start..start + 3).expect("y");
        let path = [Step::Field("match"), Step::Item(0), Step::Field("text")];
        let found = places.find(&id, &path).expect("found");
        assert_eq!(&text[found], "'T'");
        assert_eq!(places.find(&id, &[Step::Field("why")]), None);
        assert_eq!(places.find(&(0..1), &path), None);
        assert_eq!(places.top("family").map(|at| &text[at]), Some("'a.b'"));
    }
}
