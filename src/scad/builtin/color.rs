//! `color()`: by numbers, by name, by hexadecimal digits.
//!
//! **Sources** CSS Color Module Level 4, named colours and hexadecimal notation; the xkcd colour survey's names behind `xkcd:`.

use crate::csg::Kind;
use crate::geom::Rgba;
use crate::scad::builtin::ModuleArguments;
use crate::scad::eval::Interpreter;
use crate::scad::log::Run;
use crate::scad::value::Value;

/// What OpenSCAD writes where no colour was understood.
const NONE: Rgba = Rgba { r: -1.0, g: -1.0, b: -1.0, a: -1.0 };

/// Bytes of a name that are looked at.
const NAME_MAX: usize = 256;

pub(super) fn color(job: &mut Interpreter<'_>, arguments: &ModuleArguments<'_>) -> Run<Kind> {
    let mut color = NONE;
    match arguments.get("c") {
        Value::List(list) => {
            let mut channels = [1.0_f32; 4];
            for (slot, value) in channels.iter_mut().zip(list.iter()) {
                *slot = value.number_or_zero() as f32;
            }
            for channel in channels.iter().filter(|channel| **channel > 1.0 || **channel < 0.0) {
                let message =
                    format!("color() expects numbers between 0.0 and 1.0. Value of {channel:.1} is out of range");
                job.warn(arguments.span, message);
            }
            let [r, g, b, a] = channels;
            color = Rgba { r, g, b, a };
        }
        Value::Text(text) if text.as_str().len() > NAME_MAX => {
            job.warn(arguments.span, "Unable to parse color: its name is too long");
        }
        Value::Text(text) => match named(text.as_str()).or_else(|| hexadecimal(text.as_str())) {
            Some(found) => color = found,
            None => {
                let text = text.as_str();
                let message = format!("Unable to parse color \"{text}\"");
                job.warn_nearest(arguments.span, message, nearest(text).as_deref());
            }
        },
        _ => {}
    }
    if let Some(alpha) = arguments.get("alpha").as_number() {
        color.a = alpha as f32;
        if color.a < 0.0 || color.a > 1.0 {
            let alpha = color.a;
            let message = format!("color() expects alpha between 0.0 and 1.0. Value of {alpha:.1} is out of range");
            job.warn(arguments.span, message);
        }
    }
    Ok(Kind::Color(color))
}

fn from_bytes(bytes: [u8; 3]) -> Rgba {
    let [r, g, b] = bytes.map(|byte| f32::from(byte) / 255.0);
    Rgba { r, g, b, a: 1.0 }
}

fn named(name: &str) -> Option<Rgba> {
    let name = name.to_lowercase();
    if name == "transparent" {
        return Some(Rgba { r: 0.0, g: 0.0, b: 0.0, a: 0.0 });
    }
    let found = match name.strip_prefix(SURVEY_PREFIX) {
        Some(name) => survey_names().find(|(known, _)| *known == name),
        None => names().find(|(known, _)| *known == name),
    };
    found.map(|(_, bytes)| from_bytes(bytes))
}

/// `#rgb`, `#rgba`, `#rrggbb`, `#rrggbbaa`
fn hexadecimal(text: &str) -> Option<Rgba> {
    let digits = text.strip_prefix('#')?;
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let (width, largest) = match digits.len() {
        3 | 4 => (1, 15.0),
        6 | 8 => (2, 255.0),
        _ => return None,
    };
    let channel = |at: usize| match digits.get(at * width..(at + 1) * width) {
        Some(part) => u8::from_str_radix(part, 16).map_or(1.0, |value| f32::from(value) / largest),
        None => 1.0,
    };
    Some(Rgba { r: channel(0), g: channel(1), b: channel(2), a: channel(3) })
}

/// A known name that differs by one letter.
fn nearest(name: &str) -> Option<String> {
    let name = name.to_lowercase();
    if let Some(name) = name.strip_prefix(SURVEY_PREFIX) {
        let found = survey_names().map(|(known, _)| known).find(|known| is_close(known, name));
        return found.map(|known| format!("{SURVEY_PREFIX}{known}"));
    }
    names().map(|(known, _)| known).find(|known| is_close(known, &name)).map(str::to_owned)
}

fn is_close(known: &str, name: &str) -> bool {
    known.len().abs_diff(name.len()) <= 1 && {
        let same_start = known.bytes().zip(name.bytes()).take_while(|(a, b)| a == b).count();
        let same_end = known.bytes().rev().zip(name.bytes().rev()).take_while(|(a, b)| a == b).count();
        same_start + same_end + 1 >= known.len().max(name.len())
    }
}

/// Names and colours.
fn names() -> impl Iterator<Item = (&'static str, [u8; 3])> {
    NAMES.split_ascii_whitespace().filter_map(|entry| entry.split_once('=')).filter_map(with_bytes)
}

/// The name of a colour, the first of those that it has.
pub fn color_name(bytes: [u8; 3]) -> Option<&'static str> {
    names().find(|(_, known)| *known == bytes).map(|(name, _)| name)
}

/// The names of the xkcd survey, which may hold spaces.
fn survey_names() -> impl Iterator<Item = (&'static str, [u8; 3])> {
    SURVEY_NAMES.lines().filter_map(|line| line.split_once('\t')).filter_map(with_bytes)
}

fn with_bytes((name, digits): (&'static str, &str)) -> Option<(&'static str, [u8; 3])> {
    let [_, r, g, b] = u32::from_str_radix(digits, 16).ok()?.to_be_bytes();
    Some((name, [r, g, b]))
}

const SURVEY_PREFIX: &str = "xkcd:";
const SURVEY_NAMES: &str = include_str!("../../../assets/xkcd-colors.txt");

const NAMES: &str = "\
aliceblue=f0f8ff antiquewhite=faebd7 aqua=00ffff aquamarine=7fffd4 azure=f0ffff beige=f5f5dc bisque=ffe4c4 black=000000 \
blanchedalmond=ffebcd blue=0000ff blueviolet=8a2be2 brown=a52a2a burlywood=deb887 cadetblue=5f9ea0 chartreuse=7fff00 \
chocolate=d2691e coral=ff7f50 cornflowerblue=6495ed cornsilk=fff8dc crimson=dc143c cyan=00ffff darkblue=00008b \
darkcyan=008b8b darkgoldenrod=b8860b darkgray=a9a9a9 darkgreen=006400 darkgrey=a9a9a9 darkkhaki=bdb76b \
darkmagenta=8b008b darkolivegreen=556b2f darkorange=ff8c00 darkorchid=9932cc darkred=8b0000 darksalmon=e9967a \
darkseagreen=8fbc8f darkslateblue=483d8b darkslategray=2f4f4f darkslategrey=2f4f4f darkturquoise=00ced1 \
darkviolet=9400d3 deeppink=ff1493 deepskyblue=00bfff dimgray=696969 dimgrey=696969 dodgerblue=1e90ff \
firebrick=b22222 floralwhite=fffaf0 forestgreen=228b22 fuchsia=ff00ff gainsboro=dcdcdc ghostwhite=f8f8ff gold=ffd700 \
goldenrod=daa520 gray=808080 green=008000 greenyellow=adff2f grey=808080 honeydew=f0fff0 hotpink=ff69b4 \
indianred=cd5c5c indigo=4b0082 ivory=fffff0 khaki=f0e68c lavender=e6e6fa lavenderblush=fff0f5 lawngreen=7cfc00 \
lemonchiffon=fffacd lightblue=add8e6 lightcoral=f08080 lightcyan=e0ffff lightgoldenrodyellow=fafad2 \
lightgray=d3d3d3 lightgreen=90ee90 lightgrey=d3d3d3 lightpink=ffb6c1 lightsalmon=ffa07a lightseagreen=20b2aa \
lightskyblue=87cefa lightslategray=778899 lightslategrey=778899 lightsteelblue=b0c4de lightyellow=ffffe0 lime=00ff00 \
limegreen=32cd32 linen=faf0e6 magenta=ff00ff maroon=800000 mediumaquamarine=66cdaa mediumblue=0000cd \
mediumorchid=ba55d3 mediumpurple=9370db mediumseagreen=3cb371 mediumslateblue=7b68ee mediumspringgreen=00fa9a \
mediumturquoise=48d1cc mediumvioletred=c71585 midnightblue=191970 mintcream=f5fffa mistyrose=ffe4e1 moccasin=ffe4b5 \
navajowhite=ffdead navy=000080 oldlace=fdf5e6 olive=808000 olivedrab=6b8e23 orange=ffa500 orangered=ff4500 \
orchid=da70d6 palegoldenrod=eee8aa palegreen=98fb98 paleturquoise=afeeee palevioletred=db7093 papayawhip=ffefd5 \
peachpuff=ffdab9 peru=cd853f pink=ffc0cb plum=dda0dd powderblue=b0e0e6 purple=800080 rebeccapurple=663399 red=ff0000 \
rosybrown=bc8f8f royalblue=4169e1 saddlebrown=8b4513 salmon=fa8072 sandybrown=f4a460 seagreen=2e8b57 seashell=fff5ee \
sienna=a0522d silver=c0c0c0 skyblue=87ceeb slateblue=6a5acd slategray=708090 slategrey=708090 snow=fffafa \
springgreen=00ff7f steelblue=4682b4 tan=d2b48c teal=008080 thistle=d8bfd8 tomato=ff6347 turquoise=40e0d0 \
violet=ee82ee wheat=f5deb3 white=ffffff whitesmoke=f5f5f5 yellow=ffff00 yellowgreen=9acd32";
