//! The first administrator, logins and the key file.

use crate::common::{config, start};
use domain::secret::Secret;
use engine::Engine;
use engine::auth::{LoginError, SetUpError};

#[tokio::test]
async fn s01_the_first_administrator_needs_the_printed_token_and_there_is_only_one_first() {
    let test = start(&[]).await;
    let accounts = &test.engine.accounts;
    let token = accounts.set_up_token().expose().to_owned();
    let password = Secret::new("correct horse battery");
    assert!(!accounts.is_set_up().await.unwrap());
    assert!(matches!(
        accounts.create_first("guess", "ann", &password).await,
        Err(SetUpError::WrongToken)
    ));
    assert!(matches!(
        accounts.create_first(&token, " ", &password).await,
        Err(SetUpError::Name(_))
    ));
    assert!(matches!(
        accounts.create_first(&token, "ann", &Secret::new("short")).await,
        Err(SetUpError::Password(_))
    ));
    let (one, two) = tokio::join!(
        accounts.create_first(&token, "ann", &password),
        accounts.create_first(&token, "eve", &password)
    );
    assert_eq!(
        [one.is_ok(), two.is_ok()]
            .iter()
            .filter(|created| **created)
            .count(),
        1
    );
    assert!(matches!(
        accounts.create_first(&token, "eve", &password).await,
        Err(SetUpError::AlreadyDone)
    ));
}

#[tokio::test]
async fn s04_a_session_opens_with_the_right_password_and_ends_at_logout() {
    let test = start(&[]).await;
    let accounts = &test.engine.accounts;
    let password = Secret::new("correct horse battery");
    accounts
        .create_first(accounts.set_up_token().expose(), "Ann", &password)
        .await
        .ok()
        .unwrap();
    assert!(matches!(
        accounts.login("ann", &Secret::new("wrong horse battery")).await,
        Err(LoginError::Wrong)
    ));
    assert!(matches!(
        accounts.login("nobody", &password).await,
        Err(LoginError::Wrong)
    ));
    let session = accounts.login("ann", &password).await.ok().unwrap();
    assert_eq!(
        accounts
            .find_by_session(session.expose())
            .await
            .unwrap()
            .unwrap()
            .name,
        "Ann"
    );
    assert_eq!(accounts.find_by_session("forged").await.unwrap(), None);
    accounts.logout(session.expose()).await.unwrap();
    assert_eq!(accounts.find_by_session(session.expose()).await.unwrap(), None);
}

#[tokio::test]
async fn f77_a_missing_or_foreign_key_file_is_refused_in_plain_words() {
    let test = start(&[]).await;
    let folder = test.stop().await;
    let key = folder.path().join("data/secret.key");
    let original = std::fs::read_to_string(&key).unwrap();
    let other = tempfile::tempdir().unwrap();
    Engine::open(config(&other)).await.unwrap();
    std::fs::copy(other.path().join("data/secret.key"), &key).unwrap();
    let refused = Engine::open(config(&folder)).await.err().unwrap().to_string();
    assert!(
        refused.contains("not the one this database was made with"),
        "{refused}"
    );
    std::fs::remove_file(&key).unwrap();
    let refused = Engine::open(config(&folder)).await.err().unwrap().to_string();
    assert!(refused.contains("is missing"), "{refused}");
    assert!(!key.exists());
    std::fs::write(&key, original).unwrap();
    std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    assert!(Engine::open(config(&folder)).await.is_ok());
}

#[tokio::test]
async fn databases_that_are_none_of_ours_are_refused_with_what_to_write_instead() {
    let folder = tempfile::tempdir().unwrap();
    let url = "oracle+oracledb://user:PASSWORD-7@db:1521/insightmesh_task".to_owned();
    let refused = Engine::open(engine::Config {
        database_url: Some(url),
        ..config(&folder)
    })
    .await
    .err()
    .unwrap();
    assert!(
        refused.to_string().contains("mysql://user:password@host")
            && !refused.to_string().contains("PASSWORD-7"),
        "{refused}"
    );
}
