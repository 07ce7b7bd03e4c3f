//! The day on which a credential's secret stops working: told by people, since no secret says it.

use chrono::NaiveDate;

use super::store::{Row, select_credentials, stored_day};
use super::{Credential, CredentialError, Credentials};
use crate::Error;
use crate::db::query;

impl Credentials {
    /// Says when the present secret stops working, or that nobody knows.
    pub async fn set_run_out(&self, id: &str, day: Option<NaiveDate>) -> Result<(), CredentialError> {
        // MySQL counts a row that stays the same as not changed.
        if self.find(id).await?.is_none() {
            return Err(CredentialError::NotFound);
        }
        query("UPDATE credentials SET runs_out_on = ? WHERE id = ?")
            .bind(day.map(stored_day))
            .bind(id)
            .execute(self.db.writer())
            .await?;
        Ok(())
    }

    /// Those whose secret stops working by a day, or has stopped before it; the first to do so first.
    pub async fn list_running_out(&self, by: NaiveDate) -> Result<Vec<Credential>, Error> {
        let rows: Vec<Row> = query(select_credentials!(
            "WHERE runs_out_on <= ? ORDER BY runs_out_on, id"
        ))
        .bind(stored_day(by))
        .fetch_all(self.db.reader())
        .await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}
