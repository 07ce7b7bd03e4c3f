//! How logs look in this browser: which times, and whether long lines are wrapped. Sent with the form over a log and
//! kept in cookies, so that it holds for every log, and without JavaScript.

use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};

use super::log_filter::Asked;
use crate::islands::WRAP_COOKIE;

const TIME_COOKIE: &str = "insightmesh_log_time";
const NO: &str = "no";

/// How the time of a line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum LogTime {
    #[default]
    OfDay,
    SinceStart,
    None,
}

impl LogTime {
    pub(super) fn from_code(code: &str) -> Option<Self> {
        match code {
            "day" => Some(Self::OfDay),
            "since" => Some(Self::SinceStart),
            "none" => Some(Self::None),
            _ => None,
        }
    }

    pub(super) fn code(self) -> &'static str {
        match self {
            Self::OfDay => "day",
            Self::SinceStart => "since",
            Self::None => "none",
        }
    }
}

/// Both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LogLook {
    pub(super) time: LogTime,
    pub(super) wraps: bool,
}

impl LogLook {
    /// As the form says, or else as this browser remembers it.
    pub(super) fn of(asked: &Asked, jar: &CookieJar) -> Self {
        let kept = |name: &str| jar.get(name).map_or("", Cookie::value);
        let time = LogTime::from_code(&asked.time).or_else(|| LogTime::from_code(kept(TIME_COOKIE)));
        Self {
            time: time.unwrap_or_default(),
            wraps: asked.wraps().unwrap_or_else(|| kept(WRAP_COOKIE) != NO),
        }
    }

    /// The cookies that remember it.
    pub(super) fn remembered(self, jar: CookieJar, is_secure: bool) -> CookieJar {
        let wraps = if self.wraps { "yes" } else { NO };
        let cookie = |name, value| {
            Cookie::build((name, value))
                .path("/")
                .secure(is_secure)
                .same_site(SameSite::Lax)
                .permanent()
        };
        jar.add(cookie(TIME_COOKIE, self.time.code()))
            .add(cookie(WRAP_COOKIE, wraps))
    }
}
