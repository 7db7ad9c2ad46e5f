//! Rule files: any text is loaded or refused with places inside of it, and what loads can be asked anything.

#![no_main]

use copydesk::dom::{Dom, Limits};
use copydesk::rules::{CutLine, Line, MetaField, RuleSet};
use libfuzzer_sys::fuzz_target;

/// A page that most selectors find something on.
const PAGE: &str = "<html lang=en><head><meta name=author content=A><script type='application/ld+json'>{\"a\":{\"b\":[1]}}</script>\
    </head><body class=x><article id=a><h1>Head</h1><p class=y>One two</p><aside><ul><li>Three</ul></aside></article>";

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let text = format!("format = 1\nhosts = [\"fuzz.example\"]\n{text}");
    let lines = text.lines().count() as u32 + 1;
    match RuleSet::from_texts([("sites/fuzz.toml", text.as_str())]) {
        Err(errors) => {
            let _ = errors.to_string();
            assert!(errors.diagnostics().iter().all(|found| (1..=lines).contains(&found.line)));
        }
        Ok(rules) => {
            let _ = rules.run_tests();
            let _ = rules.which("https://www.fuzz.example/a").to_string();
            let dom = Dom::parse(PAGE, &Limits::default());
            let chain = rules.chain(Some("https://fuzz.example/a"), Some(&dom), None);
            let _ = chain.body(&dom, &|_| 50);
            let strips = chain.strip(&dom);
            assert!(strips.is_sorted_by_key(|hit| hit.node));
            for (field, _) in MetaField::ALL {
                let _ = chain.meta(&dom, field);
            }
            let lines: Vec<CutLine<'_>> = text.lines().take(40).map(|text| CutLine { text, node: Some(3) }).collect();
            let _ = chain.cut(&lines, Some(&dom));
            for line in text.lines().take(40) {
                let line = Line { text: line, from_head: 0, from_tail: 0, lang: None };
                let _ = (chain.line(&line), chain.replace(&line));
            }
        }
    }
});
