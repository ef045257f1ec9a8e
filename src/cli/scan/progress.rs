//! The progress bar on a terminal.

use super::args::ScanArgs;
use super::summary::Summary;
use indicatif::{ProgressBar, ProgressStyle};
use std::fs;
use std::time::Duration;

const TICK: Duration = Duration::from_millis(120);
const WITH_TOTAL: &str = "{bar:32.cyan/blue} {bytes}/{total_bytes} {binary_bytes_per_sec} {msg}";
const WITHOUT_TOTAL: &str = "{spinner} {bytes} {binary_bytes_per_sec} {msg}";

/// A bar, or nothing where nobody would see it.
pub(super) struct Progress(Option<ProgressBar>);

impl Progress {
    pub(super) fn new(args: &ScanArgs) -> Self {
        if args.quiet || !args.console.shows_progress() {
            return Self(None);
        }
        let (bar, template) = match bytes_total(args) {
            Some(total) => (ProgressBar::new(total), WITH_TOTAL),
            None => (ProgressBar::new_spinner(), WITHOUT_TOTAL),
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(TICK);
        Self(Some(bar))
    }

    /// Shows how far it is, and runs `print` while the bar is out of the way.
    pub(super) fn advance(&self, summary: &Summary, print: impl FnOnce()) {
        let Some(bar) = &self.0 else { return print() };
        bar.suspend(print);
        bar.set_position(summary.bytes_read());
        bar.set_message(format!(
            "{} documents, {} findings",
            summary.documents(),
            summary.findings()
        ));
    }

    pub(super) fn finish(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

/// Size of everything, if it is known without a walk.
fn bytes_total(args: &ScanArgs) -> Option<u64> {
    if args.paths.is_empty() {
        return None;
    }
    let size = |path| fs::metadata(path).ok().filter(fs::Metadata::is_file).map(|file| file.len());
    args.paths.iter().map(size).sum()
}
