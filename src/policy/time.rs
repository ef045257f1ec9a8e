//! When a condition holds. The core reads no clock: the moment is a fact.

use crate::base::calendar;
use toml::value::{Datetime, Offset};

const MINUTES_OF_DAY: u16 = 24 * 60;
/// Largest distance of a local time to UTC, in minutes.
const OFFSET_MINUTES_MAX: i32 = 14 * 60;

/// A span of time, perhaps again every day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    /// One bit a day of the week, from Monday.
    pub(super) days: u8,
    /// Minutes of the local day.
    pub(super) from: u16,
    /// Minutes of the local day; not later than `from` means the next day.
    pub(super) to: u16,
    /// Minutes that the local time is ahead of UTC.
    pub(super) offset: i32,
    /// Milliseconds since 1970.
    pub(super) after_ms: u64,
    /// Milliseconds since 1970, not included.
    pub(super) before_ms: u64,
}

impl Window {
    pub(super) const ALWAYS: Self = Self {
        days: 0x7f,
        from: 0,
        to: MINUTES_OF_DAY,
        offset: 0,
        after_ms: 0,
        before_ms: u64::MAX,
    };

    pub(super) fn holds(&self, now_ms: u64) -> bool {
        if !(self.after_ms..self.before_ms).contains(&now_ms) {
            return false;
        }
        let minutes = i64::try_from(now_ms / 60_000).unwrap_or(i64::MAX / 2);
        let local = minutes + i64::from(self.offset);
        let (day, minute) = (
            local.div_euclid(i64::from(MINUTES_OF_DAY)),
            local.rem_euclid(i64::from(MINUTES_OF_DAY)),
        );
        let (from, to) = (i64::from(self.from), i64::from(self.to));
        // The first of January 1970 was a Thursday.
        let on = |day: i64| self.days >> (day + 3).rem_euclid(7) & 1 == 1;
        if from < to {
            on(day) && (from..to).contains(&minute)
        } else {
            on(day) && minute >= from || on(day - 1) && minute < to
        }
    }
}

/// The minutes of `HH:MM`, up to `24:00`.
pub(super) fn minutes_of_day(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let two = |digits: &str| {
        let plain = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| digits.parse::<u16>().ok())?
    };
    let (hour, minute) = (two(hour)?, two(minute)?);
    let minutes = hour * 60 + minute;
    (minute < 60 && minutes <= MINUTES_OF_DAY).then_some(minutes)
}

/// The minutes of `+HH:MM` or `-HH:MM`.
pub(super) fn offset_minutes(text: &str) -> Option<i32> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let minutes = sign * i32::from(minutes_of_day(rest)?);
    (minutes.abs() <= OFFSET_MINUTES_MAX).then_some(minutes)
}

/// Milliseconds since 1970 of a moment; `None` if it has no offset or lies before 1970.
///
/// ```
/// use lockgate::policy::moment_ms;
/// let moment = "2026-11-23T10:00:00+01:00".parse().expect("a moment");
/// assert_eq!(moment_ms(&moment), Some(1_795_424_400_000));
/// ```
pub fn moment_ms(moment: &Datetime) -> Option<u64> {
    let (date, time) = (moment.date?, moment.time?);
    let ahead = match moment.offset? {
        Offset::Z => 0,
        Offset::Custom { minutes } => i64::from(minutes),
    };
    let days = calendar::days(date.year.into(), date.month.into(), date.day.into());
    let second = i64::from(time.second.unwrap_or(0));
    let minutes = days * 1440 + i64::from(time.hour) * 60 + i64::from(time.minute) - ahead;
    let millis = i64::from(time.nanosecond.unwrap_or(0) / 1_000_000);
    u64::try_from((minutes * 60 + second) * 1000 + millis).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> u64 {
        moment_ms(&text.parse().unwrap()).unwrap()
    }

    #[test]
    fn moments_are_those_of_the_calendar() {
        let check = |text: &str, expect: u64| assert_eq!(at(text), expect, "{text}");
        check("1970-01-01T00:00:00Z", 0);
        check("2000-02-29T00:00:00Z", 951_782_400_000);
        check("2024-02-29T23:59:59.999Z", 1_709_251_199_999);
        check("2100-03-01T00:00:00Z", 4_107_542_400_000);
        check("2100-03-01T01:30:00+01:30", 4_107_542_400_000);
        for text in ["2026-11-23", "2026-11-23T10:00:00", "1969-12-31T23:59:59Z"] {
            assert_eq!(moment_ms(&text.parse().unwrap()), None, "{text}");
        }
    }

    #[test]
    fn times_of_the_day() {
        for (text, expect) in [
            ("00:00", Some(0)),
            ("08:30", Some(510)),
            ("24:00", Some(1440)),
            ("24:01", None),
            ("8:30", None),
            ("08:60", None),
            ("+8:30", None),
            ("", None),
        ] {
            assert_eq!(minutes_of_day(text), expect, "{text}");
        }
        for (text, expect) in [
            ("+01:00", Some(60)),
            ("-03:30", Some(-210)),
            ("+14:01", None),
            ("01:00", None),
            ("", None),
            ("é", None),
        ] {
            assert_eq!(offset_minutes(text), expect, "{text}");
        }
    }

    #[test]
    fn windows() {
        // 23 November 2026 is a Monday.
        let office = Window { days: 0b1_1111, from: 480, to: 1080, offset: 60, ..Window::ALWAYS };
        let night = Window { days: 0b1, from: 1320, to: 360, ..Window::ALWAYS };
        let grant = Window {
            after_ms: at("2026-11-23T10:00:00Z"),
            before_ms: at("2026-11-23T12:00:00Z"),
            ..Window::ALWAYS
        };
        for (window, moment, expect) in [
            (office, "2026-11-23T07:00:00Z", true),
            (office, "2026-11-23T06:59:59Z", false),
            (office, "2026-11-23T16:59:59Z", true),
            (office, "2026-11-23T17:00:00Z", false),
            (office, "2026-11-22T10:00:00Z", false),
            (office, "2026-11-27T10:00:00Z", true),
            (office, "2026-11-28T10:00:00Z", false),
            (night, "2026-11-23T22:00:00Z", true),
            (night, "2026-11-24T05:59:00Z", true),
            (night, "2026-11-24T06:00:00Z", false),
            (night, "2026-11-23T05:00:00Z", false),
            (night, "2026-11-24T22:00:00Z", false),
            (grant, "2026-11-23T10:00:00Z", true),
            (grant, "2026-11-23T12:00:00Z", false),
            (Window::ALWAYS, "1970-01-01T00:00:00Z", true),
        ] {
            assert_eq!(window.holds(at(moment)), expect, "{window:?} {moment}");
        }
    }
}
