"""A Whisper model of a few thousand numbers, made at random: it hears nothing, in Whisper's way.

It is what faster-whisper loads and runs, so the adapter meets the real thing. English only, with a
vocabulary of bytes.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

WIDTH, MELS, FRAMES, TEXT = 16, 80, 1_500, 448
_SPECIAL = (
    "<|endoftext|>", "<|startoftranscript|>", "<|translate|>", "<|transcribe|>", "<|startoflm|>",
    "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>",
)  # fmt: skip


def make_model(folder: Path) -> Path:
    """Write the model, its tokenizer and its configuration; return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    tokens = _write_tokenizer(folder)
    specs = importlib.import_module("ctranslate2.specs")
    whisper_spec = importlib.import_module("ctranslate2.specs.whisper_spec")
    spec = specs.WhisperSpec(1, 2, 1, 2)
    chance = np.random.default_rng(0)
    _fill_encoder(spec.encoder, chance)
    _fill_decoder(spec.decoder, chance, len(tokens))
    spec.register_vocabulary(tokens)
    spec._config = whisper_spec.WhisperConfig([], [], [], [(0, 0)])
    spec.validate()
    spec.optimize(quantization=None)
    spec.save(str(folder))
    return folder


def _write_tokenizer(folder: Path) -> list[str]:
    tokenizers: Any = importlib.import_module("tokenizers")
    letters = sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {letter: number for number, letter in enumerate(letters)}
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE(vocabulary, []))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = tokenizers.decoders.ByteLevel()
    times = [f"<|{number * 0.02:.2f}|>" for number in range(1_501)]
    tokenizer.add_special_tokens([*_SPECIAL, *times])
    tokenizer.save(str(folder / "tokenizer.json"))
    return [*letters, *_SPECIAL, *times]


def _fill_encoder(encoder: Any, chance: np.random.Generator) -> None:
    encoder.conv1.weight, encoder.conv1.bias = _numbers(chance, WIDTH, MELS, 3), _zeros(WIDTH)
    encoder.conv2.weight, encoder.conv2.bias = _numbers(chance, WIDTH, WIDTH, 3), _zeros(WIDTH)
    encoder.position_encodings.encodings = _numbers(chance, FRAMES, WIDTH)
    _fill_norm(encoder.layer_norm)
    for layer in encoder.layer:
        _fill_attention(layer.self_attention, chance, 3)
        _fill_feed_forward(layer.ffn, chance)


def _fill_decoder(decoder: Any, chance: np.random.Generator, tokens: int) -> None:
    decoder.embeddings.weight = _numbers(chance, tokens, WIDTH)
    decoder.position_encodings.encodings = _numbers(chance, TEXT, WIDTH)
    decoder.projection.weight = decoder.embeddings.weight
    _fill_norm(decoder.layer_norm)
    for layer in decoder.layer:
        _fill_attention(layer.self_attention, chance, 3)
        _fill_cross_attention(layer.attention, chance)
        _fill_feed_forward(layer.ffn, chance)


def _fill_attention(attention: Any, chance: np.random.Generator, parts: int) -> None:
    _fill_norm(attention.layer_norm)
    _fill_linear(attention.linear[0], chance, parts * WIDTH, WIDTH)
    _fill_linear(attention.linear[1], chance, WIDTH, WIDTH)


def _fill_cross_attention(attention: Any, chance: np.random.Generator) -> None:
    _fill_norm(attention.layer_norm)
    _fill_linear(attention.linear[0], chance, WIDTH, WIDTH)
    _fill_linear(attention.linear[1], chance, 2 * WIDTH, WIDTH)
    _fill_linear(attention.linear[2], chance, WIDTH, WIDTH)


def _fill_feed_forward(ffn: Any, chance: np.random.Generator) -> None:
    _fill_norm(ffn.layer_norm)
    _fill_linear(ffn.linear_0, chance, 4 * WIDTH, WIDTH)
    _fill_linear(ffn.linear_1, chance, WIDTH, 4 * WIDTH)


def _fill_linear(linear: Any, chance: np.random.Generator, rows: int, columns: int) -> None:
    linear.weight, linear.bias = _numbers(chance, rows, columns), _zeros(rows)


def _fill_norm(norm: Any) -> None:
    norm.gamma, norm.beta = np.ones(WIDTH, np.float32), _zeros(WIDTH)


def _numbers(chance: np.random.Generator, *shape: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    return chance.normal(0, 0.3, shape).astype(np.float32)


def _zeros(count: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.zeros(count, np.float32)
