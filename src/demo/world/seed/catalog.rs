//! The apps of the freight company: what they are called, who owns them, what they need.

/// What kind of workload an app is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// A Deployment.
    Stateless,
    /// A StatefulSet with a claim for each pod.
    Stateful,
    /// A DaemonSet.
    Daemon,
}

/// What goes wrong with an app in one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Its newest image crashes.
    Crash,
    /// Its newest image never becomes ready.
    Unready,
    /// Its newest image is in no registry.
    Missing,
    /// It leaks.
    Leak,
    /// One of its pods fits on no node.
    TooBig,
    /// A quota forbids some of its pods.
    Quota,
    /// Its ConfigMap changed after its pods started.
    StaleConfig,
    /// Its autoscaler would have more pods than it may.
    Capped,
}

/// An app of the catalog.
#[derive(Debug)]
pub struct Entry {
    /// Its name.
    pub name: &'static str,
    /// The part of the company that it belongs to.
    pub part: &'static str,
    /// What kind of workload it is.
    pub work: Work,
    /// Its pods in production, requested millicores and mebibytes.
    pub size: (i64, i64, i64),
    /// Its first version.
    pub version: (u32, u32),
    /// The apps that it depends on.
    pub needs: &'static [&'static str],
    /// What it does, as its owners put it.
    pub about: &'static str,
}

const fn entry(
    name: &'static str,
    part: &'static str,
    size: (i64, i64, i64),
    version: (u32, u32),
    needs: &'static [&'static str],
    about: &'static str,
) -> Entry {
    Entry { name, part, work: Work::Stateless, size, version, needs, about }
}

const fn stateful(entry: Entry) -> Entry {
    Entry { work: Work::Stateful, ..entry }
}

const fn daemon(entry: Entry) -> Entry {
    Entry { work: Work::Daemon, ..entry }
}

/// All apps.
pub const ENTRIES: &[Entry] = &[
    entry("api-gateway", "gateway", (6, 400, 512), (4, 18), &["session-store"], "所有请求的入口"),
    entry("web-portal", "gateway", (4, 150, 256), (7, 2), &["api-gateway"], "客户门户网站"),
    entry(
        "partner-edi",
        "gateway",
        (2, 200, 384),
        (2, 31),
        &["api-gateway", "event-bus"],
        "EDI exchange with carriers",
    ),
    entry("berth-planner", "port", (3, 350, 768), (3, 4), &["vessel-schedule"], "泊位计划"),
    entry("vessel-schedule", "port", (3, 200, 384), (5, 11), &["orders-db"], "船期表 🚢"),
    entry("crane-dispatch", "port", (4, 300, 512), (1, 27), &["event-bus"], "岸桥与场桥调度"),
    entry("tide-tables", "port", (1, 50, 128), (1, 3), &[], "潮汐数据"),
    entry("yard-inventory", "yard", (4, 300, 640), (6, 0), &["orders-db"], "堆场库存"),
    entry("gate-pass", "yard", (3, 150, 256), (2, 9), &["yard-inventory"], "闸口放行"),
    entry(
        "stacking-optimizer",
        "yard",
        (3, 600, 1536),
        (0, 44),
        &["yard-inventory"],
        "box stacking, solved every minute",
    ),
    entry("weighbridge", "yard", (2, 80, 128), (3, 1), &["event-bus"], "地磅接入"),
    entry("truck-booking", "truck", (4, 250, 384), (8, 5), &["gate-pass", "orders-db"], "集卡预约"),
    entry("driver-app-api", "truck", (5, 250, 384), (3, 22), &["truck-booking"], "司机端接口"),
    entry("route-planner", "truck", (3, 500, 1024), (2, 16), &[], "routes between yards and quays"),
    entry("customs-broker", "customs", (3, 300, 512), (2, 11), &["event-bus"], "报关代理"),
    entry("customs-docs", "customs", (2, 150, 512), (1, 6), &["customs-broker"], "单证生成"),
    entry("tariff-lookup", "customs", (2, 100, 256), (4, 0), &[], "税则查询"),
    entry("billing-engine", "billing", (3, 400, 768), (9, 3), &["orders-db", "event-bus"], "计费引擎"),
    entry("invoice-render", "billing", (2, 250, 512), (2, 2), &["billing-engine"], "invoices as PDF"),
    entry("payment-gateway", "billing", (4, 200, 384), (5, 8), &["billing-engine"], "支付网关 💳"),
    entry("manifest-reprint", "billing", (6, 200, 1024), (0, 9), &["invoice-render"], "批量补打舱单"),
    entry("tracking-api", "tracking", (5, 250, 384), (3, 7), &["tracking-cache"], "箱货跟踪查询"),
    entry("tracking-ingest", "tracking", (4, 350, 512), (3, 7), &["event-bus"], "positions from ships and trucks"),
    entry("tracking-cache", "tracking", (2, 100, 192), (3, 5), &[], "热点缓存"),
    entry("eta-predictor", "tracking", (2, 500, 1024), (5, 0), &["tracking-api"], "到港时间预测"),
    entry("notification-hub", "notification", (4, 200, 256), (2, 14), &["event-bus"], "消息中心"),
    entry("sms-relay", "notification", (2, 60, 96), (1, 8), &["notification-hub"], "短信网关"),
    entry("mail-relay", "notification", (2, 60, 128), (1, 12), &["notification-hub"], "mail to customers"),
    entry("search-api", "search", (3, 300, 512), (4, 4), &["search-index"], "统一搜索"),
    stateful(entry("search-index", "search", (3, 500, 2048), (2, 17), &[], "inverted index of everything")),
    stateful(entry("orders-db", "data", (3, 600, 2048), (15, 4), &[], "订单主库")),
    stateful(entry("event-bus", "data", (3, 400, 1536), (3, 6), &[], "事件总线")),
    stateful(entry("session-store", "data", (2, 150, 512), (7, 2), &[], "会话存储")),
    daemon(entry("log-shipper", "platform", (1, 50, 96), (2, 9), &[], "日志采集")),
];

/// One app in one namespace.
#[derive(Debug)]
pub struct Plan {
    /// The app.
    pub entry: &'static Entry,
    /// The namespace: dev, qa or prod.
    pub namespace: &'static str,
    /// Its pods there.
    pub replicas: i64,
    /// How far its versions are ahead of production's.
    pub ahead: u32,
    /// What goes wrong there.
    pub trouble: Option<Trouble>,
}

fn trouble(name: &str, namespace: &str) -> Option<Trouble> {
    match (name, namespace) {
        ("customs-broker", "dev") => Some(Trouble::Crash),
        ("eta-predictor", "qa") => Some(Trouble::Unready),
        ("customs-docs", "dev") => Some(Trouble::Missing),
        ("tracking-cache", "prod") => Some(Trouble::Leak),
        ("stacking-optimizer", "prod") => Some(Trouble::TooBig),
        ("manifest-reprint", "qa") => Some(Trouble::Quota),
        ("gate-pass", "prod") => Some(Trouble::StaleConfig),
        ("notification-hub", "prod") => Some(Trouble::Capped),
        _ => None,
    }
}

/// All apps in all namespaces that they are in.
pub fn plans() -> Vec<Plan> {
    let mut plans = Vec::new();
    for (namespace, ahead) in [("dev", 2), ("qa", 1), ("prod", 0)] {
        for entry in ENTRIES {
            let most = entry.size.0;
            let trouble = trouble(entry.name, namespace);
            let replicas = match namespace {
                _ if trouble == Some(Trouble::Quota) => most,
                "prod" => most,
                "qa" => (most + 1) / 2,
                _ => (most + 2) / 3,
            };
            plans.push(Plan { entry, namespace, replicas, ahead, trouble });
        }
    }
    plans
}
