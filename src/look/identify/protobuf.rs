//! Protobuf: ONNX, CoreML and TensorFlow's saved models begin alike, and their fields tell them apart.
//!
//! Sources: onnx.proto3, CoreML's Model.proto, TensorFlow's saved_model.proto and meta_graph.proto. The
//! fields are walked over by their lengths; weights within are leapt over.

use super::weights::{Holds, Sample, Told, WeightFile};
use super::window::Window;
use super::{summary::Tensors, texts};
use crate::facts::Completeness;

/// As much as is read of one file.
const BUDGET: u64 = 8 << 20;
/// No more fields than a graph of many thousand nodes has.
const STEPS: usize = 300_000;

/// A field: its number, its value where that is a number, and where it ends where it is a run of bytes.
struct Field {
    number: u64,
    value: u64,
    end: Option<u64>,
}

fn field(w: &mut Window<'_>) -> Option<Field> {
    let tag = w.varint()?;
    let number = tag >> 3;
    let (value, end) = match tag & 7 {
        0 => (w.varint()?, None),
        1 => (w.little(8)?, None),
        2 => {
            let len = w.varint()?;
            (len, Some(w.reach(len)?))
        }
        5 => (w.little(4)?, None),
        _ => return None,
    };
    (number > 0).then_some(Field { number, value, end })
}

/// Calls `each` for the fields up to `end`; whatever it leaves unread of one is leapt over. Whether all
/// of them made sense.
fn fields<'a>(
    w: &mut Window<'a>,
    end: u64,
    steps: &mut usize,
    mut each: impl FnMut(&mut Window<'a>, &Field, &mut usize),
) -> bool {
    while w.at < end {
        if *steps == 0 {
            return false;
        }
        *steps -= 1;
        let Some(field) = field(w) else { return false };
        if field.end.is_some_and(|inner| inner > end) {
            return false;
        }
        each(w, &field, steps);
        if let Some(end) = field.end {
            w.at = end;
        }
    }
    w.at == end
}

fn text(w: &mut Window<'_>, field: &Field) -> Option<String> {
    field.end?;
    let bytes = w.bytes(field.value, 512)?;
    texts::useful(&String::from_utf8_lossy(&bytes))
}

/// Recognises ONNX, a CoreML model, and a saved model of TensorFlow.
#[must_use]
pub(super) fn recognise(sample: &Sample<'_>) -> Option<WeightFile> {
    let suffix = super::containers::suffix(sample.name);
    let named = ["onnx", "mlmodel"].contains(&suffix.as_str()) || sample.name == "saved_model.pb";
    let like = sample.head.first() == Some(&8) && (named || sample.size > 1 << 20);
    if !like {
        return None;
    }
    if sample.name == "saved_model.pb" {
        return Some(saved_model(sample));
    }
    let mut walk = Walk::default();
    let mut w = Window::new(sample.file, 0, sample.size, BUDGET, 4096);
    let mut steps = STEPS;
    let whole = fields(&mut w, sample.size, &mut steps, |w, f, steps| walk.top(w, f, steps));
    let onnx =
        walk.graph && walk.numbers.iter().all(|n| (1..=14).contains(n) || [20, 25, 26].contains(n));
    let core = walk.numbers.contains(&2) && walk.numbers.iter().any(|n| (200..=3000).contains(n));
    let (format, known) = match suffix.as_str() {
        "onnx" => ("ONNX", true),
        "mlmodel" => ("CoreML", true),
        _ if onnx => ("ONNX", whole),
        _ if core && !walk.graph => ("CoreML", whole),
        _ => ("", false),
    };
    if !known {
        return None;
    }
    let mut file = WeightFile::new(format, Holds::Weights);
    // What the walk could not go through for its own bounds is not therefore broken.
    file.complete = if whole {
        Completeness::Complete
    } else if w.short {
        Completeness::Damaged("cut short: its fields go on beyond its end".to_owned())
    } else {
        Completeness::Unknown
    };
    let Walk { producer, version, tensors, mut beside, tool, .. } = walk;
    let version = version.map(|v| format!(" {v}")).unwrap_or_default();
    let tool = if format == "CoreML" { tool } else { producer.map(|p| p + &version) };
    beside.sort();
    beside.dedup();
    file.tensors = tensors;
    file.told = Told { source: "its header", tool, beside, ..Told::default() };
    Some(file)
}

#[derive(Default)]
struct Walk {
    numbers: std::collections::BTreeSet<u64>,
    graph: bool,
    producer: Option<String>,
    version: Option<String>,
    tool: Option<String>,
    tensors: Tensors,
    beside: Vec<String>,
}

impl Walk {
    fn top(&mut self, w: &mut Window<'_>, f: &Field, steps: &mut usize) {
        if self.numbers.len() < 64 {
            self.numbers.insert(f.number);
        }
        let Some(end) = f.end else { return };
        match f.number {
            // `description` of CoreML is a message, `producer_name` of ONNX is a text.
            2 => {
                let start = w.at;
                self.producer = text(w, f).filter(|t| !t.contains(char::is_control));
                w.at = start;
                self.tool = coreml(w, end, steps);
            }
            3 => self.version = text(w, f).filter(|t| !t.contains(char::is_control)),
            7 => {
                self.graph = true;
                fields(w, end, steps, |w, f, steps| {
                    if let (5, Some(end)) = (f.number, f.end) {
                        self.tensor(w, end, steps);
                    }
                });
            }
            _ => {}
        }
    }

    /// An initializer: dims 1, data_type 2, name 8, external_data 13.
    fn tensor(&mut self, w: &mut Window<'_>, end: u64, steps: &mut usize) {
        let (mut shape, mut kind, mut name) = (Vec::new(), 0, None);
        fields(w, end, steps, |w, f, steps| match (f.number, f.end) {
            (1, None) if shape.len() < 16 => shape.push(f.value),
            (1, Some(end)) => {
                while w.at < end && shape.len() < 16 {
                    let Some(n) = w.varint() else { break };
                    shape.push(n);
                }
            }
            (2, None) => kind = f.value,
            (8, Some(_)) => name = text(w, f),
            (13, Some(end)) => {
                let pair = pair(w, end, steps);
                if let Some((key, value)) = pair
                    && key == "location"
                    && self.beside.len() < 64
                    && !self.beside.contains(&value)
                {
                    self.beside.push(value);
                }
            }
            _ => {}
        });
        self.tensors.add(&name.unwrap_or_default(), onnx_type(kind), &shape);
    }
}

/// A pair of texts: key 1, value 2.
fn pair(w: &mut Window<'_>, end: u64, steps: &mut usize) -> Option<(String, String)> {
    let (mut key, mut value) = (None, None);
    fields(w, end, steps, |w, f, _| match f.number {
        1 => key = text(w, f),
        2 => value = text(w, f),
        _ => {}
    });
    Some((key?, value?))
}

/// `TensorProto.DataType`, as safetensors names them.
fn onnx_type(kind: u64) -> &'static str {
    match kind {
        1 => "F32",
        2 => "U8",
        3 => "I8",
        5 => "I16",
        6 => "I32",
        7 => "I64",
        9 => "BOOL",
        10 => "F16",
        11 => "F64",
        16 => "BF16",
        17 => "F8_E4M3",
        19 => "F8_E5M2",
        21 => "U4",
        22 => "I4",
        _ => "?",
    }
}

/// Of CoreML's description the metadata (100), of that what its tools have written (100).
fn coreml(w: &mut Window<'_>, end: u64, steps: &mut usize) -> Option<String> {
    let mut tool = None;
    fields(w, end, steps, |w, f, steps| {
        let (100, Some(end)) = (f.number, f.end) else { return };
        fields(w, end, steps, |w, f, steps| {
            let (100, Some(end)) = (f.number, f.end) else { return };
            if let Some((key, version)) = pair(w, end, steps)
                && key == "com.github.apple.coremltools.version"
            {
                tool = Some(format!("coremltools {version}"));
            }
        });
    });
    tool
}

/// Of each graph (2) the information (1), of that the version of its writer (5).
fn saved_model(sample: &Sample<'_>) -> WeightFile {
    let mut file = WeightFile::new("TensorFlow", Holds::Weights);
    let mut w = Window::new(sample.file, 0, sample.size, BUDGET, 4096);
    let mut steps = STEPS;
    let mut tool = None;
    let whole = fields(&mut w, sample.size, &mut steps, |w, f, steps| {
        let (2, Some(end)) = (f.number, f.end) else { return };
        // The information stands first; the graph behind it is large.
        let Some(info) = field(w) else { return };
        if let (1, Some(inner)) = (info.number, info.end)
            && inner <= end
        {
            fields(w, inner, steps, |w, f, _| {
                if f.number == 5 && f.end.is_some() {
                    tool = text(w, f).map(|v| format!("tensorflow {v}"));
                }
            });
        }
    });
    file.told = Told { source: "saved_model.pb", tool, ..Told::default() };
    if !whole && w.short {
        let why = "cut short: its fields go on beyond its end";
        file.complete = Completeness::Damaged(why.to_owned());
    }
    file
}
