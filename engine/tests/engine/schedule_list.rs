//! Many schedules, a page at a time, and several paused at once.

use domain::schedule::{Plan, Rule};
use engine::scheduler::{Kept, Place, ScheduleFilter, ScheduleState};

use crate::common::{TestEngine, job, start};
use crate::database;

async fn make(test: &TestEngine, task: &str, rule: Rule) -> String {
    let plan = Plan::new(rule, chrono_tz::Tz::UTC);
    test.engine.schedules.create(task, plan, "ann").await.unwrap().id
}

async fn ids(test: &TestEngine, filter: &ScheduleFilter) -> Vec<String> {
    let page = test.engine.schedules.find_page(filter, 100).await.unwrap();
    page.schedules.into_iter().map(|schedule| schedule.id).collect()
}

#[tokio::test]
async fn pages_of_schedules_follow_each_other_both_ways_and_leave_none_out() {
    let test = start(&[]).await;
    let schedules = &test.engine.schedules;
    for hours in 1..=7 {
        // Two at a time come at the same moment.
        for _ in 0..2 {
            make(&test, "t", Rule::EveryHours(hours)).await;
        }
    }
    for _ in 0..5 {
        let id = make(&test, "t", Rule::EveryHours(1)).await;
        schedules.pause(&id).await.unwrap();
    }
    let all: Vec<String> = schedules
        .list()
        .await
        .unwrap()
        .into_iter()
        .map(|each| each.id)
        .collect();
    assert_eq!(all.len(), 19);
    let mut seen = Vec::new();
    let mut filter = ScheduleFilter::default();
    let last = loop {
        let page = schedules.find_page(&filter, 4).await.unwrap();
        assert_eq!(page.has_earlier, !seen.is_empty());
        let last = page.schedules.last().unwrap().clone();
        seen.extend(page.schedules.into_iter().map(|each| each.id));
        if !page.has_later {
            break last;
        }
        filter.at = Place::Behind(last.next_run_at, last.id);
    };
    assert_eq!(seen, all);
    let mut back = vec![last.id.clone()];
    filter.at = Place::Before(last.next_run_at, last.id);
    loop {
        let page = schedules.find_page(&filter, 4).await.unwrap();
        assert!(page.has_later);
        let first = page.schedules[0].clone();
        back.splice(0..0, page.schedules.into_iter().map(|each| each.id));
        if !page.has_earlier {
            break;
        }
        filter.at = Place::Before(first.next_run_at, first.id);
    }
    assert_eq!(back, all);
}

#[tokio::test]
async fn schedules_are_found_by_state_task_and_words_and_counted() {
    let test = start(&[]).await;
    let schedules = &test.engine.schedules;
    let clock = make(&test, "orders", Rule::EveryHours(1)).await;
    let after = make(&test, "Orders_100%", Rule::After(clock.clone())).await;
    let paused = make(&test, "mail", Rule::EveryHours(1)).await;
    schedules.pause(&paused).await.unwrap();
    let over = make(&test, "mail", Rule::EveryHours(1)).await;
    let forget = "UPDATE schedules SET next_run_at = NULL WHERE id = ?";
    database::change(&test, forget, &[&over]).await;

    let of = |state| ScheduleFilter {
        state: Some(state),
        ..ScheduleFilter::default()
    };
    assert_eq!(
        ids(&test, &of(ScheduleState::Active)).await,
        [clock.clone(), after.clone()]
    );
    assert_eq!(ids(&test, &of(ScheduleState::Paused)).await, [paused.as_str()]);
    assert_eq!(ids(&test, &of(ScheduleState::Over)).await, [over.as_str()]);
    let counts = schedules.count(&ScheduleFilter::default()).await.unwrap();
    assert_eq!(
        (counts.active, counts.paused, counts.over, counts.all()),
        (2, 1, 1, 4)
    );

    let with = |text: &str, tasks: &[&str]| ScheduleFilter {
        text: Some((
            text.to_owned(),
            tasks.iter().map(|task| (*task).to_owned()).collect(),
        )),
        ..ScheduleFilter::default()
    };
    assert_eq!(
        ids(&test, &with("ORDERS", &[])).await,
        [clock.clone(), after.clone()]
    );
    assert_eq!(ids(&test, &with("_100%", &[])).await, [after.as_str()]);
    assert_eq!(ids(&test, &with("%", &[])).await, [after]);
    // The title of the mail task holds the word.
    assert_eq!(ids(&test, &with("letter", &["mail"])).await.len(), 2);
    assert!(ids(&test, &with("letter", &[])).await.is_empty());
    let mail = ScheduleFilter {
        task: Some("mail".to_owned()),
        state: Some(ScheduleState::Active),
        ..ScheduleFilter::default()
    };
    assert!(ids(&test, &mail).await.is_empty());
    assert_eq!(schedules.count(&mail).await.unwrap().all(), 2, "in any state");
}

#[tokio::test]
async fn several_are_paused_at_once_and_only_those_go_on_when_it_is_taken_back() {
    let test = start(&[("t", &job("return {}"))]).await;
    let schedules = &test.engine.schedules;
    let mut all = Vec::new();
    for _ in 0..4 {
        all.push(make(&test, "t", Rule::EveryHours(1)).await);
    }
    schedules.pause(&all[0]).await.unwrap();
    let paused = schedules.pause_all(&all).await.unwrap();
    assert_eq!(paused.count, 3, "one was paused before");
    // Someone resumes and pauses one of them meanwhile: that is theirs.
    schedules.resume(&all[3]).await.unwrap();
    schedules.pause(&all[3]).await.unwrap();
    assert_eq!(schedules.take_back(&paused.id).await.unwrap(), 2);
    let is_paused = async |id: &String| schedules.find(id).await.unwrap().unwrap().paused;
    assert!(is_paused(&all[0]).await && is_paused(&all[3]).await);
    assert!(!is_paused(&all[1]).await && !is_paused(&all[2]).await);
    assert_eq!(schedules.take_back(&paused.id).await.unwrap(), 0, "once");

    let resumed = schedules.resume_all(&all).await.unwrap();
    assert_eq!(resumed.count, 2);
    let next = schedules.find(&all[0]).await.unwrap().unwrap().next_run_at;
    assert!(next.is_some());
    assert_eq!(schedules.take_back(&resumed.id).await.unwrap(), 2);
    assert!(is_paused(&all[0]).await && is_paused(&all[3]).await);
    assert!(!is_paused(&all[1]).await && !is_paused(&all[2]).await);
    assert_eq!(schedules.pause_all(&[]).await.unwrap().count, 0);
    test.stop().await;
}

#[tokio::test]
async fn of_the_last_occurrences_of_a_schedule_those_are_counted_that_ran() {
    let test = start(&[]).await;
    let id = make(&test, "t", Rule::EveryHours(1)).await;
    let kept = async || test.engine.schedules.last_kept(&id, 20).await.unwrap();
    assert_eq!(kept().await, Kept { due: 0, ran: 0 });
    let rows = [("success", 1), ("skipped", 1), ("failed", 1), ("skipped", 9)];
    for (number, (status, occurrences)) in rows.into_iter().enumerate() {
        let insert = format!(
            "INSERT INTO task_runs (run_id, task_name, status, triggered_by, schedule_id, scheduled_for, occurrences,
                 queued_at, task_config_snapshot, updated_at)
             VALUES ('r{number}', 't', '{status}', 'scheduler', '{id}', '2026-01-02 0{number}:00:00.000', {occurrences},
                 '2026-01-02 0{number}:00:00.000', '{{}}', '2026-01-02 0{number}:00:00.000')"
        );
        database::change(&test, &insert, &[]).await;
    }
    assert_eq!(kept().await, Kept { due: 12, ran: 2 });
    let last = test.engine.schedules.last_kept(&id, 10).await.unwrap();
    assert_eq!(last, Kept { due: 10, ran: 1 }, "the newest ten");
}
