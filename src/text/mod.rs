//! L1: places in a text: offsets in other units, lines and columns, character and word borders, and whether it is text at all.

pub mod boundary;
pub mod lines;
pub mod offsets;
pub mod words;
