//! The environments that were built from requirements.txt files.

use domain::words;
use engine::environments::EnvironmentInfo;
use leptos::prelude::*;

use crate::components::time::When;

/// A table; nothing is drawn without environments.
#[component]
pub(super) fn Packages(environments: Vec<EnvironmentInfo>) -> AnyView {
    let rows: Vec<_> = environments
        .into_iter()
        .map(|environment| {
            let users = match environment.used_by.as_slice() {
                [] => "No task; it is removed after seven days".to_owned(),
                users => users.join(", "),
            };
            view! {
                <tr>
                    <th scope="row" data-label="Used by">
                        {users}
                    </th>
                    <td data-label="Size" class="number">
                        {words::bytes(environment.size)}
                    </td>
                    <td data-label="Last used">{environment.last_used.map(|at| view! { <When at /> })}</td>
                </tr>
            }
        })
        .collect();
    (!rows.is_empty())
        .then(|| {
            view! {
                <section class="section" aria-labelledby="packages-title">
                    <h2 id="packages-title">"Installed packages"</h2>
                    <table class="table">
                        <caption class="visually-hidden">"Environments, and the tasks that use them"</caption>
                        <thead>
                            <tr>
                                <th scope="col">"Used by"</th>
                                <th scope="col" class="number">
                                    "Size"
                                </th>
                                <th scope="col">"Last used"</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </section>
            }
        })
        .into_any()
}
