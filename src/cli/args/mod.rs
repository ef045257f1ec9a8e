//! Groups of arguments that several commands take.

mod color;
mod confidence;
mod console;
mod corpora;
mod links;
mod redaction;
mod run;

pub use color::ColorArgs;
pub use confidence::ConfidenceArgs;
pub use console::ConsoleArgs;
pub use corpora::CorporaArgs;
pub use links::LinkArgs;
pub use redaction::{RedactionArgs, StyleArg};
pub use run::RunArgs;
