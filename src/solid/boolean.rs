//! Booleans of any number of operands at once.

use crate::solid::kernel::Body;
use crate::solid::{Control, Fault, Solid, cells, prism};

/// What a boolean keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// What any operand covers.
    Union,
    /// What the first operand covers and none of the others.
    Difference,
    /// What all operands cover.
    Intersection,
}

impl Solid {
    /// One boolean over all operands; disjoint operands of a union are put side by side without any computing.
    ///
    /// # Errors
    /// The job's limits, and [`Fault::Kernel`] where the kernel gives up.
    pub fn boolean(operator: Operator, operands: &[Self], control: &Control) -> Result<Self, Fault> {
        control.budget().check()?;
        let kept = match relevant(operator, operands) {
            Some(kept) => kept,
            None => return Ok(Self::default()),
        };
        match kept.as_slice() {
            [] => Ok(Self::default()),
            [only] => Ok((*only).clone()),
            several => {
                if let Some(turn) = Self::common_turn(several) {
                    let back = turn.inverse();
                    let straight: Vec<Self> = several.iter().map(|operand| operand.transformed(&back)).collect();
                    return Ok(Self::boolean(operator, &straight, control)?.transformed(&turn));
                }
                if let Some(solid) = prism::combine(operator, several, control)? {
                    return Ok(solid);
                }
                if let Some(solid) = cells::combine(operator, several, control)? {
                    return Ok(solid);
                }
                if let Some(operands) = gathered(operator, several, control)? {
                    return Self::boolean(operator, &operands, control);
                }
                let closed = several.iter().map(|operand| operand.closed(control)).collect::<Result<Vec<_>, _>>()?;
                let bodies: Vec<&Body> = closed.iter().map(|(operand, _)| &operand.body).collect();
                Ok(Self::of_body(Body::combine(operator, &bodies, control)?))
            }
        }
    }
}

/// The operands, those that are united anyway put together first where the plane will do; `None` where there is nothing to gain.
fn gathered(operator: Operator, operands: &[&Solid], control: &Control) -> Result<Option<Vec<Solid>>, Fault> {
    let (kept, united) = match operator {
        Operator::Union => (None, operands),
        Operator::Difference => (operands.first(), &operands[1..]),
        Operator::Intersection => return Ok(None),
    };
    let gathered = prism::gathered(united, control)?;
    Ok(gathered.map(|united| kept.map(|first| (*first).clone()).into_iter().chain(united).collect()))
}

/// The operands that matter; `None` where an empty one makes the result empty.
fn relevant(operator: Operator, operands: &[Solid]) -> Option<Vec<&Solid>> {
    match operator {
        Operator::Intersection if operands.iter().any(Solid::is_empty) => return None,
        Operator::Difference if operands.first().is_none_or(Solid::is_empty) => return None,
        _ => {}
    }
    Some(operands.iter().filter(|operand| !operand.is_empty()).collect())
}
