//! The progress bar on a terminal.

use crate::cli::args::ConsoleArgs;
use indicatif::{ProgressBar, ProgressStyle};
use std::time::Duration;

const TICK: Duration = Duration::from_millis(120);
/// Sizes are not known before gzip is read, so there is no end to draw.
const TEMPLATE: &str = "{spinner} {msg} {bytes} {binary_bytes_per_sec}";

/// A bar, or nothing where nobody would see it.
pub(in crate::cli) struct Progress(Option<ProgressBar>);

impl Progress {
    pub(in crate::cli) fn hidden() -> Self {
        Self(None)
    }

    pub(in crate::cli) fn new(args: &ConsoleArgs) -> Self {
        if !args.shows_progress() {
            return Self::hidden();
        }
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(TICK);
        Self(Some(bar))
    }

    pub(in crate::cli) fn advance(&self, documents: u64, bytes: u64) {
        if let Some(bar) = &self.0 {
            bar.set_position(bytes);
            bar.set_message(format!("{documents} documents"));
        }
    }

    /// Runs `print` while the bar is out of the way.
    pub(in crate::cli) fn aside(&self, print: impl FnOnce()) {
        match &self.0 {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }

    pub(in crate::cli) fn finish(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}
