//! What the passes after the model do with its scores, on invented pages.

use copydesk::blocks::tokens::Lexicon;
use copydesk::document::Document;
use copydesk::label::{Kind, Label};
use copydesk::labels::decide::decide;
use copydesk::reading::Reading;
use copydesk::rules::RuleSet;
use copydesk::timing::NoClock;

const LONG: &str = "The pilot said that nobody had told him of the sandbank, and that the chart of the bay was \
    eleven years old when the ferry ran aground.";
const QUOTE: &str = "nobody had told him of the sandbank, and that the chart of the bay was eleven years old";

/// For each of the document's blocks, whether it is body, given the model's probabilities in tenths.
fn body(document: &Document<'_>, tenths: &[i32]) -> Vec<(bool, Option<Kind>)> {
    let rules = RuleSet::load(None, false).expect("the shipped rules have no errors");
    let reading = Reading::new(document, &rules, &Lexicon::default(), &mut NoClock);
    let log_odds = |p: &i32| ((f64::from(*p) / f64::from(10 - p)).ln() * 1024.0) as i32;
    let scores: Vec<i32> = tenths.iter().map(log_odds).collect();
    assert_eq!(scores.len(), reading.drafts.list.len(), "{document:?}");
    decide(&reading, &scores)
        .labels
        .iter()
        .map(|(label, _)| {
            let kind = match label {
                Label::Dropped(kind) => Some(*kind),
                Label::Kept(_) => None,
            };
            (label.is_body(), kind)
        })
        .collect()
}

fn kept(html: &str, tenths: &[i32]) -> Vec<bool> {
    body(&Document::page(html), tenths).into_iter().map(|(kept, _)| kept).collect()
}

/// As [`kept`], of a text.
fn kept_of_text(text: &str, tenths: &[i32]) -> Vec<bool> {
    body(&Document::text(text), tenths).into_iter().map(|(kept, _)| kept).collect()
}

#[test]
fn a_text_without_certain_boilerplate_loses_nothing_to_the_model() {
    let text = format!(
        "{LONG}\nThe harbour office\n{LONG} It was low tide.\nRead more: The tides of the bay\n{QUOTE}."
    );
    for (name, tenths, wanted) in [
        ("nothing is certain, and what a rule knows goes", [9, 3, 9, 5, 2], [true, true, true, false, true]),
        ("one block is boilerplate for certain", [9, 3, 9, 5, 1], [true, false, true, false, false]),
    ] {
        assert_eq!(kept_of_text(&text, &tenths), wanted, "{name}");
    }
    // Of a page, where boilerplate is always to be expected, the model's choice holds.
    let page =
        format!("<p>{LONG}</p><p>The harbour office</p><p>The tug came at noon, when the crew had left.</p>");
    assert_eq!(kept(&page, &[9, 3, 9]), [true, false, true]);
}

#[test]
fn a_text_says_short_lines_twice_on_purpose() {
    let between = "The tug came at noon.\nIt was low tide.\nThe crew had left.";
    for (line, wanted) in [
        (LONG, false),
        ("Ferry to the outer islands: eleven euros", true),
        (
            "Ferry to the outer islands and back by bus along the coast road, with a bicycle, a trailer and a dog: 41 \
             euros",
            true,
        ),
    ] {
        let text = format!("{line}\n{between}\n{line}");
        assert_eq!(kept_of_text(&text, &[9; 5]), [true, true, true, true, wanted], "{line}");
    }
}

#[test]
fn an_unsure_heading_goes_with_the_text_below_it() {
    for (heading, page, wanted) in [
        (
            4,
            format!("<p>{LONG}</p><h3>The chart</h3><p>Older than the ferry, the harbour office said.</p>"),
            true,
        ),
        // The model is sure.
        (
            2,
            format!("<p>{LONG}</p><h3>The chart</h3><p>Older than the ferry, the harbour office said.</p>"),
            false,
        ),
        // It is no heading.
        (
            4,
            format!("<p>{LONG}</p><p>The chart</p><p>Older than the ferry, the harbour office said.</p>"),
            false,
        ),
        // What stands below is a heading too.
        (4, format!("<p>{LONG}</p><h3>The chart</h3><h2>The ferry is older than that</h2>"), false),
        // A rule calls it boilerplate.
        (
            4,
            format!("<p>{LONG}</p><h3>Read more:</h3><p>Older than the ferry, the harbour office said.</p>"),
            false,
        ),
    ] {
        assert_eq!(kept(&page, &[9, heading, 9]), [true, wanted, true], "{heading} {page}");
    }
}

#[test]
fn a_pull_quote_stands_once() {
    for (page, wanted) in [
        (format!("<blockquote>{QUOTE}</blockquote><p>{LONG}</p>"), [false, true]),
        (format!("<p>{LONG}</p><p>“{QUOTE}”</p>"), [true, false]),
        // The same whole paragraph twice: the first stays.
        (format!("<p>{LONG}</p><p>{LONG}</p>"), [true, false]),
        // Too short to be one, an item of a list, and one whose words are not in a row.
        (format!("<p>of the sandbank, and that the chart of the bay</p><p>{LONG}</p>"), [true, true]),
        (format!("<ul><li>{QUOTE}</li></ul><p>{LONG}</p>"), [true, true]),
        (format!("<p>{QUOTE} today</p><p>{LONG}</p>"), [true, true]),
    ] {
        let labels = body(&Document::page(&page), &[9, 9]);
        assert_eq!(labels.iter().map(|(kept, _)| *kept).collect::<Vec<_>>(), wanted, "{page}");
        assert!(labels.iter().all(|(kept, kind)| *kept || *kind == Some(Kind::Duplicate)), "{page}");
    }
}

/// Line rules do not look into elements to be stripped, unless these stay after all.
#[test]
fn line_rules_hold_where_stripping_is_refused() {
    let inside = format!("<p>{LONG}</p><p>Read more: The chart of the bay</p>");
    let stripped = format!("<p>{}</p><div id=comments>{inside}</div>", LONG.repeat(9));
    let labels = body(&Document::page(&stripped), &[9, 9, 9]);
    assert_eq!(labels[1..], [(false, Some(Kind::Comments)), (false, Some(Kind::Comments))]);
    // It would take all there is.
    let refused = format!("<div id=comments>{inside}</div>");
    assert_eq!(body(&Document::page(&refused), &[9, 9]), [(true, None), (false, Some(Kind::ReadMore))]);
}
