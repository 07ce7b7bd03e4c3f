//! Named sets of values for a task.

use engine::credentials::CredentialError;
use engine::presets::PresetError;
use serde_json::{Map, Value, json};

use crate::common::start;
use domain::secret::Secret;

fn values(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(values) => values,
        _ => Map::new(),
    }
}

#[tokio::test]
async fn a_preset_is_made_found_replaced_and_deleted() {
    let test = start(&[]).await;
    let presets = &test.engine.presets;
    let ten = values(json!({"rows": 10, "note": null}));
    let id = presets
        .create("t", " Test  with\n10 rows ", &ten, "ann")
        .await
        .unwrap();
    let other = presets.create("t", "Äpfel", &Map::new(), "ann").await.unwrap();
    presets.create("u", "Äpfel", &Map::new(), "ann").await.unwrap();
    let list = presets.list_for_task("t").await.unwrap();
    let names: Vec<_> = list.iter().map(|preset| preset.name.as_str()).collect();
    assert_eq!(names, ["Test with 10 rows", "Äpfel"]);
    assert_eq!((&list[0].values, list[0].updated_by.as_str()), (&ten, "ann"));
    let twenty = values(json!({"rows": 20}));
    presets
        .replace(&id, "Test with 20 rows", &twenty, "bob")
        .await
        .unwrap();
    let found = presets.find(&id).await.unwrap().unwrap();
    assert_eq!(
        (found.name.as_str(), &found.values, found.updated_by.as_str()),
        ("Test with 20 rows", &twenty, "bob")
    );
    assert!(found.updated_at >= list[0].updated_at);
    presets.delete(&id).await.unwrap();
    assert_eq!(presets.find(&id).await.unwrap(), None);
    let refused = presets.replace(&id, "x", &twenty, "bob").await;
    assert!(matches!(refused, Err(PresetError::NotFound)));
    assert_eq!(presets.list_for_task("t").await.unwrap()[0].id, other);
}

#[tokio::test]
async fn names_of_presets_are_one_line_and_unique_within_the_task_in_all_capitals() {
    let test = start(&[]).await;
    let presets = &test.engine.presets;
    let none = Map::new();
    let id = presets.create("t", "Monthly Größe", &none, "ann").await.unwrap();
    let other = presets.create("t", "Weekly", &none, "ann").await.unwrap();
    for taken in ["monthly größe", "MONTHLY GRÖßE", " Monthly\tGröße "] {
        let refused = presets.create("t", taken, &none, "ann").await;
        assert!(matches!(refused, Err(PresetError::NameTaken)), "{taken}");
        let refused = presets.replace(&other, taken, &none, "ann").await;
        assert!(matches!(refused, Err(PresetError::NameTaken)), "{taken}");
    }
    presets.replace(&id, "MONTHLY GRÖßE", &none, "ann").await.unwrap();
    for (name, is_right) in [
        (" \n ".to_owned(), false),
        ("x".repeat(101), false),
        ("ä".repeat(100), true),
    ] {
        let made = presets.create("t", &name, &none, "ann").await;
        assert_eq!(made.is_ok(), is_right, "{name}");
    }
    // However many people press at once, one has the name.
    let at_once = (0..8).map(|_| presets.create("t", "Same", &none, "ann"));
    let made = futures::future::join_all(at_once).await;
    assert_eq!(made.iter().filter(|each| each.is_ok()).count(), 1);
    let refused = made.iter().filter_map(|each| each.as_ref().err());
    assert!(
        refused
            .into_iter()
            .all(|error| matches!(error, PresetError::NameTaken))
    );
}

#[tokio::test]
async fn a_task_has_at_most_fifty_presets() {
    let test = start(&[]).await;
    let presets = &test.engine.presets;
    for number in 1..=50 {
        presets
            .create("t", &format!("p{number}"), &Map::new(), "ann")
            .await
            .unwrap();
    }
    let refused = presets.create("t", "one more", &Map::new(), "ann").await;
    assert_eq!(
        refused.unwrap_err().to_string(),
        "A task can have 50 presets. Delete one first"
    );
    presets.create("u", "one more", &Map::new(), "ann").await.unwrap();
}

#[tokio::test]
async fn a_credential_that_a_preset_uses_is_renamed_in_it_and_cannot_be_deleted() {
    let test = start(&[]).await;
    let (credentials, presets) = (&test.engine.credentials, &test.engine.presets);
    let shop = credentials.create("Shop", Secret::new("s"), "ann").await.unwrap();
    let uses = values(json!({"login": {"$credential": {"id": shop, "name": "Shop"}}}));
    let id = presets.create("t", "North", &uses, "ann").await.unwrap();
    assert_eq!(credentials.used_by(&shop).await.unwrap(), ["t"]);
    let refused = credentials.delete(&shop).await;
    assert!(matches!(refused, Err(CredentialError::InUse { tasks }) if tasks == ["t"]));
    credentials.rename(&shop, "Shop North", "ann").await.unwrap();
    let found = presets.find(&id).await.unwrap().unwrap();
    assert_eq!(found.values["login"]["$credential"]["name"], "Shop North");
    presets.delete(&id).await.unwrap();
    credentials.delete(&shop).await.unwrap();
}
