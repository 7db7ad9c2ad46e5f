//! Dates as pages write them: in attributes (ISO 8601, RFC 2822 and what content systems make of
//! them), in addresses, and in visible text with month names of some twenty languages.
//!
//! One hand-written scanner does all of it: a text becomes a few tokens (numbers, words, marks), and
//! a handful of forms are tried at each. No form needs the whole text, so a long text costs no more
//! than its first `SCANNED` bytes. Relative dates ("3 hours ago") have no day and give nothing.

mod names;
mod scanner;

use std::fmt;

use jiff::civil::{Date, Time};
use jiff::tz::Offset;

pub(super) use names::month;
use scanner::Scanner;

/// The first year believed. Pages claim 1970 (an unset clock), 1900 and year 1.
const FIRST_YEAR: u32 = 1990;

/// The last year believed. Fixed, not read from the clock: the same page gives the same output in any year.
/// Content systems write 2099 and 9999 for "never".
const LAST_YEAR: u32 = 2049;

/// Seconds of an hour.
const HOUR: i64 = 3600;

/// A date as far as the page gives it: the day, often the time, sometimes the zone.
///
/// Prints as ISO 8601: `2024-05-03`, `2024-05-03T10:15:00`, `2024-05-03T10:15:00+02:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// The day, in the zone of the page.
    pub day: Date,
    /// The time of that day, to the second.
    pub time: Option<Time>,
    /// The zone, as its distance from UTC at that time.
    pub offset: Option<Offset>,
}

impl Stamp {
    /// A key that sorts dates by time, those without a time or zone as midnight UTC.
    #[must_use]
    pub fn order(&self) -> i64 {
        let days = i64::from(jiff::civil::date(1970, 1, 1).until(self.day).map_or(0, |span| span.get_days()));
        let seconds = self.time.map_or(0, |time| {
            i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second())
        });
        days * 86_400 + seconds - self.offset.map_or(0, |offset| i64::from(offset.seconds()))
    }

    /// Whether this can be on that day: it is, or it is a moment that was so in some zone. The zone of a moment is
    /// often that of the server.
    pub(super) fn may_fall_on(&self, day: Date) -> bool {
        let moment = self.time.is_some() && self.offset.is_some();
        let start = Self { day, time: None, offset: None }.order();
        let (earliest, latest) = (start - 14 * HOUR, start + (24 + 12) * HOUR);
        self.day == day || moment && (earliest..latest).contains(&self.order())
    }

    /// This time of the page's clock with its zone, if the other is the same moment in UTC.
    pub(super) fn zoned_by(&self, utc: &Self) -> Option<Self> {
        let (Some(_), None, Some(time), Some(Offset::UTC)) = (self.time, self.offset, utc.time, utc.offset)
        else {
            return None;
        };
        let ahead = self.order() - (utc.order() - i64::from(time.second()));
        let offset = Offset::from_seconds(i32::try_from(ahead).ok()?).ok()?;
        let zone = ahead % (HOUR / 4) == 0 && (-12 * HOUR..=14 * HOUR).contains(&ahead);
        zone.then_some(Self { offset: Some(offset), ..*self })
    }

    /// Whether this is the same moment as the other and tells more of it: a zone that is not UTC where the
    /// other gives UTC or none, a time where the other has the day alone.
    pub(super) fn says_more_than(&self, other: &Self) -> bool {
        let zoned = self.offset.is_some_and(|offset| offset != Offset::UTC);
        match (other.time, other.offset) {
            (None, _) => self.time.is_some() && self.day == other.day,
            (time, None) => self.offset.is_some() && self.day == other.day && self.time == time,
            (_, Some(Offset::UTC)) => zoned && self.order().abs_diff(other.order()) < 60,
            _ => false,
        }
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.day)?;
        let Some(time) = self.time else { return Ok(()) };
        write!(f, "T{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second())?;
        match self.offset {
            None => Ok(()),
            Some(Offset::UTC) => f.write_str("Z"),
            Some(offset) => {
                let minutes = offset.seconds() / 60;
                let sign = if minutes < 0 { '-' } else { '+' };
                write!(f, "{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
            }
        }
    }
}

/// What the words before a date say of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// "Published", "Erstellt am", or nothing at all.
    Published,
    /// "Updated", "Zuletzt geändert".
    Modified,
}

/// A date found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The date.
    pub stamp: Stamp,
    /// What the words before it say.
    pub role: Role,
    /// Whether they say it: "Published", "Updated" or the like stands there.
    pub labelled: bool,
    /// Where it stands, in bytes of the text.
    pub at: std::ops::Range<usize>,
}

/// The first date in `text`.
///
/// `lang` is the page's language tag; only `en-US` turns `03/05/2024` into the fifth of March.
///
/// ```
/// use copydesk::metadata::dates;
/// let date = |text| dates::parse(text, None).map(|date| date.to_string());
/// assert_eq!(date("Stand: 3. Mai 2024, 10.15 Uhr").as_deref(), Some("2024-05-03T10:15:00"));
/// assert_eq!(date("2024-05-03T10:15:00+02:00").as_deref(), Some("2024-05-03T10:15:00+02:00"));
/// assert_eq!(date("vor 3 Stunden"), None);
/// ```
#[must_use]
pub fn parse(text: &str, lang: Option<&str>) -> Option<Stamp> {
    Scanner::new(text, lang).next().map(|found| found.stamp)
}

/// What the words of a text say of a date that follows it: "Updated on", "Veröffentlicht:".
pub(super) fn role_of(text: &str) -> Option<Role> {
    Scanner::new(text, None).role_at_end()
}

/// All dates in the first `SCANNED` bytes of `text`, in order.
pub fn scan(text: &str, lang: Option<&str>) -> impl Iterator<Item = Found> {
    Scanner::new(text, lang)
}

/// The date in an address (`/2024/05/03/`, `/2024-05-03-`, `/20240503/`), which gives the day only.
#[must_use]
pub fn of_url(url: &str) -> Option<Stamp> {
    let path = url.split_once("//").map_or(url, |(_, rest)| rest).split_once('/')?.1;
    let path = path.split(['?', '#']).next()?.as_bytes();
    let numbers = |from: usize, digits: usize| -> Option<u32> {
        let run = path.get(from..from + digits)?;
        run.iter()
            .try_fold(0, |value, byte| byte.is_ascii_digit().then(|| value * 10 + u32::from(byte - b'0')))
    };
    let ends = |at: usize| path.get(at).is_none_or(|byte| !byte.is_ascii_digit());
    for start in (0..path.len()).filter(|&at| at == 0 || !path[at - 1].is_ascii_alphanumeric()) {
        let Some(year) = numbers(start, 4) else {
            if let Some(day) = day_first_in_path(path, start) {
                return Some(Stamp { day, time: None, offset: None });
            }
            continue;
        };
        let day = match path.get(start + 4) {
            Some(&mark @ (b'/' | b'-' | b'_' | b'.')) => {
                let digits = if ends(start + 6) { 1 } else { 2 };
                let rest = start + 5 + digits;
                // `/2024/may/03/` would need month names; no address of the measured sets has them.
                let (month, same) = (numbers(start + 5, digits), path.get(rest) == Some(&mark));
                let digits = if ends(rest + 2) { 1 } else { 2 };
                if !same || !ends(rest + 1 + digits) {
                    continue;
                }
                month.zip(numbers(rest + 1, digits))
            }
            Some(byte) if byte.is_ascii_digit() && ends(start + 8) => {
                numbers(start + 4, 2).zip(numbers(start + 6, 2))
            }
            _ => None,
        };
        if let Some(day) = day.and_then(|(month, day)| civil(year, month, day)) {
            return Some(Stamp { day, time: None, offset: None });
        }
    }
    None
}

/// `29-10-2021` at this place of a path; not where day and month could be taken for each other.
fn day_first_in_path(path: &[u8], start: usize) -> Option<Date> {
    let end =
        (start..path.len()).find(|&at| !path[at].is_ascii_alphanumeric() && !b"-._".contains(&path[at]));
    let run = std::str::from_utf8(&path[start..end.unwrap_or(path.len())]).ok()?;
    let mut parts = run.split(['-', '.', '_']);
    let mut number = |digits: usize| {
        let part = parts.next().filter(|part| part.len() == digits)?;
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse::<u32>().ok())?
    };
    let (first, second, year) = (number(2)?, number(2)?, number(4)?);
    let (day, month) = if second > 12 { (second, first) } else { (first, second) };
    civil(year, month, day).filter(|_| day > 12)
}

fn civil(year: u32, month: u32, day: u32) -> Option<Date> {
    if !(FIRST_YEAR..=LAST_YEAR).contains(&year) {
        return None;
    }
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}
