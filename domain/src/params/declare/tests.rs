use serde_json::{Value, json};

use super::super::spec::{Choice, Choices, FileRules, Limits, NumberRules, ParamKind};
use super::super::testing::{now, problems};
use super::super::{fields, initial_values};
use super::*;

fn first(entry: Value) -> (ParamSpec, Vec<String>) {
    let mut declared = declare(&[], &[entry]).unwrap();
    (declared.specs.remove(0), declared.warnings)
}

fn kind(entry: Value) -> ParamKind {
    let (spec, warnings) = first(entry);
    assert_eq!(warnings, Vec::<String>::new());
    spec.kind
}

fn number(whole: bool) -> ParamKind {
    ParamKind::Number(NumberRules {
        whole,
        ..NumberRules::default()
    })
}

#[test]
fn the_readme_sample_becomes_a_password_and_a_whole_number() {
    let declared = declare(
        &[json!({"name": "api_key", "label": "API Key", "type": "password",
                 "description": "API key for external service"})],
        &[json!({"name": "batch_size", "label": "Batch Size", "type": "number", "default": 100})],
    )
    .unwrap();
    assert_eq!(declared.specs[0].kind, ParamKind::Password);
    assert!(declared.specs[0].required);
    assert_eq!(declared.specs[1].kind, number(true));
    assert_eq!(declared.specs[1].default, Some(json!(100)));
    assert!(!declared.specs[1].required);
    assert!(declared.warnings.is_empty());
}

#[test]
fn a_plain_string_is_a_text_parameter_with_a_readable_label() {
    let declared = declare(&[json!("folder_id")], &[]).unwrap();
    assert_eq!(declared.specs[0].label, "Folder id");
    assert_eq!(declared.specs[0].kind, ParamKind::Text(Limits::default()));
}

#[test]
fn f67_each_mistake_in_a_declaration_names_its_entry() {
    let cases = [
        (vec![json!(3)], "REQUIRED_PARAMS, entry 1"),
        (vec![json!([["nested"]])], "not [[\"nested\"]]"),
        (vec![json!(null)], "entry 1"),
        (vec![json!("ok"), json!({"label": "No name"})], "entry 2"),
        (vec![json!({"name": ["a"]})], "not [\"a\"]"),
        (vec![json!({"name": "self"})], "self"),
        (vec![json!({"name": "settings"})], "settings"),
        (vec![json!({"name": "__class__"})], "__class__"),
        (vec![json!({"name": "two words"})], "two words"),
        (vec![json!({"name": "9lives"})], "9lives"),
        (vec![json!({"name": "größe"})], "größe"),
        (vec![json!("")], "entry 1"),
        (vec![json!("x".repeat(65))], "entry 1"),
        (
            vec![json!("a"), json!("a")],
            "\"a\" is declared twice; the second time in REQUIRED_PARAMS, entry 2",
        ),
        (
            vec![json!({"name": "c", "type": "select"})],
            "\"c\" is a select, so it needs \"options\"",
        ),
        (
            vec![json!({"name": "c", "type": "radio", "options": []})],
            "\"c\" is a radio",
        ),
        (
            vec![json!({"name": "c", "type": "multiselect", "options": "a,b"})],
            "\"c\" is a multiselect",
        ),
        (
            vec![json!({"name": "n", "type": "number", "default": "many"})],
            "\"many\"",
        ),
        (vec![json!({"name": "n", "type": "int", "default": 1.5})], "1.5"),
        (
            vec![json!({"name": "n", "type": "number", "default": true})],
            "true",
        ),
        (
            vec![json!({"name": "c", "type": "checkbox", "default": "maybe"})],
            "\"maybe\"",
        ),
        (
            vec![json!({"name": "d", "type": "date", "default": "2026-02-31"})],
            "2026-02-31",
        ),
        (
            vec![json!({"name": "d", "type": "time", "default": "25:00"})],
            "25:00",
        ),
        (
            vec![json!({"name": "d", "type": "datetime", "default": "soon"})],
            "soon",
        ),
        (
            vec![json!({"name": "d", "type": "duration", "default": "a while"})],
            "a while",
        ),
        (
            vec![json!({"name": "l", "type": "list", "default": {"a": 1}})],
            "type \"list\"",
        ),
        (
            vec![json!({"name": "t", "type": "text", "default": ["a"]})],
            "type \"text\"",
        ),
        (
            vec![json!({"name": "s", "type": "select", "options": ["a"], "default": "b"})],
            "\"b\"",
        ),
        (
            vec![json!({"name": "m", "type": "multiselect", "options": ["a"], "default": ["a", "b"]})],
            "\"m\"",
        ),
    ];
    for (entries, expected) in cases {
        let problem = declare(&entries, &[]).unwrap_err().to_string();
        assert!(problem.contains(expected), "{problem} should mention {expected}");
    }
}

#[test]
fn f67_the_same_name_in_both_lists_is_declared_twice() {
    let problem = declare(&[json!("x")], &[json!({"name": "x"})]).unwrap_err();
    assert_eq!(
        problem.to_string(),
        "The parameter \"x\" is declared twice; the second time in OPTIONAL_PARAMS, entry 1"
    );
}

#[test]
fn f67_ten_thousand_parameters_are_refused_with_their_number() {
    let many: Vec<Value> = (0..10_000).map(|index| json!(format!("p{index}"))).collect();
    let problem = declare(&[], &many).unwrap_err();
    assert!(
        problem.to_string().contains("declare 10000 parameters"),
        "{problem}"
    );
    assert!(declare(&many[..200], &[]).is_ok());
}

#[test]
fn f67_a_huge_wrong_value_is_shortened_in_the_sentence() {
    let problem = declare(&[json!({"name": "x".repeat(100_000)})], &[]).unwrap_err();
    assert!(problem.to_string().len() < 200, "{problem}");
}

#[test]
fn f67_an_unknown_type_is_text_with_a_warning() {
    for (written, sentence) in [
        (
            json!("colour"),
            "The type \"colour\" of \"x\" is not known, so it is shown as text.",
        ),
        (
            json!("nubmer"),
            "The type \"nubmer\" of \"x\" is not known, so it is shown as text. Was \"number\" meant?",
        ),
        (
            json!(5),
            "The type 5 of \"x\" is not known, so it is shown as text.",
        ),
    ] {
        let (spec, warnings) = first(json!({"name": "x", "type": written}));
        assert_eq!(spec.kind, ParamKind::Text(Limits::default()));
        assert_eq!(warnings, [sentence]);
    }
}

#[test]
fn without_a_type_the_other_keys_say_what_it_is() {
    let choices = |list: &[&str]| Choices {
        list: list
            .iter()
            .map(|text| Choice {
                value: json!(text),
                label: (*text).to_owned(),
            })
            .collect(),
        ..Choices::default()
    };
    let cases = [
        (json!({"name": "x"}), ParamKind::Text(Limits::default())),
        (
            json!({"name": "x", "type": null, "default": "a"}),
            ParamKind::Text(Limits::default()),
        ),
        (json!({"name": "x", "default": true}), ParamKind::Checkbox),
        (json!({"name": "x", "default": 5}), number(true)),
        (json!({"name": "x", "default": 0.5}), number(false)),
        (
            json!({"name": "x", "default": ["a"]}),
            ParamKind::List(Limits::default()),
        ),
        (json!({"name": "x", "default": [{"a": 1}]}), ParamKind::Json),
        (json!({"name": "x", "default": {"a": 1}}), ParamKind::Json),
        (
            json!({"name": "x", "options": ["a", "b"]}),
            ParamKind::Select(choices(&["a", "b"])),
        ),
        (
            json!({"name": "x", "options": ["a", "b"], "default": ["a"]}),
            ParamKind::MultiSelect(choices(&["a", "b"])),
        ),
        (
            json!({"name": "x", "type": "tags"}),
            ParamKind::List(Limits::default()),
        ),
        (
            json!({"name": "x", "type": "tags", "options": ["a"]}),
            ParamKind::MultiSelect(choices(&["a"])),
        ),
    ];
    for (entry, expected) in cases {
        assert_eq!(kind(entry.clone()), expected, "{entry}");
    }
}

#[test]
fn text_or_list_with_options_becomes_a_choice_and_says_so() {
    let (spec, warnings) = first(json!({"name": "x", "type": "string", "options": ["a"]}));
    assert!(matches!(spec.kind, ParamKind::Select(_)));
    assert_eq!(
        warnings,
        ["\"x\" has options, so it is shown as a select. Write \"type\": \"select\"."]
    );
    let (spec, warnings) = first(json!({"name": "x", "type": "list", "options": ["a"]}));
    assert!(matches!(spec.kind, ParamKind::MultiSelect(_)));
    assert_eq!(warnings.len(), 1);
}

#[test]
fn every_key_has_its_place_and_its_other_names() {
    let (spec, warnings) = first(
        json!({"name": "x", "title": "Code", "help_text": "Two letters", "type": "str",
        "min_length": 2, "maximum": 2, "pattern": "[A-Z]+", "message": "Enter capitals", "placeholder": "AB",
        "group": "Place", "advanced": true, "default": "EU", "required": false}),
    );
    assert_eq!(warnings, Vec::<String>::new());
    assert_eq!(
        (spec.label.as_str(), spec.description.as_deref()),
        ("Code", Some("Two letters"))
    );
    assert_eq!(
        spec.kind,
        ParamKind::Text(Limits {
            min: Some(2),
            max: Some(2)
        })
    );
    let pattern = spec.pattern.unwrap();
    assert_eq!(
        (pattern.regex.as_str(), pattern.message.as_deref()),
        ("[A-Z]+", Some("Enter capitals"))
    );
    assert_eq!(
        (spec.placeholder.as_deref(), spec.group.as_deref()),
        (Some("AB"), Some("Place"))
    );
    assert!(spec.advanced && spec.default == Some(json!("EU")));
    let (spec, _) = first(json!({"name": "x", "pattern": {"regex": "a+", "message": "Only a"}}));
    assert_eq!(spec.pattern.unwrap().message.as_deref(), Some("Only a"));
    let rules = kind(json!({"name": "x", "type": "upload", "accept": ".CSV, *.txt", "max_mb": 1.5}));
    assert_eq!(
        rules,
        ParamKind::File(FileRules {
            accept: vec![".csv".into(), ".txt".into()],
            max_bytes: Some(1_572_864)
        })
    );
    assert_eq!(
        kind(json!({"name": "x", "type": "duration", "min": 60, "max": "1 h"})),
        ParamKind::Duration(Limits {
            min: Some(60),
            max: Some(3600)
        })
    );
}

#[test]
fn unknown_and_useless_keys_are_named_with_the_one_that_was_meant() {
    for (entry, sentence) in [
        (
            json!({"name": "x", "lable": "X"}),
            "The key \"lable\" of \"x\" is not known and is ignored. Was \"label\" meant?",
        ),
        (
            json!({"name": "x", "colour": "red"}),
            "The key \"colour\" of \"x\" is not known and is ignored.",
        ),
        (
            json!({"name": "x", "type": "checkbox", "min": 1}),
            "\"min\" of \"x\" is ignored: it has no meaning for the type \"checkbox\".",
        ),
        (
            json!({"name": "x", "label": "A", "title": "B"}),
            "\"title\" of \"x\" is ignored, because it also has \"label\".",
        ),
    ] {
        assert_eq!(first(entry).1, [sentence]);
    }
}

#[test]
fn the_key_required_makes_an_optional_parameter_required_but_not_the_reverse() {
    let (spec, warnings) = first(json!({"name": "x", "required": true}));
    assert!(spec.required && warnings.is_empty(), "{warnings:?}");
    let declared = declare(&[json!({"name": "x", "required": false})], &[]).unwrap();
    assert!(declared.specs[0].required);
    assert_eq!(
        declared.warnings,
        ["\"required\" of \"x\" contradicts its list: it stands in REQUIRED_PARAMS, so it is required."]
    );
}

#[test]
fn a_wrong_value_of_a_key_is_ignored_with_a_warning() {
    for (entry, part) in [
        (
            json!({"name": "x", "type": "number", "min": "low"}),
            "\"min\" of \"x\" is ignored: it must be a number, not \"low\".",
        ),
        (
            json!({"name": "x", "type": "number", "min": 5, "max": 1}),
            "the smallest is larger than the largest",
        ),
        (
            json!({"name": "x", "type": "number", "step": 0}),
            "a number above 0, not 0",
        ),
        (
            json!({"name": "x", "type": "int", "step": 0.5}),
            "a whole number, not 0.5",
        ),
        (
            json!({"name": "x", "min": -1}),
            "a whole number, 0 or more, not -1",
        ),
        (
            json!({"name": "x", "type": "date", "max": "2026-02-30"}),
            "a date such as",
        ),
        (
            json!({"name": "x", "type": "datetime", "min": 5}),
            "a date and time such as",
        ),
        (
            json!({"name": "x", "type": "duration", "min": "long"}),
            "a number of seconds or",
        ),
        (
            json!({"name": "x", "pattern": "("}),
            "\"pattern\" of \"x\" is ignored, because it cannot be read",
        ),
        (json!({"name": "x", "pattern": "(?=a)a"}), "Look-ahead"),
        (json!({"name": "x", "pattern": "(a{1000}){1000}"}), "\"pattern\""),
        (json!({"name": "x", "pattern": 5}), "a regular expression, not 5"),
        (json!({"name": "x", "advanced": "yes"}), "True or False"),
        (json!({"name": "x", "label": ["a"]}), "\"label\""),
        (
            json!({"name": "x", "type": "file", "accept": ["text/csv"]}),
            "endings such as",
        ),
        (json!({"name": "x", "type": "file", "max_mb": 0}), "\"max_mb\""),
    ] {
        let (spec, warnings) = first(entry.clone());
        assert_eq!(warnings.len(), 1, "{entry} {warnings:?}");
        assert!(
            warnings[0].contains(part),
            "{} should contain {part}",
            warnings[0]
        );
        assert!(spec.pattern.is_none());
    }
}

#[test]
fn the_page_for_authors_names_every_type_key_and_other_name() {
    let page = include_str!("../../../../docs/parameters.md");
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with('|')).collect();
    let has_row = |own: &str, others: &[&str]| {
        let is_own = |row: &&&str| {
            row.split('|')
                .nth(1)
                .is_some_and(|cell| cell.contains(&format!("`{own}`")))
        };
        let row_has = |row: &str, name: &str| {
            row.split('|')
                .nth(2)
                .is_some_and(|cell| cell.contains(&format!("`{name}`")))
        };
        rows.iter()
            .filter(is_own)
            .any(|row| others.iter().all(|name| row_has(row, name)))
    };
    let types = super::types::TYPES
        .iter()
        .map(|(_, names)| (names[0], &names[1..]));
    let keys = super::entry::PARAM_KEYS.iter().chain(super::entry::GROUP_KEYS);
    for (own, others) in types.chain(keys.copied()) {
        assert!(
            has_row(own, others),
            "docs/parameters.md lacks a row for {own} with {others:?}"
        );
    }
}

#[test]
fn f67_whatever_is_written_anywhere_declares_or_says_why_and_never_panics() {
    let long = "x".repeat(10_000);
    let odd = [
        json!(true),
        json!(-1),
        json!(0),
        json!(1e308),
        json!(u64::MAX),
        json!(""),
        json!("  "),
        json!("é"),
        json!(long),
        json!([]),
        json!([[]]),
        json!({}),
        json!({"a": {"b": []}}),
        json!([null, 1, "a", [1, 2, 3]]),
        json!({"regex": 1}),
        json!({"param": "x"}),
        json!({"name": ["x"]}),
        json!("2026-13-99T99:99"),
        json!("1:2:3:4"),
    ];
    let mut read = 0;
    for (_, names) in super::types::TYPES {
        for (key, _) in super::entry::PARAM_KEYS
            .iter()
            .filter(|(key, _)| !["name", "type"].contains(key))
        {
            for value in &odd {
                let mut entry = json!({"name": "x", "type": names[0], "options": ["a"]});
                entry[*key] = value.clone();
                let Ok(declared) = declare(&[entry], &[]) else {
                    continue;
                };
                read += 1;
                assert!(
                    declared
                        .warnings
                        .iter()
                        .all(|sentence| sentence.len() < 1000 && sentence.contains("\"x\""))
                );
                let typed = initial_values(&declared.specs, None, now());
                let errors = problems(&declared.specs, &[], &typed);
                let shown = fields(&declared.specs, &typed, &BTreeSet::new(), &errors);
                // A default that was accepted also passes the form.
                let is_prefilled =
                    declared.specs[0].default.is_some() && declared.specs[0].kind.name() != "credential";
                let is_listed = declared.specs[0]
                    .choices()
                    .is_none_or(|choices| choices.from.is_none());
                assert!(
                    !(is_prefilled && is_listed) || errors.is_empty(),
                    "{key} {value} {errors:?}"
                );
                assert_eq!(shown.len(), 1);
            }
        }
    }
    assert!(read > 3000, "{read}");
}
