//! Log lines on standard error. Nothing of a request's content is ever logged.

use super::config::{Config, LogFormat, LogLevel};
use std::io::IsTerminal as _;
use tracing_subscriber::filter::LevelFilter;

/// Sends the log of this process to standard error, and makes panics silent about what they say.
///
/// Call once, at the start of the program. Later calls change nothing but the panic hook.
pub fn init(config: &Config) {
    let level = match config.log_level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
    };
    let builder = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_max_level(level);
    // A second subscriber is refused, which is what an embedding program that has its own wants.
    let _ = match config.log_format {
        LogFormat::Text => tracing::subscriber::set_global_default(builder.finish()),
        LogFormat::Json => tracing::subscriber::set_global_default(builder.json().finish()),
    };
    // The message of a panic can quote the text that was being worked on: the place alone is enough to find the mistake.
    std::panic::set_hook(Box::new(|info| {
        let location = info.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(location, "panic");
    }));
}
