//! L1: places in a text: offsets in other units, lines and columns, character borders, whether it is text at all; and other ways to read
//! it ([`views`]).

pub mod boundary;
pub mod lines;
pub mod offsets;
pub mod views;
