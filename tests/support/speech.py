"""Spoken Russian for a browser's fake microphone: eSpeak NG from a wheel says it, the same every time."""

import ctypes
import wave
from array import array
from functools import lru_cache
from pathlib import Path

import espeakng_loader  # type: ignore[import-untyped]

# What a psychologist says in the first minute; no long pauses, so that every window of a few seconds holds speech.
WORDS = (
    "Здравствуйте, Мария Ивановна. Вы меня хорошо слышите? Расскажите, пожалуйста, как вы спали "
    "и что вас беспокоит сегодня. Мы никуда не торопимся, у нас с вами сорок минут. "
    "Если станет плохо слышно, скажите, и мы перезвоним вам по телефону."
)
SYNCHRONOUS, UTF8 = 2, 1
PEAK = 0.5


@lru_cache
def spoken(words: str = WORDS, voice: str = "ru") -> "tuple[array[int], int]":
    """Samples of 16 bits, and how many of them make a second."""
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    rate = int(library.espeak_Initialize(SYNCHRONOUS, 0, str(espeakng_loader.get_data_path()).encode(), 0))
    if rate <= 0 or library.espeak_SetVoiceByName(voice.encode()):
        raise RuntimeError(f"eSpeak NG does not speak {voice!r}")
    samples: array[int] = array("h")
    heard = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)

    def hear(wave_: "ctypes._Pointer[ctypes.c_short]", count: int, _: object) -> int:
        if wave_:
            samples.extend(wave_[:count])
        return 0

    callback = heard(hear)
    library.espeak_SetSynthCallback(callback)
    text = words.encode() + b"\0"
    if library.espeak_Synth(text, len(text), 0, 0, 0, UTF8, None, None):
        raise RuntimeError("eSpeak NG said nothing")
    louder = PEAK * 32767 / max(map(abs, samples))
    return array("h", (round(each * louder) for each in samples)), rate


def speech(path: Path) -> Path:
    """The sentences as a WAV file, which a browser plays in a loop (`--use-file-for-fake-audio-capture`)."""
    samples, rate = spoken()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return path
