//! Paths of fields, and whether a place is on one.
//!
//! A path names members from the document downwards, separated by slashes: `messages/@/content/*/text`.
//!
//! * `*` stands for the elements of an array;
//! * `@` does, too, and marks the objects that say whose words they hold: by their `role`; `@message` marks a member;
//! * `?` stands for the members of an object;
//! * `#` leads into a document that stands in a string;
//! * `**` at the end stands for everything below, and for the value itself.
//!
//! A path without `**` that ends at a string also covers the document that may stand in it.

use crate::payload::json::{Open, Step, Walk};

/// A place that is on a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::payload) struct OnPath {
    /// Index in the place's path of the bracket of the object that the path marks.
    pub(in crate::payload) marked: Option<usize>,
}

/// Whether the place to which a walk has come is on the path that is `base` and `rest` together.
pub(in crate::payload) fn on_path(walk: &Walk<'_>, base: &str, rest: &str) -> Option<OnPath> {
    let mut steps = walk.path().iter().enumerate();
    let mut marked = None;
    for segment in base.split('/').chain(rest.split('/')).filter(|segment| !segment.is_empty()) {
        if segment == "**" {
            return Some(OnPath { marked });
        }
        let (index, open) = steps.next()?;
        let name = segment.strip_prefix('@').inspect(|_| marked = Some(index + 1));
        if !is_step(walk, *open, name.unwrap_or(segment)) {
            return None;
        }
    }
    match steps.next() {
        None | Some((_, Open { step: Step::Inner, .. })) => Some(OnPath { marked }),
        Some(_) => None,
    }
}

fn is_step(walk: &Walk<'_>, open: Open, segment: &str) -> bool {
    match open.step {
        Step::Element(_) => segment.is_empty() || segment == "*",
        Step::Inner => segment == "#",
        Step::Member(_) if segment == "?" => true,
        Step::Member(key) => {
            let leaf = key.and_then(|key| walk.document.leaves().get(key as usize));
            leaf.is_some_and(|leaf| walk.text.get(leaf.span.range()) == Some(segment.as_bytes()))
        }
    }
}
