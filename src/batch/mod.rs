//! L7: many documents through one engine.
//!
//! A reader thread turns roots (folders, files, standard input) into bounded portions of work, a pool inspects the documents of a portion in
//! parallel, and the results come back in the order of the input. What is done with a document is up to a [`Visitor`]; nothing here prints.
//!
//! Memory is bounded by the portions, not by the input: a JSONL file of any size is held a few MiB at a time. Only a document that is one
//! piece by nature (a text file, one JSONL line) is held whole, up to [`Config::document_bytes_max`].

mod config;
mod feed;
mod lines;
mod problem;
mod read;
mod record;
mod run;

pub use config::{Config, InputKind, Root};
pub use problem::{Origin, Problem, Severity};
pub use record::{Record, RecordFault, TextField};
pub use run::{Document, Outcome, Visitor, run};
