//! W3C trace context: in which trace a job was sent, so that manifest, events and webhooks are found in the same.

/// Where a job stands in its sender's trace. What is not as the standard has it is none: a trace is never a reason to refuse a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceContext {
    /// `traceparent`: version, trace, span and flags.
    pub parent: String,
    /// `tracestate`: what the sender's tracing systems wrote for themselves; not without a parent.
    pub state: Option<String>,
}

/// The names under which it travels: in jobs, manifests, events, headers and attributes of messages.
const NAMES: [&str; 2] = ["traceparent", "tracestate"];

impl TraceContext {
    /// The context of these two, if the first is one.
    pub fn of(parent: Option<&str>, state: Option<&str>) -> Option<Self> {
        let parent = parent.filter(|parent| is_parent(parent))?.to_owned();
        Some(Self { parent, state: state.filter(|state| is_state(state)).map(str::to_owned) })
    }

    /// The context of whatever `find` finds under the two names.
    pub fn find<'a>(find: impl Fn(&str) -> Option<&'a str>) -> Option<Self> {
        Self::of(find(NAMES[0]), find(NAMES[1]))
    }

    /// Name and value of what there is.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, &str)> {
        NAMES
            .into_iter()
            .zip([Some(self.parent.as_str()), self.state.as_deref()])
            .filter_map(|(name, value)| Some((name, value?)))
    }
}

fn is_parent(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-');
    lengths == [2, 32, 16, 2] && text.bytes().all(is_hex) && !text.starts_with("ff")
}

fn is_state(text: &str) -> bool {
    (1..=512).contains(&text.len()) && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

#[cfg(test)]
mod tests {
    use crate::job::TraceContext;

    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn what_is_no_trace_is_left_out() {
        for parent in
            ["", "00-x", "a\nb", &PARENT.to_uppercase(), &format!("{PARENT}-00"), &PARENT.replace("00-", "ff-")]
        {
            assert_eq!(TraceContext::of(Some(parent), Some("a=1")), None, "{parent:?}");
        }
        for state in ["", "a=1\r\nevil: 1", &"x".repeat(513)] {
            let trace = TraceContext::of(Some(PARENT), Some(state)).expect("a trace");
            assert_eq!(trace.fields().collect::<Vec<_>>(), [("traceparent", PARENT)], "{state:?}");
        }
        assert_eq!(TraceContext::of(None, Some("a=1")), None);
    }
}
