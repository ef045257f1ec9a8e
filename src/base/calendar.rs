//! The civil calendar, in UTC.

const DAY_SECONDS: u64 = 86_400;
const DAYS_0000_TO_1970: u64 = 719_468;
const DAYS_OF_400_YEARS: u64 = 146_097;

/// Year, month and day of a day since 1970.
///
/// Years begin in March here, so that the leap day is the last one of a year (Hinnant, "chrono-compatible low-level date algorithms").
///
/// ```
/// use lockgate::base::calendar::date;
/// assert_eq!(date(0), (1970, 1, 1));
/// assert_eq!(date(11_016), (2000, 2, 29));
/// ```
pub const fn date(days: u64) -> (u64, u64, u64) {
    let days = days + DAYS_0000_TO_1970;
    let (era, day) = (days / DAYS_OF_400_YEARS, days % DAYS_OF_400_YEARS);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let month_day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + (month <= 2) as u64, month, month_day)
}

/// The day since 1970 of a date, whose month is 1 to 12: what [`date`] undoes. Negative before 1970.
///
/// ```
/// use lockgate::base::calendar::days;
/// assert_eq!(days(2000, 2, 29), 11_016);
/// ```
pub const fn days(year: u64, month: u64, day: u64) -> i64 {
    // One era more, so that January of the year 0 has a year in front of it.
    let (year, month) = if month <= 2 { (year + 399, month + 9) } else { (year + 400, month - 3) };
    let (era, year) = (year / 400, year % 400);
    let day_of_era = 365 * year + year / 4 - year / 100 + (153 * month + 2) / 5 + day - 1;
    (era * DAYS_OF_400_YEARS + day_of_era) as i64 - (DAYS_OF_400_YEARS + DAYS_0000_TO_1970) as i64
}

/// A time in seconds since 1970 as people write it (RFC 3339).
///
/// ```
/// use lockgate::base::calendar::rfc3339;
/// assert_eq!(rfc3339(1_709_251_199), "2024-02-29T23:59:59Z");
/// ```
pub fn rfc3339(seconds: u64) -> String {
    let (year, month, day) = date(seconds / DAY_SECONDS);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_undo_each_other() {
        for day in (0..200_000).step_by(13) {
            let (year, month, of_month) = date(day);
            assert_eq!(days(year, month, of_month), day as i64);
        }
        assert_eq!((days(1969, 12, 31), days(0, 3, 1), days(0, 1, 1)), (-1, -719_468, -719_528));
    }

    #[test]
    fn times_are_those_of_the_calendar() {
        let check = |seconds: u64, expect: &str| assert_eq!(rfc3339(seconds), expect);
        check(0, "1970-01-01T00:00:00Z");
        check(951_782_400, "2000-02-29T00:00:00Z");
        check(1_709_251_199, "2024-02-29T23:59:59Z");
        check(4_102_444_800, "2100-01-01T00:00:00Z");
        check(4_107_542_400, "2100-03-01T00:00:00Z");
    }
}
