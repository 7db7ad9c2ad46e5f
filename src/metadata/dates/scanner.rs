//! The scanner behind all forms of dates: a text becomes a few tokens (numbers, words, marks), and a handful of
//! forms are tried at each.

use jiff::civil::{Date, Time};
use jiff::tz::Offset;

use super::names::{MODIFIED, PUBLISHED, announces_time, month, offset_of_zone};
use super::{Found, Role, Stamp, civil};
use crate::metadata::words::{begins, fold};

/// Bytes of a text that are looked at. A line with a date in it is shorter.
const SCANNED: usize = 400;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Token<'t> {
    /// Digits: their value and how many they are.
    Number(u32, usize),
    /// Letters; a Chinese, Japanese or Korean character is a word of its own.
    Word(&'t str),
    /// Anything else but white space.
    Mark(char),
}

/// Finds the dates of a text, in order.
pub(super) struct Scanner<'t> {
    tokens: Vec<(Token<'t>, std::ops::Range<usize>)>,
    next: usize,
    month_first: bool,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str, lang: Option<&str>) -> Self {
        let month_first = lang.is_some_and(|tag| tag.replace('_', "-").eq_ignore_ascii_case("en-us"));
        Self { tokens: tokens(text), next: 0, month_first }
    }

    fn token(&self, at: usize) -> Option<Token<'t>> {
        self.tokens.get(at).map(|(token, _)| *token)
    }

    fn number(&self, at: usize) -> Option<(u32, usize)> {
        match self.token(at) {
            Some(Token::Number(value, digits)) => Some((value, digits)),
            _ => None,
        }
    }

    fn word(&self, at: usize) -> Option<&'t str> {
        match self.token(at) {
            Some(Token::Word(word)) => Some(word),
            _ => None,
        }
    }

    fn mark(&self, at: usize) -> Option<char> {
        match self.token(at) {
            Some(Token::Mark(mark)) => Some(mark),
            _ => None,
        }
    }

    /// Whether white space stands before the token.
    fn spaced(&self, at: usize) -> bool {
        at > 0 && self.tokens.get(at).is_some_and(|(_, range)| range.start > self.tokens[at - 1].1.end)
    }

    fn year(&self, at: usize) -> Option<u32> {
        self.number(at).filter(|&(_, digits)| digits == 4).map(|(year, _)| year)
    }

    fn small(&self, at: usize) -> Option<u32> {
        self.number(at).filter(|&(value, digits)| digits <= 2 && value > 0).map(|(value, _)| value)
    }

    /// A year of two digits; only where the form leaves no doubt that it is a year.
    fn short_year(&self, at: usize) -> Option<u32> {
        let (value, digits) = self.number(at)?;
        let century = if value >= 90 { 1900 } else { 2000 };
        (digits == 2 && !matches!(self.mark(at + 1), Some(':' | '%'))).then_some(century + value)
    }

    fn month(&self, at: usize) -> Option<u32> {
        self.word(at).and_then(month)
    }

    /// The first token from `at` on that none of these marks or little words is.
    fn past(&self, mut at: usize, marks: &str, words: &[&str]) -> usize {
        for _ in 0..3 {
            match self.token(at) {
                Some(Token::Mark(mark)) if marks.contains(mark) => at += 1,
                Some(Token::Word(word)) if words.iter().any(|known| known.eq_ignore_ascii_case(word)) => {
                    at += 1
                }
                _ => break,
            }
        }
        at
    }

    /// A day that starts at this token, and the token after it.
    fn day(&self, at: usize) -> Option<(Date, usize)> {
        if let Some((value, 8)) = self.number(at) {
            return civil(value / 10_000, value / 100 % 100, value % 100).map(|day| (day, at + 1));
        }
        if let Some(year) = self.year(at) {
            return self.year_first(at, year);
        }
        if let Some(first) = self.small(at) {
            return self.day_first(at, first).or_else(|| self.all_numbers(at, first));
        }
        // Most words are no month, and few of them stand before a number.
        let number = self.past(at + 1, ".-", &[]);
        let day = self.small(number)?;
        self.month_first(self.month(at)?, day, number + 1)
    }

    /// `2024-05-03`, `2024/5/3`, `2024. 5. 3.`, `2024年5月3日`, `2024. május 3`.
    fn year_first(&self, at: usize, year: u32) -> Option<(Date, usize)> {
        match self.token(at + 1)? {
            Token::Mark(mark @ ('-' | '/' | '.')) => {
                if self.mark(at + 3) == Some(mark)
                    && let (Some(month), Some(day)) = (self.small(at + 2), self.small(at + 4))
                {
                    return civil(year, month, day).map(|date| (date, at + 5));
                }
            }
            Token::Word("年" | "년") => {
                let (month, day) = (self.small(at + 2)?, self.small(at + 4)?);
                let marked = matches!(self.word(at + 3), Some("月" | "월"));
                return civil(year, month, day).filter(|_| marked).map(|date| (date, at + 6));
            }
            _ => {}
        }
        let name = self.past(at + 1, ".,-", &[]);
        let day = self.past(name + 1, ".-", &[]);
        civil(year, self.month(name)?, self.small(day)?).map(|date| (date, day + 1))
    }

    /// `3. Mai 2024`, `3 de mayo de 2024`, `3rd of May, 2024`, `03-May-24`.
    fn day_first(&self, at: usize, day: u32) -> Option<(Date, usize)> {
        let name =
            self.past(at + 1, ".ºª°-/,", &["st", "nd", "rd", "th", "er", "re", "de", "of", "d", "o", "го"]);
        let month = self.month(name)?;
        let after = self.past(name + 1, ".,-/'’", &["de", "del", "of"]);
        let year = self.year(after).or_else(|| {
            let joined = matches!(self.mark(after - 1), Some('-' | '/' | '\'' | '’'));
            self.short_year(after).filter(|_| joined)
        })?;
        civil(year, month, day).map(|date| (date, after + 1))
    }

    /// `May 3, 2024`, `May 3rd 2024`, `May 3 10:15:00 2024`.
    fn month_first(&self, month: u32, day: u32, end: usize) -> Option<(Date, usize)> {
        let after = self.past(end, ",.-'’", &["st", "nd", "rd", "th", "of"]);
        if let Some(year) = self.year(after) {
            return civil(year, month, day).map(|date| (date, after + 1));
        }
        // The C library's form has the time before the year.
        let (_, year) = self.clock(after)?;
        civil(self.year(year)?, month, day).map(|date| (date, after))
    }

    /// `3.5.2024`, `03/05/2024`, `03-05-2024`, `03.05.24`.
    fn all_numbers(&self, at: usize, first: u32) -> Option<(Date, usize)> {
        let mark = self.mark(at + 1).filter(|mark| matches!(mark, '.' | '/' | '-'))?;
        let second = self.small(at + 2)?;
        let year = self.year(at + 4).or_else(|| self.short_year(at + 4).filter(|_| mark != '-'))?;
        let chained = |mark_at: usize, number: usize| {
            self.mark(mark_at).is_some_and(|mark| "./-".contains(mark)) && self.number(number).is_some()
        };
        let version = at > 0 && self.word(at - 1).is_some_and(|word| word.eq_ignore_ascii_case("v"));
        let before = at > 1 && chained(at - 1, at - 2) && !self.spaced(at);
        if self.mark(at + 3) != Some(mark)
            || before
            || chained(at + 5, at + 6) && !self.spaced(at + 6)
            || version
        {
            return None;
        }
        let month_first = self.month_first && mark != '.';
        let (day, month) = if month_first { (second, first) } else { (first, second) };
        let (day, month) = if month > 12 { (month, day) } else { (day, month) };
        civil(year, month, day).map(|date| (date, at + 5))
    }

    /// A time that starts at this token (`10:15:00.5`, `10.15 Uhr`, `10h15`, `10 am`), and the token after it.
    fn clock(&self, at: usize) -> Option<(Time, usize)> {
        let (mut hour, digits) = self.number(at)?;
        let (mut minute, mut second, mut end) = (0, 0, at + 1);
        let mut certain = false;
        if digits == 6 || digits == 4 && at > 0 && self.word(at - 1) == Some("T") {
            let compact = if digits == 6 { hour } else { hour * 100 };
            (hour, minute, second) = (compact / 10_000, compact / 100 % 100, compact % 100);
            certain = at > 0 && self.word(at - 1) == Some("T");
        } else if digits > 2 {
            return None;
        } else {
            let two = |at: usize| self.number(at).filter(|&(value, digits)| digits == 2 && value < 60);
            let hours =
                |word: &str| matches!(word, "h" | "H" | "時" | "시") || word.eq_ignore_ascii_case("uhr");
            match self.token(at + 1) {
                Some(Token::Mark(mark @ (':' | '.'))) if two(at + 2).is_some() => {
                    (minute, _) = two(at + 2)?;
                    end = at + 3;
                    certain = mark == ':' || self.announced(at);
                    if self.mark(end) == Some(mark)
                        && let Some((value, _)) = two(end + 1)
                    {
                        second = value;
                        end += 2;
                        if matches!(self.mark(end), Some('.' | ','))
                            && self.number(end + 1).is_some()
                            && !self.spaced(end + 1)
                        {
                            end += 2;
                        }
                    }
                }
                Some(Token::Word(word)) if hours(word) => {
                    certain = true;
                    end = at + 2;
                    if let Some((value, _)) = two(end).filter(|_| !word.eq_ignore_ascii_case("uhr")) {
                        minute = value;
                        end += 1;
                        if matches!(self.word(end), Some("分" | "분" | "min" | "m")) {
                            end += 1;
                        }
                    }
                }
                _ => {}
            }
        }
        if let Some((afternoon, after)) = self.half_of_day(end).filter(|_| hour <= 12) {
            hour = hour % 12 + if afternoon { 12 } else { 0 };
            (certain, end) = (true, after);
        }
        if self
            .word(end)
            .is_some_and(|word| word.eq_ignore_ascii_case("uhr") || matches!(word, "h" | "hrs" | "น"))
        {
            (certain, end) = (true, end + 1);
        }
        let part = |value: u32| i8::try_from(value).ok();
        // A leap second is the last second of its minute here.
        let time = Time::new(part(hour)?, part(minute)?, part(second.min(59))?, 0).ok()?;
        certain.then_some((time, end))
    }

    /// Whether a word such as "kl." stands before the token.
    fn announced(&self, at: usize) -> bool {
        let word = if at > 1 && self.mark(at - 1) == Some('.') { at - 2 } else { at.wrapping_sub(1) };
        self.word(word).is_some_and(announces_time)
    }

    /// `am`, `p.m.`: whether it is the afternoon, and the token after it.
    fn half_of_day(&self, at: usize) -> Option<(bool, usize)> {
        let word = self.word(at)?;
        let afternoon = match word {
            "am" | "AM" | "Am" => return Some((false, at + 1)),
            "pm" | "PM" | "Pm" => return Some((true, at + 1)),
            "a" | "A" => false,
            "p" | "P" => true,
            _ => return None,
        };
        let written = self.mark(at + 1) == Some('.') && matches!(self.word(at + 2), Some("m" | "M"));
        written.then(|| (afternoon, at + 3 + usize::from(self.mark(at + 3) == Some('.'))))
    }

    /// The time after a day, with little words and marks between.
    fn time_after(&self, mut at: usize) -> Option<(Time, usize)> {
        for _ in 0..6 {
            if let Some(found) = self.clock(at) {
                return Some(found);
            }
            match self.token(at)? {
                Token::Mark(mark) if ",|•·-–—@()/.:".contains(mark) => {}
                Token::Word(word) if announces_time(word) || is_ideograph(word) => {}
                _ => return None,
            }
            at += 1;
        }
        None
    }

    /// The zone after a time, and the token after it.
    fn zone(&self, at: usize, day: Date) -> Option<(Offset, usize)> {
        let at = self.past(at, "(", &[]);
        if let Some(word) = self.word(at) {
            let base = offset_of_zone(word, day)?;
            // "GMT+0200", but not the minus of "10:15 GMT - Reuters".
            return match self.signed(at + 1).filter(|_| base == 0) {
                Some((seconds, end)) => Offset::from_seconds(seconds).ok().map(|offset| (offset, end)),
                None => Offset::from_seconds(base).ok().map(|offset| (offset, at + 1)),
            };
        }
        let (seconds, end) = self.signed(at)?;
        Offset::from_seconds(seconds).ok().map(|offset| (offset, end))
    }

    /// `+02:00`, `-0500`, `+2` (after a zone's name or a time without space).
    fn signed(&self, at: usize) -> Option<(i32, usize)> {
        let sign = match self.mark(at)? {
            '+' => 1,
            '-' | '−' => -1,
            _ => return None,
        };
        let (value, digits) = self.number(at + 1).filter(|_| !self.spaced(at + 1))?;
        let (minutes, end) = match (digits, self.mark(at + 2), self.number(at + 3)) {
            (4, ..) => (value / 100 * 60 + value % 100, at + 2),
            (1 | 2, Some(':'), Some((minutes, 2))) => (value * 60 + minutes, at + 4),
            (1 | 2, ..) if !self.spaced(at) => (value * 60, at + 2),
            _ => return None,
        };
        (minutes <= 14 * 60).then_some((sign * i32::try_from(minutes).ok()? * 60, end))
    }

    /// What the words at the end of the text say of a date after it.
    pub(super) fn role_at_end(&self) -> Option<Role> {
        self.role(0, self.tokens.len())
    }

    /// What the words between two tokens say of the date after them.
    fn role(&self, from: usize, to: usize) -> Option<Role> {
        let words = self.tokens[from..to].iter().rev().filter_map(|(token, _)| match token {
            Token::Word(word) => Some(fold(word)),
            _ => None,
        });
        for word in words.take(8) {
            if begins(&word, &MODIFIED) {
                return Some(Role::Modified);
            }
            if begins(&word, &PUBLISHED) {
                return Some(Role::Published);
            }
        }
        None
    }
}

/// A time that may belong to the day after it: "10:15, 3 May 2024".
#[derive(Clone, Copy)]
struct EarlierTime {
    time: Time,
    offset: Option<Offset>,
    start: usize,
    end: usize,
}

impl Iterator for Scanner<'_> {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        let from = self.next;
        let mut earlier: Option<EarlierTime> = None;
        let mut at = from;
        while at < self.tokens.len() {
            if let Some((day, day_end)) = self.day(at) {
                let (mut start, mut end, mut time, mut offset) = (at, day_end, None, None);
                if let Some((clock, clock_end)) = self.time_after(day_end) {
                    (time, end) = (Some(clock), clock_end);
                    if let Some((zone, zone_end)) = self.zone(clock_end, day) {
                        (offset, end) = (Some(zone), zone_end);
                    }
                } else if let Some(earlier) = earlier.filter(|earlier| at - earlier.end <= 3) {
                    (time, offset, start) = (Some(earlier.time), earlier.offset, earlier.start);
                }
                let role = self.role(from, start);
                self.next = end;
                let bytes = self.tokens[start].1.start..self.tokens[end - 1].1.end;
                return Some(Found {
                    stamp: Stamp { day, time, offset },
                    role: role.unwrap_or(Role::Published),
                    labelled: role.is_some(),
                    at: bytes,
                });
            }
            if let Some((clock, end)) = self.clock(at) {
                let zone = self.signed(end);
                let after = zone.map_or(end, |(_, end)| end);
                let offset = zone.and_then(|(seconds, _)| Offset::from_seconds(seconds).ok());
                earlier = Some(EarlierTime { time: clock, offset, start: at, end: after });
                at = after;
            } else {
                at += 1;
            }
        }
        self.next = self.tokens.len();
        None
    }
}

fn tokens(text: &str) -> Vec<(Token<'_>, std::ops::Range<usize>)> {
    let mut tokens = Vec::new();
    let mut chars = text.char_indices().take_while(|&(at, _)| at < SCANNED).peekable();
    while let Some((start, first)) = chars.next() {
        let mut end = start + first.len_utf8();
        let mut run = |of: fn(char) -> bool| {
            while let Some((at, next)) = chars.next_if(|&(_, next)| of(next)) {
                end = at + next.len_utf8();
            }
            &text[start..end]
        };
        let token = if first.is_ascii_digit() {
            let digits = run(|next| next.is_ascii_digit());
            match digits.parse() {
                Ok(value) => Token::Number(value, digits.len()),
                Err(_) => Token::Mark('#'),
            }
        } else if is_cjk(first) {
            Token::Word(run(|_| false))
        } else if first.is_alphabetic() {
            Token::Word(run(|next| (next.is_alphabetic() && !is_cjk(next)) || is_combining(next)))
        } else if first.is_whitespace() || matches!(first, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}')
        {
            continue;
        } else {
            Token::Mark(first)
        };
        let end = match token {
            Token::Word(word) => start + word.len(),
            Token::Number(_, digits) => start + digits,
            Token::Mark(_) => end,
        };
        tokens.push((token, start..end));
    }
    tokens
}

fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

fn is_cjk(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}')
}

fn is_ideograph(word: &str) -> bool {
    word.chars().next().is_some_and(is_cjk)
}
