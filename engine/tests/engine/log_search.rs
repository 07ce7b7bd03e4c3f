//! Finding lines in a whole log.

use domain::run::{LogLevel, LogStream};
use engine::runs::LogFilter;

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
        let lines = logs.matching(&run_id, &filter, 0, 100).await.unwrap();
        assert_eq!(
            logs.count_matching(&run_id, &filter).await.unwrap(),
            i64::try_from(lines.len()).unwrap()
        );
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
