//! Groups of arguments that several commands take.

mod color;
mod confidence;
mod console;
mod corpora;
mod run;

pub use color::ColorArgs;
pub use confidence::ConfidenceArgs;
pub use console::ConsoleArgs;
pub use corpora::CorporaArgs;
pub use run::RunArgs;
