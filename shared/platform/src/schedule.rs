//! Duties that run by the clock: one bounded sweep per tick.

use std::future::Future;

use kernel::{Fault, Time};

use crate::Cloud;
use crate::lambda::{self, Exit};

/// One tick of a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tick {
    /// When the schedule fired.
    pub at: Time,
}

/// What a sweep got done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// How many things were handled.
    pub handled: u32,
    /// Whether the sweep stopped at its limit and the next tick goes on.
    pub left: bool,
}

/// Serves a schedule. A sweep handles what is due when it runs, however late it is: a missed tick
/// loses nothing, and a doubled one finds nothing left to do.
pub async fn serve<F, H, Fut>(build: fn(&Cloud) -> F, handler: H) -> Exit
where
    F: 'static,
    H: Fn(&'static F, Tick) -> Fut,
    Fut: Future<Output = Result<Swept, Fault>>,
{
    let cloud = Cloud::open().await?;
    let facade = lambda::build(&cloud, build)?;
    let clock = cloud.clock();
    lambda::serve(&cloud, |_: serde_json::Value| {
        let sweep = handler(facade, Tick { at: clock.now() });
        async move {
            let result = sweep.await;
            let sentence = match &result {
                Ok(Swept { handled, left: false }) => format!("swept {handled}, nothing left"),
                Ok(Swept { handled, left: true }) => format!("swept {handled}, more is due"),
                Err(_) => "sweep failed".to_owned(),
            };
            (result.map(|_| serde_json::Value::Null), sentence)
        }
    })
    .await
}
