//! What can go wrong at a call, and the plan of what goes wrong in one history.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// A fault at one call from a function to the outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultKind {
    /// The function dies before the call leaves it.
    CrashBefore,
    /// The call has its effect; the function dies before it learns so.
    CrashAfter,
    /// The call has its effect; the answer never comes, and the client times out.
    LostAnswer,
    /// The service refuses for want of capacity; nothing happens.
    Throttle,
    /// A transaction meets another one; nothing happens. Other calls are throttled.
    Conflict,
}

impl FaultKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::CrashBefore,
        Self::CrashAfter,
        Self::LostAnswer,
        Self::Throttle,
        Self::Conflict,
    ];
}

/// Which calls of a history go wrong, and how. Calls are numbered from 0 in the order made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan(BTreeMap<u64, FaultKind>);

impl Plan {
    /// Nothing goes wrong.
    pub fn calm() -> Self {
        Self::default()
    }

    /// One more fault.
    #[must_use]
    pub fn with(mut self, call: u64, kind: FaultKind) -> Self {
        self.0.insert(call, kind);
        self
    }
}

/// Counts calls and says which go wrong.
#[derive(Debug, Default)]
pub struct Injector {
    plan: Mutex<Plan>,
    calls: AtomicU64,
    armed: std::sync::atomic::AtomicBool,
    trace: Mutex<Vec<String>>,
}

impl Injector {
    /// Starts to count calls from 0 and to apply a plan.
    pub fn arm(&self, plan: Plan) {
        *self.plan.lock().unwrap_or_else(PoisonError::into_inner) = plan;
        self.calls.store(0, Ordering::SeqCst);
        self.trace.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.armed.store(true, Ordering::SeqCst);
    }

    /// Stops injecting; calls are no longer counted.
    pub fn disarm(&self) {
        self.armed.store(false, Ordering::SeqCst);
    }

    /// How many calls were made since the plan was armed.
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }

    /// Every call since the plan was armed, one line each: `17 orders-create TransactWriteItems`.
    pub fn trace(&self) -> Vec<String> {
        self.trace.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn next(&self, function: &str, operation: &str) -> Option<FaultKind> {
        if !self.armed.load(Ordering::SeqCst) {
            return None;
        }
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        let fault = self
            .plan
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .0
            .get(&call)
            .copied();
        let mark = fault.map(|fault| format!(" ! {fault:?}")).unwrap_or_default();
        self.trace
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(format!("{call} {function} {operation}{mark}"));
        fault
    }
}
