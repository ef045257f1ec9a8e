//! Tables and numbers, before any format.

use crate::eval::statistics::Rate;
use std::borrow::Cow;

/// A headline with a remark, a table and a word on what it leaves out.
#[derive(Debug, Default)]
pub(super) struct Section {
    pub(super) title: &'static str,
    pub(super) remark: String,
    pub(super) table: Table,
    /// Rows that are not shown.
    pub(super) hidden: usize,
}

/// Cells by row. Columns whose head begins with `<` are set to the left, without it.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) head: Vec<&'static str>,
    pub(super) rows: Vec<Vec<Cell>>,
}

/// One cell.
#[derive(Debug)]
pub(super) enum Cell {
    Text(String),
    Number(String),
    /// A share, which a format may draw.
    Share(Option<Rate>),
    /// A share whose interval only a roomy format shows.
    Score(Option<Rate>),
    /// Text of a corpus, in a typewriter face.
    Excerpt(String),
}

impl Cell {
    pub(super) fn plain(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) | Self::Number(text) | Self::Excerpt(text) => Cow::Borrowed(text),
            Self::Share(rate) => Cow::Owned(share(*rate)),
            Self::Score(rate) => {
                Cow::Owned(rate.map_or_else(dash, |rate| format!("{:.3}", rate.value)))
            }
        }
    }

    pub(super) fn is_left(&self) -> bool {
        matches!(self, Self::Text(_) | Self::Excerpt(_))
    }
}

/// `0.931 [0.902, 0.951]`, or a dash.
pub(super) fn share(rate: Option<Rate>) -> String {
    rate.map_or_else(dash, |rate| format!("{:.3} [{:.3}, {:.3}]", rate.value, rate.low, rate.high))
}

pub(super) fn text(text: impl Into<String>) -> Cell {
    Cell::Text(text.into())
}

pub(super) fn count(count: u64) -> Cell {
    Cell::Number(grouped(count))
}

pub(super) fn decimal(value: f64) -> Cell {
    Cell::Number(format!("{value:.2}"))
}

/// Three digits, or a dash.
pub(super) fn ratio(value: Option<f64>) -> Cell {
    Cell::Number(value.map_or_else(dash, |value| format!("{value:.3}")))
}

fn dash() -> String {
    "–".to_owned()
}

/// `12,345`.
pub(super) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `12.3 MiB`, in the unit that fits.
pub(super) fn bytes(bytes: u64) -> String {
    let kib = bytes as f64 / 1024.0;
    if bytes < 1024 {
        format!("{bytes} bytes")
    } else if kib < 1024.0 {
        format!("{kib:.1} KiB")
    } else {
        format!("{:.1} MiB", kib / 1024.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_readable() {
        for (number, expect) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")]
        {
            assert_eq!(grouped(number), expect);
        }
        for (number, expect) in [(5, "5 bytes"), (1536, "1.5 KiB"), (3 << 20, "3.0 MiB")] {
            assert_eq!(bytes(number), expect);
        }
        assert_eq!(share(None), "–");
        let rate = Rate { value: 0.5, low: 0.25, high: 1.0 };
        assert_eq!(share(Some(rate)), "0.500 [0.250, 1.000]");
    }
}
