//! `--format text`, `json` and `jsonl`.

use super::args::MemoryFormat;
use super::report::{Counts, Record, Report};
use crate::cli::console::{Palette, printable};
use serde::Serialize;
use std::fmt::Write as _;
use std::io::{self, Write};

/// Writes reports one by one.
pub(super) struct Output<W> {
    format: MemoryFormat,
    palette: Palette,
    out: W,
    begun: bool,
}

#[derive(Serialize)]
struct Line<'r> {
    path: &'r str,
    shape: &'r str,
    #[serde(flatten)]
    record: &'r Record,
}

#[derive(Serialize)]
struct Summary<'r> {
    summary: &'r Counts,
}

impl<W: Write> Output<W> {
    pub(super) fn new(format: MemoryFormat, palette: Palette, out: W) -> Self {
        Self { format, palette, out, begun: false }
    }

    /// Opens the document of `json`.
    pub(super) fn begin(&mut self, rules: &str) -> io::Result<()> {
        if self.format != MemoryFormat::Json {
            return Ok(());
        }
        write!(self.out, "{{\"lockgate\":\"{}\",\"rules\":", env!("CARGO_PKG_VERSION"))?;
        serde_json::to_writer(&mut self.out, rules)?;
        self.out.write_all(b",\"snapshots\":[")
    }

    pub(super) fn write(&mut self, report: &Report) -> io::Result<()> {
        match self.format {
            MemoryFormat::Text => self.out.write_all(text(report, &self.palette).as_bytes()),
            MemoryFormat::Json => {
                self.out.write_all(if self.begun { b",\n" } else { b"\n" })?;
                self.begun = true;
                Ok(serde_json::to_writer(&mut self.out, report)?)
            }
            MemoryFormat::Jsonl => report.records.iter().try_for_each(|record| {
                let line = Line { path: &report.path, shape: &report.shape, record };
                serde_json::to_writer(&mut self.out, &line)?;
                self.out.write_all(b"\n")
            }),
        }
    }

    pub(super) fn finish(&mut self, counts: &Counts) -> io::Result<()> {
        match self.format {
            MemoryFormat::Text => {}
            MemoryFormat::Json => {
                self.out.write_all(b"\n],\"counts\":")?;
                serde_json::to_writer(&mut self.out, counts)?;
                self.out.write_all(b"}\n")?;
            }
            MemoryFormat::Jsonl => {
                serde_json::to_writer(&mut self.out, &Summary { summary: counts })?;
                self.out.write_all(b"\n")?;
            }
        }
        self.out.flush()
    }
}

/// A snapshot and the records that hold something, with what was found below each.
fn text(report: &Report, palette: &Palette) -> String {
    let Palette { red, yellow, cyan, blue, bold, reset } = palette;
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = writeln!(
        out,
        "{bold}{}{reset}: {}, {} of {} records hold something",
        printable(&report.path),
        report.shape,
        report.counts.records_with_findings,
        report.counts.records,
    );
    for record in &report.records {
        let _ = writeln!(out, "  {}", printable(&heading(record)));
        for found in &record.findings {
            let color = match found.confidence.as_str() {
                "high" => red,
                "medium" => yellow,
                _ => cyan,
            };
            let mut place = match &found.pointer {
                Some(pointer) => format!("at {pointer}"),
                None => format!("at byte {}", found.start),
            };
            for word in [&found.role, &found.kind, &found.view].into_iter().flatten() {
                place.push_str(", ");
                place.push_str(word);
            }
            if let Some(code) = &found.fixed {
                let _ = write!(place, " [{code}]");
            }
            let _ = writeln!(
                out,
                "    {color}{}{reset} {bold}{}{reset} ({}) {}",
                printable(&found.confidence),
                printable(&found.label),
                printable(&found.rule),
                printable(&place),
            );
        }
        for gap in &record.gaps {
            let media = gap.media.as_deref().map(|media| format!(", {media}")).unwrap_or_default();
            let text = format!("not inspected: bytes {}–{}{media}", gap.start, gap.end);
            let _ =
                writeln!(out, "    {blue}{}{reset} [{}]", printable(&text), printable(&gap.code));
        }
    }
    out
}

/// `message at /messages/3 since 2025-01-01T00:00:00Z, user, from search, id m3`.
fn heading(record: &Record) -> String {
    let mut out = record.what.to_owned();
    if !record.record.is_empty() {
        let _ = write!(out, " at {}", record.record);
    }
    if let Some(line) = record.line {
        let _ = write!(out, " in line {line}");
    }
    if let Some(since) = &record.since {
        let _ = write!(out, " since {since}");
    }
    if let Some(role) = &record.role {
        let _ = write!(out, ", {role}");
    }
    if let Some(source) = &record.source {
        let _ = write!(out, ", from {source}");
    }
    if let Some(id) = &record.id {
        let _ = write!(out, ", id {id}");
    }
    out
}
