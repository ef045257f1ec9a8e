//! The shapes that are known.

mod autogen;
mod chatgpt;
mod chroma;
mod claude;
mod claude_code;
mod codex;
mod crewai;
mod generic;
mod langgraph;
mod letta;
mod mem0;
mod openai;
mod pgvector;
mod qdrant;
mod sqlite;

use super::{Part, Shape};
pub(super) use generic::{LINES, LISTS, TEXT};

/// All shapes, in the order in which they are tried: those that are told by the rarest names first.
pub(super) static SHAPES: [&Shape; 14] = [
    &sqlite::SHAPE,
    &chatgpt::SHAPE,
    &claude::SHAPE,
    &letta::SHAPE,
    &langgraph::SHAPE,
    &chroma::SHAPE,
    &qdrant::SHAPE,
    &pgvector::SHAPE,
    &mem0::SHAPE,
    &claude_code::SHAPE,
    &codex::SHAPE,
    &autogen::SHAPE,
    &crewai::SHAPE,
    &openai::SHAPE,
];

/// The names of all shapes, with those of nobody's files at the end.
pub fn names() -> impl Iterator<Item = &'static str> {
    SHAPES.into_iter().chain([&LISTS, &LINES, &TEXT]).map(|shape| shape.name)
}
