//! Reads the clock and the calendar, once.

use chrono::{DateTime, Offset, Utc};
use rustix::time::{ClockId, clock_gettime};

use crate::facts::Stamp;
use crate::when::{Clock, Zone};

/// Reads the clock with the calendar of `/etc/localtime`; `TZ` does not move it. A build with
/// debug assertions takes it from `test` (RFC 3339), calendar offset included; a release build
/// ignores that.
#[must_use]
pub fn read(test: Option<&str>) -> Clock {
    if cfg!(debug_assertions)
        && let Some(at) = test.and_then(|t| DateTime::parse_from_rfc3339(t).ok())
    {
        return Clock::new(stamp(&at.to_utc()), Zone::Fixed(at.offset().fix()));
    }
    let zone = std::fs::read("/etc/localtime")
        .ok()
        .and_then(|data| tz::TimeZone::from_tz_data(&data).ok())
        .map_or(Zone::Fixed(Utc.fix()), Zone::File);
    // The kernel's own, past the C library: what is loaded in front of that could tell another time.
    let now = clock_gettime(ClockId::Realtime);
    let nanos = u32::try_from(now.tv_nsec).unwrap_or(0);
    Clock::new(Stamp { secs: now.tv_sec, nanos }, zone)
}

fn stamp(at: &DateTime<Utc>) -> Stamp {
    Stamp { secs: at.timestamp(), nanos: at.timestamp_subsec_nanos() }
}
