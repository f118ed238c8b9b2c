//! Streams packed as `EXT_meshopt_compression` lays down: vertices byte by byte as differences, triangles by the edges that they share
//! with the ones before.
//!
//! Sources: the bitstream sections of the extension's text in the glTF registry (A. Kapoulkine).

/// Vertices of `stride` bytes each, a multiple of four and at most 256: the extension's mode `ATTRIBUTES`, version 0.
pub fn attributes(bytes: &[u8], stride: usize) -> Vec<u8> {
    let mut out = vec![0xA0];
    let first = bytes.get(..stride).map_or_else(|| vec![0; stride], <[u8]>::to_vec);
    let mut last = first.clone();
    let block = (BLOCK_BYTES / stride / GROUP * GROUP).min(BLOCK_ELEMENTS);
    for elements in bytes.chunks(block * stride) {
        for (byte, last) in last.iter().enumerate() {
            let mut before = *last;
            let column = elements.iter().skip(byte).step_by(stride);
            let deltas: Vec<u8> =
                column.map(|value| zigzag(value.wrapping_sub(std::mem::replace(&mut before, *value)))).collect();
            put_deltas(&deltas, &mut out);
        }
        last.copy_from_slice(&elements[elements.len() - stride..]);
    }
    // the first vertex stands at the end, so that readers may read a little too far
    out.resize(out.len() + TAIL.saturating_sub(stride), 0);
    out.extend(first);
    out
}

const BLOCK_BYTES: usize = 8192;
const BLOCK_ELEMENTS: usize = 256;
const GROUP: usize = 16;
const TAIL: usize = 32;

fn zigzag(delta: u8) -> u8 {
    (delta << 1) ^ if delta & 0x80 == 0 { 0 } else { 0xFF }
}

/// One byte of every vertex of a block: two bits a group that say how wide it is, then the groups.
fn put_deltas(deltas: &[u8], out: &mut Vec<u8>) {
    let groups: Vec<[u8; GROUP]> = deltas
        .chunks(GROUP)
        .map(|chunk| {
            let mut group = [0; GROUP];
            group[..chunk.len()].copy_from_slice(chunk);
            group
        })
        .collect();
    let header = out.len();
    out.resize(header + groups.len().div_ceil(4), 0);
    for (index, group) in groups.iter().enumerate() {
        let width = (0..4_u8).min_by_key(|width| group_size(group, *width)).unwrap_or(3);
        out[header + index / 4] |= width << (2 * (index % 4));
        put_group(group, width, out);
    }
}

/// Bits of a value for each width, of which the largest says that the value stands behind.
const BITS: [u32; 4] = [0, 2, 4, 8];

fn group_size(group: &[u8; GROUP], width: u8) -> usize {
    let bits = BITS[usize::from(width)];
    match width {
        0 if group.iter().all(|delta| *delta == 0) => 0,
        0 => usize::MAX,
        3 => GROUP,
        _ => GROUP * bits as usize / 8 + group.iter().filter(|delta| u32::from(**delta) >= (1 << bits) - 1).count(),
    }
}

fn put_group(group: &[u8; GROUP], width: u8, out: &mut Vec<u8>) {
    match width {
        0 => {}
        3 => out.extend(group),
        _ => {
            let bits = BITS[usize::from(width)];
            let sentinel = (1_u8 << bits) - 1;
            for together in group.chunks(8 / bits as usize) {
                out.push(together.iter().fold(0, |byte, delta| (byte << bits) | (*delta).min(sentinel)));
            }
            out.extend(group.iter().filter(|delta| **delta >= sentinel));
        }
    }
}

/// Triangles: the extension's mode `TRIANGLES`, version 1. The corners of a triangle may come out turned.
pub fn triangles(indices: &[u32]) -> Vec<u8> {
    let mut encoder = Triangles::default();
    for corners in indices.chunks_exact(3) {
        encoder.put([corners[0], corners[1], corners[2]]);
    }
    [&[0xE1], &encoder.codes[..], &encoder.data[..], &PAIRS[..]].concat()
}

/// The pairs of vertex codes that have a short form; readers find the table at the end of the stream.
const PAIRS: [u8; 16] =
    [0x00, 0x76, 0x87, 0x56, 0x67, 0x78, 0xA9, 0x86, 0x65, 0x89, 0x68, 0x98, 0x01, 0x69, 0x00, 0x00];

/// Vertices of the latest sixteen that have a code of their own.
const NEAR: usize = 13;

/// Says that a vertex stands in the data.
const FAR: u8 = 15;

/// What encoder and decoder both remember.
#[derive(Default)]
struct Triangles {
    codes: Vec<u8>,
    data: Vec<u8>,
    edges: Latest<(u32, u32)>,
    vertices: Latest<u32>,
    /// The first vertex that was not seen yet.
    next: u32,
    /// The latest vertex in the data.
    last: u32,
}

impl Triangles {
    fn put(&mut self, corners: [u32; 3]) {
        let turned = |turn: usize| [corners[turn], corners[(turn + 1) % 3], corners[(turn + 2) % 3]];
        let known = (0..15).find_map(|age| {
            let edge = self.edges.at(age)?;
            let turn = (0..3).find(|turn| (corners[*turn], corners[(turn + 1) % 3]) == edge)?;
            Some((age as u8, turned(turn)))
        });
        match known {
            Some((age, [a, b, c])) => self.put_beside(age, a, b, c),
            None if corners[1] == self.next => self.put_alone(turned(1)),
            None if corners[2] == self.next => self.put_alone(turned(2)),
            None => self.put_alone(corners),
        }
    }

    /// A triangle on a known edge: one vertex is left to tell.
    fn put_beside(&mut self, age: u8, a: u32, b: u32, c: u32) {
        let code = match self.vertices.age(c) {
            Some(near) if (1..NEAR).contains(&near) => near as u8,
            _ if c == self.next => 0,
            _ if c.wrapping_add(1) == self.last => 13,
            _ if c == self.last.wrapping_add(1) => 14,
            _ => FAR,
        };
        self.codes.push(age << 4 | code);
        match code {
            0 => self.next += 1,
            13 | 14 => self.last = c,
            FAR => self.put_far(c),
            _ => {}
        }
        if code == 0 || usize::from(code) >= NEAR {
            self.vertices.put(c);
        }
        self.edges.put((c, b));
        self.edges.put((a, c));
    }

    fn put_alone(&mut self, [a, b, c]: [u32; 3]) {
        // the three first vertices again would be taken for a fresh start, which so they are
        let restart = [a, b, c] == [0, 1, 2] && self.next > 0;
        if restart {
            self.next = 0;
            self.vertices = Latest::default();
        }
        let (near_b, near_c) = (self.vertices.age(b), self.vertices.age(c));
        let code_a = if a == self.next { 0 } else { FAR };
        self.next += u32::from(code_a == 0);
        let code_b = self.code_alone(b, near_b);
        let code_c = self.code_alone(c, near_c);
        let pair = code_b << 4 | code_c;
        match PAIRS[..14].iter().position(|known| *known == pair) {
            Some(index) if code_a == 0 && !restart => self.codes.push(0xF0 | index as u8),
            _ => {
                self.codes.push(if code_a == 0 { 0xFE } else { 0xFF });
                self.data.push(pair);
            }
        }
        for (vertex, code) in [(a, code_a), (b, code_b), (c, code_c)] {
            if code == FAR {
                self.put_far(vertex);
            }
        }
        for (vertex, code) in [(a, code_a), (b, code_b), (c, code_c)] {
            if code == 0 || code == FAR {
                self.vertices.put(vertex);
            }
        }
        for edge in [(b, a), (c, b), (a, c)] {
            self.edges.put(edge);
        }
    }

    fn code_alone(&mut self, vertex: u32, near: Option<usize>) -> u8 {
        match near {
            Some(age) if age < 14 => age as u8 + 1,
            _ if vertex == self.next => {
                self.next += 1;
                0
            }
            _ => FAR,
        }
    }

    /// The difference to the latest such vertex, seven bits a byte.
    fn put_far(&mut self, vertex: u32) {
        let delta = vertex.wrapping_sub(self.last);
        let mut rest = (delta << 1) ^ if delta >> 31 == 0 { 0 } else { u32::MAX };
        while rest > 127 {
            self.data.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        self.data.push(rest as u8);
        self.last = vertex;
    }
}

/// The latest sixteen things.
struct Latest<T> {
    things: [Option<T>; 16],
    at: usize,
}

impl<T: Copy> Default for Latest<T> {
    fn default() -> Self {
        Self { things: [None; 16], at: 0 }
    }
}

impl<T: Copy + PartialEq> Latest<T> {
    fn put(&mut self, thing: T) {
        self.things[self.at] = Some(thing);
        self.at = (self.at + 1) % 16;
    }

    /// The thing put so many puts ago.
    fn at(&self, age: usize) -> Option<T> {
        self.things[(self.at + 15 - age) % 16]
    }

    fn age(&self, thing: T) -> Option<usize> {
        (0..16).find(|age| self.at(*age) == Some(thing))
    }
}
