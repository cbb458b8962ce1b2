//! Files of model formats, made byte by byte: as much of each as its readers look at.

/// A value in a pickle.
pub enum Value<'a> {
    Int(u32),
    Text(&'a str),
    /// Class of the storage, and the shape.
    Tensor(&'a str, &'a [u32]),
    Map(Vec<(&'a str, Value<'a>)>),
    /// Class of the object, and its state.
    Object(&'a str, &'a str, Vec<(&'a str, Value<'a>)>),
}

fn text(out: &mut Vec<u8>, text: &str) {
    out.push(b'X');
    out.extend(u32::try_from(text.len()).unwrap().to_le_bytes());
    out.extend(text.as_bytes());
}

fn int(out: &mut Vec<u8>, n: u32) {
    out.push(b'J');
    out.extend(n.to_le_bytes());
}

fn value(out: &mut Vec<u8>, one: &Value<'_>) {
    match one {
        Value::Int(n) => int(out, *n),
        Value::Text(t) => text(out, t),
        Value::Map(items) => {
            out.extend(b"}(");
            for (key, one) in items {
                text(out, key);
                value(out, one);
            }
            out.push(b'u');
        }
        Value::Object(module, class, items) => {
            out.extend(format!("c{module}\n{class}\n)").as_bytes());
            out.push(0x81);
            out.extend(b"}(");
            for (key, one) in items {
                text(out, key);
                value(out, one);
            }
            out.extend(b"ub");
        }
        Value::Tensor(storage, shape) => {
            out.extend(b"ctorch._utils\n_rebuild_tensor_v2\n((");
            text(out, "storage");
            out.extend(format!("ctorch\n{storage}\n").as_bytes());
            text(out, "0");
            text(out, "cpu");
            int(out, shape.iter().product());
            out.extend(b"tQK\x00(");
            shape.iter().for_each(|d| int(out, *d));
            out.extend(b"t(");
            shape.iter().for_each(|_| int(out, 1));
            out.extend(b"t\x89}tR");
        }
    }
}

/// A pickle of protocol 2.
pub fn pickle(one: &Value<'_>) -> Vec<u8> {
    let mut out = b"\x80\x02".to_vec();
    value(&mut out, one);
    out.push(b'.');
    out
}

/// A zip of members stored as they are.
pub fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    let u16 = |n: usize| u16::try_from(n).unwrap().to_le_bytes();
    let u32 = |n: usize| u32::try_from(n).unwrap().to_le_bytes();
    for (name, content) in members {
        let at = out.len();
        let sizes = [u32(content.len()), u32(content.len())].concat();
        out.extend(b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0");
        out.extend([&sizes[..], &u16(name.len()), &[0, 0], name.as_bytes(), content].concat());
        directory.extend(b"PK\x01\x02\x14\0\x14\0\0\0\0\0\0\0\0\0\0\0\0\0");
        directory.extend([&sizes[..], &u16(name.len()), &[0; 12]].concat());
        directory.extend([&u32(at)[..], name.as_bytes()].concat());
    }
    let at = out.len();
    let count = u16(members.len());
    out.extend(&directory);
    out.extend(
        [b"PK\x05\x06\0\0\0\0", &count[..], &count, &u32(directory.len()), &u32(at)].concat(),
    );
    out.extend([0, 0]);
    out
}

/// What `torch.save(value, "STEM.pt")` writes.
pub fn torch(stem: &str, one: &Value<'_>) -> Vec<u8> {
    let (data, version) = (format!("{stem}/data.pkl"), format!("{stem}/version"));
    zip(&[(&data, &pickle(one)), (&version, b"3\n"), (&format!("{stem}/data/0"), &[0; 64])])
}

/// A state dict of a small Qwen3.
pub fn state<'a>() -> Value<'a> {
    Value::Map(vec![
        ("model.layers.0.self_attn.q_norm.weight", Value::Tensor("BFloat16Storage", &[16])),
        ("model.layers.0.self_attn.q_proj.weight", Value::Tensor("BFloat16Storage", &[64, 32])),
    ])
}

/// A length-delimited field of protobuf.
pub fn field(number: u32, content: &[u8]) -> Vec<u8> {
    let mut out = varint(number << 3 | 2);
    out.extend(varint(u32::try_from(content.len()).unwrap()));
    out.extend(content);
    out
}

/// A field that is a number.
pub fn number(number: u32, n: u32) -> Vec<u8> {
    [varint(number << 3), varint(n)].concat()
}

fn varint(mut n: u32) -> Vec<u8> {
    let mut out = Vec::new();
    while n > 127 {
        out.push(u8::try_from(n & 127).unwrap() | 128);
        n >>= 7;
    }
    out.push(u8::try_from(n).unwrap());
    out
}

/// An ONNX model with one weight, which lies in another file where one is named.
pub fn onnx(beside: Option<&str>) -> Vec<u8> {
    let mut tensor = [number(1, 4), number(1, 8), number(2, 1), field(8, b"w")].concat();
    match beside {
        Some(file) => {
            let pair = [field(1, b"location"), field(2, file.as_bytes())].concat();
            tensor.extend([field(13, &pair), number(14, 1)].concat());
        }
        None => tensor.extend(field(9, &[0; 128])),
    }
    let graph = [field(2, b"main"), field(5, &tensor)].concat();
    [number(1, 8), field(2, b"pytorch"), field(3, b"2.11.0"), field(7, &graph)].concat()
}

/// A GGUF file: texts and numbers as pairs, and one F32 tensor of 32 elements.
pub fn gguf(pairs: &[(&str, &str)], file_type: u32) -> Vec<u8> {
    let text = |t: &str| [&(t.len() as u64).to_le_bytes()[..], t.as_bytes()].concat();
    let mut out = b"GGUF\x03\0\0\0".to_vec();
    out.extend(1_u64.to_le_bytes());
    out.extend((pairs.len() as u64 + 2).to_le_bytes());
    for (key, value) in pairs {
        out.extend([&text(key)[..], &8_u32.to_le_bytes(), &text(value)].concat());
    }
    // An array of texts, as a vocabulary is.
    out.extend([&text("tokenizer.ggml.tokens")[..], &9_u32.to_le_bytes()].concat());
    out.extend([&8_u32.to_le_bytes()[..], &2_u64.to_le_bytes(), &text("a"), &text("bc")].concat());
    out.extend([&text("general.file_type")[..], &4_u32.to_le_bytes()].concat());
    out.extend(file_type.to_le_bytes());
    out.extend([&text("blk.0.attn_q.weight")[..], &1_u32.to_le_bytes()].concat());
    out.extend([&32_u64.to_le_bytes()[..], &[0; 4], &[0; 8]].concat());
    out.resize(out.len().next_multiple_of(32) + 128, 0);
    out
}

/// A Flax file with one array.
pub fn flax() -> Vec<u8> {
    let mut out = b"\x81\xa6params\x81\xa6kernel".to_vec();
    let mut array = b"\x93\x92\x04\x08\xa7float32\xc4\x80".to_vec();
    array.extend([0; 128]);
    out.extend([0xc7, u8::try_from(array.len()).unwrap(), 1]);
    out.extend(array);
    out
}

/// A tar of files.
pub fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, content) in members {
        let mut header = [0; 512];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
        header[257..262].copy_from_slice(b"ustar");
        out.extend(header);
        out.extend(*content);
        out.resize(out.len().next_multiple_of(512), 0);
    }
    out.resize(out.len() + 1024, 0);
    out
}

/// A safetensors file of one small tensor, with this metadata.
pub fn safetensors(metadata: &serde_json::Value, tensors: &[(&str, &[u64])]) -> Vec<u8> {
    let mut header = serde_json::json!({"__metadata__": metadata});
    let mut end = 0;
    for (name, shape) in tensors {
        let bytes = shape.iter().product::<u64>() * 2;
        header[name] =
            serde_json::json!({"dtype": "F16", "shape": shape, "data_offsets": [end, end + bytes]});
        end += bytes;
    }
    let header = serde_json::to_vec(&header).unwrap();
    let mut out = (header.len() as u64).to_le_bytes().to_vec();
    out.extend(header);
    out.resize(out.len() + usize::try_from(end).unwrap(), 0);
    out
}
