//! Pages for people: a document with everything that was decided about it, as HTML that needs nothing else.
//!
//! The pages have no script and load nothing, and say so in their policy: what they show comes from strangers.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use super::{name_of, verdict_of};
use crate::article::{Source, Sourced};
use crate::block::Block;
use crate::cleaner::Cleaned;
use crate::document::RawDoc;
use crate::label::{Kind, Label, Reason};

/// Characters of a rule's address that are shown; a pattern may be long.
const SHOWN_PATH: usize = 160;

const STYLE: &str = include_str!("page.css");

/// What a page begins with.
#[must_use]
pub fn page_start(title: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{}</title>\n<style>\n{STYLE}</style>\n<main>\n",
        Escaped(title)
    )
}

/// What a page ends with.
pub const PAGE_END: &str = "</main>\n</html>\n";

/// A document: metadata with sources, a legend, and every block, kept or struck, with its reason.
#[must_use]
pub fn explained_document(raw: &RawDoc, cleaned: &Cleaned) -> String {
    let mut out = String::from("<article class=\"document\">\n");
    write_head(&mut out, raw, cleaned).expect("writing to a string never fails");
    write_legend(&mut out, cleaned).expect("writing to a string never fails");
    let mut before = None;
    for (number, block) in cleaned.blocks.iter().enumerate() {
        write_block(&mut out, number, block, before).expect("writing to a string never fails");
        before = Some(block.label);
    }
    out.push_str("</article>\n");
    out
}

fn write_head(out: &mut String, raw: &RawDoc, cleaned: &Cleaned) -> fmt::Result {
    let metadata = &cleaned.metadata;
    let title = metadata.title.as_ref().map_or("Without a title", |title| &title.value);
    writeln!(
        out,
        "<p class=\"small\">{}</p>\n<h1>{}</h1>",
        Escaped(&raw.source.to_string()),
        Escaped(title)
    )?;
    let words = |kept: bool| {
        let blocks = cleaned.blocks.iter().filter(|block| block.label.is_kept() == kept);
        blocks.map(|block| block.text.split_whitespace().count()).sum::<usize>()
    };
    let verdict = verdict_of(cleaned);
    write!(
        out,
        "<p class=\"small\">{verdict} · found by {} · {} words stay, {} go",
        name_of(&cleaned.how),
        words(true),
        words(false)
    )?;
    for flag in &cleaned.flags {
        write!(out, " · {}", name_of(flag))?;
    }
    out.push_str("</p>\n<dl>\n");
    if let Some(url) = &raw.url {
        write_field(out, "address", url, None)?;
    }
    for (name, value) in metadata.texts() {
        write_field(out, name, &value.value, Some(value.source))?;
    }
    for (name, Sourced { value, source }) in metadata.lists() {
        write_field(out, name, &value.join("; "), Some(*source))?;
    }
    write_field(out, "rules", &cleaned.rules.join(" "), None)?;
    out.push_str("</dl>\n");
    Ok(())
}

fn write_field(out: &mut String, name: &str, value: &str, source: Option<Source>) -> fmt::Result {
    write!(out, "<dt>{name}<dd>{}", Linked(value))?;
    if let Some(source) = source {
        write!(out, " <span class=\"source\">{}</span>", name_of(&source))?;
    }
    out.push('\n');
    Ok(())
}

fn write_legend(out: &mut String, cleaned: &Cleaned) -> fmt::Result {
    let mut kinds: BTreeMap<Kind, usize> = BTreeMap::new();
    let mut kept = 0;
    for block in &cleaned.blocks {
        match block.label {
            Label::Kept(_) => kept += 1,
            Label::Dropped(kind) => *kinds.entry(kind).or_default() += 1,
        }
    }
    writeln!(out, "<ul class=\"legend\">\n<li class=\"kept\">kept <b>{kept}</b>")?;
    let mut kinds: Vec<_> = kinds.into_iter().collect();
    kinds.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    for (kind, count) in kinds {
        writeln!(out, "<li style=\"--hue:{}\">{kind} <b>{count}</b>", hue(kind))?;
    }
    out.push_str("</ul>\n");
    Ok(())
}

fn write_block(out: &mut String, number: usize, block: &Block, before: Option<Label>) -> fmt::Result {
    let text = Escaped(&block.text);
    match block.label {
        Label::Kept(role) => {
            let name = name_of(&role);
            write!(out, "<div class=\"block kept {name}\" tabindex=\"0\"><div class=\"text\">{text}</div>")?;
            write!(out, "<div class=\"why\">Block {number} stays as {name}: ")?;
        }
        Label::Dropped(kind) => {
            write!(out, "<div class=\"block gone\" style=\"--hue:{}\" tabindex=\"0\">", hue(kind))?;
            // Of a run of blocks the first says what they are; each one's own box says it again.
            if before != Some(block.label) {
                write!(out, "<span class=\"label\">{kind}</span>")?;
            }
            write!(out, "<del>{text}</del><div class=\"why\">Block {number} goes as {kind}: ")?;
        }
    }
    match &block.reason {
        Reason::Rule(rule) => {
            let path: String = rule.path.chars().take(SHOWN_PATH).collect();
            let more = if path.len() < rule.path.len() { "…" } else { "" };
            let (place, path) = (rule.to_string(), Escaped(&path));
            write!(out, "<code>{}</code><br><code>{path}{more}</code>", Escaped(&place))?;
        }
        Reason::Model(score) => write!(out, "the model gives it {score:.2}")?,
        Reason::JsonLd => out.push_str("the page’s JSON-LD has it"),
        Reason::Repeats(of) => write!(out, "it repeats block {of}")?,
        Reason::Structure("title") => out.push_str("it is the headline"),
        Reason::Structure(what) => out.push_str(what),
    }
    out.push_str("</div></div>\n");
    Ok(())
}

/// A kind's place on the colour wheel. Steps of the golden angle keep any few kinds apart.
fn hue(kind: Kind) -> usize {
    let index = Kind::ALL.iter().position(|(known, _)| *known == kind).unwrap_or(0);
    (index * 1375 / 10 + 20) % 360
}

/// Text in HTML, also in an attribute with double quotes.
#[derive(Debug, Clone, Copy)]
pub struct Escaped<'a>(pub &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                // No character of HTML.
                '\0' => f.write_char('\u{fffd}')?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// A value, as a link if it is an address on the web.
struct Linked<'a>(&'a str);

impl fmt::Display for Linked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = Escaped(self.0);
        if self.0.starts_with("https://") || self.0.starts_with("http://") {
            write!(f, "<a href=\"{text}\">{text}</a>")
        } else {
            write!(f, "{text}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_page_becomes_markup() {
        let bad = "<script>alert(1)</script> & \"quotes\"\0";
        let escaped = Escaped(bad).to_string();
        assert_eq!(escaped, "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quotes&quot;\u{fffd}");
        assert_eq!(Linked("javascript:alert(1)").to_string(), "javascript:alert(1)");
        assert_eq!(Linked("https://a.example/\"x").to_string().matches('"').count(), 2);
    }

    #[test]
    fn kinds_have_colours_of_their_own() {
        let mut hues: Vec<usize> = Kind::ALL.iter().map(|(kind, _)| hue(*kind)).collect();
        hues.sort_unstable();
        assert!(hues.windows(2).all(|pair| pair[1] - pair[0] >= 5), "{hues:?}");
    }
}
