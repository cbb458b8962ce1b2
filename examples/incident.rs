//! Rebuilds the incident of 15 November 2025 in a temporary folder, with today's date, and shows
//! what safe-rm says: `cargo run --example incident`.
//!
//! The weights are Qwen3-8B by their headers; their 16 GB are holes and take no space.

#![expect(clippy::print_stdout, reason = "an example prints")]
#![expect(clippy::disallowed_methods, reason = "an example reads the clock to name its folders")]

use std::ffi::OsString;
use std::fs::{File, FileTimes, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, SystemTime};

fn main() -> anyhow::Result<()> {
    let dir = tempfile::Builder::new().prefix("incident-").tempdir()?;
    let today = chrono::Local::now();
    let (day, stamp) = (today.format("%Y-%m-%d"), today.format("%Y%m%d_030850"));
    let three = [
        dir.path().join(format!("snapshots/{day}")),
        dir.path().join(format!("consolidated_models/{stamp}")),
        dir.path().join(format!("consolidated_backups/{stamp}")),
    ];
    for model in three.iter().chain([&dir.path().join("model_qwen25")]) {
        qwen3_8b(model)?;
    }
    let mut argv: Vec<OsString> = vec!["safe-rm".into(), "plan".into()];
    argv.extend(three.into_iter().map(OsString::from));
    argv.push(dir.path().join("model_qwen25").into());
    let exit = safe_rm::app::run(&argv);
    println!("exit code {}", exit.code());
    Ok(())
}

/// A folder whose tensors have the names and shapes of Qwen3-8B, dated six days ago as a copy is.
fn qwen3_8b(folder: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut tensors = serde_json::Map::new();
    let mut end = 0u64;
    let mut add = |name: String, shape: &[u64]| {
        let bytes = shape.iter().product::<u64>() * 2;
        let offsets = [end, end + bytes];
        end += bytes;
        let tensor = serde_json::json!({"dtype": "BF16", "shape": shape, "data_offsets": offsets});
        tensors.insert(name, tensor);
    };
    add("model.embed_tokens.weight".into(), &[151_936, 4096]);
    add("lm_head.weight".into(), &[151_936, 4096]);
    for layer in 0..36 {
        let mut part =
            |name: &str, shape: &[u64]| add(format!("model.layers.{layer}.{name}.weight"), shape);
        part("self_attn.q_proj", &[4096, 4096]);
        part("self_attn.k_proj", &[1024, 4096]);
        part("self_attn.v_proj", &[1024, 4096]);
        part("self_attn.o_proj", &[4096, 4096]);
        part("self_attn.q_norm", &[128]);
        part("self_attn.k_norm", &[128]);
        part("mlp.gate_proj", &[12_288, 4096]);
        part("mlp.up_proj", &[12_288, 4096]);
        part("mlp.down_proj", &[4096, 12_288]);
        part("input_layernorm", &[4096]);
        part("post_attention_layernorm", &[4096]);
    }
    add("model.norm.weight".into(), &[4096]);
    let header = serde_json::to_vec(&tensors)?;
    let mut file = File::create(folder.join("model.safetensors"))?;
    file.write_all(&(header.len() as u64).to_le_bytes())?;
    file.write_all(&header)?;
    file.set_len(8 + header.len() as u64 + end)?;
    std::fs::write(
        folder.join("config.json"),
        r#"{"architectures":["Qwen3ForCausalLM"],"model_type":"qwen3"}"#,
    )?;
    let old = SystemTime::now() - Duration::from_secs(6 * 86_400);
    for name in ["model.safetensors", "config.json"] {
        let file = OpenOptions::new().write(true).open(folder.join(name))?;
        file.set_times(FileTimes::new().set_modified(old))?;
    }
    Ok(())
}
