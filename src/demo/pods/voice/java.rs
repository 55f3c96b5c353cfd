//! Spring Boot's lines.

use chrono::{DateTime, FixedOffset, Utc};

use super::{
    Death, Level, Mood, Said, Speaker,
    words::{city, lane, payload, peer, person, plate, state, topic, waybill},
};
use crate::pods::chance::Chance;

/// The company's apps run on the time of Shanghai.
const EAST: i32 = 8 * 3600;

fn head(speaker: &Speaker, at: DateTime<Utc>, level: Level, thread: &str, logger: &str) -> String {
    let zone = FixedOffset::east_opt(EAST).unwrap_or_else(|| chrono::Offset::fix(&Utc));
    let time = at.with_timezone(&zone).format("%Y-%m-%dT%H:%M:%S%.3f%:z");
    let level = match level {
        Level::Debug => "DEBUG",
        Level::Info => " INFO",
        Level::Warn => " WARN",
        Level::Error => "ERROR",
    };
    format!("{time} {level} 1 --- [{}] [{thread:>15.15}] {logger:<34.34} : ", speaker.app)
}

fn line(speaker: &Speaker, at: DateTime<Utc>, level: Level, thread: &str, logger: &str, text: &str) -> Said {
    Said::one(level, head(speaker, at, level, thread, logger) + text)
}

/// A line in the middle of work.
pub(super) fn says(speaker: &Speaker, at: DateTime<Utc>, mut chance: Chance, mood: Mood) -> Said {
    let chance = &mut chance;
    let thread = format!("nio-8080-exec-{}", chance.between(1, 24));
    match mood {
        Mood::Leaking(how_far) if chance.fraction() < 0.3 + how_far * 0.6 => {
            return leaking(speaker, at, how_far, chance, &thread);
        }
        Mood::Waiting if chance.in_thousand(700) => {
            let text = format!(
                "readiness: {} is not reachable at {}.internal:5432 (attempt {}), still not ready",
                "datasource",
                peer(chance),
                chance.between(3, 90)
            );
            return line(speaker, at, Level::Warn, "scheduling-1", "c.y.f.health.ReadinessProbe", &text);
        }
        _ => {}
    }
    match chance.below(1000) {
        0..=2 => line(speaker, at, Level::Debug, &thread, "c.y.f.web.PayloadLogger", &payload(chance)),
        3..=9 => failure(speaker, at, chance, &thread),
        10..=34 => {
            let text =
                format!("{} answered after {} ms, over its budget of 800 ms", peer(chance), chance.between(801, 4200));
            line(speaker, at, Level::Warn, &thread, "c.y.f.client.SlowCallListener", &text)
        }
        35..=250 => chinese(speaker, at, chance, &thread),
        251..=420 => {
            let text = format!(
                "consumed {} partition={} offset={} in {} ms",
                topic(chance),
                chance.below(12),
                chance.between(1_000_000, 90_000_000),
                chance.between(1, 60)
            );
            line(speaker, at, Level::Info, "ntainer#0-0-C-1", "c.y.f.bus.EventConsumer", &text)
        }
        421..=520 => {
            let text = format!(
                "HikariPool-1 - Pool stats (total=20, active={}, idle={}, waiting=0)",
                chance.below(14),
                chance.below(7)
            );
            line(speaker, at, Level::Debug, "l-1 housekeeper", "com.zaxxer.hikari.pool.HikariPool", &text)
        }
        _ => {
            let path = chance.pick(&["/api/v2/waybills", "/api/v2/quotes", "/api/v2/positions", "/internal/eta"]);
            let text = format!(
                "{} {path}/{} {} in {} ms trace={}",
                chance.pick(&["GET", "GET", "POST", "PUT"]),
                waybill(chance),
                chance.pick(&["200", "200", "200", "201", "204", "404"]),
                chance.between(2, 240),
                chance.hex(16)
            );
            line(speaker, at, Level::Info, &thread, "c.y.f.web.AccessLogFilter", &text)
        }
    }
}

fn chinese(speaker: &Speaker, at: DateTime<Utc>, chance: &mut Chance, thread: &str) -> Said {
    let text = match chance.below(3) {
        0 => format!("运单 {} 已签收，收货人：{}，网点：{}", waybill(chance), person(chance), city(chance)),
        1 => format!("车辆 {} 已到达{}分拨中心，线路 {}", plate(chance), city(chance), lane(chance)),
        _ => format!("运单 {} 状态变更：{} → {}", waybill(chance), state(chance), state(chance)),
    };
    line(speaker, at, Level::Info, thread, "c.y.f.domain.ShipmentService", &text)
}

/// An error with its stack trace.
fn failure(speaker: &Speaker, at: DateTime<Utc>, chance: &mut Chance, thread: &str) -> Said {
    let (what, cause) = match chance.below(3) {
        0 => (
            format!("com.yun.freight.client.RemoteCallException: {} did not answer within 3000 ms", peer(chance)),
            "java.net.SocketTimeoutException: Read timed out".to_owned(),
        ),
        1 => (
            format!("com.yun.freight.domain.UnknownWaybillException: 找不到运单 {}", waybill(chance)),
            "org.springframework.dao.EmptyResultDataAccessException: Incorrect result size: expected 1, actual 0"
                .to_owned(),
        ),
        _ => (
            "org.springframework.dao.CannotAcquireLockException: could not execute statement".to_owned(),
            "org.postgresql.util.PSQLException: ERROR: deadlock detected".to_owned(),
        ),
    };
    let mut said = line(
        speaker,
        at,
        Level::Error,
        thread,
        "c.y.f.web.ErrorHandler",
        &format!("request failed, trace={}", chance.hex(16)),
    );
    said.lines.extend(["".to_owned(), what]);
    said.lines.extend(trace(chance, 9));
    said.lines.push(format!("Caused by: {cause}"));
    said.lines.extend(trace(chance, 3));
    said.lines.push("\t... 41 common frames omitted".to_owned());
    said
}

fn trace(chance: &mut Chance, depth: u64) -> Vec<String> {
    const FRAMES: &[&str] = &[
        "com.yun.freight.domain.ShipmentService.advance(ShipmentService.java",
        "com.yun.freight.client.RetryingClient.call(RetryingClient.java",
        "com.yun.freight.web.WaybillController.update(WaybillController.java",
        "org.springframework.web.servlet.FrameworkServlet.service(FrameworkServlet.java",
        "org.springframework.transaction.interceptor.TransactionInterceptor.invoke(TransactionInterceptor.java",
        "org.apache.catalina.core.ApplicationFilterChain.doFilter(ApplicationFilterChain.java",
        "java.base/jdk.internal.reflect.DirectMethodHandleAccessor.invoke(DirectMethodHandleAccessor.java",
        "java.base/java.lang.Thread.run(Thread.java",
    ];
    (0..depth).map(|_| format!("\tat {}:{})", chance.pick(FRAMES), chance.between(40, 900))).collect()
}

fn leaking(speaker: &Speaker, at: DateTime<Utc>, how_far: f64, chance: &mut Chance, thread: &str) -> Said {
    let used = (speaker.limit as f64 * (0.82 + how_far * 0.17)) as u64;
    match chance.below(3) {
        0 => {
            let text = format!(
                "heap {used} MiB of {} MiB after a full collection; ManifestCache holds {} entries",
                speaker.limit,
                40_000 + (how_far * 200_000.0) as u64
            );
            let level = if how_far > 0.8 { Level::Error } else { Level::Warn };
            line(speaker, at, level, "memory-watch-1", "c.y.f.runtime.MemoryWatch", &text)
        }
        1 => {
            let text = format!(
                "stop-the-world pause of {} ms (G1 Full GC)",
                200 + (how_far * 6000.0) as u64 + chance.below(90)
            );
            line(speaker, at, Level::Warn, "gc-listener", "c.y.f.runtime.GcListener", &text)
        }
        _ => {
            let text =
                format!("POST /api/v2/manifests/{} 503 in {} ms: too busy", waybill(chance), 3000 + chance.below(9000));
            line(speaker, at, Level::Warn, thread, "c.y.f.web.AccessLogFilter", &text)
        }
    }
}

/// What Spring Boot says when it starts.
pub(super) fn starts(speaker: &Speaker, started: DateTime<Utc>) -> Vec<(i64, Said)> {
    let at = |ms: i64| started + chrono::TimeDelta::milliseconds(ms);
    let info = |ms: i64, logger: &str, text: &str| (ms, line(speaker, at(ms), Level::Info, "main", logger, text));
    let banner = [
        "  .   ____          _            __ _ _",
        " /\\\\ / ___'_ __ _ _(_)_ __  __ _ \\ \\ \\ \\",
        "( ( )\\___ | '_ | '_| | '_ \\/ _` | \\ \\ \\ \\",
        " \\\\/  ___)| |_)| | | | | || (_| |  ) ) ) )",
        "  '  |____| .__|_| |_|_| |_\\__, | / / / /",
        " =========|_|==============|___/=/_/_/_/",
        "",
        " :: Spring Boot ::                (v3.4.1)",
        "",
    ];
    let application = "c.y.f.Application";
    vec![
        (120, Said { level: Level::Info, lines: banner.map(str::to_owned).to_vec() }),
        info(
            310,
            application,
            &format!(
                "Starting {} {} using Java 21.0.5 with PID 1 (/app/app.jar started by app in /app)",
                speaker.app, speaker.version
            ),
        ),
        info(318, application, "The following 1 profile is active: \"kubernetes\""),
        info(1900, "o.s.b.w.embedded.tomcat.TomcatWebServer", "Tomcat initialized with port 8080 (http)"),
        info(2600, "com.zaxxer.hikari.HikariDataSource", "HikariPool-1 - Starting..."),
        info(2900, "com.zaxxer.hikari.HikariDataSource", "HikariPool-1 - Start completed."),
        info(
            5200,
            "o.s.b.w.embedded.tomcat.TomcatWebServer",
            "Tomcat started on port 8080 (http) with context path '/'",
        ),
        info(5260, application, &format!("Started {} in 5.14 seconds (process running for 5.6)", speaker.app)),
    ]
}

/// What it says when it ends.
pub(super) fn ends(speaker: &Speaker, end: DateTime<Utc>, death: Death) -> Vec<(i64, Said)> {
    let at = |ms: i64| end - chrono::TimeDelta::milliseconds(ms);
    let mut chance = Chance::new(0).named(&speaker.pod).at(end.timestamp());
    match death {
        Death::OutOfMemory => {
            let mut said =
                line(speaker, at(900), Level::Error, "nio-8080-exec-3", "c.y.f.web.ErrorHandler", "request failed");
            said.lines.push("java.lang.OutOfMemoryError: Java heap space".to_owned());
            said.lines.push("\tat java.base/java.util.Arrays.copyOf(Arrays.java:3537)".to_owned());
            said.lines.push("\tat com.yun.freight.cache.ManifestCache.put(ManifestCache.java:118)".to_owned());
            said.lines.extend(trace(&mut chance, 6));
            let last = "Terminating due to java.lang.OutOfMemoryError: Java heap space".to_owned();
            vec![(900, said), (40, Said::one(Level::Error, last))]
        }
        Death::Crash(code) => {
            let mut said =
                line(speaker, at(400), Level::Error, "main", "o.s.boot.SpringApplication", "Application run failed");
            said.lines.push(String::new());
            said.lines.push("org.springframework.beans.factory.BeanCreationException: Error creating bean with name 'routingTable': required key [routing.table.version] not found".to_owned());
            said.lines.extend(trace(&mut chance, 7));
            said.lines.push("Caused by: java.lang.IllegalStateException: 配置缺失：routing.table.version".to_owned());
            said.lines.push("\t... 25 common frames omitted".to_owned());
            let last = line(
                speaker,
                at(60),
                Level::Error,
                "main",
                "c.y.f.Application",
                &format!("giving up, exit code {code}"),
            );
            vec![(400, said), (60, last)]
        }
        Death::Stopped => vec![
            (
                1800,
                line(
                    speaker,
                    at(1800),
                    Level::Info,
                    "ionShutdownHook",
                    "o.s.b.w.e.tomcat.GracefulShutdown",
                    "Commencing graceful shutdown. Waiting for active requests to complete",
                ),
            ),
            (
                300,
                line(
                    speaker,
                    at(300),
                    Level::Info,
                    "tomcat-shutdown",
                    "o.s.b.w.e.tomcat.GracefulShutdown",
                    "Graceful shutdown complete",
                ),
            ),
            (
                90,
                line(
                    speaker,
                    at(90),
                    Level::Info,
                    "ionShutdownHook",
                    "com.zaxxer.hikari.HikariDataSource",
                    "HikariPool-1 - Shutdown completed.",
                ),
            ),
        ],
    }
}
