"""Network captures, PCAP and PCAPNG: what was sent in them carries marks, packet for packet."""

from mapp_compliance.watermark.carriers.captures.capture import (
    captured_streams,
    open_capture,
    pack_capture,
)
from mapp_compliance.watermark.carriers.captures.packets import is_capture

__all__ = ["captured_streams", "is_capture", "open_capture", "pack_capture"]
