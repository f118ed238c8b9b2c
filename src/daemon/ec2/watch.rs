//! Acts on notices, and keeps the group from ending an instance that works.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::config::Ec2;
use crate::daemon::ec2::auto_scaling::AutoScaling;
use crate::daemon::ec2::group::{CALL_PAUSE, GroupReporter, Standing};
use crate::daemon::ec2::metadata::{InstanceNotice, Metadata};
use crate::daemon::pause::{Notice, Pause};
use crate::daemon::shutdown::Shutdown;
use crate::daemon::telemetry::{Metrics, event};

/// The instance's side of its life.
#[derive(Debug)]
pub struct Watch {
    /// What to look for.
    pub settings: Ec2,
    /// Stops receiving on notice.
    pub pause: Arc<Pause>,
    /// Ends the daemon before Spot ends the instance.
    pub shutdown: Shutdown,
    /// Says whether there is a job in hand.
    pub metrics: Arc<Metrics>,
}

/// How often notices are asked for: as EC2 recommends for Spot.
const NOTICE_PERIOD: Duration = Duration::from_secs(5);

/// How often it is looked whether there is work in hand.
const WORK_PERIOD: Duration = Duration::from_millis(250);

/// Time enough to give messages back before the instance is gone.
const SPOT_MARGIN: Duration = Duration::from_secs(15);

impl Watch {
    /// Looks for notices until `stop`.
    pub async fn for_notices(self: Arc<Self>, stop: CancellationToken) {
        while stop.run_until_cancelled(tokio::time::sleep(NOTICE_PERIOD)).await.is_some() {
            self.look_for_notice().await;
        }
    }

    /// Stops receiving when the instance is to end. What is in hand goes on; what does not fit into the time is given back before it is over.
    pub async fn look_for_notice(&self) {
        match Metadata::at(&self.settings.metadata_endpoint).notice().await {
            Ok(None) => {}
            Ok(Some(InstanceNotice::Rebalance)) => tracing::debug!("EC2 recommends to rebalance"),
            Ok(Some(InstanceNotice::ScaleIn)) => {
                if self.pause.set_notice(Notice::ScaleIn) {
                    event::Noticed { notice: "scale-in", left: None }.emit();
                }
            }
            Ok(Some(InstanceNotice::Spot(left))) => {
                if self.pause.set_notice(Notice::Spot) {
                    event::Noticed { notice: "spot", left: Some(left) }.emit();
                    let shutdown = self.shutdown.clone();
                    tokio::spawn(async move {
                        tokio::time::sleep(left.saturating_sub(SPOT_MARGIN)).await;
                        shutdown.drain.cancel();
                        shutdown.abandon.cancel();
                    });
                }
            }
            Err(error) => tracing::debug!(%error, "no answer from the metadata service"),
        }
    }

    /// Tells the group what it should know until `stop`, and once more then.
    pub async fn tell_group(self: Arc<Self>, group: AutoScaling, stop: CancellationToken) {
        let metadata = Metadata::at(&self.settings.metadata_endpoint);
        let instance = loop {
            match metadata.instance_id().await {
                Ok(instance) => break instance,
                Err(error) => event::GroupNotTold { error: &error }.emit(),
            }
            if stop.run_until_cancelled(tokio::time::sleep(CALL_PAUSE)).await.is_none() {
                return;
            }
        };
        let mut group = GroupReporter::new(group, instance, self.settings.idle);
        loop {
            let ends = stop.run_until_cancelled(tokio::time::sleep(WORK_PERIOD)).await.is_none();
            let busy = self.metrics.jobs_in_flight.value() > 0;
            group.report(Standing { busy, ends, leaving: self.pause.is_scale_in() }).await;
            if ends {
                return;
            }
        }
    }
}
