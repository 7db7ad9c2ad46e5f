//! An article as CommonMark: metadata as YAML front matter, then the blocks in order.

use std::fmt::Write;

use crate::block::{Block, Form};
use crate::cleaner::Cleaned;
use crate::document::RawDoc;
use crate::label::{Label, Role};

pub(super) fn article(raw: &RawDoc, cleaned: &Cleaned) -> String {
    let mut out = front_matter(raw, cleaned);
    if let Some(title) = &cleaned.metadata.title {
        let _ = writeln!(out, "\n# {}", escaped(&title.value)); // writing to a string never fails
    }
    let mut before = None;
    for block in &cleaned.blocks {
        let Label::Kept(role) = block.label else { continue };
        if role == Role::Title {
            continue;
        }
        write_block(&mut out, block, role, before);
        before = Some(role);
    }
    out
}

fn front_matter(raw: &RawDoc, cleaned: &Cleaned) -> String {
    let metadata = &cleaned.metadata;
    let mut out = "---\n".to_owned();
    let mut field = |name: &str, value: Option<&String>| {
        if let Some(value) = value {
            let _ = writeln!(out, "{name}: {}", quoted(value));
        }
    };
    field("id", Some(&raw.id));
    field("url", metadata.url.as_ref().map(|url| &url.value).or(raw.url.as_ref()));
    field("title", metadata.title.as_ref().map(|title| &title.value));
    field("date", metadata.date.as_ref().map(|date| &date.value));
    field("date_modified", metadata.date_modified.as_ref().map(|date| &date.value));
    field("site", metadata.site.as_ref().map(|site| &site.value));
    field("lang", metadata.lang.as_ref().map(|lang| &lang.value));
    field("section", metadata.section.as_ref().map(|section| &section.value));
    field("agency", metadata.agency.as_ref().map(|agency| &agency.value));
    field("description", metadata.description.as_ref().map(|description| &description.value));
    field("image", metadata.image.as_ref().map(|image| &image.value));
    for (name, list) in [("authors", &metadata.authors), ("tags", &metadata.tags)] {
        if let Some(list) = list {
            let items: Vec<_> = list.value.iter().map(|item| quoted(item)).collect();
            let _ = writeln!(out, "{name}: [{}]", items.join(", "));
        }
    }
    out.push_str("---\n");
    out
}

/// A JSON string is a double-quoted string of YAML too.
fn quoted(value: &str) -> String {
    serde_json::Value::from(value).to_string()
}

fn write_block(out: &mut String, block: &Block, role: Role, before: Option<Role>) {
    let in_list = role == Role::ListItem && before == Some(Role::ListItem);
    let in_table = role == Role::TableRow && before == Some(Role::TableRow);
    let in_quote = role == Role::Quote && before == Some(Role::Quote);
    if in_quote {
        out.push_str(">\n");
    } else if !in_list && !in_table {
        out.push('\n');
    }
    let text = &block.text;
    let _ = match role {
        Role::Title | Role::Standfirst | Role::Paragraph => writeln!(out, "{}", escaped(text)),
        Role::Heading => {
            let level = match block.form {
                Form::Heading(level) => usize::from(level.clamp(2, 6)),
                _ => 2,
            };
            writeln!(out, "{} {}", "#".repeat(level), escaped(text))
        }
        Role::ListItem => writeln!(out, "- {}", escaped(text)),
        Role::Quote => writeln!(out, "> {}", escaped(text)),
        Role::TableRow => {
            let row = escaped(text);
            let _ = writeln!(out, "| {row} |");
            // Its first row is the head of a table.
            if in_table { Ok(()) } else { writeln!(out, "|{}", " --- |".repeat(text.split(" | ").count())) }
        }
        Role::Preformatted => {
            let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
            let fence = "`".repeat(longest.max(2) + 1);
            writeln!(out, "{fence}\n{text}\n{fence}")
        }
    };
}

/// Text with a backslash before whatever Markdown would take for markup.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    for (at, c) in text.char_indices() {
        let rest = &text[at + c.len_utf8()..];
        let markup = match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' => true,
            '&' => is_entity(rest),
            '#' | '>' | '=' | '~' => at == 0,
            '-' | '+' => at == 0 && (rest.is_empty() || rest.starts_with([' ', '-'])),
            '.' | ')' => at > 0 && at == digits && rest.starts_with(' '),
            _ => false,
        };
        if markup {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Whether what follows an `&` makes it a character reference.
fn is_entity(rest: &str) -> bool {
    rest.split_once(';').is_some_and(|(name, _)| {
        !name.is_empty()
            && name.len() < 32
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'#')
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::Reason;

    #[test]
    fn markup_in_text_is_escaped() {
        for (text, markdown) in [
            ("Plain words, 5 - 3 = 2.", "Plain words, 5 - 3 = 2."),
            ("# no heading", "\\# no heading"),
            ("- no item", "\\- no item"),
            ("-5 degrees", "-5 degrees"),
            ("12. May", "12\\. May"),
            ("a *b* _c_ [d] <e> `f` \\", "a \\*b\\* \\_c\\_ \\[d\\] \\<e> \\`f\\` \\\\"),
            ("Smith & Sons; AT&T", "Smith & Sons; AT&T"),
            ("&amp; and &#39;", "\\&amp; and \\&#39;"),
        ] {
            assert_eq!(escaped(text), markdown);
        }
    }

    #[test]
    fn blocks_become_markdown() {
        let block = |text: &str, form| Block {
            text: text.to_owned().into(),
            form,
            label: Label::Kept(Role::Paragraph),
            reason: Reason::JsonLd,
        };
        let mut out = String::new();
        let mut before = None;
        for (text, form, role) in [
            ("The lake rose.", Form::Paragraph, Role::Paragraph),
            ("Figures", Form::Heading(1), Role::Heading),
            ("one", Form::ListItem, Role::ListItem),
            ("two", Form::ListItem, Role::ListItem),
            ("Day | Level", Form::TableRow, Role::TableRow),
            ("Monday | 3 m", Form::TableRow, Role::TableRow),
            ("We ran.", Form::Quote, Role::Quote),
            ("And ran.", Form::Quote, Role::Quote),
            ("a ``` b", Form::Preformatted, Role::Preformatted),
        ] {
            write_block(&mut out, &block(text, form), role, before);
            before = Some(role);
        }
        assert_eq!(
            out,
            "\nThe lake rose.\n\n## Figures\n\n- one\n- two\n\n| Day | Level |\n| --- | --- |\n\
             | Monday | 3 m |\n\n> We ran.\n>\n> And ran.\n\n````\na ``` b\n````\n"
        );
    }
}
