//! Values out of a page's JSON-LD by a dotted path.

use std::collections::VecDeque;

use serde_json::Value;

use crate::dom::{Dom, Tag};

/// Bytes of the largest script that is read: live blogs carry hundreds of kilobytes, articles a few.
const MAX_SCRIPT: usize = 1 << 20;

/// Objects and lists that are looked at in one script.
const MAX_VALUES: usize = 20_000;

/// The values at the first place, breadth first, where the path leads to any.
pub(super) fn values(dom: &Dom<'_>, path: &[String]) -> Vec<String> {
    let is_script = |&n: &u32| {
        dom.tag(n) == Tag::Script
            && dom.attr(n, "type").is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/ld+json"))
    };
    for script in (0..dom.len()).filter(is_script) {
        let text: String = (script..dom.end(script)).map(|n| dom.text(n)).collect();
        if text.len() > MAX_SCRIPT {
            continue;
        }
        let Ok(root) = serde_json::from_str::<Value>(&text) else { continue };
        let found = search(&root, path);
        if !found.is_empty() {
            return found;
        }
    }
    vec![]
}

fn search(root: &Value, path: &[String]) -> Vec<String> {
    let mut queue = VecDeque::from([root]);
    let mut seen = 0;
    while let Some(value) = queue.pop_front() {
        seen += 1;
        if seen > MAX_VALUES {
            break;
        }
        match value {
            Value::Array(items) => queue.extend(items),
            Value::Object(object) => {
                let found = follow(value, path);
                if !found.is_empty() {
                    return found;
                }
                queue.extend(object.values());
            }
            _ => {}
        }
    }
    vec![]
}

/// The strings and numbers that the path leads to from here; lists on the way are taken item by item.
fn follow(value: &Value, path: &[String]) -> Vec<String> {
    let mut reached = vec![value];
    for key in path {
        let next = reached.into_iter().flat_map(items).filter_map(|value| value.get(key));
        reached = next.collect();
    }
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    reached.into_iter().flat_map(items).filter_map(text).collect()
}

fn items(value: &Value) -> &[Value] {
    match value {
        Value::Array(items) => items,
        _ => std::slice::from_ref(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dom::Limits;

    #[test]
    fn follows_paths_breadth_first() {
        let page = r#"<script type="application/ld+json">{"broken</script>
            <script type="Application/LD+JSON">{"@graph": [
              {"@type": "WebSite", "deep": {"headline": "Not this"}},
              {"@type": "NewsArticle", "headline": "Hafen wird vertieft", "wordCount": 412,
               "author": [{"name": "Meike Janssen"}, {"name": ["K. Ohm", "L. Ohm"]}]}]}</script>"#;
        let dom = Dom::parse(page, &Limits::default());
        let at = |path: &str| values(&dom, &path.split('.').map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(at("headline"), ["Hafen wird vertieft"]);
        assert_eq!(at("author.name"), ["Meike Janssen", "K. Ohm", "L. Ohm"]);
        assert_eq!(at("wordCount"), ["412"]);
        assert_eq!(at("author"), [""; 0]);
        assert_eq!(at("nothing.here"), [""; 0]);
    }
}
