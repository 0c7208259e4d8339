#!/usr/bin/env python3
"""One or more epochs of MoCo's CIFAR-10 demo in plain PyTorch, tuned (bf16 autocast, channels_last), for timing beside `moco train moco-cifar10`.

  cifar10_torch.py DIR EPOCHS [SEED] [WIDTH]      DIR holds train/CLASS/*.jpg and test/CLASS/*.jpg; WIDTH multiplies the network's channels
Eight batch norm splits, shuffled keys, 4,096 keys, two loader processes, pictures decoded once, a kNN test after each epoch. One JSON line an epoch.
"""
import copy
import json
import math
import sys
import time

import torch
import torchvision
from PIL import Image
from torch import nn
from torch.nn import functional as F
from torchvision import transforms
from torchvision.models.resnet import BasicBlock

BATCH, KEYS, DIM, MOMENTUM, TEMPERATURE, RATE, SCHEDULE, NEIGHBOURS, SPLITS = 512, 4096, 128, 0.99, 0.1, 0.06, 200, 200, 8
STATS = [0.4914, 0.4822, 0.4465], [0.2023, 0.1994, 0.2010]


class SplitNorm(nn.BatchNorm2d):
    """Statistics of each eighth of the batch by itself; the running ones are the eighths' mean."""

    def forward(self, x):
        if not self.training:
            return super().forward(x)
        means, variances = ([running.clone() for _ in range(SPLITS)] for running in (self.running_mean, self.running_var))
        parts = [F.batch_norm(part, mean, variance, self.weight, self.bias, True, self.momentum, self.eps) for part, mean, variance in zip(x.chunk(SPLITS), means, variances)]
        self.running_mean.copy_(torch.stack(means).mean(0))
        self.running_var.copy_(torch.stack(variances).mean(0))
        return torch.cat(parts)


class Pairs(torch.utils.data.Dataset):
    def __init__(self, pictures):
        self.pictures = pictures
        self.view = transforms.Compose([transforms.RandomResizedCrop(32), transforms.RandomHorizontalFlip(), transforms.RandomApply([transforms.ColorJitter(0.4, 0.4, 0.4, 0.1)], 0.8),
                                        transforms.RandomGrayscale(0.2), transforms.ToTensor(), transforms.Normalize(*STATS)])

    def __len__(self):
        return len(self.pictures)

    def __getitem__(self, index):
        return self.view(self.pictures[index]), self.view(self.pictures[index])


def decoded(folder):
    found = torchvision.datasets.ImageFolder(folder, loader=lambda path: Image.open(path).convert("RGB"))
    return [picture for picture, _ in found], torch.tensor(found.targets)


def network(width):
    net = torchvision.models.resnet18(num_classes=DIM, norm_layer=SplitNorm)
    if width != 1:
        stem, *others = [round(width * planes) for planes in (64, 128, 256, 512)]
        net.inplanes, net.bn1, net.fc = stem, SplitNorm(stem), nn.Linear(others[-1], DIM)
        net.layer1 = net._make_layer(BasicBlock, stem, 2)
        net.layer2, net.layer3, net.layer4 = (net._make_layer(BasicBlock, planes, 2, stride=2) for planes in others)
        for part in net.modules():
            if isinstance(part, nn.Conv2d):
                nn.init.kaiming_normal_(part.weight, mode="fan_out", nonlinearity="relu")
    net.conv1, net.maxpool = nn.Conv2d(3, net.bn1.num_features, 3, padding=1, bias=False), nn.Identity()
    return net.to(memory_format=torch.channels_last)


def project(net, views):
    with torch.autocast("cpu", dtype=torch.bfloat16):
        return F.normalize(net(views.contiguous(memory_format=torch.channels_last)).float(), dim=1)


@torch.no_grad()
def knn(net, train, train_labels, test, test_labels):
    net.eval()
    plain = transforms.Compose([transforms.ToTensor(), transforms.Normalize(*STATS)])
    rows = lambda pictures: torch.cat([project(net, torch.stack([plain(p) for p in pictures[i:i + 500]])) for i in range(0, len(pictures), 500)])
    bank, asked, right = rows(train), rows(test), 0
    for part, labels in zip(asked.split(500), test_labels.split(500)):
        score, nearest = (part @ bank.T).topk(NEIGHBOURS)
        votes = torch.zeros(len(part), 10).scatter_add_(1, train_labels[nearest], (score / TEMPERATURE).exp())
        right += int((votes.argmax(1) == labels).sum())
    net.train()
    return 100 * right / len(test_labels)


def main():
    folder, epochs = sys.argv[1], int(sys.argv[2])
    torch.manual_seed(int(sys.argv[3]) if len(sys.argv) > 3 else 0)
    torch.set_num_threads(2)
    train, train_labels = decoded(f"{folder}/train")
    test, test_labels = decoded(f"{folder}/test")
    query = network(float(sys.argv[4]) if len(sys.argv) > 4 else 1)
    key = copy.deepcopy(query).requires_grad_(False)
    optimizer = torch.optim.SGD(query.parameters(), lr=RATE, momentum=0.9, weight_decay=5e-4)
    queue, at = F.normalize(torch.randn(KEYS, DIM), dim=1), 0
    loader = torch.utils.data.DataLoader(Pairs(train), BATCH, shuffle=True, num_workers=2, drop_last=True)
    for epoch in range(1, epochs + 1):
        start, total, count = time.time(), 0.0, 0
        for group in optimizer.param_groups:
            group["lr"] = RATE * 0.5 * (1 + math.cos(math.pi * epoch / SCHEDULE))
        for first, second in loader:
            with torch.no_grad():
                for slow, fast in zip(key.parameters(), query.parameters()):
                    slow.mul_(MOMENTUM).add_(fast, alpha=1 - MOMENTUM)
                order = torch.randperm(len(second))
                keys = torch.empty(len(second), DIM)
                keys[order] = project(key, second[order])
            queries = project(query, first)
            logits = torch.cat([(queries * keys).sum(1, keepdim=True), queries @ queue.T], dim=1) / TEMPERATURE
            loss = F.cross_entropy(logits, torch.zeros(len(queries), dtype=torch.long))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            queue[at:at + BATCH] = keys
            at = (at + BATCH) % KEYS
            total, count = total + loss.item(), count + 1
        seconds = time.time() - start
        print(json.dumps({"epoch": epoch, "loss": total / count, "images_per_second": count * BATCH / seconds, "knn": knn(query, train, train_labels, test, test_labels)}), flush=True)


main()
