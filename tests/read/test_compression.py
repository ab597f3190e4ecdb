"""Compressed streams: whole, in several frames, with wide windows, and cut anywhere."""

import bz2
import gzip
import io
import lzma
from functools import partial

import pytest
import zstandard
from fsspec.implementations.local import LocalFileSystem
from hypothesis import given
from hypothesis import strategies as st

from provenance.errors import CorruptFile
from provenance.read.corpus.file_access import File, translate_read_errors
from provenance.read.formats.compression import (
    COMPRESSIONS,
    DECOMPRESSION_ERRORS,
    SalvagingReader,
    compress_into,
    decompress,
    detect_compression,
)


def unpack(data: bytes) -> bytes:
    with decompress(io.BytesIO(data), "zst") as stream:
        return stream.read()


def frame(data: bytes, **options: object) -> bytes:
    return zstandard.ZstdCompressor(**options).compress(data)


@given(st.lists(st.binary(max_size=2000)))
def test_frames_are_read_one_after_the_other(frames):
    assert unpack(b"".join(map(frame, frames))) == b"".join(frames)


@given(st.binary(min_size=1, max_size=500), st.data())
def test_a_frame_cut_anywhere_is_an_error(data, draw):
    packed = frame(data)
    cut = draw.draw(st.integers(1, len(packed) - 1))
    with pytest.raises((EOFError, zstandard.ZstdError)):
        unpack(packed[:cut])


def test_a_frame_with_the_widest_window_is_read():
    wide = zstandard.ZstdCompressionParameters(
        window_log=31, enable_ldm=False, write_content_size=0
    )
    packer = zstandard.ZstdCompressor(compression_params=wide).compressobj()
    packed = packer.compress(b"dump " * 1000) + packer.flush()
    assert zstandard.get_frame_parameters(packed).window_size == 1 << 31
    assert unpack(packed) == b"dump " * 1000


def test_nothing_is_nothing():
    assert unpack(b"") == b""


def test_closing_the_stream_closes_its_file():
    for compression in COMPRESSIONS:
        source = io.BytesIO()
        decompress(source, compression).close()
        assert source.closed, compression


def test_compressions_are_known_by_their_first_bytes():
    assert detect_compression(frame(b"x")) == "zst"
    for packer, pack in (("gz", gzip), ("bz2", bz2), ("xz", lzma)):
        assert detect_compression(pack.compress(b"")[:8]) == packer
        assert detect_compression(pack.compress(b"x")[:8]) == packer
    assert detect_compression(b'{"text": 1}') is None
    assert detect_compression(b"BZhang,text") is None


def test_an_error_tells_the_file_the_place_and_what_to_do():
    with (
        pytest.raises(CorruptFile) as caught,
        translate_read_errors("a.zst", lambda: "after 3 rows"),
    ):
        raise EOFError("the last zstd frame is cut short")
    assert caught.value.message == (
        "a.zst: damaged or cut short after 3 rows (the last zstd frame is cut short)"
    )
    assert caught.value.remedy == "fetch or write the file again."


PACKERS = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": partial(lzma.compress, preset=0),  # the usual level takes a dozen seconds
    "zst": frame,
}


@pytest.fixture(scope="module")
def content():
    return b"".join(b"%d %d\n" % (n, n**7) for n in range(200_000))


@pytest.fixture(scope="module", params=PACKERS)
def packed(request, content):
    """A compression, and what it makes of the content."""
    return request.param, PACKERS[request.param](content)


@pytest.mark.parametrize("step", [-1, 1000, 1 << 22])
def test_all_that_stands_before_damage_is_given_before_the_error(tmp_path, content, packed, step):
    compression, whole = packed
    path = tmp_path / f"a.{compression}"
    path.write_bytes(whole[: len(whole) * 2 // 3])
    file = File("a", str(path), path.stat().st_size, LocalFileSystem(), compression=compression)
    met = bytearray()

    def read_all(stream):
        while piece := stream.read(step):
            met.extend(piece)

    with file.stream() as stream, pytest.raises((OSError, *DECOMPRESSION_ERRORS)):
        read_all(stream)
    assert content.startswith(bytes(met))
    assert len(met) > len(content) * 0.5


@pytest.mark.parametrize("compression", ["gz", "zst"])
def test_a_file_that_ends_well_is_read_once(tmp_path, compression):
    path = tmp_path / "a"
    with path.open("wb") as sink, compress_into(sink, compression) as stream:
        stream.write(b"words " * 1000)
    opened = []
    stream = SalvagingReader(lambda: opened.append(1) or path.open("rb"), compression)
    with stream:
        assert stream.read(10) == b"words word"
        assert stream.read() == (b"words " * 1000)[10:]
        assert stream.read() == b""
    assert opened == [1]
