"""Record batches as no client would send them, and their way to a broker: raw produce requests."""

import time
from collections.abc import Collection, Sequence

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import for_code
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.record.default_records import DefaultRecordBase, _DefaultRecordBatchBuilderPy
from aiokafka.record.util import calc_crc32c

_ROOM = 1 << 22


class NotUtf8(str):
    """A header's name that goes out as bytes that are not UTF-8."""

    __slots__ = ()

    def encode(self, *_: object) -> bytes:
        return b"\xff\xfe"


def batch(values: Sequence[bytes], *, bad_headers: Collection[int] = (), now_ms: int | None = None) -> bytes:
    """One record batch; the records that ``bad_headers`` names carry a header whose name is not UTF-8."""
    builder = _DefaultRecordBatchBuilderPy(2, 0, 0, -1, -1, 0, _ROOM)
    at = round(time.time() * 1000) if now_ms is None else now_ms
    for number, value in enumerate(values):
        headers = [(NotUtf8("x"), b"v")] if number in bad_headers else [("x", b"v")]
        assert builder.append(number, at, None, value, headers) is not None
    return bytes(builder.build())


def with_wrong_checksum(frame: bytes) -> bytes:
    at = DefaultRecordBase.CRC_OFFSET
    return frame[:at] + bytes([frame[at] ^ 0xFF]) + frame[at + 1 :]


def with_checksum(frame: bytes) -> bytes:
    """``frame``, whatever was done to it, with the checksum that fits."""
    crc: int = calc_crc32c(frame[DefaultRecordBase.ATTRIBUTES_OFFSET :])
    return frame[: DefaultRecordBase.CRC_OFFSET] + crc.to_bytes(4, "big") + frame[DefaultRecordBase.ATTRIBUTES_OFFSET :]


def with_codec(frame: bytes, codec: int) -> bytes:
    """``frame`` saying that it is compressed, which it is not."""
    at = DefaultRecordBase.ATTRIBUTES_OFFSET + 1
    return with_checksum(frame[:at] + bytes([codec]) + frame[at + 1 :])


async def send_frames(bootstrap: str, topic: str, partition: int, *frames: bytes) -> None:
    """Produce these batches, each in a request of its own."""
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        await producer.partitions_for(topic)
        leader = producer.client.cluster.leader_for_partition(TopicPartition(topic, partition))
        for frame in frames:
            topics = [(topic, [(partition, frame)])]
            request = ProduceRequest(transactional_id=None, required_acks=-1, timeout=5000, topics=topics)
            [(_topic, [(_number, code, *_rest)])] = (await producer.client.send(leader, request)).topics
            if code:
                raise for_code(code)(topic)
