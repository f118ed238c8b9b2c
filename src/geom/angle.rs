//! Degree trigonometry, exact at multiples of 30 and 45 degrees as OpenSCAD's is; the only caller of sin and cos.
//!
//! `libm` rather than the system's library: the same bits on every machine.

/// Sine of an angle in degrees; exact at multiples of 30 and 45 degrees.
pub fn sin_deg(degrees: f64) -> f64 {
    if !degrees.is_finite() {
        return f64::NAN;
    }
    let turned = reduce(degrees, 360.0);
    let (folded, sign) = if turned >= 180.0 { (turned - 180.0, -1.0) } else { (turned, 1.0) };
    let acute = if folded > 90.0 { 180.0 - folded } else { folded };
    // past 45 degrees the cosine of the complement is the better conditioned of the two
    let value = if acute > 45.0 {
        if acute == 60.0 { SQRT3_4 } else { libm::cos((90.0 - acute).to_radians()) }
    } else if acute == 45.0 {
        std::f64::consts::FRAC_1_SQRT_2
    } else if acute == 30.0 {
        0.5
    } else {
        libm::sin(acute.to_radians())
    };
    sign * value
}

/// Cosine of an angle in degrees; exact at multiples of 30 and 45 degrees.
pub fn cos_deg(degrees: f64) -> f64 {
    if !degrees.is_finite() {
        return f64::NAN;
    }
    let turned = reduce(degrees, 360.0);
    let (folded, sign) = if turned >= 180.0 { (turned - 180.0, -1.0) } else { (turned, 1.0) };
    let (acute, sign) = if folded > 90.0 { (180.0 - folded, -sign) } else { (folded, sign) };
    let value = if acute > 45.0 {
        if acute == 60.0 { 0.5 } else { libm::sin((90.0 - acute).to_radians()) }
    } else if acute == 45.0 {
        std::f64::consts::FRAC_1_SQRT_2
    } else if acute == 30.0 {
        SQRT3_4
    } else {
        libm::cos(acute.to_radians())
    };
    sign * value
}

/// Tangent of an angle in degrees; exact at multiples of 45 degrees, infinite at odd multiples of 90.
pub fn tan_deg(degrees: f64) -> f64 {
    if !degrees.is_finite() {
        return f64::NAN;
    }
    let cycles = ((degrees) / 180.0).floor();
    let turned = reduce(degrees, 180.0);
    let (acute, sign) = if turned > 90.0 { (180.0 - turned, -1.0) } else { (turned, 1.0) };
    let value = match acute {
        0.0 if cycles % 2.0 != 0.0 => -0.0,
        0.0 => 0.0,
        30.0 => SQRT1_3,
        45.0 => 1.0,
        60.0 => SQRT3,
        90.0 if cycles % 2.0 != 0.0 => f64::NEG_INFINITY,
        90.0 => f64::INFINITY,
        _ => libm::tan(acute.to_radians()),
    };
    sign * value
}

/// Arc sine in degrees; exact where [`sin_deg`] is.
pub fn asin_deg(value: f64) -> f64 {
    exact_inverse(libm::asin(value).to_degrees(), value, sin_deg)
}

/// Arc cosine in degrees; exact where [`cos_deg`] is.
pub fn acos_deg(value: f64) -> f64 {
    exact_inverse(libm::acos(value).to_degrees(), value, cos_deg)
}

/// Arc tangent in degrees; exact where [`tan_deg`] is.
pub fn atan_deg(value: f64) -> f64 {
    exact_inverse(libm::atan(value).to_degrees(), value, tan_deg)
}

/// Angle of the vector (x, y) in degrees, from -180 to 180; rounded to a multiple of 15 where that is what was meant.
pub fn atan2_deg(y: f64, x: f64) -> f64 {
    let degrees = libm::atan2(y, x).to_degrees();
    let rounded = degrees.round();
    if (degrees - rounded).abs() < 3.0e-14 { rounded } else { degrees }
}

const SQRT3_4: f64 = 0.866_025_403_784_438_6;
const SQRT1_3: f64 = 0.577_350_269_189_625_7;
const SQRT3: f64 = 1.732_050_807_568_877_2;

fn reduce(degrees: f64, period: f64) -> f64 {
    if (0.0..period).contains(&degrees) {
        return degrees;
    }
    let rest = degrees % period;
    if rest < 0.0 { rest + period } else { rest }
}

/// `degrees` rounded to a whole number when the whole number gives exactly `value`.
fn exact_inverse(degrees: f64, value: f64, function: fn(f64) -> f64) -> f64 {
    let rounded = degrees.round();
    if function(rounded) == value { rounded } else { degrees }
}
