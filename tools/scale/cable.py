#!/usr/bin/env python3
"""A cable with a delay, a rate and losses between network namespaces, for kernels whose tc has no netem: packets go through this program.

Each namespace gets a TUN device, eth0 in it; a packet to 10.77.0.N goes to the N-th namespace.
"""
import fcntl
import heapq
import os
import random
import select
import struct
import subprocess
import time

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
LONGEST_QUEUE = 0.2         # seconds that a packet may wait for the ones before it; later ones are dropped, as a switch does


def open_device(name: str) -> int:
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN | IFF_NO_PI))
    return device


class Cable:
    """Carries packets between devices until it is told to stop.

    devices: file descriptors, the first of 10.77.0.1. delay: seconds one way. bits: a second, each way of each device. loss: 0 to 1.
    """

    def __init__(self, devices: list[int], delay: float, bits: float, loss: float) -> None:
        self.devices, self.delay, self.bits, self.loss = devices, delay, bits, loss
        self.free = [0.0] * len(devices)        # when each device's own wire has sent what it was given
        self.coming: list[tuple[float, int, int, bytes]] = []
        self.sent = self.dropped = 0

    def take(self, source: int) -> None:
        try:
            packet = os.read(self.devices[source], 65536)
        except BlockingIOError:
            return
        if len(packet) < 20 or packet[0] >> 4 != 4 or packet[16:19] != bytes([10, 77, 0]):
            return
        target, now = packet[19] - 1, time.monotonic()
        if not 0 <= target < len(self.devices):
            return
        begin = max(now, self.free[source])
        if begin - now > LONGEST_QUEUE or random.random() < self.loss:
            self.dropped += 1
            return
        self.free[source] = begin + len(packet) * 8 / self.bits
        self.sent += 1
        heapq.heappush(self.coming, (self.free[source] + self.delay, self.sent, target, packet))

    def run(self) -> None:
        while True:
            wait = max(0.0, self.coming[0][0] - time.monotonic()) if self.coming else None
            for device in select.select(self.devices, [], [], wait)[0]:
                self.take(self.devices.index(device))
            while self.coming and self.coming[0][0] <= time.monotonic():
                _, _, target, packet = heapq.heappop(self.coming)
                try:
                    os.write(self.devices[target], packet)
                except OSError:
                    self.dropped += 1       # the link is down


def lay(namespaces: list[str], delay: float, bits: float, loss: float) -> int:
    """Lays the cable; returns the process that carries packets."""
    devices = []
    for number, namespace in enumerate(namespaces):
        devices.append(open_device(f"mococable{number}"))
        subprocess.run(["ip", "link", "set", f"mococable{number}", "netns", namespace, "name", "eth0"], check=True)
    child = os.fork()
    if child:
        for device in devices:
            os.close(device)
        return child
    Cable(devices, delay, bits, loss).run()
    os._exit(0)
