//! What may be written on the command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// 3D models and technical drawings from OpenSCAD programs, from a queue or from a file.
#[derive(Debug, Parser)]
#[command(name = "maquette", version, about, max_term_width = 110)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// The whole flow on this machine: embedded queue and store, sample jobs through the real daemon loop.
    Demo(DemoArguments),
    /// The daemon: long-polls the queue, makes, stores, acknowledges.
    Serve(ServeArguments),
    /// One model to one or more files, without a queue.
    Render(Box<RenderArguments>),
    /// Puts a job on the queue.
    Submit(SubmitArguments),
    /// A program or a job: what is wrong, with place and hint; nothing is made.
    Check(CheckArguments),
    /// The customizer parameters of a program as JSON.
    Params(ParamsArguments),
    /// Prints a JSON Schema: job, manifest or event.
    Schema {
        /// job, manifest or event
        document: String,
    },
    /// The mock server: SQS- and S3-compatible endpoints on loopback.
    StandIn(StandInArguments),
    /// Asks a running daemon's /healthz; for container health checks.
    Healthcheck(HealthcheckArguments),
    /// Computes jobs for the daemon that started it, over its standard input and output.
    #[command(hide = true)]
    Worker,
}

#[derive(Debug, Args)]
pub struct DemoArguments {
    /// Where queue and store live [default: a folder in the system's temporary folder]
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// Jobs in all; the samples are repeated with other parameters until there are so many
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
    /// No sample jobs, but a page to try programs on, until Ctrl+C
    #[arg(long, conflicts_with = "jobs")]
    pub ui: bool,
}

#[derive(Debug, Args)]
pub struct ServeArguments {
    /// Settings file (TOML); see config/default.toml
    #[arg(long, short, value_name = "FILE", env = "MAQUETTE_CONFIG")]
    pub config: Option<PathBuf>,
    /// Runs on the embedded queue and store in this folder instead of AWS
    #[arg(long, value_name = "DIR")]
    pub local: Option<PathBuf>,
    /// Serves a page to try programs on at `/`; the same as `--set http.ui=true --set http.downloads=stream`
    #[arg(long)]
    pub ui: bool,
    /// Sets one setting: `--set queue.url=https://…`; wins over file and environment
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Prints the settled settings and ends
    #[arg(long)]
    pub print_settings: bool,
}

#[derive(Debug, Args)]
pub struct RenderArguments {
    /// The program; `-` reads standard input
    pub model: String,
    /// A file to write; its ending says how: stl off obj ply amf glb 3mf, svg dxf pdf (a drawing of a solid, the outline of a 2D
    /// model), png (a picture), csg, echo, ast, param, json (mass properties); `-` writes to standard output
    #[arg(short = 'o', value_name = "FILE", required = true)]
    pub output: Vec<PathBuf>,
    /// Format of the outputs instead of their endings: also asciistl, binstl
    #[arg(long, value_name = "FORMAT")]
    pub export_format: Option<String>,
    /// Sets a variable: `-D 'width=40'`
    #[arg(short = 'D', value_name = "NAME=VALUE")]
    pub define: Vec<String>,
    /// Parameter-set file
    #[arg(short = 'p', value_name = "FILE")]
    pub parameter_file: Option<PathBuf>,
    /// Parameter set of that file
    #[arg(short = 'P', value_name = "NAME")]
    pub parameter_set: Option<String>,
    /// An option of the output: drawing/paper=A3, drawing/scale=1:2, drawing/views=front,top, png/width=800,
    /// mesh/tolerance=0.05, mesh/triangles=5000, glb/compress=true, 3mf/title=Box, report/minWall=1, …
    #[arg(short = 'O', value_name = "SECTION/KEY=VALUE")]
    pub option: Vec<String>,
    /// Picture size in pixels
    #[arg(long, value_name = "WIDTH,HEIGHT")]
    pub imgsize: Option<String>,
    /// Prints figures of what was made as JSON
    #[arg(long, value_name = "WHAT")]
    pub summary: Option<String>,
    /// Where the summary goes; `-` is standard output
    #[arg(long, value_name = "FILE")]
    pub summary_file: Option<PathBuf>,
    /// Ends with an error at the first warning
    #[arg(long)]
    pub hardwarnings: bool,
    /// Prints no messages but errors
    #[arg(short = 'q', long)]
    pub quiet: bool,
    /// Wall-clock limit in seconds [default: none]
    #[arg(long, value_name = "SECONDS")]
    pub timeout: Option<u64>,
    /// OpenSCAD's experimental features by name; all that maquette knows are on anyway
    #[arg(long, value_name = "FEATURE")]
    pub enable: Vec<String>,
    /// Accepted for OpenSCAD's sake: a mesh is always rendered
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "", value_name = "force")]
    pub render: Option<String>,
    /// Evaluates with `$preview = true`
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "", value_name = "MODE")]
    pub preview: Option<String>,
    /// Accepted for OpenSCAD's sake: there is one kernel
    #[arg(long, value_name = "NAME")]
    pub backend: Option<String>,
    /// Where a picture is seen from, and what `$vpt`, `$vpr`, `$vpd` tell the program: x,y,z,turns x,y,z,distance, or eye
    /// x,y,z,centre x,y,z
    #[arg(long, value_name = "NUMBERS", allow_hyphen_values = true, value_delimiter = ',')]
    pub camera: Vec<f64>,
    /// Whether traces show what modules were called with
    #[arg(long, value_name = "BOOL", default_value_t = true, action = clap::ArgAction::Set)]
    pub trace_usermodule_parameters: bool,
    /// Warns of sizes that make nothing: on or off
    #[arg(long, value_name = "on|off")]
    pub check_parameter_ranges: Option<String>,
    /// Accepted for OpenSCAD's sake: wrong arguments are always told
    #[arg(long, hide = true)]
    pub check_parameters: Option<String>,
    /// Shows the whole model, however far the camera is
    #[arg(long)]
    pub viewall: bool,
    /// Accepted for OpenSCAD's sake
    #[arg(long, hide = true)]
    pub autocenter: bool,
    /// How a picture shows depth: perspective or ortho
    #[arg(long, value_name = "o|p")]
    pub projection: Option<String>,
    /// Accepted for OpenSCAD's sake
    #[arg(long, hide = true)]
    pub colorscheme: Option<String>,
    /// Accepted for OpenSCAD's sake
    #[arg(long, hide = true)]
    pub view: Option<String>,
}

#[derive(Debug, Args)]
pub struct SubmitArguments {
    /// The job as JSON; `-` reads standard input
    pub job: PathBuf,
    /// Waits for the manifest and prints it
    #[arg(long)]
    pub wait: bool,
    /// How long to wait, seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    pub timeout: u64,
    /// Settings file (TOML)
    #[arg(long, short, value_name = "FILE", env = "MAQUETTE_CONFIG")]
    pub config: Option<PathBuf>,
    /// Sets one setting: `--set queue.url=https://…`
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
}

#[derive(Debug, Args)]
pub struct CheckArguments {
    /// A program (`.scad`) or a job (`.json`)
    pub file: PathBuf,
    /// Sets a variable of the program
    #[arg(short = 'D', value_name = "NAME=VALUE")]
    pub define: Vec<String>,
}

#[derive(Debug, Args)]
pub struct ParamsArguments {
    /// The program
    pub model: PathBuf,
    /// As a JSON Schema instead of OpenSCAD's parameter description
    #[arg(long)]
    pub schema: bool,
}

#[derive(Debug, Args)]
pub struct StandInArguments {
    /// Where messages and objects are kept
    #[arg(long, value_name = "DIR", default_value = "maquette-stand-in")]
    pub dir: PathBuf,
    /// Address to listen on; only loopback is accepted
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9324")]
    pub listen: SocketAddr,
    /// Queues to create
    #[arg(long, value_name = "NAME", default_value = "jobs")]
    pub queue: Vec<String>,
    /// Buckets to create
    #[arg(long, value_name = "NAME", default_value = "results")]
    pub bucket: Vec<String>,
}

#[derive(Debug, Args)]
pub struct HealthcheckArguments {
    /// Address of the daemon's HTTP surface
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080", env = "MAQUETTE_HTTP_LISTEN")]
    pub listen: SocketAddr,
}
