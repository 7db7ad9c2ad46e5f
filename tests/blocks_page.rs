//! What the walk over a page notes about the text of its blocks.

use copydesk::blocks::from_dom;
use copydesk::blocks::tokens::Lexicon;
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
        let dom = Dom::parse(&format!("<p>See the <a href='{href}'>tides</a> here"), &Limits::default());
        let drafts = from_dom(&dom, &Lexicon::default(), address);
        let draft = &drafts.list[0];
        assert_eq!((draft.anchor_chars, draft.foreign_chars), wanted, "{href} on {address:?}");
        assert_eq!(draft.link_chars, 5);
    }
}

#[test]
fn italics_are_counted_by_characters() {
    let dom = Dom::parse("<p>The <em>Elster <b>sank</b></em> <i>today</i>", &Limits::default());
    let drafts = from_dom(&dom, &Lexicon::default(), None);
    assert_eq!((drafts.list[0].italic_chars, drafts.list[0].bold_chars), (15, 4));
}
