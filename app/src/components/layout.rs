//! The document around every page: head, header, navigation, footer.

use leptos::config::LeptosOptions;
use leptos::prelude::*;

use super::icons::Logo;
use crate::islands::FindPalette;
use crate::render::Viewer;

/// Entries of the navigation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// What is going on.
    Home,
    /// Tasks and their settings and schedules.
    Tasks,
    /// What ran.
    Runs,
    /// Days on which schedules do not run.
    Calendars,
    /// Named secrets.
    Credentials,
    /// Whether the folders of tasks load.
    Doctor,
}

/// The whole document.
#[component]
pub fn Document(
    /// What the tab says before the product's name.
    title: String,
    /// The navigation's current entry.
    section: Option<Section>,
    /// Set where the page has islands.
    islands: Option<LeptosOptions>,
    /// Whether the page reloads by itself where no JavaScript runs.
    refresh: bool,
    /// The page.
    content: AnyView,
) -> AnyView {
    let refresh = refresh.then(|| view! { <noscript><meta http-equiv="refresh" content="5" /></noscript> });
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <title>{format!("{title} – InsightMesh Tasks")}</title>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="stylesheet" href="/main.css" />
                {islands.map(|options| view! { <HydrationScripts options islands=true /> })}
                {refresh}
            </head>
            <body>
                <a class="skip-link" href="#main">"Skip to the content"</a>
                <Header section />
                <main id="main" tabindex="-1">{content}</main>
                <Footer />
            </body>
        </html>
    }
    .into_any()
}

#[component]
fn Header(section: Option<Section>) -> AnyView {
    let account = Viewer::current().account;
    let entry = move |target: Section, address: &'static str, word: &'static str| {
        let current = (section == Some(target)).then_some("page");
        view! {
            <li>
                <a href=address aria-current=current>
                    {word}
                </a>
            </li>
        }
    };
    let menu = account.map(|account| {
        view! {
            <nav aria-label="Main">
                <ul class="nav">
                    {entry(Section::Home, "/", "Home")} {entry(Section::Tasks, "/tasks", "Tasks")} {entry(Section::Runs, "/runs", "Runs")}
                    {entry(Section::Calendars, "/calendars", "Calendars")}
                    {entry(Section::Credentials, "/credentials", "Credentials")}
                    {entry(Section::Doctor, "/doctor", "Doctor")}
                </ul>
            </nav>
            {view! { <FindPalette /> }.into_any()}
            <form class="account" method="post" action="/logout">
                <span class="account-name">
                    <span class="visually-hidden">"Signed in as "</span>
                    {account.name}
                </span>
                <button class="button button-quiet">"Sign out"</button>
            </form>
        }
    });
    view! {
        <header class="header">
            <div class="header-inner">
                <a class="brand" href="/">
                    <Logo />
                    <span>"InsightMesh " <span class="brand-product">"Tasks"</span></span>
                </a>
                {menu}
            </div>
        </header>
    }
    .into_any()
}

#[component]
fn Footer() -> AnyView {
    let viewer = Viewer::current();
    // Always here, so that it is found without looking (WCAG 3.2.6).
    let words = viewer.account.map(|_| {
        view! {
            <p>{format!("Times are in {}.", viewer.zone.name())}</p>
            <p>
                <a href="/help">"Help"</a>
            </p>
        }
    });
    view! { <footer class="footer">{words}</footer> }.into_any()
}
