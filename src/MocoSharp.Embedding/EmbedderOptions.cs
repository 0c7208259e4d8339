namespace MocoSharp.Embedding;

/// <summary>How an encoder computes.</summary>
/// <param name="Threads">Threads of one computation; 0 for one a core. Give 1 where many requests come at once and each should leave
/// cores to the others.</param>
/// <param name="BatchSize">Most pictures that are computed at once; memory grows with it, at 224 pixels by about 20 MB a picture for
/// a ResNet-50.</param>
/// <param name="MaximumPixels">A picture that would decode to more is refused before memory is taken for it; 100 million, which is
/// 400 MB while it is decoded.</param>
public sealed record EmbedderOptions([Bounds(0, 1024)] int Threads = 0, [Bounds(1, 4096)] int BatchSize = 32,
    [Bounds(1, 500_000_000)] long MaximumPixels = 100_000_000);
