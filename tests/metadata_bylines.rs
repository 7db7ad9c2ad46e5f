//! Names in bylines and in fields of authors.

use copydesk::metadata::bylines::{is_byline, names, of_field};

#[test]
fn bylines_give_names() {
    for (line, expected) in [
        ("By JANE DOE and John Roe, Political Editor, The Harbour Post", &["Jane Doe", "John Roe"] as &[_]),
        ("By Jane Doe", &["Jane Doe"]),
        ("by: Jane Doe", &["Jane Doe"]),
        ("Written by Jane Doe | May 3, 2024 at 10:15 am", &["Jane Doe"]),
        ("Published 3 May 2024 by Jane Doe", &["Jane Doe"]),
        ("By Jane Doe in Lagos and John Roe in Accra", &["Jane Doe", "John Roe"]),
        ("By Jane Doe for The Harbour Post", &["Jane Doe"]),
        ("By Jane Doe, John Roe & Max O'Neil", &["Jane Doe", "John Roe", "Max O'Neil"]),
        ("By JANE O'NEIL-SMITH", &["Jane O'Neil-Smith"]),
        ("By J.K. MILLER", &["J.K. Miller"]),
        ("By Jane Doe, AFP", &["Jane Doe"]),
        ("By Jane Doe jane@harbourpost.example", &["Jane Doe"]),
        ("Von Jana Beispiel", &["Jana Beispiel"]),
        ("Von Jana Beispiel und Max von der Heide, Berlin", &["Jana Beispiel", "Max von der Heide"]),
        ("Ein Kommentar von Jana Beispiel", &["Jana Beispiel"]),
        ("Von unserem Korrespondenten Max Muster", &["Max Muster"]),
        ("Autor: Jana Beispiel", &["Jana Beispiel"]),
        ("Par Jeanne Exemple et Luc d'Arvor", &["Jeanne Exemple", "Luc d'Arvor"]),
        ("Por María Ejemplo y Juan de la Torre", &["María Ejemplo", "Juan de la Torre"]),
        ("di Maria Esempio e Luca Prova", &["Maria Esempio", "Luca Prova"]),
        ("Por Ana Exemplo e João da Costa, da Redação", &["Ana Exemplo", "João da Costa"]),
        ("Door Jan van den Berg en Piet Voorbeeld", &["Jan van den Berg", "Piet Voorbeeld"]),
        ("Autor: Anna Przykład, Jan Wzór", &["Anna Przykład", "Jan Wzór"]),
        ("Автор: Иван Примеров и Анна Образцова", &["Иван Примеров", "Анна Образцова"]),
        ("Yazan: Ayşe Örnek ve Ali Deneme", &["Ayşe Örnek", "Ali Deneme"]),
        ("Jane Doe, Staff Writer", &["Jane Doe"]),
        ("作者：王小明", &["王小明"]),
        ("By Monday Downing Street had changed its mind.", &[]),
        ("By 🎉", &[]),
        ("Words and photos by Jane Doe", &["Jane Doe"]),
        ("Photos by John Roe", &[]),
        ("03/05/2024 by Jane Doe, Harbour Correspondent", &["Jane Doe"]),
        ("Posted by Jane Doe 59 Comments", &["Jane Doe"]),
        ("Autor:Jana Beispiel", &["Jana Beispiel"]),
        ("", &[]),
    ] {
        assert_eq!(names(line), expected, "{line}");
    }
}

#[test]
fn whole_lines_that_are_bylines() {
    for line in [
        "By Jane Doe",
        "By Jane Doe and John Roe, Political Editor, The Harbour Post",
        "Jane Doe, Staff Writer",
        "Jane Doe | Political Editor",
        "Von Jana Beispiel",
        "Von Jana Beispiel, Berlin",
        "Par Jeanne Exemple",
        "Written by Jane Doe on May 3, 2024",
        "Text: Jana Beispiel",
        "Автор: Иван Примеров",
        "Por María Ejemplo y Juan de la Torre",
        "Door Jan van den Berg",
        "Yazan: Ayşe Örnek",
    ] {
        assert!(is_byline(line), "{line}");
    }
}

#[test]
fn prose_is_no_byline() {
    for line in [
        "By Monday Downing Street had changed its mind.",
        "By Tuesday Evening",
        "By George, It Works",
        "By the time the ferry came, the pier was empty",
        "Von Montag an fährt die Fähre wieder",
        "Von der Leyen reist nach Lagos",
        "Par la route, il faut deux heures",
        "Por favor",
        "Jane Doe",
        "Jane Doe, Lagos",
        "Step by Step Guide",
        "Photos by John Roe",
        "Health and safety, explained",
        "The editor resigned",
        "Harbour Bridge, Opened in May",
        "Door het slechte weer",
        "",
        "By",
    ] {
        assert!(!is_byline(line), "{line}");
    }
}

#[test]
fn fields_give_names() {
    for (field, expected) in [
        ("Jane Doe", &["Jane Doe"] as &[_]),
        ("By Jane Doe", &["Jane Doe"]),
        ("Jane Doe, John Roe", &["Jane Doe", "John Roe"]),
        ("Jane Doe and John Roe", &["Jane Doe", "John Roe"]),
        ("Jane Doe, MS, RD", &["Jane Doe"]),
        ("Jane Doe, Senior Editor", &["Jane Doe"]),
        ("https://www.facebook.com/harbourpost", &[]),
        ("jane.doe@harbourpost.example (Jane Doe)", &[]),
        ("Harbour Team", &["Harbour Team"]),
        ("dpa", &["dpa"]),
        ("jane doe", &["jane doe"]),
        ("王小明", &["王小明"]),
        ("JANE DOE", &["Jane Doe"]),
        ("Doe, Jane", &["Jane Doe"]),
        ("Doe, Jane T.", &["Jane T. Doe"]),
        ("page.head.extra.author", &[]),
        ("harbourpost.example, Hamburg, Germany", &[]),
        ("홍길동 기자", &["홍길동"]),
        ("", &[]),
    ] {
        assert_eq!(of_field(field), expected, "{field}");
    }
}

#[test]
fn an_outlet_in_capitals_behind_a_name() {
    assert_eq!(names("Von David Beispiel, MDR SÜD"), ["David Beispiel"]);
    assert_eq!(names("By JANE DOE, JOHN ROE"), ["Jane Doe", "John Roe"]);
}
