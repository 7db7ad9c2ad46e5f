//! Words that dates are made of, in the languages known: months, zones, and what announces a date or a time.

use std::sync::LazyLock;

use jiff::civil::Date;
use rustc_hash::FxHashMap;

use crate::metadata::words::{Starts, Words, fold, starts, words};

/// Month of a name or abbreviation in any of the languages known.
pub(in crate::metadata) fn month(word: &str) -> Option<u32> {
    if !(3..=24).contains(&word.len()) {
        return None;
    }
    let word = fold(word);
    static NAMES: LazyLock<FxHashMap<&str, u32>> = LazyLock::new(|| {
        let months = MONTHS.iter().zip(1..);
        months.flat_map(|(names, month)| names.split_whitespace().map(move |name| (name, month))).collect()
    });
    NAMES.get(word.as_str()).copied()
}

/// Words that may stand between a day and its time.
pub(super) fn announces_time(word: &str) -> bool {
    static WORDS: LazyLock<Words> = LazyLock::new(|| {
        words(
            "t at um a las los as alle ore om kl klo klokken o godz godzina godzinie в у о saat v ve \
             г р r года року time das uur dan den heures mit en pe ora pa",
        )
    });
    WORDS.contains(fold(word).as_str())
}

/// Seconds that a zone's clocks are ahead of UTC. Only names with one meaning in news; `IST`, `BST`
/// and the like have several. The American names are those of RFC 2822 section 4.3; `ET`, `CT`,
/// `MT` and `PT` follow the summer time in force there since 2007.
pub(super) fn offset_of_zone(name: &str, day: Date) -> Option<i32> {
    let summer = || {
        // From the second Sunday of March to the first Sunday of November.
        let from = jiff::civil::date(day.year(), 3, 1).nth_weekday_of_month(2, jiff::civil::Weekday::Sunday);
        let to = jiff::civil::date(day.year(), 11, 1).nth_weekday_of_month(1, jiff::civil::Weekday::Sunday);
        matches!((from, to), (Ok(from), Ok(to)) if from <= day && day < to)
    };
    let hours = match name {
        "Z" | "z" | "UTC" | "GMT" | "UT" | "WET" => 0,
        "CET" | "MEZ" | "WEST" => 1,
        "CEST" | "MESZ" | "EET" | "SAST" => 2,
        "EEST" | "MSK" | "TRT" => 3,
        "JST" | "KST" => 9,
        "AEST" => 10,
        "AEDT" => 11,
        "EDT" => -4,
        "EST" | "CDT" => -5,
        "CST" | "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" => -8,
        "ET" => -5 + i32::from(summer()),
        "CT" => -6 + i32::from(summer()),
        "MT" => -7 + i32::from(summer()),
        "PT" => -8 + i32::from(summer()),
        _ => return None,
    };
    Some(hours * 3600)
}

/// How words begin, folded, that announce the date of a change.
pub(super) static MODIFIED: LazyLock<Starts> = LazyLock::new(|| {
    starts(
        "updat modif zaktualiz aktualis aktualiz geandert anderung uberarbeitet actualis actualiz actualitz mis aggiorna \
         atualiz bijgewerkt gewijzigd обнов измен guncel uppdat opdat oppdat sist senast редаг оновл \
         zmen upraven edited revised reviewed 更新 수정",
    )
});

/// How words begin, folded, that announce the date of publication.
pub(super) static PUBLISHED: LazyLock<Starts> = LazyLock::new(|| {
    starts(
        "publi posted erstellt veroffentlicht опубл dodano yayin gepost geplaatst giris pubbl opubl utworz \
         skapa created datum fecha gepub udgiv julkais",
    )
});

/// Names and abbreviations of the months, folded: en, de, fr, es, it, pt, nl, pl, ru, tr, sv, da, no, cs, uk, ro,
/// hu, fi, id, ca, el, sw. No name means different months in two of them.
const MONTHS: [&str; 12] = [
    "ene enero gen gener genn gennaio ianuarie jan janeiro janner januar januari january janv janvier \
     leden ledna oca ocak sty styczen stycznia tammikuuta ιανουαρίου січ січень січня янв январь \
     января",
    "feb febbr febbraio feber febr febrer febrero februar februari februarie february fev fevereiro \
     fevr fevrier helmikuuta lut lutego luty sub subat unor unora φεβρουαρίου лют лютий лютого фев \
     февр февраль февраля",
    "brezen brezna maaliskuuta maart machi maerz mar marc marca march marcius marco maret mars mart \
     martie marts marz marzec marzo mrt mrz μαρτίου бер березень березня мар март марта",
    "abr abril apr april aprile aprili aprilie aprilis avr avril duben dubna huhtikuuta kwi kwiecien \
     kwietnia nis nisan απριλίου апр апрель апреля кві квітень квітня",
    "kveten kvetna mag magg maggio mai maig maio maj maja majus may mayis mayo mei toukokuuta μαΐου \
     май мая тра травень травня",
    "cerven cervna cze czerwca czerwiec giu giugno haz haziran iunie juin jun june junho juni junio \
     junius juny kesakuuta ιουνίου июн июнь июня чер червень червня",
    "cervence cervenec heinakuuta iulie juil juillet jul julai julho juli julio juliol julius july \
     lip lipca lipiec lug luglio tem temmuz ιουλίου июл июль июля лип липень липня",
    "ago agost agosti agosto agu agustos agustus aout aug august augusti augustus augusztus elokuuta \
     sie sierpien sierpnia srpen srpna αυγούστου авг август августа сер серпень серпня",
    "eyl eylul sep sept septemba september septembre septembrie septiembre set setembre setembro \
     setiembre sett settembre syyskuuta szept szeptember wrz wrzesien wrzesnia zari σεπτεμβρίου вер \
     вересень вересня сен сент сентябрь сентября",
    "eki ekim lokakuuta oct october octobre octombrie octubre okt oktoba oktober ott ottobre out \
     outubro paz pazdziernik pazdziernika rijen rijna οκτωβρίου жов жовтень жовтня окт октябрь \
     октября",
    "kas kasim lis listopad listopada listopadu marraskuuta noiembrie nov novemba november novembre \
     novembro noviembre νοεμβρίου лис листопад листопада ноя нояб ноябрь ноября",
    "ara aralik dec december decembre decembrie des desemba desember desembre dez dezember dezembro \
     dic dicembre diciembre gru grudnia grudzien joulukuuta prosince prosinec δεκεμβρίου гру грудень \
     грудня дек декабрь декабря",
];
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_means_two_months() {
        let mut names: Vec<&str> = MONTHS.iter().flat_map(|names| names.split_whitespace()).collect();
        assert!(names.iter().all(|name| fold(name) == *name));
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
