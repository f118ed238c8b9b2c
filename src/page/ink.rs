//! Line weight, dash pattern and layer name, by ISO 128-2.

/// What kind of line a mark is; a writer makes one named layer of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Layer {
    /// Border, centring marks and zones.
    Frame,
    /// Title block.
    Title,
    /// Filled cut walls of plans.
    Fill,
    /// Hatching of cut faces.
    Hatch,
    /// What lies below a floor plan's cut.
    Below,
    /// What lies above a floor plan's cut.
    Above,
    /// Hidden edges.
    Hidden,
    /// Centre lines and marks.
    Center,
    /// Outlines of neighbouring or removed parts.
    Phantom,
    /// Where one surface goes over into another without a crease.
    Tangent,
    /// Visible edges.
    Visible,
    /// Cutting planes.
    Section,
    /// Dimensions and leaders.
    Dimension,
    /// Notes and view names.
    Text,
}

/// All layers in the order in which they are drawn.
pub const LAYERS: [Layer; 14] = [
    Layer::Frame,
    Layer::Title,
    Layer::Fill,
    Layer::Hatch,
    Layer::Below,
    Layer::Above,
    Layer::Hidden,
    Layer::Center,
    Layer::Phantom,
    Layer::Tangent,
    Layer::Visible,
    Layer::Section,
    Layer::Dimension,
    Layer::Text,
];

/// Dash patterns of ISO 128-2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LineType {
    /// 01: continuous.
    Continuous,
    /// 02: dashed.
    Dashed,
    /// 04: long dash, dot.
    Chain,
    /// 05: long dash, two dots.
    DoubleChain,
}

/// How a mark is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ink {
    /// Its layer.
    pub layer: Layer,
    /// Line width in mm.
    pub width: f64,
    /// Dash pattern.
    pub line: LineType,
}

impl Layer {
    /// The layer's name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Frame => "FRAME",
            Self::Title => "TITLE",
            Self::Fill => "FILL",
            Self::Hatch => "HATCH",
            Self::Below => "BELOW",
            Self::Above => "ABOVE",
            Self::Hidden => "HIDDEN",
            Self::Center => "CENTER",
            Self::Phantom => "PHANTOM",
            Self::Tangent => "TANGENT",
            Self::Visible => "VISIBLE",
            Self::Section => "SECTION",
            Self::Dimension => "DIMENSION",
            Self::Text => "TEXT",
        }
    }

    /// The line type of most of its marks.
    pub fn line(self) -> LineType {
        match self {
            Self::Above | Self::Hidden => LineType::Dashed,
            Self::Center | Self::Section => LineType::Chain,
            Self::Phantom => LineType::DoubleChain,
            _ => LineType::Continuous,
        }
    }

    /// How dark its areas are filled, 0 white to 1 black.
    pub fn darkness(self) -> f64 {
        if self == Self::Fill { 0.35 } else { 1.0 }
    }

    /// Whether its lines are the wide ones of the line group.
    pub fn is_wide(self) -> bool {
        matches!(self, Self::Visible | Self::Frame)
    }

    /// Its pen with a line group's wide width (0.5 for A4 to A2, 0.7 for A1 and A0).
    pub fn ink(self, wide: f64) -> Ink {
        Ink { layer: self, width: if self.is_wide() { wide } else { wide * 0.5 }, line: self.line() }
    }
}

impl LineType {
    /// Dashes and gaps in turn for a line of `width` mm (ISO 128-2: dash 12 d, long dash 24 d, gap 3 d, dot 0.5 d); empty when
    /// continuous.
    pub fn pattern(self, width: f64) -> Vec<f64> {
        let multiples: &[f64] = match self {
            Self::Continuous => &[],
            Self::Dashed => &[12.0, 3.0],
            Self::Chain => &[24.0, 3.0, 0.5, 3.0],
            Self::DoubleChain => &[24.0, 3.0, 0.5, 3.0, 0.5, 3.0],
        };
        multiples.iter().map(|multiple| multiple * width).collect()
    }
}
