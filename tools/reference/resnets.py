"""torchvision's ResNets with the variations that MocoSharp has: the small stem and other numbers of input channels."""
import torch.nn as nn
import torchvision


def build(arch, small_stem=False, channels=3, **options):
    """small_stem: conv1 3x3, stride 1, padding 1 and no max-pool (SimCLR's CIFAR-10 encoder, arXiv:2002.05709 App. B.9)."""
    net = getattr(torchvision.models, arch)(**options)
    first = net.conv1.out_channels
    if small_stem:
        net.conv1 = nn.Conv2d(channels, first, kernel_size=3, stride=1, padding=1, bias=False)
        net.maxpool = nn.Identity()
    elif channels != 3:
        net.conv1 = nn.Conv2d(channels, first, kernel_size=7, stride=2, padding=3, bias=False)
    return net
