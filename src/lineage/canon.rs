//! Canonical forms of values, version 1: what stays the same when people and models write a value in another way.
//!
//! Frozen: a change would tear every link to older records, so it would be version 2. `canon-v1.toml` holds vectors for other
//! implementations. The form goes into the token, the label does not: whichever rule found a number, its token is the same.

use crate::syntax::Linkability;
use crate::validate;
use std::net::{IpAddr, Ipv6Addr};

/// The version of the canonical forms, part of every token.
pub(super) const VERSION: u8 = 1;

/// A way to reduce a value to what identifies it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Form {
    /// Letters and digits, in upper case: cards, accounts, national numbers.
    Alnum = 1,
    /// A mail address in lower case.
    Email = 2,
    /// A telephone number with its country, where that can be told.
    Phone = 3,
    /// Year, and day and month in ascending order, since nobody knows which is which.
    Date = 4,
    /// An internet address.
    Ip = 5,
    /// A host name in lower case.
    Host = 6,
    /// Words in lower case with one space between them: names, streets.
    Text = 7,
    /// The bytes but for white space: keys, passwords, addresses of wallets.
    Exact = 8,
}

/// Labels and their forms; the longest that is the label or stands above it counts.
const FORMS: [(&str, Form); 17] = [
    ("credential", Form::Exact),
    ("finance", Form::Alnum),
    ("finance.crypto-wallet", Form::Exact),
    ("health", Form::Alnum),
    ("health.diagnosis", Form::Text),
    ("network.internal-host", Form::Host),
    ("network.ip", Form::Ip),
    ("network.mac", Form::Alnum),
    ("pii", Form::Alnum),
    ("pii.address", Form::Text),
    ("pii.date-of-birth", Form::Date),
    ("pii.email", Form::Email),
    ("pii.location", Form::Text),
    ("pii.person", Form::Text),
    ("pii.phone", Form::Phone),
    ("secrets", Form::Exact),
    ("canary", Form::Exact),
];

impl Form {
    /// All forms.
    pub const ALL: [Self; 8] = [
        Self::Alnum,
        Self::Email,
        Self::Phone,
        Self::Date,
        Self::Ip,
        Self::Host,
        Self::Text,
        Self::Exact,
    ];

    /// The form of values of a label; `None` if its values identify nothing, so that no token is made.
    pub fn of(label: &str, linkability: Linkability) -> Option<Self> {
        if linkability == Linkability::L0 {
            return None;
        }
        let covers = |above: &str| {
            label.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let known = FORMS.iter().filter(|(above, _)| covers(above));
        Some(known.max_by_key(|(above, _)| above.len()).map_or(Self::Text, |(_, form)| *form))
    }

    /// The name in vectors.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Alnum => "alnum",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Date => "date",
            Self::Ip => "ip",
            Self::Host => "host",
            Self::Text => "text",
            Self::Exact => "exact",
        }
    }

    /// Writes the canonical form over `out`. Empty if nothing of the value is left.
    pub fn write(self, value: &[u8], out: &mut Vec<u8>) {
        out.clear();
        match self {
            Self::Alnum => alnum(value, out),
            Self::Email => lower(value.trim_ascii(), out),
            Self::Phone => phone(value, out),
            Self::Date => date(value, out),
            Self::Ip => ip(value, out),
            Self::Host => host(value, out),
            Self::Text => text(value, out),
            Self::Exact => {
                out.extend(value.iter().filter(|byte| !byte.is_ascii_whitespace()));
            }
        }
    }
}

/// Letters and digits in upper case. Characters that are written wide, and digits of other scripts, count as those of ASCII.
fn alnum(value: &[u8], out: &mut Vec<u8>) {
    if value.is_ascii() {
        let kept = value.iter().filter(|byte| byte.is_ascii_alphanumeric());
        out.extend(kept.map(u8::to_ascii_uppercase));
        return;
    }
    for char in String::from_utf8_lossy(value).chars() {
        let char = plain(char);
        if char.is_alphanumeric() {
            let upper = char.to_uppercase().filter(|char| char.is_alphanumeric());
            upper.for_each(|upper| push(out, upper));
        }
    }
}

/// What a full-width character or a digit of another script stands for.
fn plain(char: char) -> char {
    /// The zeros of the scripts whose digits people type: Arabic, Persian, Devanagari, Bengali, Thai.
    const ZEROS: [u32; 5] = [0x0660, 0x06f0, 0x0966, 0x09e6, 0x0e50];
    let code = u32::from(char);
    let ascii = if (0xff01..=0xff5e).contains(&code) {
        Some(code - 0xfee0)
    } else {
        let zero = ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&code));
        zero.map(|zero| code - zero + u32::from('0'))
    };
    ascii.and_then(char::from_u32).unwrap_or(char)
}

/// True for accents that are characters of their own: they end no word.
const fn is_mark(char: char) -> bool {
    matches!(char, '\u{300}'..='\u{36f}')
}

fn push(out: &mut Vec<u8>, char: char) {
    out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
}

fn lower(value: &[u8], out: &mut Vec<u8>) {
    if value.is_ascii() {
        out.extend(value.iter().map(u8::to_ascii_lowercase));
    } else {
        out.extend_from_slice(String::from_utf8_lossy(value).to_lowercase().as_bytes());
    }
}

fn host(value: &[u8], out: &mut Vec<u8>) {
    lower(value.trim_ascii(), out);
    while out.last() == Some(&b'.') {
        out.pop();
    }
}

/// `+` and the international number, or the digits of a national one without the zeros in front.
fn phone(value: &[u8], out: &mut Vec<u8>) {
    /// Digits after which letters begin an extension.
    const DIGITS_MIN: usize = 7;
    let mut trimmed = value.trim_ascii();
    let plus = trimmed.strip_prefix(b"+");
    let mut international = plus.is_some();
    trimmed = plus.unwrap_or(trimmed);
    let mut rest = trimmed.iter().enumerate();
    while let Some((at, byte)) = rest.next() {
        // The zero of `+44 (0)20` is not dialled from abroad.
        if international && trimmed[at..].starts_with(b"(0)") {
            rest.nth(1);
        } else if byte.is_ascii_digit() {
            out.push(*byte);
        } else if byte.is_ascii_alphabetic() && out.len() >= DIGITS_MIN {
            break;
        }
    }
    if out.is_empty() {
        return;
    }
    if !international {
        for prefix in [b"011".as_slice(), b"00"] {
            if out.starts_with(prefix) && out.len() > 10 {
                out.drain(..prefix.len());
                international = true;
                break;
            }
        }
    }
    if international || is_north_american(out) {
        if !international && out.len() == 10 {
            out.insert(0, b'1');
        }
        out.insert(0, b'+');
    } else {
        let zeros = out.iter().take_while(|digit| **digit == b'0').count();
        out.drain(..zeros);
    }
}

/// Ten digits, or eleven with the 1 in front, as the numbering plan of North America has them.
fn is_north_american(digits: &[u8]) -> bool {
    let national = match digits {
        [b'1', national @ ..] if national.len() == 10 => national,
        _ if digits.len() == 10 => digits,
        _ => return false,
    };
    national[0] >= b'2' && national[3] >= b'2'
}

/// `1980-03-12` for 12 March and for 3 December alike. What is not understood stays as its letters and digits.
fn date(value: &[u8], out: &mut Vec<u8>) {
    match validate::written_date(value) {
        Some((year, a, b)) => {
            let (low, high) = (a.min(b), a.max(b));
            out.extend_from_slice(format!("{year:04}-{low:02}-{high:02}").as_bytes());
        }
        None => alnum(value, out),
    }
}

fn ip(value: &[u8], out: &mut Vec<u8>) {
    let text = std::str::from_utf8(value).unwrap_or_default().trim();
    match text.trim_matches(['[', ']']).parse::<IpAddr>() {
        Ok(IpAddr::V6(address)) => {
            let mapped = Ipv6Addr::to_ipv4_mapped(&address).map(IpAddr::V4);
            let address = mapped.unwrap_or(IpAddr::V6(address));
            out.extend_from_slice(address.to_string().as_bytes());
        }
        Ok(address) => out.extend_from_slice(address.to_string().as_bytes()),
        Err(_) => lower(value.trim_ascii(), out),
    }
}

/// Words of letters and digits.
fn text(value: &[u8], out: &mut Vec<u8>) {
    let mut gap = false;
    for char in String::from_utf8_lossy(value).chars() {
        let char = plain(char);
        if is_mark(char) {
            continue;
        }
        if !char.is_alphanumeric() {
            gap = !out.is_empty();
            continue;
        }
        if std::mem::take(&mut gap) {
            out.push(b' ');
        }
        let lower = char.to_lowercase().filter(|char| char.is_alphanumeric());
        lower.for_each(|lower| push(out, lower));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(form: Form, value: &str, expect: &str) {
        let mut out = vec![b'x'];
        form.write(value.as_bytes(), &mut out);
        assert_eq!(String::from_utf8_lossy(&out), expect, "{form:?} {value}");
    }

    #[test]
    fn the_longest_label_decides() {
        let check = |label: &str, expect| assert_eq!(Form::of(label, Linkability::L2), expect);
        check("pii.email", Some(Form::Email));
        check("pii.us.ssn", Some(Form::Alnum));
        check("pii.person.name", Some(Form::Text));
        check("pii.phones", Some(Form::Alnum));
        check("finance.card", Some(Form::Alnum));
        check("finance.crypto-wallet", Some(Form::Exact));
        check("credential.aws", Some(Form::Exact));
        check("acme.project", Some(Form::Text));
        assert_eq!(Form::of("pii.email", Linkability::L0), None);
    }

    #[test]
    fn forms_survive_how_values_are_written() {
        check(Form::Alnum, "4111-1111 1111.1111", "4111111111111111");
        check(Form::Alnum, "de89 3704 0044 0532 0130 00", "DE89370400440532013000");
        check(Form::Alnum, "４１１１ ١٢٣۴", "41111234");
        check(Form::Alnum, " - ", "");
        check(Form::Email, " Jane.Doe@Example.COM ", "jane.doe@example.com");
        check(Form::Email, "JÜRGEN@example.com", "jürgen@example.com");
        check(Form::Ip, "::ffff:192.0.2.1", "192.0.2.1");
        check(Form::Ip, "[2001:DB8:0::1]", "2001:db8::1");
        check(Form::Ip, "999.1.1.1", "999.1.1.1");
        check(Form::Host, "DB1.Corp.Example.", "db1.corp.example");
        check(Form::Text, "  Jane   DOE,\nJr. ", "jane doe jr");
        check(Form::Text, "\u{130}stanbul Jose\u{301} R.", "istanbul jose r");
        check(Form::Exact, "AbC \n dEf", "AbCdEf");
    }

    #[test]
    fn telephone_numbers_get_their_country_where_it_can_be_told() {
        for written in ["+1 212 555 0123", "(212) 555-0123", "1-212-555-0123", "2125550123 ext. 9"]
        {
            check(Form::Phone, written, "+12125550123");
        }
        for written in ["+44 (0)20 7946 0018", "+44 20 7946 0018", "0044 20 7946 0018"] {
            check(Form::Phone, written, "+442079460018");
        }
        check(Form::Phone, "020 7946 0018", "2079460018");
        check(Form::Phone, "+", "");
        check(Form::Phone, "", "");
    }

    #[test]
    fn dates_are_the_same_however_they_are_ordered() {
        for written in ["1980-03-12", "12 March 1980", "03/12/1980", "12.3.1980", "March 12, 1980"]
        {
            check(Form::Date, written, "1980-03-12");
        }
        check(Form::Date, "31.12.1999", "1999-12-31");
        check(Form::Date, "soon", "SOON");
    }

    #[test]
    fn no_bytes_are_too_odd() {
        let mut out = Vec::new();
        for form in Form::ALL {
            for value in [&b"\xff\xfe(0)"[..], b"+(0)", b"+1(0", b"\0", b"(0)(0)+", "İ".as_bytes()]
            {
                form.write(value, &mut out);
            }
        }
    }
}
