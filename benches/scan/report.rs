//! Figures as a table, as JSON and as a record.

use crate::{measure::Timing, workload::Workload};
use lockgate::base::calendar;
use serde_json::{Value, json};
use std::{fmt::Write as _, fs, path::Path, process::Command, time::SystemTime};

/// One design on one workload.
#[derive(Debug)]
pub(crate) struct Row<'w> {
    pub(crate) workload: &'w Workload,
    pub(crate) design: &'static str,
    pub(crate) patterns: usize,
    /// Bytes of one document, on average.
    pub(crate) bytes: f64,
    pub(crate) documents: usize,
    /// In all documents.
    pub(crate) findings: usize,
    pub(crate) timing: Timing,
    /// Time of this design over the time of the first one in the same run.
    pub(crate) ratio: f64,
}

impl Row<'_> {
    pub(crate) fn mib_per_s(&self) -> f64 {
        self.bytes / self.timing.p50 * 1e9 / f64::from(1 << 20)
    }

    pub(crate) fn us(&self) -> f64 {
        self.timing.p50 / 1e3
    }

    fn us_per_kib(&self) -> f64 {
        self.us() / (self.bytes / 1024.0)
    }

    fn json(&self) -> Value {
        json!({
            "workload": self.workload.name, "design": self.design, "patterns": self.patterns,
            "documents": self.documents, "bytes": self.bytes, "findings": self.findings,
            "us_p50": self.us(), "us_min": self.timing.min / 1e3, "us_mad": self.timing.mad / 1e3,
            "mib_per_s": self.mib_per_s(), "ratio": self.ratio, "samples": self.timing.samples,
        })
    }
}

/// The rows of one workload for people.
pub(crate) fn print_table(rows: &[Row<'_>]) {
    println!(
        "  {:<26} {:>9} {:>9} {:>11} {:>10} {:>10} {:>8}",
        "design", "patterns", "found", "µs/document", "µs/KiB", "MiB/s", "time"
    );
    for row in rows {
        println!(
            "  {:<26} {:>9} {:>9} {:>11.2} {:>10.3} {:>10.0} {:>7.2}×",
            row.design,
            row.patterns,
            row.findings,
            row.us(),
            row.us_per_kib(),
            row.mib_per_s(),
            row.ratio
        );
    }
}

pub(crate) fn print_json(rows: &[Row<'_>], goals: &[Value]) {
    let rows: Vec<_> = rows.iter().map(Row::json).collect();
    let report = json!({
        "cpu": cpu(), "revision": revision(), "date": date(), "rows": rows, "goals": goals,
    });
    println!("{report:#}");
}

/// Appends the rows to `benches/record/<date>-<cpu>.csv`.
pub(crate) fn record(rows: &[Row<'_>]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/record");
    fs::create_dir_all(&folder).expect("the folder of records can be made");
    let path = folder.join(format!("{}-{}.csv", date(), cpu()));
    let mut out = fs::read_to_string(&path).unwrap_or_else(|_| {
        "workload,design,revision,patterns,documents,bytes,findings,samples,us_p50,us_min,us_mad,mib_per_s,ratio\n"
            .to_owned()
    });
    let revision = revision();
    for row in rows {
        let Timing { min, mad, samples, .. } = row.timing;
        let _ = writeln!(
            out,
            "{},\"{}\",{revision},{},{},{:.0},{},{samples},{:.3},{:.3},{:.3},{:.1},{:.3}",
            row.workload.name,
            row.design,
            row.patterns,
            row.documents,
            row.bytes,
            row.findings,
            row.us(),
            min / 1e3,
            mad / 1e3,
            row.mib_per_s(),
            row.ratio
        );
    }
    fs::write(&path, out).expect("the record can be written");
    println!(
        "recorded in {}",
        path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(&path).display()
    );
}

fn revision() -> String {
    let output = Command::new("git")
        .args(["describe", "--always", "--dirty", "--exclude=*"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    text.ok().filter(|text| !text.is_empty()).unwrap_or_else(|| "unknown".to_owned())
}

/// The processor's name, fit for a file name.
pub(crate) fn cpu() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1));
    let name = model.unwrap_or(std::env::consts::ARCH).to_lowercase();
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.take(6).collect::<Vec<_>>().join("-")
}

/// Today as `2026-11-22`, UTC.
fn date() -> String {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let (year, month, day) = calendar::date(since.map_or(0, |since| since.as_secs() / 86_400));
    format!("{year:04}-{month:02}-{day:02}")
}
