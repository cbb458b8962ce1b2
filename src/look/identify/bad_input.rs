//! Every parser against bytes that no writer wrote: arbitrary ones, real ones that were changed, and a
//! corpus under tests/corpus that is always replayed. `SAFE_RM_FUZZ_SECS` says how long each is tried.

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
#[allow(unreachable_pub, reason = "a module of a test is no crate")]
#[allow(dead_code, reason = "not all that the tests make is needed here")]
#[allow(missing_docs, reason = "a module of a test is no crate")]
#[path = "../../../tests/common/made.rs"]
mod made;

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
#[allow(clippy::panic, reason = "so does a test speak")]
mod tests {
    use std::io::Write;
    use std::path::Path;
    use std::time::{Duration, Instant};

    use proptest::prelude::*;
    use proptest::test_runner::{Config, TestRunner};

    use super::super::containers;
    use super::super::weights::{Holds, Sample};
    use super::super::{texts, torch};
    use super::made;

    /// A parser by the name of a file that it reads, with real bytes of its format.
    fn parsers() -> Vec<(&'static str, &'static str, Vec<Vec<u8>>)> {
        let fixture = |path: &str| {
            std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(path))
                .unwrap()
        };
        let front = |path: &str| fixture(path).into_iter().take(20_000).collect::<Vec<u8>>();
        let pickle = made::pickle(&made::state());
        let config = b"target: x\nnemo_version: 2\n".as_slice();
        vec![
            (
                "safetensors",
                "x.safetensors",
                vec![front("qwen3_sharded/model-00001-of-00003.safetensors")],
            ),
            ("gguf", "x.gguf", vec![made::gguf(&[("general.architecture", "qwen3")], 15)]),
            ("torch", "x.pt", vec![fixture("pytorch/jit.pt"), made::torch("x", &made::state())]),
            ("pickle", "x.ckpt", vec![pickle, fixture("dcp/.metadata"), fixture("lpips/alex.pth")]),
            ("legacy", "x.pth", vec![fixture("lpips/vgg.pth")]),
            ("onnx", "x.onnx", vec![made::onnx(None), made::onnx(Some("y"))]),
            (
                "coreml",
                "x.mlmodel",
                vec![made::onnx(None), made::field(2, &made::field(100, b"x"))],
            ),
            (
                "saved_model",
                "saved_model.pb",
                vec![made::field(2, &made::field(1, &made::field(5, b"2")))],
            ),
            ("keras", "x.keras", vec![fixture("keras3.keras")]),
            (
                "hdf5",
                "x.h5",
                vec![
                    b"\x89HDF\r\n\x1a\nkeras_version\0 2.0.5 model_config {\"class_name\": \"A\""
                        .to_vec(),
                ],
            ),
            ("msgpack", "x.msgpack", vec![made::flax()]),
            (
                "tar",
                "x.nemo",
                vec![made::tar(&[
                    ("model_config.yaml", config),
                    ("model_weights.ckpt", &[0; 600]),
                ])],
            ),
            (
                "pointer",
                "x.safetensors.dvc",
                vec![b"outs:\n- md5: 0\n  size: 9\n  path: x.pt\n".to_vec()],
            ),
        ]
    }

    /// What no file of these names may be taken for, whatever it holds, is harmless.
    const NEVER_HARMLESS: &[&str] = &["x.safetensors", "x.gguf", "x.pt", "x.ckpt", "x.pth"];

    fn try_one(name: &str, bytes: &[u8]) {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        let head = &bytes[..bytes.len().min(4096)];
        let start = Instant::now();
        for deep in [false, true] {
            let sample = Sample { name, size: bytes.len() as u64, head, file: &file, deep };
            let found = containers::recognise(&sample);
            if NEVER_HARMLESS.contains(&name) {
                // Python's own `.pth` files and Zope's `.pt` files are texts.
                let text =
                    crate::look::read::looks_like_text(head) && (name == "x.pth" || name == "x.pt");
                let vocabulary = found.as_ref().is_some_and(|f| f.format == "gguf vocabulary");
                let harmless = found.as_ref().is_none_or(|f| f.holds == Holds::Other);
                assert!(!harmless || text || vocabulary, "{name}: {found:?}");
            }
            let short = found.iter().all(|f| {
                let told = &f.told;
                [&told.name, &told.base, &told.tool, &told.run, &told.family, &told.saved_as]
                    .iter()
                    .all(|t| t.as_ref().is_none_or(|t| t.chars().count() <= 260))
            });
            assert!(short, "{name}: {found:?}");
        }
        let _ = torch::arguments(&file, bytes.len() as u64);
        let _ = torch::plan(&file, bytes.len() as u64);
        let text = String::from_utf8_lossy(bytes);
        let _ = texts::front_matter(&text).map(|front| texts::yaml_list(front, "base_model"));
        assert!(start.elapsed() < Duration::from_secs(5), "{name} took {:?}", start.elapsed());
    }

    #[test]
    fn the_corpus_is_replayed() {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
        for (parser, name, seeds) in parsers() {
            seeds.iter().for_each(|seed| try_one(name, seed));
            let kept = std::fs::read_dir(corpus.join(parser));
            let kept: Vec<_> = kept.unwrap_or_else(|_| panic!("no corpus of {parser}")).collect();
            assert!(!kept.is_empty(), "{parser}");
            for entry in kept {
                try_one(name, &std::fs::read(entry.unwrap().path()).unwrap());
            }
        }
    }

    /// A real file with some bytes set, a part cut out or repeated, and its end cut off.
    fn changed(seeds: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
        let edits =
            prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 0..12);
        (prop::sample::select(seeds), edits, prop::option::of(any::<prop::sample::Index>()))
            .prop_map(|(mut bytes, edits, cut)| {
                for (at, byte, how) in edits {
                    let at = at.index(bytes.len().max(1));
                    match how {
                        0 if at < bytes.len() => bytes[at] = byte,
                        1 if at < bytes.len() => {
                            bytes.drain(at..(at + usize::from(byte)).min(bytes.len()));
                        }
                        2 if at < bytes.len() => bytes.insert(at, byte),
                        _ => {}
                    }
                }
                if let Some(cut) = cut {
                    bytes.truncate(cut.index(bytes.len() + 1));
                }
                bytes
            })
    }

    /// Arbitrary bytes behind the front of the format, so that they are read as such.
    fn behind(seeds: &[Vec<u8>]) -> impl Strategy<Value = Vec<u8>> + use<> {
        let fronts: Vec<Vec<u8>> =
            seeds.iter().map(|s| s.iter().take(16).copied().collect()).collect();
        let bytes = prop::collection::vec(any::<u8>(), 0..600);
        (prop::sample::select(fronts), 0..17_usize, bytes).prop_map(|(mut front, keep, bytes)| {
            front.truncate(keep);
            front.extend(bytes);
            front
        })
    }

    #[test]
    #[expect(
        clippy::disallowed_methods,
        reason = "how long it is tried is no matter of the program"
    )]
    fn no_bytes_make_a_parser_panic_or_call_weights_harmless() {
        let seconds =
            std::env::var("SAFE_RM_FUZZ_SECS").ok().and_then(|s| s.parse().ok()).unwrap_or(0.3);
        for (_, name, seeds) in parsers() {
            let until = Instant::now() + Duration::from_secs_f64(seconds);
            let config = Config { cases: 32, failure_persistence: None, ..Config::default() };
            let mut runner = TestRunner::new(config);
            let any = prop_oneof![changed(seeds.clone()), behind(&seeds)];
            while Instant::now() < until {
                let tried = runner.run(&any, |bytes| {
                    try_one(name, &bytes);
                    Ok(())
                });
                // To be kept: under tests/corpus it is tried for ever.
                assert!(tried.is_ok(), "{name}: {tried:?}");
            }
        }
    }
}
