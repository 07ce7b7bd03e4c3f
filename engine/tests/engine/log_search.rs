//! Finding lines in a whole log.

use domain::run::{LogLevel, LogStream};
use engine::runs::{LogFilter, Matches, Side};

use crate::common::{job, start};

#[tokio::test]
async fn lines_are_found_by_text_level_and_origin_and_errors_one_after_the_other() {
    let body = "for index in range(1, 31):\n    print(f'order {index} of 100%')\n\
                logging.warning('Slow_Shop')\nlogging.error('first')\nprint('between')\nlogging.error('second')\nreturn {}";
    let quiet = "print('to stderr', file=sys.stderr)\nprint('last on stderr', file=sys.stderr)\nprint('out')\nreturn {}";
    let test = start(&[("t", &job(body)), ("quiet", &job(quiet))]).await;
    let logs = &test.engine.logs;
    let run_id = test.run("t").await.summary.run_id;
    let found = async |filter: LogFilter| {
        let lines = logs
            .matching(&run_id, &filter, Side::After(0), 100)
            .await
            .unwrap();
        let counted = logs.count_matching(&run_id, &filter, 0).await.unwrap();
        assert_eq!(counted.all, i64::try_from(lines.len()).unwrap());
        lines.into_iter().map(|line| line.text).collect::<Vec<_>>()
    };
    let holding = |text: &str| LogFilter {
        text: Some(text.to_owned()),
        ..LogFilter::default()
    };
    assert_eq!(found(holding("ORDER 7 OF 100%")).await, ["order 7 of 100%"]);
    assert_eq!(
        found(holding("slow_shop")).await,
        ["Slow_Shop"],
        "no letter means anything to the database"
    );
    assert!(found(holding("slowxshop")).await.is_empty() && found(holding("slow%")).await.is_empty());
    let warnings = LogFilter {
        level: Some(LogLevel::Warning),
        ..LogFilter::default()
    };
    assert_eq!(found(warnings).await, ["Slow_Shop", "first", "second"]);
    let printed = LogFilter {
        stream: Some(LogStream::Stdout),
        text: Some("between".into()),
        ..LogFilter::default()
    };
    assert_eq!(found(printed).await, ["between"]);

    let first = logs.next_error(&run_id, 0).await.unwrap().unwrap();
    let second = logs.next_error(&run_id, first).await.unwrap().unwrap();
    let lines = logs.after(&run_id, 0, 100).await.unwrap();
    let line = |seq: i64| lines.iter().find(|line| line.seq == seq).unwrap().text.as_str();
    assert_eq!((line(first), line(second)), ("first", "second"));
    assert_eq!(logs.next_error(&run_id, second).await.unwrap(), None);

    let run_id = test.run("quiet").await.summary.run_id;
    let last = logs.next_error(&run_id, 0).await.unwrap().unwrap();
    let lines = logs.after(&run_id, last - 1, 1).await.unwrap();
    assert_eq!(lines[0].text, "last on stderr");
    test.stop().await;
}

#[tokio::test]
async fn matches_are_gone_through_in_parts_forwards_and_backwards() {
    let body = "for index in range(1, 31):\n    print('odd' if index % 2 else 'even', index)\nreturn {}";
    let test = start(&[("t", &job(body))]).await;
    let logs = &test.engine.logs;
    let run_id = test.run("t").await.summary.run_id;
    let odd = LogFilter {
        text: Some("odd".to_owned()),
        ..LogFilter::default()
    };
    let part = async |side: Side| {
        let lines = logs.matching(&run_id, &odd, side, 4).await.unwrap();
        let numbers = lines
            .iter()
            .map(|line| line.text.trim_start_matches("odd ").to_owned());
        (numbers.collect::<Vec<_>>().join(" "), lines)
    };
    let (first, lines) = part(Side::After(0)).await;
    assert_eq!(first, "1 3 5 7");
    let (second, lines) = part(Side::After(lines[3].seq)).await;
    assert_eq!(second, "9 11 13 15");
    let before = logs.count_matching(&run_id, &odd, lines[0].seq).await.unwrap();
    assert_eq!(before, Matches { all: 15, before: 4 });
    assert_eq!(part(Side::Before(lines[0].seq)).await.0, "1 3 5 7");
    assert_eq!(part(Side::Before(lines[1].seq)).await.0, "3 5 7 9");
    assert_eq!(part(Side::Before(i64::MAX)).await.0, "23 25 27 29");
    test.stop().await;
}

#[tokio::test]
async fn a_text_is_found_as_it_is_shown_whatever_a_terminal_would_do_within_it() {
    let body = "print('the \\x1b[31mno\\x1b[1mrth\\x1b[0m shop')\nprint('10 %\\r50 %\\rall done')\nprint('plain')\nreturn {}";
    let test = start(&[("t", &job(body))]).await;
    let run_id = test.run("t").await.summary.run_id;
    for (text, wanted) in [
        ("the north shop", 1),
        ("ALL DONE", 1),
        ("plain", 1),
        ("[31m", 0),
        ("50 %", 0),
    ] {
        let filter = LogFilter {
            text: Some(text.to_owned()),
            ..LogFilter::default()
        };
        let counted = test
            .engine
            .logs
            .count_matching(&run_id, &filter, 0)
            .await
            .unwrap();
        assert_eq!(counted.all, wanted, "{text}");
    }
    let lines = test.engine.logs.after(&run_id, 0, 10).await.unwrap();
    assert!(lines[0].text.contains('\u{1b}'), "its colours stay");
    test.stop().await;
}
