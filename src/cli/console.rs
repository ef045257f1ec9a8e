//! What a person reads on standard error: coded messages, and when to use colour.

use crate::base::Code;
use crate::base::Fault;
use crate::batch::{Problem, Severity};
use crate::text::terminal::printable_char;
use anstream::{AutoStream, ColorChoice};
use clap::ValueEnum;
use std::fmt::Write as _;
use std::io::{self, Write as _};

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Escape sequences, all empty without colour.
#[derive(Clone, Copy, Debug)]
pub(super) struct Palette {
    pub(super) red: &'static str,
    pub(super) yellow: &'static str,
    pub(super) cyan: &'static str,
    pub(super) blue: &'static str,
    pub(super) bold: &'static str,
    pub(super) reset: &'static str,
}

impl Palette {
    const PLAIN: Self = Self { red: "", yellow: "", cyan: "", blue: "", bold: "", reset: "" };
    const COLOR: Self = Self {
        red: "\x1b[1;31m",
        yellow: "\x1b[1;33m",
        cyan: "\x1b[1;36m",
        blue: "\x1b[1;34m",
        bold: "\x1b[1m",
        reset: "\x1b[0m",
    };

    pub(super) fn stdout(color: Color) -> Self {
        Self::of(color, || AutoStream::choice(&io::stdout()))
    }

    pub(super) fn stderr(color: Color) -> Self {
        Self::of(color, || AutoStream::choice(&io::stderr()))
    }

    fn of(color: Color, detect: impl FnOnce() -> ColorChoice) -> Self {
        match color {
            Color::Always => Self::COLOR,
            Color::Never => Self::PLAIN,
            Color::Auto if detect() == ColorChoice::Never => Self::PLAIN,
            Color::Auto => Self::COLOR,
        }
    }
}

/// A message in the manner of a compiler: severity, code, title, place, help.
pub(super) fn render(
    palette: &Palette,
    severity: Severity,
    code: Code,
    detail: &str,
    place: Option<&str>,
) -> String {
    let (color, name) = match severity {
        Severity::Note => (palette.cyan, "note"),
        Severity::Warning => (palette.yellow, "warning"),
        Severity::Error => (palette.red, "error"),
    };
    let Palette { blue, bold, reset, .. } = palette;
    let mut out = format!("{color}{name}[{}]{reset}{bold}: {}", code.id, code.title);
    if !detail.is_empty() {
        let _ = write!(out, ": {}", printable(detail));
    }
    let _ = writeln!(out, "{reset}");
    if let Some(place) = place {
        let _ = writeln!(out, "  {blue}-->{reset} {}", printable(place));
    }
    let _ = writeln!(out, "  {blue}={reset} {bold}help{reset}: {}", code.help);
    out
}

pub(super) fn render_problem(palette: &Palette, problem: &Problem) -> String {
    let mut place = problem.origin.name().into_owned();
    if let Some(line) = problem.line {
        let _ = write!(place, ":{line}");
    }
    render(palette, problem.severity, problem.code, &problem.detail, Some(&place))
}

/// Prints an error that ends the command.
pub(super) fn error(color: Color, fault: &Fault) {
    let palette = Palette::stderr(color);
    say(&render(&palette, Severity::Error, fault.code, &fault.detail, None));
}

/// Writes to standard error. That nobody reads it is no reason to fail.
pub(super) fn say(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// The text with everything replaced that a terminal would act on.
pub(super) fn printable(text: &str) -> String {
    text.chars().map(printable_char).collect()
}

/// The same for a text of several lines.
pub(super) fn printable_lines(text: &str) -> String {
    text.chars().map(|char| if char == '\n' { char } else { printable_char(char) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::code::BINARY;

    #[test]
    fn renders_like_a_compiler() {
        let text = render(&Palette::PLAIN, Severity::Warning, BINARY, "", Some("a\x1b[2Jb"));
        assert_eq!(
            text,
            "warning[payload.binary]: the input is binary\n  --> a\u{FFFD}[2Jb\n  \
             = help: it was not scanned; pass --binary to scan its bytes\n"
        );
    }
}
