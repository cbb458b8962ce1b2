//! Every format and layout that is known, as a table: docs/formats.md is generated from it, and a test
//! has an example of each.

/// A format or a layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// As plans name it, or what the layout is called.
    pub id: &'static str,
    /// By what it is told.
    pub told: &'static str,
    /// What is read of it beyond its being there.
    pub read: &'static str,
}

const fn row(id: &'static str, told: &'static str, read: &'static str) -> Format {
    Format { id, told, read }
}

/// Containers, each a file, then layouts, each a folder.
pub const FORMATS: &[Format] = &[
    row(
        "safetensors",
        "a plausible header length, then `{`",
        "tensors, whether it is cut short, metadata of kohya, ModelSpec and MLX",
    ),
    row(
        "gguf",
        "`GGUF`",
        "architecture, name, quantization, base; of up to 32 files a target the tensors and whether it is cut short",
    ),
    row("gguf vocabulary", "GGUF without tensors", "no model"),
    row("ggml", "`lmgg`, `fmgg`, `tjgg`, `algg`", "-"),
    row(
        "PyTorch",
        "zip with a `data.pkl`",
        "by opcodes: tensors, step, epoch, version of Lightning, DeepSpeed or Ultralytics, base among the hyper-parameters; the stem it was saved under; whether its end is there",
    ),
    row("PyTorch (legacy)", "torch's number in a pickle", "the same, but for the stem"),
    row(
        "pickle",
        "opcode of a protocol",
        "the same for `.pt`, `.pth`, `.ckpt`; of others only that they may be weights",
    ),
    row("TorchScript", "torch zip with code or constants", "as PyTorch"),
    row("torch.export", "torch zip with `archive_format` or `models/model.json`", "as PyTorch"),
    row(
        "training state",
        "names of the Trainer's and accelerate's files, with torch's front",
        "no model; `output_dir` and `max_steps` of `training_args.bin` are the run of the weights beside it",
    ),
    row("ONNX", "protobuf with a graph", "producer and version, tensors, files with its data"),
    row("ONNX data", "`.onnx_data`", "-"),
    row("CoreML", "protobuf with a description and a kind of model", "version of coremltools"),
    row("CoreML weights", "`weight.bin` of a package", "-"),
    row(
        "TensorFlow",
        "`saved_model.pb`, `*.data-N-of-M`",
        "version of TensorFlow, step of `checkpoint`",
    ),
    row("TFLite", "`TFL3` at 4", "-"),
    row("HDF5", "its mark at 0, 512, 1024 or 2048", "-"),
    row(
        "Keras",
        "HDF5 with `keras_version`, `.weights.h5`, zip with `model.weights.h5`",
        "version, name, `date_saved`",
    ),
    row("Flax", "msgpack of arrays", "tensors, whether it is cut short"),
    row("msgpack", "a map without a suffix", "may be weights"),
    row(
        "NeMo",
        "tar with `model_config.yaml` or `.nemo`",
        "class, version, whether a member is cut",
    ),
    row("ExecuTorch", "`ET12` at 4, `.pte`", "-"),
    row("TensorRT engine", "`.engine`, `.plan`", "kind engine"),
    row("CTranslate2", "a length and the name of a `..Spec`", "-"),
    row("Paddle", "`.pdparams`, `.pdiparams`", "-"),
    row("Caffe", "`.caffemodel`", "-"),
    row("MXNet", "its magic", "-"),
    row("TorchServe", "`.mar`", "-"),
    row("llamafile", "`.llamafile`", "-"),
    row("CatBoost", "`CBM1`", "-"),
    row("LightGBM", "`tree`, `version=`", "may be weights"),
    row("XGBoost", "JSON with a `learner`; `.ubj`", "may be weights"),
    row("fastText", "its magic", "-"),
    row("FAISS index", "`IxF`, `IwF`", "-"),
    row("NumPy array", "its magic; numbers with a point", "may be weights"),
    row("npz", "zip of arrays", "may be weights"),
    row("compressed weights", "a compressed file named as weights", "may be weights"),
    row(
        "archive",
        "zip, tar or compressed file that is named like or lies beside a model",
        "may be weights",
    ),
    row("git-lfs pointer", "its first line", "how large the weights are that are not here"),
    row("git-annex pointer", "`/annex/objects/`", "the same"),
    row("git-annex link", "a link into `annex/objects`", "the same"),
    row("DVC pointer", "`.dvc` with `outs:` of a weight file that is not beside it", "the same"),
    row("DVC link", "a link into `.dvc/cache`", "-"),
    row(
        "unknown",
        "1 GiB or more and no known other type, a shard by its name, or large beside a model",
        "may be weights",
    ),
    row(
        "Transformers model",
        "`config.json` of a model beside weights",
        "family, version, quantization (gptq, awq, bitsandbytes, fp8, mlx ..), base of 4.x; index and shards",
    ),
    row(
        "Trainer checkpoint",
        "`trainer_state.json`",
        "step, steps, epoch, best; unfinished without it",
    ),
    row("PEFT adapter", "`adapter_config.json`", "base, rank, version"),
    row("MLX adapter", "`adapter_config.json` with `fine_tune_type`", "base, rank, iterations"),
    row("torch distributed", "`.distcp`", "tensors of `.metadata`; unfinished without it"),
    row("FSDP checkpoint", "`*_fsdp_N`, `model_world_size_N_rank_M.pt`", "missing ranks"),
    row(
        "DeepSpeed checkpoint",
        "`*_model_states.pt`, `*_optim_states.pt`",
        "step, ranks of `dp_world_size`, missing ranks: under ZeRO-3 the optimizer's files are the weights",
    ),
    row("Megatron checkpoint", "`iter_N`, `mp_rank_N/model_optim_rng.pt`", "iteration"),
    row(
        "Lightning checkpoint",
        "`.ckpt` with `pytorch-lightning_version`",
        "step, epoch, version, hyper-parameters, `hparams.yaml`",
    ),
    row("mergekit merge", "`mergekit_config.yml`", "method, base, parts"),
    row(
        "diffusers pipeline",
        "`model_index.json` with `_class_name`",
        "class, version, components",
    ),
    row(
        "sentence-transformers",
        "`modules.json`, `config_sentence_transformers.json`",
        "version, modules",
    ),
    row("spaCy", "`meta.json`, `config.cfg`", "language, name, version"),
    row(
        "Orbax checkpoint",
        "`_CHECKPOINT_METADATA`, `_METADATA` or `manifest.ocdbt`",
        "date of its commit, whether it was committed",
    ),
    row(
        "TensorRT-LLM",
        "`config.json` with `pretrained_config` and `build_config`, or a flat `architecture` and `mapping`",
        "engine or checkpoint, version, architecture, dtype, missing ranks",
    ),
    row("TensorFlow.js", "`model.json` with `weightsManifest`", "converter"),
    row("MLflow model", "`MLmodel`", "run, version, `utc_time_created`"),
    row("W&B run", "`wandb/run-*`, `wandb/offline-run-*`", "the run of the weights inside"),
    row(
        "hub cache",
        "`models--ORG--NAME` with `blobs` and `snapshots`",
        "repository and commit; own files among them",
    ),
    row("Ollama store", "`blobs/sha256-*` beside `manifests`", "names, family, quantization"),
    row("model card", "`README.md`", "base, merge, first framework version; believed last"),
];
