//! A document while it is written: text, spans, and the escapes of the places it is inside of.

/// A planted value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlantedSpan {
    /// First byte.
    pub start: usize,
    /// The byte behind the last one.
    pub end: usize,
    /// What the value is.
    pub label: &'static str,
}

/// A planted look-alike: nothing that should be reported under this label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearMiss {
    /// First byte.
    pub start: usize,
    /// The byte behind the last one.
    pub end: usize,
    /// What a careless rule takes it for.
    pub label: &'static str,
    /// Why it is not that: `check-digit`, `length`, `placeholder`, `hash` …
    pub why: &'static str,
}

/// How text is written inside of another format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escape {
    /// Inside a JSON string.
    Json,
    /// In the query of an address.
    Url,
    /// In text or an attribute of XML and HTML.
    Xml,
    /// Inside a string of SQL.
    Sql,
}

/// Text with spans that are right whatever escapes the text went through.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) text: String,
    pub(super) spans: Vec<PlantedSpan>,
    pub(super) near: Vec<NearMiss>,
    /// The innermost format comes last and escapes first.
    escapes: Vec<Escape>,
}

impl Draft {
    /// Appends text, escaped for the formats around it.
    pub(super) fn push(&mut self, text: &str) {
        let Some((last, outer)) = self.escapes.split_last() else {
            self.text.push_str(text);
            return;
        };
        if outer.is_empty() {
            escape(*last, text, &mut self.text);
            return;
        }
        let mut written = text.to_owned();
        for format in self.escapes.iter().rev() {
            let mut next = String::with_capacity(written.len() + 8);
            escape(*format, &written, &mut next);
            written = next;
        }
        self.text.push_str(&written);
    }

    /// Enters a format; [`Draft::leave`] ends it.
    pub(super) fn enter(&mut self, format: Escape) {
        self.escapes.push(format);
    }

    /// Leaves the format entered last.
    pub(super) fn leave(&mut self) {
        self.escapes.pop();
    }

    /// Where the next byte goes.
    pub(super) const fn at(&self) -> usize {
        self.text.len()
    }

    /// Everything from `start` to here is a value.
    pub(super) fn mark(&mut self, start: usize, label: &'static str) {
        let end = self.at();
        if start < end {
            self.spans.push(PlantedSpan { start, end, label });
        }
    }

    /// Everything from `start` to here is a look-alike.
    pub(super) fn mark_near(&mut self, start: usize, label: &'static str, why: &'static str) {
        let end = self.at();
        if start < end {
            self.near.push(NearMiss { start, end, label, why });
        }
    }
}

fn escape(format: Escape, text: &str, out: &mut String) {
    match format {
        Escape::Json => json(text, out),
        Escape::Url => url(text, out),
        Escape::Xml => {
            replaced(text, &[('&', "&amp;"), ('<', "&lt;"), ('>', "&gt;"), ('"', "&quot;")], out)
        }
        Escape::Sql => replaced(text, &[('\'', "''")], out),
    }
}

fn replaced(text: &str, table: &[(char, &str)], out: &mut String) {
    for char in text.chars() {
        match table.iter().find(|(from, _)| *from == char) {
            Some((_, to)) => out.push_str(to),
            None => out.push(char),
        }
    }
}

/// Writes text as the inside of a JSON string.
pub(super) fn json(text: &str, out: &mut String) {
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..='\x1f' => {
                out.push_str("\\u00");
                push_hex(char as u8, out);
            }
            _ => out.push(char),
        }
    }
}

fn url(text: &str, out: &mut String) {
    for &byte in text.as_bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            push_hex(byte.to_ascii_uppercase(), out);
        }
    }
}

fn push_hex(byte: u8, out: &mut String) {
    for nibble in [byte >> 4, byte & 15] {
        out.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0').to_ascii_uppercase());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(formats: &[Escape], expect: &str) {
        let mut draft = Draft::default();
        for format in formats {
            draft.enter(*format);
        }
        draft.push("a\"b\n<é'");
        let start = draft.at();
        draft.push("x");
        draft.mark(start, "pii.email");
        assert_eq!(draft.text, format!("{expect}x"));
        assert_eq!(draft.spans[0].end, draft.text.len());
    }

    #[test]
    fn escapes_stack_from_the_inside_out() {
        check(&[], "a\"b\n<é'");
        check(&[Escape::Json], r#"a\"b\n<é'"#);
        check(&[Escape::Json, Escape::Json], r#"a\\\"b\\n<é'"#);
        check(&[Escape::Url], "a%22b%0A%3C%C3%A9%27");
        check(&[Escape::Xml], "a&quot;b\n&lt;é'");
        check(&[Escape::Sql], "a\"b\n<é''");
    }
}
