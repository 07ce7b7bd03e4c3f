use std::collections::BTreeSet;
use std::sync::Arc;

use domain::params::{FieldError, FileRef, ParamSpec, Typed, declare, fields};
use hydration_context::SsrSharedContext;
use serde_json::{Value, json};

use super::*;

/// A form of one parameter, as its page draws it.
struct Drawn {
    specs: Vec<ParamSpec>,
    typed: Typed,
    saved: BTreeSet<String>,
    errors: Vec<FieldError>,
    about: About,
}

impl Drawn {
    fn required(entry: Value) -> Self {
        Self::of(declare(&[entry], &[]).unwrap().specs)
    }

    fn optional(entry: Value) -> Self {
        Self::of(declare(&[], &[entry]).unwrap().specs)
    }

    fn of(specs: Vec<ParamSpec>) -> Self {
        Self {
            specs,
            typed: Typed::default(),
            saved: BTreeSet::new(),
            errors: Vec::new(),
            about: About::default(),
        }
    }

    /// With this typed into the first field.
    fn typed(mut self, texts: &[&str]) -> Self {
        let name = self.specs[0].name.clone();
        self.typed.set_all(&name, texts.iter().copied());
        self
    }

    fn saved(mut self) -> Self {
        self.saved.insert(self.specs[0].name.clone());
        self
    }

    fn wrong(mut self, message: &str) -> Self {
        self.errors = vec![FieldError {
            name: self.specs[0].name.clone(),
            input: self.specs[0].input_name(),
            message: message.to_owned(),
        }];
        self
    }

    fn about(self, about: About) -> Self {
        Self { about, ..self }
    }

    fn html(self) -> String {
        let field = fields(&self.specs, &self.typed, &self.saved, &self.errors).remove(0);
        let about = self.about;
        let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
        owner.with(|| view! { <ParamInput field about /> }.to_html())
    }
}

/// The tags of one element in a page, without what stands in them.
fn tags<'a>(html: &'a str, element: &str) -> Vec<&'a str> {
    html.split('<')
        .filter(|part| part.starts_with(element))
        .map(|part| part.split('>').next().unwrap_or_default())
        .collect()
}

fn assert_has(html: &str, parts: &[&str]) {
    for part in parts {
        assert!(html.contains(part), "{part} in {html}");
    }
}

/// One parameter of each type, with the element and the attributes that it is drawn with.
fn every_type() -> Vec<(Value, &'static str, Vec<&'static str>)> {
    let choices = json!(["eu", "us"]);
    vec![
        (
            json!({"type": "text"}),
            "input",
            vec!["type=\"text\"", "value=\"eu\""],
        ),
        (json!({"type": "textarea"}), "textarea", vec!["rows=\"4\""]),
        (
            json!({"type": "password"}),
            "input",
            vec!["type=\"password\"", "autocomplete=\"new-password\""],
        ),
        (
            json!({"type": "number"}),
            "input",
            vec!["inputmode=\"decimal\"", "value=\"eu\""],
        ),
        (json!({"type": "integer"}), "input", vec!["inputmode=\"numeric\""]),
        (
            json!({"type": "checkbox"}),
            "input",
            vec!["type=\"checkbox\"", "value=\"on\"", "checked"],
        ),
        (
            json!({"type": "select", "options": choices}),
            "input",
            vec!["type=\"radio\"", "value=\"eu\"", "checked"],
        ),
        (
            json!({"type": "select", "options": ["eu", 2, 3, 4, 5, 6]}),
            "select",
            vec!["class=\"input input-long\""],
        ),
        (
            json!({"type": "radio", "options": choices}),
            "input",
            vec!["type=\"radio\"", "checked"],
        ),
        (
            json!({"type": "multiselect", "options": choices}),
            "input",
            vec!["type=\"checkbox\"", "value=\"eu\"", "checked"],
        ),
        (json!({"type": "date"}), "input", vec!["type=\"date\""]),
        (json!({"type": "time"}), "input", vec!["type=\"time\""]),
        (
            json!({"type": "datetime"}),
            "input",
            vec!["type=\"datetime-local\""],
        ),
        (
            json!({"type": "duration"}),
            "input",
            vec!["type=\"text\"", "value=\"eu\""],
        ),
        (json!({"type": "email"}), "input", vec!["type=\"email\""]),
        (json!({"type": "url"}), "input", vec!["type=\"url\""]),
        (
            json!({"type": "json"}),
            "textarea",
            vec!["spellcheck=\"false\"", "is-code"],
        ),
        (json!({"type": "list"}), "textarea", vec!["rows=\"4\""]),
        (
            json!({"type": "file", "accept": [".csv"]}),
            "input",
            vec!["type=\"file\"", "accept=\".csv\""],
        ),
    ]
}

#[test]
fn every_type_has_an_input_with_its_id_and_name_that_hint_and_error_describe() {
    for (mut entry, element, parts) in every_type() {
        entry["name"] = json!("field");
        entry["description"] = json!("What it is for");
        let kind = entry["type"].clone();
        let html = Drawn::required(entry).typed(&["eu"]).wrong("Mend it").html();
        let input = tags(&html, element)
            .into_iter()
            .find(|tag| tag.contains("id=\"param.field\""))
            .unwrap_or_else(|| panic!("{kind}: {html}"));
        assert_has(input, &["name=\"param.field\""]);
        assert_has(input, &parts);
        // Either the input itself is described or the group that it is the first of.
        let described = html
            .split("aria-describedby=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next());
        let described: Vec<&str> = described.flat_map(str::split_whitespace).collect();
        for id in ["param.field-hint", "param.field-error"] {
            assert!(described.contains(&id), "{kind}: {id} in {html}");
            assert!(html.contains(&format!("id=\"{id}\"")), "{kind}: {id} in {html}");
        }
        assert_has(&html, &["What it is for.", "Mend it"]);
        let is_named = html.contains("<label for=\"param.field\"") || html.contains("<legend>");
        assert!(is_named, "{kind}: {html}");
    }
}

#[test]
fn f27_nothing_that_an_author_or_a_person_wrote_leaves_its_place() {
    let evil = "\"><script>alert(1)</script></textarea><b onmouseover=\"x";
    for (mut entry, _, _) in every_type() {
        entry["name"] = json!("field");
        for key in ["label", "description", "placeholder", "unit"] {
            entry[key] = json!(evil);
        }
        if entry.get("options").is_some() {
            entry["options"] = json!([{"value": evil, "label": evil}, "b"]);
        }
        let kind = entry["type"].clone();
        let note = About {
            note: Some(evil.to_owned()),
            ..About::default()
        };
        let html = Drawn::optional(entry)
            .typed(&[evil])
            .wrong(evil)
            .about(note)
            .html();
        assert!(
            !html.contains("<script") && !html.contains("<b "),
            "{kind}: {html}"
        );
    }
}

#[test]
fn s14_a_password_is_drawn_empty_whatever_was_typed() {
    let html = Drawn::required(json!({"name": "key", "type": "password"}))
        .typed(&["CANARY"])
        .html();
    assert!(!html.contains("CANARY") && !html.contains(" value="), "{html}");
}

#[test]
fn only_a_saved_password_or_file_that_may_be_missing_can_be_removed() {
    let key = json!({"name": "key", "type": "password"});
    assert_has(
        &Drawn::optional(key.clone()).saved().html(),
        &["name=\"param.key.clear\""],
    );
    assert!(!Drawn::optional(key.clone()).html().contains(".clear"));
    assert!(!Drawn::required(key).saved().html().contains(".clear"));
    let report = json!({"name": "report", "type": "file"});
    let kept = |mut drawn: Drawn| {
        let file = FileRef {
            id: "7".to_owned(),
            name: "old.csv".to_owned(),
            size: 3,
        };
        let values = serde_json::Map::from_iter([("report".to_owned(), file.to_value())]);
        drawn.typed.keep_files(&drawn.specs.clone(), &values);
        drawn.saved().html()
    };
    assert_has(
        &kept(Drawn::optional(report.clone())),
        &["name=\"param.report.clear\""],
    );
    assert!(!kept(Drawn::required(report)).contains(".clear"));
}

#[test]
fn typed_text_comes_back_whole() {
    let html = Drawn::optional(json!("note"))
        .typed(&["\" autofocus onfocus=\"x"])
        .html();
    assert_has(
        &html,
        &["value=\"&quot; autofocus onfocus=&quot;x\"", "(optional)"],
    );
    let lines = Drawn::optional(json!({"name": "note", "type": "textarea"}));
    let html = lines.typed(&["\n a <b> &amp;\nlast"]).html();
    // HTML drops one line break after the tag; the second is the one that was typed.
    assert_has(&html, &[">\n\n a &lt;b> &amp;amp;\nlast</textarea>"]);
}

#[test]
fn few_choices_are_radios_whose_first_carries_the_field_s_id_and_many_are_a_list() {
    let few = json!({"name": "r", "type": "select", "options": ["a", "b"]});
    let html = Drawn::required(few.clone()).typed(&["b"]).html();
    assert_has(&html, &["type=\"radio\" id=\"param.r\"", "value=\"b\" checked"]);
    assert!(!html.contains(">None<"), "{html}");
    assert_has(&Drawn::optional(few).html(), &[">None</label>"]);
    let numbers: Vec<u32> = (0..6).collect();
    let many = json!({"name": "r", "type": "select", "options": numbers});
    let html = Drawn::required(many.clone()).typed(&["3"]).html();
    assert_has(
        &html,
        &["<select id=\"param.r\"", "value=\"3\" selected", ">Select one<"],
    );
    assert_has(&Drawn::optional(many).html(), &["<option value=\"\">None<"]);
    let side_by_side = json!({"name": "r", "type": "radio", "options": numbers});
    assert_eq!(
        Drawn::required(side_by_side)
            .html()
            .matches("type=\"radio\"")
            .count(),
        6
    );
}

#[test]
fn any_number_of_choices_share_a_name_and_a_long_list_says_how_many_are_chosen() {
    let entry =
        |count: u32| json!({"name": "r", "type": "multiselect", "options": (0..count).collect::<Vec<_>>()});
    let short = Drawn::required(entry(12)).typed(&["0", "11"]).html();
    assert_eq!(short.matches("name=\"param.r\"").count(), 12);
    assert_eq!(short.matches(" checked").count(), 2);
    assert_has(&short, &["id=\"param.r\"", "id=\"param.r-11\""]);
    assert!(!short.contains("is-long"), "{short}");
    let long = Drawn::required(entry(13)).typed(&["0", "12"]).html();
    assert_has(&long, &["is-long", "id=\"param.r-count\"", "2 of 13 chosen"]);
}

#[test]
fn a_moment_has_an_input_for_its_zone_that_offers_all_zones() {
    let mut drawn = Drawn::optional(json!({"name": "at", "type": "datetime"})).typed(&["2026-03-29T09:30"]);
    drawn.typed.set_zone("at", "Europe/Paris");
    let html = drawn.html();
    assert_has(
        &html,
        &[
            "value=\"2026-03-29T09:30\"",
            "name=\"param.at.zone\"",
            "value=\"Europe/Paris\"",
            "list=\"zones\"",
        ],
    );
    let owner = Owner::new();
    let names = owner.with(|| view! { <ZoneNames /> }.to_html());
    assert_has(&names, &["<datalist id=\"zones\">", "value=\"Europe/Paris\""]);
}

#[test]
fn a_number_tells_its_unit_behind_the_field_and_to_screen_readers() {
    let html = Drawn::required(json!({"name": "n", "type": "number", "unit": "MB"})).html();
    assert_has(
        &html,
        &[
            "id=\"param.n-unit\" class=\"unit\">MB<",
            "aria-describedby=\"param.n-unit ",
        ],
    );
}

#[test]
fn a_file_that_arrived_travels_on_with_the_form() {
    let about = About {
        upload: Some("id-7".to_owned()),
        ..About::default()
    };
    let html = Drawn::required(json!({"name": "f", "type": "file"}))
        .about(about)
        .html();
    assert_has(&html, &["type=\"hidden\" name=\"param.f.upload\" value=\"id-7\""]);
    assert_eq!(upload_input("param.f"), "param.f.upload");
}

#[test]
fn credentials_are_a_list_of_names_and_where_there_is_none_a_sentence_to_lead_to() {
    let entry = json!({"name": "shop", "type": "credential"});
    let html = Drawn::required(entry.clone()).html();
    assert_has(&html, &["id=\"param.shop\"", "No credential is saved yet"]);
    let mut drawn = Drawn::required(entry);
    drawn.specs[0].choices_mut().unwrap().list = vec![domain::params::Choice {
        value: json!({"$credential": {"id": "c-1", "name": "Shop"}}),
        label: "Shop".to_owned(),
    }];
    let html = drawn.typed(&["c-1"]).html();
    assert_has(
        &html,
        &["<select id=\"param.shop\"", "value=\"c-1\" selected", ">Shop<"],
    );
}

#[test]
fn a_list_that_could_not_be_loaded_is_typed_and_can_be_loaded_again() {
    let mut drawn = Drawn::required(json!({"name": "r", "type": "select", "options_from": "regions"}));
    drawn.specs[0].choices_mut().unwrap().problem =
        Some("The list could not be loaded: the service is away".to_owned());
    let about = About {
        link: Some(("/tasks/t?refresh=choices".to_owned(), "Load again".to_owned())),
        ..About::default()
    };
    let html = drawn.about(about).html();
    assert_has(
        &html,
        &[
            "type=\"text\"",
            "the service is away",
            "href=\"/tasks/t?refresh=choices\"",
            "Load again",
        ],
    );
}

#[test]
fn a_field_that_depends_on_another_says_so_and_is_marked_while_it_is_not_asked_for() {
    let specs = declare(
        &[],
        &[
            json!({"name": "day", "type": "text", "depends_on": {"mode": "weekly"}}),
            json!({"name": "mode", "type": "select", "options": ["daily", "weekly"]}),
        ],
    );
    let mut drawn = Drawn::of(specs.unwrap().specs);
    drawn.typed.set("mode", "daily");
    let html = drawn.html();
    assert_has(
        &html,
        &[
            "class=\"dependent is-unmet\"",
            "id=\"param.day-asked\"",
            "Only used when \"Mode\" is \"weekly\".",
        ],
    );
}

#[test]
fn among_several_of_which_one_is_needed_none_is_called_optional() {
    let about = About {
        is_one_of: true,
        ..About::default()
    };
    assert!(
        !Drawn::optional(json!("url"))
            .about(about)
            .html()
            .contains("(optional)")
    );
}
