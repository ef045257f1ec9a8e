//! L1: places in a text: offsets in other units, lines and columns, character and word borders; whether it is text at all, and what of it a
//! terminal may show; the links in it; and other ways to read it ([`views`]).

pub mod boundary;
pub mod lines;
pub mod links;
pub mod offsets;
pub mod terminal;
pub mod views;
pub mod words;
