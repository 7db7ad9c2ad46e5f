//! Dates in attributes, addresses and visible text.

use copydesk::metadata::dates::{Role, of_url, parse, scan};

fn read(text: &str) -> Option<String> {
    parse(text, None).map(|stamp| stamp.to_string())
}

#[test]
fn machine_dates() {
    for (text, expected) in [
        ("2024-05-03", "2024-05-03"),
        ("2024-05-03T10:15:00Z", "2024-05-03T10:15:00Z"),
        ("2024-05-03T10:15:00.123Z", "2024-05-03T10:15:00Z"),
        ("2024-05-03T10:15:00+02:00", "2024-05-03T10:15:00+02:00"),
        ("2024-05-03T10:15:00-0530", "2024-05-03T10:15:00-05:30"),
        ("2024-05-03T10:15+02", "2024-05-03T10:15:00+02:00"),
        ("2024-05-03 10:15:00 +0200", "2024-05-03T10:15:00+02:00"),
        ("2024-05-03 10:15:00", "2024-05-03T10:15:00"),
        ("20240503T101500Z", "2024-05-03T10:15:00Z"),
        ("20240503", "2024-05-03"),
        ("2024/05/03 10:15", "2024-05-03T10:15:00"),
        ("Fri, 03 May 2024 10:15:00 +0200", "2024-05-03T10:15:00+02:00"),
        ("Fri, 03 May 2024 10:15:00 GMT", "2024-05-03T10:15:00Z"),
        ("Friday, 03-May-24 10:15:00 GMT", "2024-05-03T10:15:00Z"),
        ("Fri May  3 10:15:00 2024", "2024-05-03T10:15:00"),
        ("Fri May 03 2024 10:15:00 GMT+0200 (CEST)", "2024-05-03T10:15:00+02:00"),
        ("2024-05-03T10:15:00+00:00", "2024-05-03T10:15:00Z"),
    ] {
        assert_eq!(read(text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn visible_dates() {
    for (text, expected) in [
        ("May 3, 2024 at 10:15 am ET", "2024-05-03T10:15:00-04:00"),
        ("January 3, 2024 at 10:15 p.m. ET", "2024-01-03T22:15:00-05:00"),
        ("May 3rd, 2024", "2024-05-03"),
        ("3rd of May, 2024", "2024-05-03"),
        ("Published: 3 May 2024, 10.15 BST", "2024-05-03"),
        ("12:15 am, May 3, 2024", "2024-05-03T00:15:00"),
        ("3. Mai 2024", "2024-05-03"),
        ("Stand: 03.05.2024, 10:15 Uhr", "2024-05-03T10:15:00"),
        ("3.5.2024", "2024-05-03"),
        ("03.05.24 um 9 Uhr", "2024-05-03T09:00:00"),
        ("10.15 Uhr, 3. März 2024", "2024-03-03T10:15:00"),
        ("Publié le 3 août 2024 à 10h15", "2024-08-03T10:15:00"),
        ("1er février 2024", "2024-02-01"),
        ("3 de mayo de 2024 a las 10:15", "2024-05-03T10:15:00"),
        ("3 maggio 2024 alle ore 10.15", "2024-05-03T10:15:00"),
        ("3 de março de 2024 às 10h15", "2024-03-03T10:15:00"),
        ("3 mei 2024 om 10:15 uur", "2024-05-03T10:15:00"),
        ("3 maja 2024, godz. 10:15", "2024-05-03T10:15:00"),
        ("3 октября 2024 г. в 10:15 MSK", "2024-10-03T10:15:00+03:00"),
        ("10:15, 03 мая 2024", "2024-05-03T10:15:00"),
        ("3 Ağustos 2024 Cumartesi", "2024-08-03"),
        ("3 İyul 2024 3 Şubat 2024", "2024-02-03"),
        ("den 3 maj 2024 kl. 10.15", "2024-05-03T10:15:00"),
        ("3. maj 2024 kl. 10:15", "2024-05-03T10:15:00"),
        ("3. desember 2024", "2024-12-03"),
        ("3. července 2024", "2024-07-03"),
        ("3 липня 2024, 10:15", "2024-07-03T10:15:00"),
        ("03/05/2024", "2024-05-03"),
        ("05/13/2024", "2024-05-13"),
        ("2024年5月3日 10時15分", "2024-05-03T10:15:00"),
        ("2024년 5월 3일", "2024-05-03"),
        ("2024. május 3.", "2024-05-03"),
    ] {
        assert_eq!(read(text).as_deref(), Some(expected), "{text}");
    }
    assert_eq!(
        parse("03/05/2024", Some("en-US")).map(|date| date.to_string()).as_deref(),
        Some("2024-03-05")
    );
    assert_eq!(
        parse("03.05.2024", Some("en-US")).map(|date| date.to_string()).as_deref(),
        Some("2024-05-03")
    );
}

#[test]
fn what_is_no_date() {
    for text in [
        "vor 3 Stunden",
        "3 hours ago",
        "May 2024",
        "3 May",
        "1970-01-01T00:00:00Z",
        "0001-01-01",
        "2024-13-45",
        "31 February 2024",
        "version v1.2.2015",
        "192.168.10.2024.1",
        "3:2 after 90 minutes",
        "Room 20240599",
        "99999999999999999999",
        "",
        "🎉🎉🎉",
        "١٢٣",
    ] {
        assert_eq!(read(text), None, "{text}");
    }
}

#[test]
fn roles_of_several_dates() {
    let roles =
        |text| scan(text, None).map(|found| (found.stamp.to_string(), found.role)).collect::<Vec<_>>();
    assert_eq!(
        roles("Published 3 May 2024, updated 5 May 2024"),
        [("2024-05-03".to_owned(), Role::Published), ("2024-05-05".to_owned(), Role::Modified)]
    );
    assert_eq!(
        roles("Aktualisiert am 5.5.2024 | Erstellt 3.5.2024"),
        [("2024-05-05".to_owned(), Role::Modified), ("2024-05-03".to_owned(), Role::Published)]
    );
    for (text, role) in [
        ("Letzte Änderung: 5.5.2024", Role::Modified),
        ("Mis à jour le 5 mai 2024", Role::Modified),
        ("Actualizado el 5 de mayo de 2024", Role::Modified),
        ("Aggiornato il 5 maggio 2024", Role::Modified),
        ("Atualizado em 5 de maio de 2024", Role::Modified),
        ("Bijgewerkt op 5 mei 2024", Role::Modified),
        ("Zaktualizowano 5 maja 2024", Role::Modified),
        ("Обновлено 5 мая 2024", Role::Modified),
        ("Güncelleme: 5 Mayıs 2024", Role::Modified),
        ("Datum 5.5.2024", Role::Published),
        ("Gepubliceerd op 5 mei 2024", Role::Published),
        ("Opublikowano 5 maja 2024", Role::Published),
        ("Yayınlanma: 5 Mayıs 2024", Role::Published),
    ] {
        let found = scan(text, None).next().expect(text);
        assert!(found.labelled && found.role == role, "{text}");
    }
}

/// The years believed do not depend on the clock.
#[test]
fn years_believed() {
    for (text, expected) in
        [("1989-05-03", false), ("1990-05-03", true), ("2049-05-03", true), ("2099-12-31", false)]
    {
        assert_eq!(read(text).is_some(), expected, "{text}");
    }
}

#[test]
fn addresses() {
    for (url, expected) in [
        ("https://news.example/2024/05/03/harbour", Some("2024-05-03")),
        ("https://news.example/world/2024-05-03-harbour.html", Some("2024-05-03")),
        ("https://news.example/a/20240503/harbour", Some("2024-05-03")),
        ("https://news.example/2024/5/3/harbour", Some("2024-05-03")),
        ("https://news.example/report/29-10-2021", Some("2021-10-29")),
        ("https://news.example/report/10.29.2021/", Some("2021-10-29")),
        ("https://news.example/report/05-10-2021", None),
        ("https://news.example/report/29-10-2021a", None),
        ("https://news.example/2024/05/harbour", None),
        ("https://news.example/a-20240599", None),
        ("https://news.example/a123456789012", None),
        ("https://news.example", None),
        ("2024/05", None),
        ("", None),
    ] {
        assert_eq!(of_url(url).map(|stamp| stamp.to_string()).as_deref(), expected, "{url}");
    }
}

#[test]
fn order_is_by_instant() {
    let order = |text| parse(text, None).map(|stamp| stamp.order());
    assert!(order("2024-05-03T10:15:00+02:00") < order("2024-05-03T10:15:00Z"));
    assert!(order("2024-05-03") < order("2024-05-03T00:00:01"));
}
