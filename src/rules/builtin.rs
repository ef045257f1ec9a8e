//! The rules, labels and packs that ship inside the program.

use crate::syntax::Source;

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/builtin.rs"));
}

/// Rule files under `patterns/`.
pub(super) fn rules() -> impl Iterator<Item = Source> {
    embedded::RULES.iter().map(|(name, text)| Source::new(*name, *text))
}

/// Label files under `classifiers/`.
pub(super) fn labels() -> impl Iterator<Item = Source> {
    embedded::LABELS.iter().map(|(name, text)| Source::new(*name, *text))
}

/// Packs under `classifiers/packs/`.
pub(super) fn packs() -> impl Iterator<Item = Source> {
    embedded::PACKS.iter().map(|(name, text)| Source::new(*name, *text))
}
