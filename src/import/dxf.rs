//! DXF outlines: lines, polylines, circles, arcs, ellipses and inserted blocks, joined to contours.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use crate::budget::{Budget, Exceeded};
use crate::geom::{Vec2, cos_deg, sin_deg};
use crate::import::meter::Meter;
use crate::import::{Division, ImportError, malformed};
use crate::region::{Contour, Region};

/// A region and the kinds of entities that were passed over, with their number.
#[derive(Debug, Clone, Default)]
pub struct Drawing {
    /// What the contours cover an odd number of times; open ones are closed.
    pub region: Region,
    /// By name.
    pub unsupported: BTreeMap<String, u32>,
}

/// Reads a DXF; `layer` picks one layer, `origin` is the point that becomes the origin, `scale` a factor on lengths.
///
/// # Errors
/// Where a group code is no number, or blocks and turns unfold to more than the budget has.
pub fn read(
    bytes: &[u8],
    layer: Option<&str>,
    origin: Vec2,
    scale: f64,
    division: &Division<'_>,
    budget: &Budget,
) -> Result<Drawing, ImportError> {
    let text = String::from_utf8_lossy(bytes);
    let mut reader = Reader { layer, origin, scale, ..Reader::new(division, budget) };
    let mut lines = text.lines().enumerate();
    while let (Some((index, code)), Some((_, value))) = (lines.next(), lines.next()) {
        let code = code.trim();
        match code.parse::<i32>() {
            Ok(code) => reader.group(code, value.trim())?,
            Err(_) if code.is_empty() => break,
            Err(_) => return Err(malformed("DXF", index + 1, format!("illegal ID '{code}'"))),
        }
    }
    reader.end_entity("EOF")?;
    Ok(Drawing { region: Region::polygon(&join(&reader.segments), budget)?, unsupported: reader.unsupported })
}

type Segment = [Vec2; 2];

#[derive(Clone, Copy, PartialEq)]
enum Section {
    Entities,
    Blocks,
    Other,
}

/// The groups of one entity.
#[derive(Default)]
struct Entity {
    kind: String,
    name: String,
    layer: String,
    xs: Vec<f64>,
    ys: Vec<f64>,
    radius: f64,
    /// Groups 41 and 42: an ellipse's angles, an insert's factors.
    pair: [Option<f64>; 2],
    angles: [f64; 2],
    flags: i32,
}

struct Reader<'a> {
    layer: Option<&'a str>,
    origin: Vec2,
    scale: f64,
    division: &'a Division<'a>,
    meter: Meter<'a>,
    section: Section,
    block: String,
    entity: Entity,
    segments: Vec<Segment>,
    blocks: BTreeMap<String, Vec<Segment>>,
    unsupported: BTreeMap<String, u32>,
}

impl<'a> Reader<'a> {
    fn new(division: &'a Division<'a>, budget: &'a Budget) -> Self {
        Self {
            layer: None,
            origin: Vec2::ZERO,
            scale: 1.0,
            division,
            meter: Meter::new(budget),
            section: Section::Other,
            block: String::new(),
            entity: Entity::default(),
            segments: Vec::new(),
            blocks: BTreeMap::new(),
            unsupported: BTreeMap::new(),
        }
    }

    fn group(&mut self, code: i32, value: &str) -> Result<(), Exceeded> {
        let number = value.parse::<f64>().unwrap_or(0.0);
        let in_block = self.section == Section::Blocks;
        match code {
            0 => self.end_entity(value)?,
            2 => value.clone_into(&mut self.entity.name),
            8 => value.clone_into(&mut self.entity.layer),
            10 | 11 => self.entity.xs.push(if in_block { number } else { (number - self.origin.x) * self.scale }),
            20 | 21 => self.entity.ys.push(if in_block { number } else { (number - self.origin.y) * self.scale }),
            40 => self.entity.radius = if in_block { number } else { number * self.scale },
            41 => self.entity.pair[0] = Some(number),
            42 => self.entity.pair[1] = Some(number),
            50 => self.entity.angles[0] = number,
            51 => self.entity.angles[1] = number,
            70 => self.entity.flags = number as i32,
            _ => {}
        }
        Ok(())
    }

    fn end_entity(&mut self, next: &str) -> Result<(), Exceeded> {
        let entity = std::mem::take(&mut self.entity);
        next.clone_into(&mut self.entity.kind);
        match entity.kind.as_str() {
            "SECTION" => {
                self.section = match entity.name.as_str() {
                    "ENTITIES" => Section::Entities,
                    "BLOCKS" => Section::Blocks,
                    _ => Section::Other,
                }
            }
            "BLOCK" => self.block = entity.name,
            "ENDBLK" => self.block.clear(),
            "" | "ENDSEC" | "EOF" | "DIMENSION" => {}
            _ if self.wants(&entity) => match self.outline(&entity)? {
                Some(segments) if self.section == Section::Entities => self.segments.extend(segments),
                Some(segments) => self.blocks.entry(self.block.clone()).or_default().extend(segments),
                None => *self.unsupported.entry(entity.kind).or_default() += 1,
            },
            _ => {}
        }
        Ok(())
    }

    fn wants(&self, entity: &Entity) -> bool {
        match self.section {
            Section::Entities => self.layer.is_none_or(|layer| layer.is_empty() || layer == entity.layer),
            Section::Blocks => true,
            Section::Other => false,
        }
    }

    /// The segments of an entity; none where it has too few points; `None` where its kind is not read.
    fn outline(&mut self, entity: &Entity) -> Result<Option<Vec<Segment>>, Exceeded> {
        let points: Vec<Vec2> = entity.xs.iter().zip(&entity.ys).map(|(x, y)| Vec2::new(*x, *y)).collect();
        let points = points.as_slice();
        Ok(Some(match (entity.kind.as_str(), points) {
            ("LINE", [from, to, ..]) => vec![[*from, *to]],
            ("LWPOLYLINE", [first, .., last]) => {
                let mut segments: Vec<Segment> = points.windows(2).map(|pair| [pair[0], pair[1]]).collect();
                if entity.flags & 1 != 0 {
                    segments.push([*last, *first]);
                }
                segments
            }
            ("CIRCLE", [center, ..]) => {
                let count = (self.division.arc)(entity.radius, 360.0).unwrap_or(3);
                self.count(count as usize)?;
                arc(*center, entity.radius, 0.0, 360.0, count)
            }
            ("ARC", [center, ..]) => {
                let [start, stop] = entity.angles;
                let sweep = sweep(start, stop, 360.0);
                let count = (self.division.arc)(entity.radius, sweep).unwrap_or(1);
                self.count(count as usize)?;
                arc(*center, entity.radius, start, sweep, count)
            }
            ("ELLIPSE", [center, axis, ..]) => self.ellipse(entity, *center, *axis)?,
            ("INSERT", [at, ..]) => self.insert(entity, *at)?,
            ("LINE" | "LWPOLYLINE" | "CIRCLE" | "ARC" | "ELLIPSE" | "INSERT", _) => Vec::new(),
            _ => return Ok(None),
        }))
    }

    /// Counts segments before they are made.
    fn count(&mut self, segments: usize) -> Result<(), Exceeded> {
        self.meter.take(segments.saturating_mul(SEGMENT_BYTES))
    }

    /// The end of the major axis is relative to the centre, so the origin's shift does not apply to it.
    fn ellipse(&mut self, entity: &Entity, center: Vec2, axis: Vec2) -> Result<Vec<Segment>, Exceeded> {
        let shift = if self.section == Section::Blocks { Vec2::ZERO } else { self.origin * self.scale };
        let axis = axis + shift;
        let ratio = if self.section == Section::Blocks { entity.radius } else { entity.radius / self.scale };
        let (start, stop) = (entity.pair[0].unwrap_or(0.0), entity.pair[1].unwrap_or(0.0));
        let (start, sweep) = (start.to_degrees(), sweep(start, stop, std::f64::consts::TAU).to_degrees());
        let count = (self.division.arc)(axis.length(), sweep).unwrap_or(1);
        self.count(count as usize)?;
        let point = |step: u32| {
            let angle = start + sweep * f64::from(step) / f64::from(count);
            center + axis * cos_deg(angle) + axis.perp() * (ratio * sin_deg(angle))
        };
        Ok((0..count).map(|step| [point(step), point(step + 1)]).collect())
    }

    fn insert(&mut self, entity: &Entity, at: Vec2) -> Result<Vec<Segment>, Exceeded> {
        let segments = self.blocks.get(&entity.name).map_or(0, Vec::len);
        self.count(segments)?;
        let factors = Vec2::new(entity.pair[0].unwrap_or(1.0), entity.pair[1].unwrap_or(1.0));
        let turned = Vec2::new(cos_deg(entity.angles[0]), sin_deg(entity.angles[0]));
        let place = |point: Vec2| turned.rotate(point * factors) * self.scale + at;
        Ok(self.blocks.get(&entity.name).into_iter().flatten().map(|segment| segment.map(place)).collect())
    }
}

/// From `start` forward to `stop`, which may be turns behind; never more than a full turn for what is turns ahead.
fn sweep(start: f64, stop: f64, turn: f64) -> f64 {
    let mut sweep = stop - start;
    if sweep < 0.0 && sweep > -1.0e3 * turn {
        while sweep < 0.0 {
            sweep += turn;
        }
    }
    sweep.clamp(-turn, turn)
}

/// What a segment takes until it is part of a region.
const SEGMENT_BYTES: usize = 200;

fn arc(center: Vec2, radius: f64, start: f64, sweep: f64, count: u32) -> Vec<Segment> {
    let point = |step: u32| {
        let angle = start + sweep * f64::from(step) / f64::from(count);
        center + Vec2::new(cos_deg(angle), sin_deg(angle)) * radius
    };
    (0..count).map(|step| [point(step), point(step + 1)]).collect()
}

/// Ends nearer than this are one point.
const JOIN: f64 = 0.000_976_562_5;

/// Segments to contours: from loose ends as long as there are any, the first segment first; then round from whatever is left.
fn join(segments: &[Segment]) -> Vec<Contour> {
    let mut net = Net::of(segments);
    let mut contours = Vec::new();
    while let Some((segment, start)) = net.next_loose() {
        contours.push(net.walk(segment, start));
    }
    while let Some(segment) = net.left.first().copied() {
        contours.push(net.walk(segment, net.ends[segment][0]));
    }
    contours
}

/// Segments between places, and which of them are left.
struct Net {
    places: Places,
    ends: Vec<[usize; 2]>,
    at_place: Vec<BTreeSet<usize>>,
    left: BTreeSet<usize>,
    loose: BTreeSet<usize>,
}

impl Net {
    fn of(segments: &[Segment]) -> Self {
        let mut places = Places::default();
        let ends: Vec<[usize; 2]> = segments.iter().map(|segment| segment.map(|point| places.index(point))).collect();
        let mut at_place: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); places.points.len()];
        let left: BTreeSet<usize> = (0..ends.len()).filter(|segment| ends[*segment][0] != ends[*segment][1]).collect();
        for segment in &left {
            for end in ends[*segment] {
                at_place[end].insert(*segment);
            }
        }
        let mut net = Self { places, ends, at_place, left, loose: BTreeSet::new() };
        for place in 0..net.at_place.len() {
            net.note_loose(place);
        }
        net
    }

    fn note_loose(&mut self, place: usize) {
        if let Some(only) = self.at_place[place].first().filter(|_| self.at_place[place].len() == 1) {
            self.loose.insert(*only);
        }
    }

    /// The first segment with a loose end, and that end.
    fn next_loose(&mut self) -> Option<(usize, usize)> {
        while let Some(segment) = self.loose.pop_first() {
            let end = self.ends[segment].into_iter().find(|end| self.at_place[*end].len() == 1);
            if let Some(start) = end.filter(|_| self.left.contains(&segment)) {
                return Some((segment, start));
            }
        }
        None
    }

    fn walk(&mut self, segment: usize, start: usize) -> Contour {
        let mut contour = vec![self.places.points[start]];
        let (mut current, mut place) = (segment, start);
        loop {
            self.left.remove(&current);
            let [from, to] = self.ends[current];
            for end in [from, to] {
                self.at_place[end].remove(&current);
                self.note_loose(end);
            }
            place = if from == place { to } else { from };
            contour.push(self.places.points[place]);
            match self.at_place[place].first() {
                Some(next) => current = *next,
                None => return contour,
            }
        }
    }
}

/// Points with those nearby taken as one.
#[derive(Default)]
struct Places {
    points: Vec<Vec2>,
    cells: FxHashMap<[i64; 2], usize>,
}

impl Places {
    fn index(&mut self, point: Vec2) -> usize {
        let cell = (point / JOIN).round().to_array().map(|value| value as i64);
        for dx in -1..=1 {
            for dy in -1..=1 {
                let near = [cell[0].wrapping_add(dx), cell[1].wrapping_add(dy)];
                if let Some(index) = self.cells.get(&near)
                    && (self.points[*index] - point).abs().max_element() < JOIN
                {
                    return *index;
                }
            }
        }
        self.points.push(point);
        self.cells.insert(cell, self.points.len() - 1);
        self.points.len() - 1
    }
}
