//! What the walk over a page notes about the text of its blocks.

use copydesk::blocks::tokens::Lexicon;
use copydesk::blocks::{MAX_BLOCKS, from_dom};
use copydesk::dom::{Dom, Limits};

#[test]
fn links_are_told_by_where_they_lead() {
    let page = Some("https://www.harbour-post.example/town/ferry");
    // For each link: characters of it that lead to a place on the page, and to another host.
    for (href, address, wanted) in [
        ("#tides", page, (5, 0)),
        ("/town", page, (0, 0)),
        ("tides.html", page, (0, 0)),
        ("https://harbour-post.example/sport", page, (0, 0)),
        ("//harbour-post.example:443/sport", page, (0, 0)),
        ("https://tides.example/", page, (0, 5)),
        ("//tides.example", page, (0, 5)),
        ("mailto:desk@harbour-post.example", page, (0, 0)),
        ("/go?to=https://tides.example", page, (0, 0)),
        ("", page, (0, 0)),
        // Without the page's address every host is another one.
        ("https://harbour-post.example/", None, (0, 5)),
        ("/town", None, (0, 0)),
    ] {
        let dom = Dom::parse(format!("<p>See the <a href='{href}'>tides</a> here"), &Limits::default());
        let drafts = from_dom(&dom, &Lexicon::default(), address, &[]);
        let draft = &drafts.list[0];
        assert_eq!((draft.anchor_chars, draft.foreign_chars), wanted, "{href} on {address:?}");
        assert_eq!(draft.link_chars, 5);
    }
}

#[test]
fn italics_are_counted_by_characters() {
    let dom = Dom::parse("<p>The <em>Elster <b>sank</b></em> <i>today</i>", &Limits::default());
    let drafts = from_dom(&dom, &Lexicon::default(), None, &[]);
    assert_eq!((drafts.list[0].italic_chars, drafts.list[0].bold_chars), (15, 4));
}

/// The texts of a page's blocks, where the elements of class `x` are apart; theirs are in brackets.
fn apart(html: &str) -> Vec<String> {
    let dom = Dom::parse(html, &Limits::default());
    let nodes: Vec<_> = (0..dom.len()).filter(|&node| dom.attr(node, "class") == Some("x")).collect();
    let drafts = from_dom(&dom, &Lexicon::default(), None, &nodes);
    let inside: Vec<usize> = nodes.iter().flat_map(|&node| drafts.within(node, dom.end(node))).collect();
    let text = |row| match drafts.text(row) {
        text if inside.contains(&row) => format!("[{text}]"),
        text => text.to_owned(),
    };
    (0..drafts.list.len()).map(text).collect()
}

#[test]
fn an_element_apart_takes_its_text_out_of_the_line() {
    for (html, wanted) in [
        // Inside, at the beginning, at the end, and nothing else.
        ("<p>The ferry <b class=x>Share</b> sails.", &["The ferry sails.", "[Share]"] as &[_]),
        ("<p><b class=x>Exclusive:</b> The ferry sails.", &["[Exclusive:]", "The ferry sails."]),
        ("<p>The ferry sails. <b class=x>Share</b><p>Late.", &["The ferry sails.", "[Share]", "Late."]),
        ("<p><b class=x>Share</b><p>Late.", &["[Share]", "Late."]),
        // Words part where white space stood, be it inside, and only there.
        ("<p>The<b class=x> own </b>ferry", &["The ferry", "[own]"]),
        ("<p>The<b class=x>own </b>ferry", &["The ferry", "[own]"]),
        ("<p>ferry<sup class=x>1</sup>, late", &["ferry, late", "[1]"]),
        ("<p>fer<b class=x>x</b>ry", &["ferry", "[x]"]),
        // Several, nested, and inside of other elements.
        ("<p>A <b class=x>b</b> c <i class=x>d</i> e", &["A c e", "[b]", "[d]"]),
        ("<p>A <b class=x>b <i class=x>c</i></b> d", &["A d", "[b c]"]),
        ("<p>A <a href=/>b <i class=x>c</i> d</a> e", &["A b d e", "[c]"]),
        // Line breaks count as they did.
        ("<p>It is late.<br><b class=x>Ad</b><br>Fish.", &["It is late.", "[Ad]", "Fish."]),
        ("<p>It is <b class=x>one<br><br>two</b> late", &["It is late", "[one]", "[two]"]),
        // Cells of a table go out of their row.
        ("<table><tr><td>A<td class=x>b<td>c</table>", &["A | c", "[b]"]),
        // An element that holds lines parts the line it stands in.
        ("<div>A <b class=x>b <div>c</div> d</b> e</div>", &["A", "[b]", "[c]", "[d]", "e"]),
        ("<div>A <div class=x>b</div> e</div>", &["A", "[b]", "e"]),
        // Nothing to see.
        ("<p>A <b class=x> </b>b <svg class=x></svg> c", &["A b c"]),
    ] {
        assert_eq!(apart(html), wanted, "{html}");
    }
}

#[test]
fn elements_apart_without_number_end_at_the_cap() {
    let page = format!("<p>The ferry{}", "<b class=x>a</b>".repeat(MAX_BLOCKS + 10));
    let dom = Dom::parse(&page, &Limits::default());
    let nodes: Vec<_> = (0..dom.len()).filter(|&node| dom.attr(node, "class") == Some("x")).collect();
    let drafts = from_dom(&dom, &Lexicon::default(), None, &nodes);
    assert!(drafts.truncated && drafts.list.len() == MAX_BLOCKS + 1, "{}", drafts.list.len());
}
