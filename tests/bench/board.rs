//! A board of a hundred rows over HTTP, against a bare handler that answers as many bytes.

use std::net::SocketAddr;
use std::time::Duration;

use crate::bytes;
use crate::campaign::{Campaign, STATE, World};
use crate::load::{Answered, Caller, Load};
use crate::node::Node;
use crate::numbers::{Finding, Goal, Rounds, quantile, rate, real, short};
use crate::plan::{CLIENTS, Plan};
use crate::wire::Wire;
use crate::work::Logger;

/// A client that asks for the same again and again.
struct Reader(Vec<u8>);

impl Caller for Reader {
    fn ask(&mut self, into: &mut Vec<u8>) {
        into.extend_from_slice(&self.0);
    }
}

fn load(address: SocketAddr, time: Duration, status: u16) -> Load {
    Load {
        address,
        time,
        status,
        pace: None,
    }
}

/// One client's request for the board.
fn board(address: SocketAddr, token: &str) -> Vec<u8> {
    format!("GET /api/v1/races/{STATE} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n\r\n")
        .into_bytes()
}

/// Bytes of a whole answer, and how often its body says `word`.
fn look(address: SocketAddr, request: &[u8], word: &str) -> Result<(usize, usize), String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|why| why.to_string())?;
    runtime
        .block_on(async {
            let mut wire = Wire::open(address).await?;
            let head = wire.ask(request).await?;
            let body = wire.answer().get(head.body..).unwrap_or_default();
            let text = String::from_utf8_lossy(body);
            Ok((head.whole, text.matches(word).count()))
        })
        .map_err(|why: std::io::Error| format!("A board does not come: {why}."))
}

/// Microseconds of the server's processor time for each answer.
fn cost(node: &Node, before: Duration, answered: &Answered) -> Result<f64, String> {
    let worked = node.worked()?.saturating_sub(before);
    Ok(worked.as_secs_f64() * 1e6 / real(answered.count.max(1)))
}

/// Measures it.
///
/// # Errors
/// One sentence.
pub fn measure(plan: &Plan) -> Result<Vec<Finding>, String> {
    let campaign = Campaign::open(&plan.folder, "board", &World::Embedded, true)?;
    let node = Node::serve(&plan.program, &campaign)?;
    let members = campaign.members()?;
    // Something to rank: every member logs once or more.
    let loggers = Logger::share(&members, CLIENTS, &node.address.to_string(), "fill");
    load(node.address, Duration::from_secs(2), 201).run(loggers)?;

    let tokens: Vec<&str> = members.iter().map(|member| member.token.as_str()).collect();
    let first = board(node.address, tokens.first().copied().unwrap_or_default());
    let (whole, rows) = look(node.address, &first, "\"rank\":")?;
    if rows != 100 {
        return Err(format!("The board has {rows} rows, not a hundred."));
    }
    let bare = bytes::start(&plan.itself, whole)?;
    let plain = format!("GET /board HTTP/1.1\r\nhost: {}\r\n\r\n", bare.address).into_bytes();
    let (bare_whole, _) = look(bare.address, &plain, "x")?;
    if bare_whole.abs_diff(whole) > 8 {
        return Err(format!("The peer answers {bare_whole} bytes, not {whole}."));
    }

    let peer = |time| -> Result<(f64, f64), String> {
        let clients = (0..CLIENTS).map(|_| Reader(plain.clone())).collect();
        let before = bare.worked()?;
        let (answered, _) = load(bare.address, time, 200).run(clients)?;
        Ok((
            rate(answered.count, answered.took),
            cost(&bare, before, &answered)?,
        ))
    };
    let ours = |time| -> Result<(f64, f64, u32), String> {
        let members = campaign.members()?;
        let readers = members.iter().take(CLIENTS);
        let clients = readers.map(|member| Reader(board(node.address, &member.token)));
        let before = node.worked()?;
        let (answered, _) = load(node.address, time, 200).run(clients.collect())?;
        let p99 = quantile(&answered.micros, 0.99);
        Ok((
            rate(answered.count, answered.took),
            cost(&node, before, &answered)?,
            p99,
        ))
    };
    peer(Duration::from_secs(1))?;
    ours(Duration::from_secs(1))?;
    let (mut ratios, mut own, mut its) = (Rounds::default(), Rounds::default(), Rounds::default());
    let (mut own_cost, mut its_cost, mut late) =
        (Rounds::default(), Rounds::default(), Rounds::default());
    for round in 1..=plan.rounds {
        let before = peer(plan.time)?;
        let (rate, cost, p99) = ours(plan.time)?;
        let after = peer(plan.time)?;
        let bare_rate = f64::midpoint(before.0, after.0);
        ratios.push(rate / bare_rate);
        own.push(rate);
        its.push(bare_rate);
        own_cost.push(cost);
        its_cost.push(f64::midpoint(before.1, after.1));
        late.push(f64::from(p99) / 1000.0);
        plan.say(&format!(
            "board, round {round}: {} a second, bare {}",
            short(rate),
            short(bare_rate)
        ));
    }
    Ok(vec![Finding {
        what: "A board of 100 rows over HTTP, to a bare handler".into(),
        unit: "×",
        rounds: ratios,
        goal: Goal::AtLeast(0.7),
        detail: format!(
            "{} against {} answers a second of {} bytes; {:.0} against {:.0} µs of processor each; \
             99 of 100 within {} ms",
            short(own.median()),
            short(its.median()),
            short(real(whole as u64)),
            own_cost.median(),
            its_cost.median(),
            short(late.median()),
        ),
    }])
}
