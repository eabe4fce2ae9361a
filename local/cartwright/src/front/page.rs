//! The front page: what runs, what waits, what went wrong, what was mailed. No script; it is read again to refresh.

use std::fmt::{self, Write};

use super::{Depth, Running, depths, functions, routes, trigger};
use crate::{
    aws::ses::Mail,
    cloud::Cloud,
    logs::Line,
    moment,
    parked::{self, Parked},
};

const STYLE: &str = include_str!("page.css");
/// Log lines shown without a request id, and with one.
const LINES_LATEST: usize = 60;
const LINES_OF_REQUEST: usize = 2_000;
/// Mails and parked messages shown.
const ROWS_MAX: usize = 50;

/// Text made harmless for HTML.
struct Safe<'a>(&'a str);

impl fmt::Display for Safe<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.0.chars() {
            match letter {
                '&' => formatter.write_str("&amp;")?,
                '<' => formatter.write_str("&lt;")?,
                '>' => formatter.write_str("&gt;")?,
                '"' => formatter.write_str("&quot;")?,
                '\'' => formatter.write_str("&#39;")?,
                _ => formatter.write_char(letter)?,
            }
        }
        Ok(())
    }
}

/// The whole page; with a request id the log shows that request.
pub(super) fn render(cloud: &Cloud, request_id: Option<&str>) -> anyhow::Result<String> {
    let parked = parked::list(cloud, None)?;
    let depths = depths(cloud)?;
    let functions = functions(cloud);
    let mails = cloud.mails.list();
    let limit = if request_id.is_some() {
        LINES_OF_REQUEST
    } else {
        LINES_LATEST
    };
    let lines = cloud.logs.find(request_id, limit);
    let mut page = String::with_capacity(64 * 1024);
    head(&mut page)?;
    summary(&mut page, &functions, &depths, &parked, mails.len())?;
    shop(&mut page, cloud)?;
    parked_section(&mut page, &parked)?;
    queue_section(&mut page, &depths)?;
    function_section(&mut page, cloud, &functions)?;
    mail_section(&mut page, &mails)?;
    log_section(&mut page, request_id, &lines)?;
    write!(
        page,
        "</main><footer>Read at {}. Reload to refresh.</footer></body></html>",
        moment::now_text()
    )?;
    Ok(page)
}

fn head(page: &mut String) -> fmt::Result {
    write!(
        page,
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>Cartwright, running here</title><link rel=\"icon\" href=\"data:,\"><style>{STYLE}</style></head>\
         <body><a class=\"skip\" href=\"#main\">Skip to content</a>\
         <header><h1>Cartwright</h1><nav aria-label=\"Sections\"><a href=\"/docs\">API reference</a>\
         <a href=\"#parked\">Parked</a><a href=\"#queues\">Queues</a><a href=\"#functions\">Functions</a>\
         <a href=\"#mails\">Mails</a><a href=\"#logs\">Logs</a></nav></header><main id=\"main\">"
    )
}

fn summary(
    page: &mut String,
    functions: &[Running],
    depths: &[Depth],
    parked: &[Parked],
    mails: usize,
) -> fmt::Result {
    let instances: usize = functions.iter().map(|function| function.stats.instances).sum();
    let invocations: u64 = functions.iter().map(|function| function.stats.invocations).sum();
    let failures: u64 = functions.iter().map(|function| function.stats.failures).sum();
    let waiting: u64 = depths
        .iter()
        .filter(|d| !d.parked)
        .map(|d| d.visible + d.delayed + d.in_flight)
        .sum();
    let tiles = [
        ("functions", functions.len().to_string(), false),
        ("processes", instances.to_string(), false),
        ("invocations", invocations.to_string(), false),
        ("failures", failures.to_string(), failures > 0),
        ("messages under way", waiting.to_string(), false),
        ("parked", parked.len().to_string(), !parked.is_empty()),
        ("mails", mails.to_string(), false),
    ];
    page.write_str("<dl class=\"tiles\">")?;
    for (name, value, bad) in tiles {
        let class = if bad { " class=\"bad\"" } else { "" };
        write!(page, "<div{class}><dt>{name}</dt><dd>{value}</dd></div>")?;
    }
    page.write_str("</dl>")
}

fn shop(page: &mut String, cloud: &Cloud) -> fmt::Result {
    let url = Safe(&cloud.physical.shop_url);
    let key = Safe(&cloud.data.book.staff_key);
    write!(
        page,
        "<section aria-labelledby=\"try\"><h2 id=\"try\">Try it</h2><pre>curl {url}/v1/products\n\
         curl -X POST {url}/v1/carts -H 'content-type: application/json' -d '{{\"region_id\":\"eu\"}}'\n\
         curl {url}/v1/admin/orders -H 'authorization: Bearer {key}'</pre></section>"
    )
}

fn parked_section(page: &mut String, parked: &[Parked]) -> fmt::Result {
    page.write_str("<section aria-labelledby=\"parked\"><h2 id=\"parked\">Parked messages</h2>")?;
    if parked.is_empty() {
        page.write_str("<p>None: everything was handled.</p>")?;
    }
    for message in parked.iter().rev().take(ROWS_MAX) {
        let (source, id) = (Safe(&message.source), Safe(&message.message_id));
        write!(
            page,
            "<details><summary><b>{source}</b> {}</summary><pre>{}</pre>\
             <form method=\"post\" action=\"/_cartwright/parked/{source}/redrive?message_id={id}\">\
             <button>Deliver again</button></form> \
             <form method=\"post\" action=\"/_cartwright/parked/{source}/drop?message_id={id}\">\
             <button>Drop</button></form></details>",
            Safe(&message.reason),
            Safe(&message.body)
        )?;
    }
    page.write_str("</section>")
}

fn queue_section(page: &mut String, depths: &[Depth]) -> fmt::Result {
    page.write_str(
        "<section aria-labelledby=\"queues\"><h2 id=\"queues\">Queues</h2><table><thead><tr>\
         <th scope=\"col\">queue</th><th scope=\"col\">visible</th><th scope=\"col\">delayed</th>\
         <th scope=\"col\">in flight</th></tr></thead><tbody>",
    )?;
    // A parked queue is worth a line only when something is in it.
    for depth in depths
        .iter()
        .filter(|depth| !depth.parked || depth.visible + depth.in_flight > 0)
    {
        write!(
            page,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td></tr>",
            Safe(&depth.queue),
            depth.visible,
            depth.delayed,
            depth.in_flight
        )?;
    }
    page.write_str("</tbody></table></section>")
}

fn function_section(page: &mut String, cloud: &Cloud, functions: &[Running]) -> fmt::Result {
    page.write_str(
        "<section aria-labelledby=\"functions\"><h2 id=\"functions\">Functions</h2><table><thead><tr>\
         <th scope=\"col\">function</th><th scope=\"col\">trigger</th><th scope=\"col\">processes</th>\
         <th scope=\"col\">runs</th><th scope=\"col\">failed</th><th scope=\"col\">cold</th>\
         <th scope=\"col\">p50 ms</th><th scope=\"col\">p99 ms</th></tr></thead><tbody>",
    )?;
    for function in functions {
        let stats = &function.stats;
        let class = if stats.failures > 0 { " class=\"bad\"" } else { "" };
        write!(
            page,
            "<tr{class}><th scope=\"row\">{}</th><td class=\"text\">{}</td><td>{}</td><td>{}</td><td>{}</td>\
             <td>{}</td><td>{}</td><td>{}</td></tr>",
            Safe(&function.function),
            Safe(&function.trigger),
            stats.instances,
            stats.invocations,
            stats.failures,
            stats.cold_starts,
            Milliseconds(stats.p50_us),
            Milliseconds(stats.p99_us)
        )?;
    }
    write!(page, "</tbody></table><p>{} routes: ", routes(cloud).len())?;
    page.write_str("as JSON under <a href=\"/_cartwright/routes\">/_cartwright/routes</a>.</p><p>Timers: ")?;
    let timers = cloud
        .manifest
        .functions
        .values()
        .filter(|f| matches!(f.trigger, manifest::Trigger::Schedule(_)));
    for timer in timers {
        write!(
            page,
            "<form method=\"post\" action=\"/_cartwright/schedules/{name}/run\"><button>Run {name} now</button></form> \
             <small>{}</small> ",
            Safe(&trigger(&timer.trigger)),
            name = Safe(&timer.name)
        )?;
    }
    page.write_str("</p></section>")
}

fn mail_section(page: &mut String, mails: &[Mail]) -> fmt::Result {
    page.write_str("<section aria-labelledby=\"mails\"><h2 id=\"mails\">Mails</h2>")?;
    if mails.is_empty() {
        page.write_str("<p>None was sent.</p>")?;
    }
    for mail in mails.iter().rev().take(ROWS_MAX) {
        write!(
            page,
            "<details><summary><b>{}</b> to {} <small>{}</small></summary><pre>{}</pre>",
            Safe(&mail.subject),
            Safe(&mail.to.join(", ")),
            Safe(&mail.at),
            Safe(&mail.text)
        )?;
        if !mail.html.is_empty() {
            // The sandbox lets the mail run nothing and reach nothing.
            write!(
                page,
                "<iframe sandbox title=\"The mail as HTML\" srcdoc=\"{}\"></iframe>",
                Safe(&mail.html)
            )?;
        }
        page.write_str("</details>")?;
    }
    page.write_str("</section>")
}

fn log_section(page: &mut String, request_id: Option<&str>, lines: &[Line]) -> fmt::Result {
    write!(
        page,
        "<section aria-labelledby=\"logs\"><h2 id=\"logs\">Logs</h2><form class=\"find\" action=\"/#logs\">\
         <label for=\"request_id\">Request id</label> <input id=\"request_id\" name=\"request_id\" value=\"{}\">\
         <button>Show</button></form><ol class=\"lines\">",
        Safe(request_id.unwrap_or_default())
    )?;
    for line in lines {
        let time = line.at.get(11..23).unwrap_or(&line.at);
        let (function, id, text) = (Safe(&line.function), Safe(&line.request_id), Safe(&line.text));
        write!(
            page,
            "<li><time>{}</time> <a href=\"/?request_id={id}#logs\">{function}</a> <code>{text}</code></li>",
            Safe(time)
        )?;
    }
    page.write_str("</ol></section>")
}

/// Microseconds, shown in milliseconds with one digit after the point.
struct Milliseconds(u64);

impl fmt::Display for Milliseconds {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.0 / 1_000, self.0 % 1_000 / 100)
    }
}
