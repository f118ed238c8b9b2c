//! Why nothing is received, where somebody said so; and switches that any task may turn.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

/// A switch that any task may turn.
#[derive(Debug)]
pub struct Flag(AtomicBool);

impl Flag {
    /// A switch that stands at `value`.
    pub fn new(value: bool) -> Self {
        Self(AtomicBool::new(value))
    }

    /// Turns it.
    pub fn set(&self, value: bool) {
        self.0.store(value, Ordering::Relaxed);
    }

    /// How it stands.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Why receiving is paused, if it is: by hand, and by notices of EC2.
#[derive(Debug)]
pub struct Pause(watch::Sender<Reasons>);

#[derive(Debug, Clone, Copy, Default)]
struct Reasons {
    by_hand: bool,
    scale_in: bool,
    spot: bool,
}

/// Who ends the instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// Spot takes it back.
    Spot,
    /// Its Auto Scaling group needs it no more.
    ScaleIn,
}

impl Reasons {
    fn first(self) -> Option<&'static str> {
        match self {
            Self { spot: true, .. } => Some("Spot takes this instance back"),
            Self { scale_in: true, .. } => Some("the Auto Scaling group ends this instance"),
            Self { by_hand, .. } => by_hand.then_some("paused"),
        }
    }

    fn of(&mut self, notice: Notice) -> &mut bool {
        match notice {
            Notice::Spot => &mut self.spot,
            Notice::ScaleIn => &mut self.scale_in,
        }
    }
}

impl Pause {
    /// Nothing is paused.
    pub fn new() -> Self {
        Self(watch::Sender::new(Reasons::default()))
    }

    /// By hand, or not any more.
    pub fn set_by_hand(&self, paused: bool) {
        self.0.send_modify(|reasons| reasons.by_hand = paused);
    }

    /// By a notice of EC2, for good. Whether that was news: one may follow the other.
    pub fn set_notice(&self, notice: Notice) -> bool {
        self.0.send_if_modified(|reasons| !std::mem::replace(reasons.of(notice), true))
    }

    /// Whether the Auto Scaling group ends the instance.
    pub fn is_scale_in(&self) -> bool {
        self.0.borrow().scale_in
    }

    /// Why nothing is received.
    pub fn reason(&self) -> Option<&'static str> {
        self.0.borrow().first()
    }

    /// Waits until something may be received.
    pub async fn wait_until_running(&self) {
        // the sender lives in the same struct
        let _ = self.0.subscribe().wait_for(|reasons| reasons.first().is_none()).await;
    }
}
