//! Calendar dates in the ways people write them.

/// Oldest and newest plausible year of birth.
const BIRTH_YEARS: std::ops::RangeInclusive<u32> = 1900..=2026;

/// Stems of month names in English, German, French, Spanish, Italian, Portuguese and Dutch.
const MONTHS: &[(&str, u32)] = &[
    ("jan", 1),
    ("ene", 1),
    ("gen", 1),
    ("jän", 1),
    ("feb", 2),
    ("fev", 2),
    ("fév", 2),
    ("mar", 3),
    ("mrt", 3),
    ("maa", 3),
    ("mär", 3),
    ("apr", 4),
    ("avr", 4),
    ("abr", 4),
    ("may", 5),
    ("mai", 5),
    ("mei", 5),
    ("mag", 5),
    ("juin", 6),
    ("jun", 6),
    ("giu", 6),
    ("jul", 7),
    ("juil", 7),
    ("lug", 7),
    ("aug", 8),
    ("ago", 8),
    ("aou", 8),
    ("aoû", 8),
    ("sep", 9),
    ("set", 9),
    ("oct", 10),
    ("okt", 10),
    ("ott", 10),
    ("out", 10),
    ("nov", 11),
    ("dec", 12),
    ("dez", 12),
    ("dic", 12),
    ("déc", 12),
];

/// A year, month and day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Date {
    year: u32,
    month: u32,
    day: u32,
}

/// A calendar date, optionally followed by a time.
pub(super) fn calendar(value: &[u8]) -> bool {
    parse(value, |date| is_date(date.year, date.month, date.day))
}

/// A calendar date on which a living person may have been born.
pub(super) fn birth_date(value: &[u8]) -> bool {
    parse(value, |date| {
        is_date(date.year, date.month, date.day) && BIRTH_YEARS.contains(&date.year)
    })
}

/// Year, month and day of a calendar date. Of two ways to read it the first one that is a date counts, so that month and day may be swapped.
pub fn written_date(value: &[u8]) -> Option<(u32, u32, u32)> {
    let read = std::cell::Cell::new(None);
    parse(value, |date| {
        let exists = is_date(date.year, date.month, date.day);
        if exists {
            read.set(Some((date.year, date.month, date.day)));
        }
        exists
    });
    read.get()
}

/// Whether this day exists in the Gregorian calendar.
pub(super) const fn is_date(year: u32, month: u32, day: u32) -> bool {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    is_day_of_month(month, day) && (month != 2 || day < 29 || leap)
}

/// Whether this day exists in some year.
pub(super) const fn is_day_of_month(month: u32, day: u32) -> bool {
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 29,
        _ => 0,
    };
    day >= 1 && day <= days
}

/// Whether six digits are a date as year, month, day in some century.
pub(super) const fn is_short_date(digits: &[u8; 6]) -> bool {
    is_date(
        2000 + digits[0] as u32 * 10 + digits[1] as u32,
        digits[2] as u32 * 10 + digits[3] as u32,
        digits[4] as u32 * 10 + digits[5] as u32,
    )
}

/// One part of a written date.
#[derive(Clone, Copy)]
enum Part {
    Number { value: u32, digits: usize },
    Month(u32),
}

/// Reads the parts of a date and asks `accept` about each reading that the order allows.
fn parse(value: &[u8], accept: impl Fn(Date) -> bool) -> bool {
    let mut parts = [Part::Month(0); 3];
    let mut count = 0;
    let mut rest = value.trim_ascii();
    while let (Some(&byte), true) = (rest.first(), count < 3) {
        let letters = byte.is_ascii_alphabetic() || byte >= 0x80;
        let same = |byte: &u8| {
            if letters {
                byte.is_ascii_alphabetic() || *byte >= 0x80
            } else {
                byte.is_ascii_digit()
            }
        };
        let len = rest.iter().take_while(|byte| same(byte)).count();
        let (word, after) = rest.split_at(len.max(1));
        rest = after;
        if letters {
            match month(word) {
                Some(month) => parts[count] = Part::Month(month),
                None if is_filler(word) => continue,
                None => return false,
            }
        } else if len > 0 {
            if len == 8 && count == 0 {
                return compact(word, after, accept);
            }
            let value =
                word.iter().take(5).fold(0, |total, digit| total * 10 + u32::from(digit - b'0'));
            parts[count] = Part::Number { value, digits: len };
        } else if matches!(byte, b'-' | b'/' | b'.' | b' ' | b',') {
            continue;
        } else {
            return false;
        }
        count += 1;
    }
    count == 3 && is_tail(rest) && readings(parts).into_iter().flatten().any(accept)
}

/// `YYYYMMDD` without separators.
fn compact(word: &[u8], after: &[u8], accept: impl Fn(Date) -> bool) -> bool {
    let number = |range: std::ops::Range<usize>| {
        word.get(range)
            .unwrap_or_default()
            .iter()
            .fold(0, |total, digit| total * 10 + u32::from(digit - b'0'))
    };
    let year = number(0..4);
    is_tail(after)
        && (1000..3000).contains(&year)
        && accept(Date { year, month: number(4..6), day: number(6..8) })
}

/// The readings of three parts: year first, day first, month first, or a named month.
fn readings(parts: [Part; 3]) -> [Option<Date>; 2] {
    let date = |year: u32, month: u32, day: u32| Some(Date { year, month, day });
    match parts {
        [
            Part::Number { value: year, digits: 4 },
            Part::Number { value: month, digits: 1 | 2 },
            Part::Number { value: day, digits: 1 | 2 },
        ] => [date(year, month, day), None],
        [
            Part::Number { value: first, digits: 1 | 2 },
            Part::Number { value: second, digits: 1 | 2 },
            Part::Number { value: year, digits },
        ] => {
            let Some(year) = full_year(year, digits) else { return [None, None] };
            [date(year, second, first), date(year, first, second)]
        }
        [
            Part::Number { value: day, digits: 1 | 2 },
            Part::Month(month),
            Part::Number { value: year, digits },
        ]
        | [
            Part::Month(month),
            Part::Number { value: day, digits: 1 | 2 },
            Part::Number { value: year, digits },
        ] => [full_year(year, digits).and_then(|year| date(year, month, day)), None],
        [
            Part::Number { value: year, digits: 4 },
            Part::Month(month),
            Part::Number { value: day, digits: 1 | 2 },
        ] => [date(year, month, day), None],
        _ => [None, None],
    }
}

/// Two-digit years up to 30 belong to this century.
const fn full_year(year: u32, digits: usize) -> Option<u32> {
    match digits {
        4 => Some(year),
        2 if year <= 30 => Some(2000 + year),
        2 => Some(1900 + year),
        _ => None,
    }
}

/// The month whose stem starts this word.
fn month(word: &[u8]) -> Option<u32> {
    let stem = |stem: &str| {
        word.get(..stem.len()).is_some_and(|head| head.eq_ignore_ascii_case(stem.as_bytes()))
    };
    if word.len() > 12 {
        return None;
    }
    MONTHS.iter().find(|(name, _)| stem(name)).map(|&(_, month)| month)
}

/// Words between the parts: `1st`, `of March`, `12 de mayo`, `2024年3月12日`.
fn is_filler(word: &[u8]) -> bool {
    const FILLERS: [&[u8]; 11] = [
        b"st",
        b"nd",
        b"rd",
        b"th",
        b"of",
        b"de",
        b"del",
        b"er",
        "年".as_bytes(),
        "月".as_bytes(),
        "日".as_bytes(),
    ];
    FILLERS.iter().any(|filler| word.eq_ignore_ascii_case(filler))
}

/// Nothing, or a time of day.
fn is_tail(rest: &[u8]) -> bool {
    let time = rest.strip_prefix(b"T").or_else(|| rest.strip_prefix(b" "));
    match time {
        _ if rest.is_empty() || rest == "日".as_bytes() => true,
        Some(time) => {
            time.len() <= 32
                && time.contains(&b':')
                && time.iter().all(|byte| byte.is_ascii_digit() || b":.+-Z AMPamp".contains(byte))
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_forms() {
        let accepted = [
            "2024-02-29",
            "29.02.2024",
            "2/29/2024",
            "20240229",
            "12 March 2024",
            "March 12th, 2024",
            "12-Mar-24",
            "12 de mayo de 1990",
            "3. Dezember 1971",
            "2024-01-15T10:20:30Z",
            "2024年3月12日",
            "1990/1/2",
        ];
        for value in accepted {
            assert!(calendar(value.as_bytes()), "{value}");
        }
        for value in [
            "2023-02-29",
            "13/13/2024",
            "1.2.3",
            "2024-00-10",
            "12 Foo 2024",
            "20241301",
            "2024-01-15x",
            "",
        ] {
            assert!(!calendar(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn birth_dates_are_of_this_or_the_last_century() {
        assert!(birth_date(b"1984-05-23") && birth_date(b"23/05/84"));
        assert!(!birth_date(b"1815-06-18") && !birth_date(b"2093-01-01"));
    }
}
