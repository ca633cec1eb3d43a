"""Signatures of the functions that adapters of optional libraries call, read from the libraries' sources without importing them.

`python -m tools.signatures LIBRARY SOURCE` writes tests/data/signatures/LIBRARY.json. SOURCE: a folder with the unpacked package or the
checkout, or a repository's git directory, which is read at the commit of the table below.
"""

import ast
import hashlib
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).resolve().parent.parent / "tests" / "data" / "signatures"


@dataclass(frozen=True)
class CalledFunction:
    """Functions of one module: `Class.method` or `function`."""

    module: str
    file: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """Version of a package, or commit of a repository."""

    version: str
    called: tuple[CalledFunction, ...]
    address: str = ""
    """Address of the repository; empty for a package of the index."""


def _one(version: str, module: str, file: str, *names: str, address: str = "") -> Source:
    return Source(version, (CalledFunction(module, file, names),), address)


LIBRARIES: Final = {
    "chatterbox-tts": _one(
        "0.1.7",
        "chatterbox.mtl_tts",
        "chatterbox/mtl_tts.py",
        "ChatterboxMultilingualTTS.from_local",
        "ChatterboxMultilingualTTS.generate",
    ),
    "cosyvoice": _one(
        "ace7c47f41bbd303aa6bf1ea80e6f9fbd595cd40",
        "cosyvoice.cli.cosyvoice",
        "cosyvoice/cli/cosyvoice.py",
        "CosyVoice2.__init__",
        "CosyVoice2.inference_zero_shot",
        "CosyVoice2.inference_cross_lingual",
        address="https://github.com/FunAudioLLM/CosyVoice",
    ),
    "gpt-sovits": _one(
        "48b1a0169a28582a8984402f82cf438d3bfa6aca",
        "TTS_infer_pack.TTS",
        "GPT_SoVITS/TTS_infer_pack/TTS.py",
        "TTS_Config.__init__",
        "TTS.__init__",
        "TTS.run",
        address="https://github.com/RVC-Boss/GPT-SoVITS",
    ),
    "openvoice": _one(
        "74a1d147b17a8c3092dd5430504bd83ef6c7eb23",
        "openvoice.api",
        "openvoice/api.py",
        "BaseSpeakerTTS.__init__",
        "BaseSpeakerTTS.load_ckpt",
        "BaseSpeakerTTS.tts",
        "ToneColorConverter.__init__",
        "ToneColorConverter.load_ckpt",
        "ToneColorConverter.extract_se",
        "ToneColorConverter.convert",
        address="https://github.com/myshell-ai/OpenVoice",
    ),
    "spark-tts": _one(
        "2f1ea9082400547242641f5271b6f941c9f439d1",
        "cli.SparkTTS",
        "cli/SparkTTS.py",
        "SparkTTS.__init__",
        "SparkTTS.inference",
        address="https://github.com/SparkAudio/Spark-TTS",
    ),
    "index-tts": _one(
        "ee40fa7d6c6b8a2c7f06105f9f1e65775b74868c",
        "indextts.infer_v2",
        "indextts/infer_v2.py",
        "IndexTTS2.__init__",
        "IndexTTS2.infer",
        address="https://github.com/index-tts/index-tts",
    ),
    "qwen-tts": _one(
        "0.1.1",
        "qwen_tts",
        "qwen_tts/inference/qwen3_tts_model.py",
        "Qwen3TTSModel.from_pretrained",
        "Qwen3TTSModel.generate_voice_clone",
    ),
    "tortoise-tts": Source(
        "3.0.0",
        (
            CalledFunction(
                "tortoise.api", "tortoise/api.py", ("TextToSpeech.__init__", "TextToSpeech.tts_with_preset", "TextToSpeech.tts")
            ),
            CalledFunction("tortoise.utils.audio", "tortoise/utils/audio.py", ("load_audio",)),
        ),
    ),
    "glm-tts": Source(
        "c5dc7aecc3b4032032d631b271e767893984f821",
        (
            CalledFunction("glmtts_inference", "glmtts_inference.py", ("load_models", "generate_long")),
            CalledFunction(
                "cosyvoice.cli.frontend",
                "cosyvoice/cli/frontend.py",
                (
                    "TextFrontEnd.text_normalize",
                    "TTSFrontEnd._extract_text_token",
                    "TTSFrontEnd._extract_speech_token",
                    "TTSFrontEnd._extract_spk_embedding",
                    "TTSFrontEnd._extract_speech_feat",
                ),
            ),
        ),
        address="https://github.com/zai-org/GLM-TTS",
    ),
    "f5-tts": _one("1.1.22", "f5_tts.api", "f5_tts/api.py", "F5TTS.__init__", "F5TTS.infer"),
    "pocket-tts": _one(
        "4.0.1",
        "pocket_tts",
        "pocket_tts/models/tts_model.py",
        "TTSModel.load_model",
        "TTSModel.get_state_for_audio_prompt",
        "TTSModel.generate_audio",
    ),
    "demucs": _one("4.1.0", "demucs.api", "demucs/api.py", "Separator.__init__", "Separator.separate_tensor"),
    "spleeter": _one("2.4.2", "spleeter.separator", "spleeter/separator.py", "Separator.__init__", "Separator.separate"),
    "knn-vc": Source(
        "848302a262f7299c738af49d74209790ed442a9f",
        (
            CalledFunction("hubconf", "hubconf.py", ("knn_vc",)),
            CalledFunction(
                "matcher",
                "matcher.py",
                ("KNeighborsVC.get_matching_set", "KNeighborsVC.get_features", "KNeighborsVC.match"),
            ),
        ),
        address="https://github.com/bshall/knn-vc",
    ),
}
"""Functions that the adapters call, at the versions that they name."""


def main() -> None:
    """Write the file of one library."""
    library, source = sys.argv[1:]
    target = FOLDER / f"{library}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(describe(library, Path(source)), indent=1, sort_keys=True) + "\n")


def describe(library: str, source: Path) -> dict[str, Any]:
    """Version, digests of the files that were read, signatures, and attributes of the classes."""
    known = LIBRARIES[library]
    digests, functions, attributes = {}, {}, {}
    for called in known.called:
        text = _read(source, called.file, commit=known.version if known.address else "")
        digests[called.file] = hashlib.sha256(text).hexdigest()
        classes, top = _index(ast.parse(text))
        for name in called.names:
            owner, _, method = name.rpartition(".")
            function = _find_method(classes, owner, method) if owner else top[method]
            functions[f"{called.module}:{name}"] = _signature(function)
            if owner:
                attributes[f"{called.module}:{owner}"] = sorted(_attributes(classes, owner))
    origin = {"repository": known.address, "commit": known.version} if known.address else {"package": library, "version": known.version}
    return {**origin, "sha256": digests, "functions": functions, "attributes": attributes}


def _read(source: Path, file: str, *, commit: str) -> bytes:
    if (source / "HEAD").is_file():
        return subprocess.run(["git", f"--git-dir={source}", "show", f"{commit}:{file}"], check=True, capture_output=True).stdout
    return (source / file).read_bytes()


def _index(tree: ast.Module) -> tuple[dict[str, ast.ClassDef], dict[str, ast.FunctionDef]]:
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    return classes, {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def _lineage(classes: dict[str, ast.ClassDef], name: str) -> list[ast.ClassDef]:
    """The class and its bases in the same file, in the order in which methods are looked up."""
    if name not in classes:
        return []
    bases = [base.id for base in classes[name].bases if isinstance(base, ast.Name)]
    return [classes[name], *(found for base in bases for found in _lineage(classes, base))]


def _find_method(classes: dict[str, ast.ClassDef], owner: str, method: str) -> ast.FunctionDef:
    for node in _lineage(classes, owner):
        for member in node.body:
            if isinstance(member, ast.FunctionDef) and member.name == method:
                return member
    raise KeyError(f"{owner}.{method}")


def _attributes(classes: dict[str, ast.ClassDef], owner: str) -> set[str]:
    """Properties, and attributes that methods set on self."""
    found = set()
    for node in _lineage(classes, owner):
        for inner in ast.walk(node):
            if isinstance(inner, ast.FunctionDef) and any(
                isinstance(one, ast.Name) and one.id == "property" for one in inner.decorator_list
            ):
                found.add(inner.name)
            if isinstance(inner, ast.Attribute) and isinstance(inner.ctx, ast.Store) and isinstance(inner.value, ast.Name):
                found |= {inner.attr} if inner.value.id == "self" else set()
    return found


def _signature(function: ast.FunctionDef) -> dict[str, Any]:
    arguments = function.args
    decorators = [node.id for node in function.decorator_list if isinstance(node, ast.Name)]
    positional = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    first_default = len(positional) - len(arguments.defaults)
    return {
        "binding": next((name for name in ("classmethod", "staticmethod") if name in decorators), "plain"),
        "positional": [[name, index >= first_default] for index, name in enumerate(positional)],
        "keyword_only": [
            [argument.arg, default is not None] for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        ],
        "extra_positional": arguments.vararg.arg if arguments.vararg else "",
        "extra_keywords": arguments.kwarg.arg if arguments.kwarg else "",
    }


if __name__ == "__main__":
    main()
