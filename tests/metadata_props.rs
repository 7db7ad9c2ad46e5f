//! Pure functions of metadata on any text: no panic, and what comes out lies in what went in.

use copydesk::metadata::{agency, bylines, dates, titles};
use proptest::prelude::*;

/// Pieces that bylines and dates are made of, in odd orders, with characters of every length.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("By ".to_owned()),
        Just("Von".to_owned()),
        Just("Jane Doe".to_owned()),
        Just(", Editor".to_owned()),
        Just(" and ".to_owned()),
        Just("作者：".to_owned()),
        Just("🎉".to_owned()),
        Just("3 May 2024".to_owned()),
        Just("2024-05-03T10:15:00+02:00".to_owned()),
        Just("(Reuters) -".to_owned()),
        Just("Source: AFP".to_owned()),
        Just(" | ".to_owned()),
        Just("İ".to_owned()),
        Just("e\u{301}".to_owned()),
        "\\PC{0,12}",
        "[0-9./: -]{0,16}",
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn bylines_never_panic_and_name_what_is_there(text in pieces()) {
        let plain = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
        for name in bylines::names(&text) {
            prop_assert!(!name.trim().is_empty());
            prop_assert!(plain(&text).contains(&plain(&name)), "{name:?} is not in {text:?}");
        }
        prop_assert!(!bylines::is_byline(&text) || !bylines::names(&text).is_empty());
        let _ = bylines::of_field(&text);
    }

    #[test]
    fn dates_lie_where_they_say(text in pieces()) {
        let mut end = 0;
        for found in dates::scan(&text, None) {
            prop_assert!(found.at.start >= end && found.at.start < found.at.end);
            prop_assert!(text.get(found.at.clone()).is_some());
            prop_assert!((1990..2200).contains(&found.stamp.day.year()));
            end = found.at.end;
        }
        let _ = dates::of_url(&text);
    }

    #[test]
    fn printed_dates_read_back(year in 1990i16..2026, month in 1i8..=12, day in 1i8..=28, hour in 0i8..24, minute in 0i8..60, zone in -12i32..=14) {
        let zone = if zone < 0 { format!("-{:02}:30", -zone) } else { format!("+{zone:02}:00") };
        let printed = format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:00{}", if zone == "+00:00" { "Z" } else { &zone });
        prop_assert_eq!(dates::parse(&printed, None).map(|date| date.to_string()), Some(printed));
    }

    #[test]
    fn titles_and_credits_never_panic(text in pieces(), site in "\\PC{0,12}") {
        let stripped = titles::strip_site(&text, &[&site]);
        prop_assert!(text.contains(stripped));
        let _ = agency::credited(&text);
    }
}
